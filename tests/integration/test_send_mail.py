"""The stream function: which change calls for which mail, and what the mail says."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from shared import keys
from shared.patients import Person
from shared.table import registrations, sessions
from tests.integration.answers import call, invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    SLOT,
    SignedIn,
    add_relative,
    attach,
    open_account,
    publish,
    slot_key,
    start_registration,
    take,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.stream import Record, Stream
from tests.integration.wire import Request, Wire, operations

DONE: dict[str, list[object]] = {"batchItemFailures": []}
SIGNATURE = "Поликлиника № 7\nРегистратура: +7 (000) 000-00-00\n"


@pytest.fixture
def stream(anna: SignedIn, rows: Rows) -> Stream:  # noqa: ARG001 - the stream begins behind her
    return Stream(rows)


def send(records: list[Record]) -> object:
    return invoke("send_mail", {"Records": records})


def mails(heard: list[Request]) -> list[tuple[str, str, str, str]]:
    """Return address, subject, text and HTML of each mail that was sent, once its form is seen."""
    found = []
    for sent in [request.body for request in heard if request.operation == "SendEmail"]:
        simple = sent["Content"]["Simple"]
        parts = [simple["Subject"], simple["Body"]["Text"], simple["Body"]["Html"]]
        subject, text, html = [part["Data"] for part in parts]
        assert {part["Charset"] for part in parts} == {"UTF-8"}
        assert sent["FromEmailAddress"] == "no-reply@portal.example"
        assert sent["ConfigurationSetName"] == "portal-mail"
        [to] = sent["Destination"]["ToAddresses"]
        found.append((to, subject, text, html))
    return found


# ---------------------------------------------------------------- registrations


def test_a_registration_is_answered_by_the_mail_with_its_link(stream: Stream, wire: Wire) -> None:
    token = token_of(start_registration(BORIS))
    with wire.listening() as heard:
        assert send(stream.records()) == DONE
    [(to, subject, text, html)] = mails(heard)
    assert (to, subject) == (BORIS.email, "Подтвердите адрес электронной почты")
    link = f"https://portal.example/confirm.html#token={token}"
    assert text == (
        "Здравствуйте!\n\n"
        "На этот адрес регистрируют личный кабинет. Чтобы подтвердить адрес, откройте "
        "ссылку и введите пароль, который Вы придумали при регистрации. "
        "Ссылка действует 24 часа.\n\n"
        "Если Вы не регистрировались, ничего делать не нужно: без пароля ссылка бесполезна.\n\n"
        f"Подтвердить адрес:\n{link}\n\n{SIGNATURE}"
    )
    assert f'<a href="{link}">Подтвердить адрес</a>' in html


def test_the_mailed_link_opens_the_account(stream: Stream, wire: Wire) -> None:
    form = {
        "email": BORIS.email,
        "password": PASSWORD,
        "policy_number": BORIS.number,
        "last_name": BORIS.person.last_name,
        "first_name": BORIS.person.first_name,
        "birth_date": str(BORIS.person.birth_date),
    }
    assert call("register", "POST", "/api/registrations", form).status == 202
    with wire.listening() as heard:
        send(stream.records())
    [(_, _, text, _)] = mails(heard)
    [token] = re.findall(r"#token=(\S+)", text)
    confirmation = {"token": token, "password": PASSWORD}
    answer = call("confirm_email", "POST", "/api/email-confirmations", confirmation)
    assert (answer.status, answer.body["email"]) == (201, BORIS.email)


def test_the_owner_of_a_taken_address_is_told_and_gets_no_link(stream: Stream, wire: Wire) -> None:
    start_registration(BORIS, email=ANNA.email)
    with wire.listening() as heard:
        assert send(stream.records()) == DONE
    [(to, subject, text, html)] = mails(heard)
    assert (to, subject) == (ANNA.email, "Этот адрес уже зарегистрирован")
    assert text == (
        "Здравствуйте!\n\n"
        "Кто-то попытался зарегистрировать личный кабинет на этот адрес, но он уже занят "
        "кабинетом. Если это были Вы, войдите с прежним паролем; если Вы его не помните, "
        "позвоните в регистратуру.\n\n"
        "Если это были не Вы, ничего делать не нужно: в Вашем кабинете ничего не изменилось.\n\n"
        f"Открыть личный кабинет:\nhttps://portal.example/\n\n{SIGNATURE}"
    )
    assert "#token" not in text + html
    assert BORIS.person.last_name not in text + html


def test_a_second_registration_gets_a_mail_of_its_own(stream: Stream, wire: Wire) -> None:
    tokens = {token_of(start_registration(BORIS)) for _ in range(2)}
    with wire.listening() as heard:
        send(stream.records())
    assert {re.findall(r"#token=(\S+)", text)[0] for _, _, text, _ in mails(heard)} == tokens


# ---------------------------------------------------------------------- tickets


def test_a_ticket_is_confirmed_by_mail_to_the_account_that_took_it(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    publish(SLOT)
    stream.records()
    take(anna, SLOT)
    with wire.listening() as heard:
        assert send(stream.records()) == DONE
    [(to, subject, text, html)] = mails(heard)
    assert (to, subject) == (ANNA.email, "Запись подтверждена")
    assert text == (
        "Здравствуйте!\n\n"
        "Талон к участковому врачу взят.\n\nПациент: Иванова Анна Петровна.\n\n"
        "Когда: вторник, 24 ноября 2026 года, 09:00 (UTC+03:00).\n\n"
        "Врач: Кузнецова Мария Ильинична, кабинет 214.\n\n"
        "Если планы изменились, позвоните в регистратуру: талон достанется другому.\n\n"
        f"Открыть личный кабинет:\nhttps://portal.example/\n\n{SIGNATURE}"
    )
    assert "<p>Когда: вторник, 24 ноября 2026 года, 09:00 (UTC+03:00).</p>" in html


def test_a_relatives_ticket_is_mailed_to_the_guardian_who_took_it(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    attach(BORIS)
    open_account(BORIS)
    add_relative(anna, BORIS, matches=True)
    publish(SLOT)
    stream.records()
    take(anna, SLOT, BORIS.patient_id)
    with wire.listening() as heard:
        send(stream.records())
    [(to, _, text, _)] = mails(heard)
    assert to == ANNA.email
    assert "Талон к участковому врачу взят.\n\nПациент: Соловьёв-Седой Борис.\n" in text


def test_what_patients_typed_cannot_become_html(stream: Stream, wire: Wire, rows: Rows) -> None:
    typed = Person("<b>О'Нил</b>", 'Анна "&"', "<script>", date(1980, 1, 31))
    attach(BORIS, person=typed)
    boris = open_account(BORIS, person=typed)
    publish(SLOT)
    stream.records()
    take(boris, SLOT)
    with wire.listening() as heard:
        send(stream.records())
    [(_, _, text, html)] = mails(heard)
    assert '<b>О\'Нил</b> Анна "&" <script>' in text
    assert "&lt;b&gt;О&#x27;Нил&lt;/b&gt; Анна &quot;&amp;&quot; &lt;script&gt;" in html
    assert "<script>" not in html
    assert "Нил" in str(rows.everything())


def test_the_clinics_time_is_mailed_with_its_offset(
    anna: SignedIn, stream: Stream, wire: Wire, parameters: Callable[..., None]
) -> None:
    parameters(CLINIC_TIME_ZONE="America/St_Johns")
    publish(SLOT)
    stream.records()
    take(anna, SLOT)
    with wire.listening() as heard:
        send(stream.records())
    assert "вторник, 24 ноября 2026 года, 09:00 (UTC-03:30)" in mails(heard)[0][2]


def test_an_account_that_was_erased_gets_no_mail(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    publish(SLOT)
    stream.records()
    take(anna, SLOT)
    records = stream.records()
    rows.remove(keys.account(anna.account_id))
    with wire.listening() as heard, rows.unchanged():
        assert send(records) == DONE
    assert mails(heard) == []


# ------------------------------------------------------------ no mail is about it


def test_most_changes_call_for_no_mail(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows, clock: Clock
) -> None:
    registration = start_registration(BORIS)
    publish(SLOT, "a1.2026-11-24.2.0910", "a1.2026-11-24.3.0920")
    take(anna, SLOT)
    stream.records()
    records: list[Record] = []
    registrations.count_try(registration.email_key, registration.registration_id, clock.now)
    records += stream.records()
    rows.change(slot_key(SLOT), doctor="Другой врач")
    rows.change(slot_key("a1.2026-11-24.2.0910"), slot_status="withdrawn")
    publish("a1.2026-11-25.1.0900")
    rows.remove(keys.registration(registration.email_key, registration.registration_id))
    attach(BORIS)
    records += stream.records()
    open_account(BORIS)
    records += [record for record in stream.records() if record["eventName"] != "INSERT"]
    sessions.end(anna.session, clock.now)
    rows.remove(slot_key("a1.2026-11-24.3.0920"))
    records += stream.records()
    with wire.listening() as heard, rows.unchanged():
        assert send(records) == DONE
    assert operations(heard) == []
    assert {record["eventName"] for record in records} == {"INSERT", "MODIFY", "REMOVE"}


def test_a_slot_that_becomes_free_again_calls_for_no_mail(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    publish(SLOT)
    free = rows.everything()[slot_key(SLOT)]
    take(anna, SLOT)
    stream.records()
    rows.put(slot_key(SLOT), free)
    with wire.listening() as heard, rows.unchanged():
        assert send(stream.records()) == DONE
    assert mails(heard) == []


@pytest.mark.parametrize("unknown", ["booked_by", "patient_id"])
def test_a_slot_that_no_account_took_calls_for_no_mail(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows, unknown: str
) -> None:
    publish(SLOT)
    stream.records()
    take(anna, SLOT)
    taken = rows.everything()[slot_key(SLOT)]
    rows.put(slot_key(SLOT), {name: taken[name] for name in taken if name != unknown})
    with wire.listening() as heard:
        assert send(stream.records()) == DONE
    assert mails(heard) == []

"""The stream function: mails about registrations, and the changes that no mail is about."""

import re
from datetime import date

import pytest

from shared import clock as shared_clock
from shared.limits import FAMILY
from shared.table import accounts, limits, pending, sessions
from tests.integration.answers import call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    SLOT,
    VERA,
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
from tests.integration.family_people import remove
from tests.integration.rows import Rows
from tests.integration.sent_mails import deliver, send
from tests.integration.stream import Record, Stream, passing
from tests.integration.wire import Wire

SIGNATURE = "Поликлиника № 7\nРегистратура: +7 (000) 000-00-00\n"


@pytest.fixture
def stream(anna: SignedIn, rows: Rows) -> Stream:  # noqa: ARG001 - the stream begins behind her
    return Stream(rows)


# ---------------------------------------------------------------- registrations


def test_a_registration_is_answered_by_the_mail_with_its_link(stream: Stream, wire: Wire) -> None:
    token = token_of(start_registration(BORIS))
    [mail] = deliver(wire, *stream.records())
    assert (mail.to, mail.subject) == (BORIS.email, "Подтвердите адрес электронной почты")
    link = f"https://portal.example/confirm.html#token={token}"
    assert mail.text == (
        "Здравствуйте!\n\n"
        "На этот адрес регистрируют личный кабинет. Чтобы подтвердить адрес, откройте "
        "ссылку и введите пароль, который Вы придумали при регистрации. "
        "Ссылка действует 24 часа.\n\n"
        "Если Вы не регистрировались, ничего делать не нужно: без пароля ссылка бесполезна.\n\n"
        f"Подтвердить адрес:\n{link}\n\n{SIGNATURE}"
    )
    assert f'<a href="{link}">Подтвердить адрес</a>' in mail.html


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
    [mail] = deliver(wire, *stream.records())
    [token] = re.findall(r"#token=(\S+)", mail.text)
    confirmation = {"token": token, "password": PASSWORD}
    answer = call("confirm_email", "POST", "/api/email-confirmations", confirmation)
    assert (answer.status, answer.body["email"]) == (201, BORIS.email)


def test_the_owner_of_a_taken_address_is_told_and_gets_no_link(stream: Stream, wire: Wire) -> None:
    start_registration(BORIS, email=ANNA.email)
    [mail] = deliver(wire, *stream.records())
    assert (mail.to, mail.subject) == (ANNA.email, "Этот адрес уже зарегистрирован")
    assert mail.text == (
        "Здравствуйте!\n\n"
        "Кто-то указал этот адрес, но у него уже есть личный "
        "кабинет. Если это были Вы, войдите с прежним паролем; если Вы его не помните, "
        "запросите новый на странице входа.\n\n"
        "Если это были не Вы, ничего делать не нужно: в Вашем кабинете ничего не изменилось.\n\n"
        f"Открыть личный кабинет:\nhttps://portal.example/\n\n{SIGNATURE}"
    )
    assert "#token" not in mail.text + mail.html
    assert BORIS.person.last_name not in mail.text + mail.html


def test_a_second_registration_gets_a_mail_of_its_own(stream: Stream, wire: Wire) -> None:
    tokens = {token_of(start_registration(BORIS)) for _ in range(2)}
    mails = deliver(wire, *stream.records())
    assert {re.findall(r"#token=(\S+)", mail.text)[0] for mail in mails} == tokens


def resend(email: str) -> None:
    path = "/api/registrations/resend"
    assert call("resend_confirmation", "POST", path, {"email": email}).status == 202


def test_a_link_that_is_asked_for_again_is_the_latest_registrations(
    stream: Stream, wire: Wire, clock: Clock
) -> None:
    start_registration(BORIS)
    clock.move(minutes=1)
    latest = start_registration(BORIS)
    stream.records()
    resend(BORIS.email)
    [mail] = deliver(wire, *stream.records())
    assert (mail.to, mail.subject) == (BORIS.email, "Подтвердите адрес электронной почты")
    assert f"https://portal.example/confirm.html#token={token_of(latest)}\n" in mail.text


def test_each_call_for_the_link_is_a_mail_of_its_own(
    stream: Stream, wire: Wire, clock: Clock
) -> None:
    start_registration(BORIS)
    resend(BORIS.email)
    clock.move(minutes=2)
    resend(BORIS.email)
    assert len(deliver(wire, *stream.records())) == 3


def test_who_has_an_account_and_asks_for_the_link_is_told_so(stream: Stream, wire: Wire) -> None:
    resend(ANNA.email)
    [mail] = deliver(wire, *stream.records())
    assert (mail.to, mail.subject) == (ANNA.email, "Этот адрес уже зарегистрирован")
    assert "#token" not in mail.text + mail.html


@pytest.mark.parametrize("hours", [0, 24])
def test_nobody_is_mailed_where_nothing_waits_any_more(
    stream: Stream, wire: Wire, clock: Clock, hours: int
) -> None:
    if hours:
        start_registration(BORIS)
        stream.records()
        clock.move(hours=hours)
    resend(BORIS.email)
    assert deliver(wire, *stream.records()) == []


# ------------------------------------------------------------ no mail is about it


def silent_changes(anna: SignedIn, rows: Rows, stream: Stream) -> list[Record]:
    """Live through changes of every item that no mail is about, and return their records."""
    now = shared_clock.now()
    publish(SLOT, "a1.2026-11-24.2.0910")
    take(anna, SLOT)
    registration = start_registration(BORIS)
    stream.records()
    pending.count_try(registration.email_key, registration.registration_id, now)
    rows.change(slot_key(SLOT), doctor="Другой врач")
    rows.change(slot_key("a1.2026-11-24.2.0910"), slot_status="withdrawn")
    publish("a1.2026-11-25.1.0900")
    attach(VERA)
    records = stream.records()
    rows.remove(pending.key_of(registration))
    add_relative(anna, VERA)
    limits.count(FAMILY, anna.account_id, now)
    records += stream.records()
    remove(anna, VERA.patient_id)
    attach(ANNA, valid_until=date(2027, 1, 31))
    accounts.mark_unreachable(ANNA.email, now)
    sessions.end(anna.session, now)
    rows.remove(slot_key("a1.2026-11-24.2.0910"))
    return records + stream.records()


def test_most_changes_call_for_no_mail(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    records = silent_changes(anna, rows, stream)
    assert {record["eventName"] for record in records} == {"INSERT", "MODIFY", "REMOVE"}
    with rows.unchanged():
        assert send(wire, *records) == []


def test_most_changes_are_not_even_handed_on(anna: SignedIn, stream: Stream, rows: Rows) -> None:
    handed_on = passing("SendMailFunction", silent_changes(anna, rows, stream))
    assert {record["dynamodb"]["Keys"]["SK"]["S"] for record in handed_on} == {"ACCOUNT", "PATIENT"}


def test_a_new_account_and_a_new_session_call_for_no_mail(stream: Stream, wire: Wire) -> None:
    attach(BORIS)
    open_account(BORIS)
    records = stream.records()
    silent = [record for record in records if "PENDING" not in str(record["dynamodb"]["Keys"])]
    assert silent
    assert deliver(wire, *silent) == send(wire, *silent) == []

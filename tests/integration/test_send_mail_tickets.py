"""Mails about tickets: what they say, what their calendar files do, and that each goes once."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.send_reminders import app as reminders
from shared import keys
from shared.ids import PatientId
from shared.patients import Person
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    SignedIn,
    attach,
    open_account,
    publish,
    take,
)
from tests.integration.family_people import LATER_SLOT, NEXT_SLOT, cancel, move
from tests.integration.rows import Rows
from tests.integration.sent_mails import Sent, deliver, entry, send
from tests.integration.stream import Record, Stream, passing
from tests.integration.wire import Wire

SIGNATURE = (
    "Открыть личный кабинет:\nhttps://portal.example/\n\n"
    "Поликлиника № 7\nРегистратура: +7 (000) 000-00-00\n"
)
IF_PLANS_CHANGE = (
    "Если планы изменились, отмените или перенесите талон в личном кабинете: время достанется "
    "другому."
)
TUESDAY = "вторник, 24 ноября 2026 года, 09:00 (UTC+03:00)"
WEDNESDAY = "среда, 25 ноября 2026 года, 09:00 (UTC+03:00)"


@pytest.fixture
def stream(anna: SignedIn, rows: Rows) -> Stream:  # noqa: ARG001 - the stream begins behind her
    publish(SLOT, NEXT_SLOT, LATER_SLOT)
    return Stream(rows)


@pytest.fixture(autouse=True)
def metrics_have_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the metrics go where the environment says, whoever imported the function first."""
    monkeypatch.setattr(reminders.metrics.provider, "namespace", "PatientAccount")


def remind() -> None:
    """Let the evening's round call for reminders."""
    reminders.lambda_handler({}, LambdaContext())


def withdraw(rows: Rows, patient_id: PatientId) -> None:
    """Let the clinic withdraw a patient's ticket."""
    key = keys.patient(patient_id)
    ticket = rows.everything()[key]["ticket"]
    changed = {"ticket_status": "withdrawn", "sequence": int(ticket["sequence"]) + 1}
    rows.change(key, ticket=ticket | changed)


def text(first: str, when: str, last: str) -> str:
    return (
        f"Здравствуйте!\n\n{first}\n\nПациент: Иванова Анна Петровна.\n\nКогда: {when}.\n\n"
        f"Врач: Кузнецова Мария Ильинична, кабинет 214.\n\n{last}\n\n{SIGNATURE}"
    )


def of(mail: Sent) -> tuple[str, str, str]:
    return mail.to, mail.subject, mail.text


# -------------------------------------------------------------------- what they say


def test_a_ticket_that_was_taken(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    take(anna, SLOT)
    [mail] = deliver(wire, *stream.records())
    said = text("Талон к участковому врачу взят.", TUESDAY, IF_PLANS_CHANGE)
    assert of(mail) == (ANNA.email, "Запись подтверждена", said)
    assert f"<p>Когда: {TUESDAY}.</p>" in mail.html


def test_a_ticket_that_was_moved(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    ticket_id = take(anna, SLOT)
    stream.records()
    move(anna, ticket_id, LATER_SLOT)
    [mail] = deliver(wire, *stream.records())
    said = text("Талон перенесён на другое время.", WEDNESDAY, IF_PLANS_CHANGE)
    assert of(mail) == (ANNA.email, "Запись перенесена", said)


def test_a_ticket_that_was_cancelled(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    ticket_id = take(anna, SLOT)
    stream.records()
    cancel(anna, ticket_id)
    [mail] = deliver(wire, *stream.records())
    last = "Взять другой талон можно в личном кабинете."
    assert of(mail) == (ANNA.email, "Запись отменена", text("Талон отменён.", TUESDAY, last))


def test_a_ticket_that_the_clinic_withdrew(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    take(anna, SLOT)
    stream.records()
    withdraw(rows, anna.patient_id)
    [mail] = deliver(wire, *stream.records())
    sorry = (
        "Просим прощения. Возьмите другой талон в личном кабинете или позвоните в регистратуру, "
        "её телефон в конце письма."
    )
    said = text("К сожалению, приём не состоится.", TUESDAY, sorry)
    assert of(mail) == (ANNA.email, "К сожалению, запись отменена", said)


def test_a_ticket_of_tomorrow(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    take(anna, SLOT)
    stream.records()
    remind()
    [mail] = deliver(wire, *stream.records())
    said = text("Напоминаем: завтра приём.", TUESDAY, IF_PLANS_CHANGE)
    assert of(mail) == (ANNA.email, "Напоминание о записи", said)


@pytest.mark.parametrize("status", ["arrived", "no_show"])
def test_what_the_desk_notes_of_a_visit_is_not_mailed(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows, status: str
) -> None:
    take(anna, SLOT)
    stream.records()
    key = keys.patient(anna.patient_id)
    rows.change(key, ticket=rows.everything()[key]["ticket"] | {"ticket_status": status})
    assert deliver(wire, *stream.records()) == []


@pytest.mark.parametrize("values", [{"booked_by": None}, {"starts_at": "2026-11-24T06:05:00Z"}])
def test_another_change_of_the_ticket_is_no_reminder(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows, values: dict[str, Any]
) -> None:
    take(anna, SLOT)
    stream.records()
    key = keys.patient(anna.patient_id)
    rows.change(key, ticket=rows.everything()[key]["ticket"] | values)
    assert deliver(wire, *stream.records()) == []


def test_what_patients_typed_cannot_become_html(stream: Stream, wire: Wire) -> None:
    typed = Person("<b>О'Нил</b>", 'Анна "&"', "<script>", BORIS.person.birth_date)
    attach(BORIS, person=typed)
    boris = open_account(BORIS, person=typed)
    stream.records()
    take(boris, SLOT)
    [mail] = deliver(wire, *stream.records())
    assert '<b>О\'Нил</b> Анна "&" <script>' in mail.text
    assert "&lt;b&gt;О&#x27;Нил&lt;/b&gt; Анна &quot;&amp;&quot; &lt;script&gt;" in mail.html
    assert "<script>" not in mail.html
    assert "Нил" not in str(mail.calendar)


# --------------------------------------------------------------- once, in any order


def history(who: SignedIn, stream: Stream) -> list[Record]:
    """Live through a ticket's life, and return the record of each change."""
    ticket_id = take(who, SLOT)
    records = stream.records()
    move(who, ticket_id, NEXT_SLOT)
    records += stream.records()
    move(who, ticket_id, LATER_SLOT)
    records += stream.records()
    cancel(who, ticket_id)
    records += stream.records()
    take(who, SLOT)
    records += stream.records()
    return passing("SendMailFunction", records)


SUBJECTS = [
    "Запись подтверждена",
    "Запись перенесена",
    "Запись перенесена",
    "Запись отменена",
    "Запись подтверждена",
]


def test_each_change_is_mailed_once_however_often_it_comes(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    records = history(anna, stream)
    mails = send(wire, *records, *records)
    assert [mail.subject for mail in mails] == SUBJECTS
    assert send(wire, *records) == []


def test_changes_that_come_backwards_are_mailed_once_each(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    records = history(anna, stream)
    mails = send(wire, *reversed(records), *records)
    assert [mail.subject for mail in mails] == SUBJECTS[::-1]
    assert [entry(mail.calendar).sequence for mail in mails] == [0, 3, 2, 1, 0]


# -------------------------------------------------------- a reminder that is too late


def test_a_reminder_comes_once(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    take(anna, SLOT)
    stream.records()
    remind()
    records = stream.records()
    assert len(deliver(wire, *records, *records)) == 1
    remind()
    assert stream.records()[1:] == []
    assert deliver(wire, *records) == []


@pytest.mark.parametrize(
    "change", [cancel, lambda who, one: move(who, one, NEXT_SLOT)], ids=["cancelled", "moved"]
)
def test_nobody_is_reminded_of_a_ticket_that_stands_there_no_more(
    anna: SignedIn, stream: Stream, wire: Wire, change: Callable[[SignedIn, str], object]
) -> None:
    ticket_id = take(anna, SLOT)
    stream.records()
    remind()
    late = stream.records()
    change(anna, ticket_id)
    assert deliver(wire, *late) == []


def test_nobody_is_reminded_of_a_ticket_that_was_taken_anew_elsewhere(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    stream.records()
    remind()
    late = stream.records()
    cancel(anna, ticket_id)
    take(anna, LATER_SLOT)
    assert deliver(wire, *late) == []


def test_a_moved_ticket_is_reminded_of_again_in_its_own_time(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    remind()
    move(anna, ticket_id, NEXT_SLOT)
    stream.records()
    remind()
    [mail] = deliver(wire, *stream.records())
    assert mail.subject == "Напоминание о записи"
    assert "09:10" in mail.text

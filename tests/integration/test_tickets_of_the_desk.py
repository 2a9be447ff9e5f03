"""Tickets that the desk gave, as patients meet them: mails, reminders, and what they do online."""

from datetime import date
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.send_reminders import app as reminders
from shared import clock as shared_clock, keys
from shared.districts import Absence
from shared.ids import DistrictId, TicketId
from shared.table import absences, schedule
from tests.integration.answers import call, event, invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    PASSWORD,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk
from tests.integration.family_people import LATER_SLOT, NO_CONTENT, cancel, move
from tests.integration.rows import Rows
from tests.integration.sent_mails import Sent, deliver, entry
from tests.integration.stream import Stream
from tests.integration.test_give_ticket import AT, GIVEN, give
from tests.integration.test_note_outcome import note
from tests.integration.test_take_back_ticket import take_back
from tests.integration.wire import Wire

WHEN = "вторник, 24 ноября 2026 года, 18:40 (UTC+03:00)"
WHO = f"Врач: {DOCTOR.name}, кабинет {DOCTOR.room}."
ASK = "Врача и кабинет скажут в регистратуре."


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    attach(BORIS)
    publish(SLOT, LATER_SLOT)
    return open_desk()


@pytest.fixture(name="anna")
def signed_in(clerk: Clerk) -> SignedIn:
    """Let Anna have an account of her own."""
    assert clerk.cookie
    return open_account(ANNA)


@pytest.fixture(name="ticket_id")
def given(clerk: Clerk, anna: SignedIn) -> TicketId:
    """Let the desk give Anna, who has an account, a time beyond the cap."""
    ticket_id: TicketId = give(clerk, patient_id=anna.patient_id).body["ticket_id"]
    return ticket_id


def held(rows: Rows) -> Any:  # noqa: ANN401 - as it stands in the table
    return rows.everything()[keys.patient(ANNA.patient_id)]["ticket"]


def mailed(wire: Wire, stream: Stream) -> list[Sent]:
    return deliver(wire, *stream.records())


def shown_slots(anna: SignedIn) -> set[str]:
    """Return all slots that are listed online, free or not."""
    query = {"patient_id": anna.patient_id}
    listed = call("list_slots", "GET", "/api/slots", cookie=anna.cookie, query=query)
    return {slot["slot_id"] for day in listed.body["days"] for slot in day["slots"]}


# ------------------------------------------------------------------------------- mails


def test_a_patient_without_an_account_gets_the_ticket_and_no_mail(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    stream = Stream(rows)
    ticket_id = give(clerk).body["ticket_id"]
    assert mailed(wire, stream) == []
    take_back(clerk, ticket_id)
    assert mailed(wire, stream) == []
    give(clerk)
    note(clerk, give(clerk).body["ticket_id"])
    assert mailed(wire, stream) == []


def test_a_patient_with_an_account_is_told_of_the_ticket(
    clerk: Clerk, anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    stream = Stream(rows)
    ticket_id = give(clerk, patient_id=anna.patient_id).body["ticket_id"]
    [mail] = mailed(wire, stream)
    assert (mail.to, mail.subject) == (ANNA.email, "Запись подтверждена")
    assert f"Когда: {WHEN}." in mail.text
    assert WHO in mail.text
    event = entry(mail.calendar)
    assert (event.method, event.status, event.sequence) == ("PUBLISH", "CONFIRMED", 0)
    assert event.uid == f"{ticket_id}@portal.example"


def test_the_parents_are_told_of_a_childs_ticket(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    add_relative(open_account(BORIS), VERA)
    stream = Stream(rows)
    give(clerk, patient_id=VERA.patient_id)
    [mail] = mailed(wire, stream)
    assert (mail.to, mail.subject) == (BORIS.email, "Запись подтверждена")
    assert "Пациент: Абрикосова Вера Львовна." in mail.text


def test_without_a_permanent_doctor_mail_and_calendar_name_none(
    clerk: Clerk, anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    open_district(doctor=None)
    stream = Stream(rows)
    give(clerk, patient_id=anna.patient_id)
    [mail] = mailed(wire, stream)
    assert ASK in mail.text
    assert "Врач:" not in mail.text
    assert mail.calendar is not None
    assert "LOCATION" not in mail.calendar
    assert "Врач" not in mail.calendar


def test_without_a_permanent_doctor_the_patients_own_calendar_file_names_none(
    clerk: Clerk, anna: SignedIn
) -> None:
    open_district(doctor=None)
    ticket_id = give(clerk, patient_id=anna.patient_id).body["ticket_id"]
    asked = event("GET", f"/api/tickets/{ticket_id}/calendar", cookie=anna.cookie)
    answer = invoke("ticket_calendar", asked)
    assert answer["statusCode"] == 200
    assert "LOCATION" not in answer["body"]


@pytest.mark.parametrize("has_doctor", [True, False])
def test_a_ticket_that_the_desk_takes_back_is_mailed_with_its_doctor_if_there_is_one(
    clerk: Clerk, anna: SignedIn, rows: Rows, wire: Wire, *, has_doctor: bool
) -> None:
    if not has_doctor:
        open_district(doctor=None)
    ticket_id = give(clerk, patient_id=anna.patient_id).body["ticket_id"]
    stream = Stream(rows)
    assert take_back(clerk, ticket_id) == NO_CONTENT
    [mail] = mailed(wire, stream)
    assert (mail.to, mail.subject) == (ANNA.email, "Запись отменена")
    assert f"Когда: {WHEN}." in mail.text
    assert (WHO in mail.text) is has_doctor
    event = entry(mail.calendar)
    assert (event.method, event.status, event.sequence) == ("CANCEL", "CANCELLED", 1)


@pytest.mark.usefixtures("ticket_id")
def test_an_absence_cancels_it_with_a_notice(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    stream, day = Stream(rows), date(2026, 11, 24)
    away = Absence(day, day, "болезнь")
    declared = absences.declare(clerk.actor, DistrictId("a1"), away, shared_clock.now())
    assert [one.patient_id for one in declared.notified] == [ANNA.patient_id]
    [mail] = mailed(wire, stream)
    assert (mail.to, mail.subject) == (ANNA.email, "К сожалению, запись отменена")
    assert rows.everything()[slot_key(GIVEN)]["slot_status"] == "withdrawn"


@pytest.mark.parametrize("slot", ["published", "given"])
def test_the_evening_before_it_is_reminded_of(  # noqa: PLR0913
    clerk: Clerk,
    anna: SignedIn,
    rows: Rows,
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    *,
    slot: str,
) -> None:
    monkeypatch.setattr(reminders.metrics.provider, "namespace", "PatientAccount")
    at = AT if slot == "given" else "2026-11-24T09:00:00+03:00"
    give(clerk, at, anna.patient_id)
    stream = Stream(rows)
    assert reminders.lambda_handler({}, LambdaContext()) == {"called_for": 1}
    [mail] = mailed(wire, stream)
    assert (mail.to, mail.subject) == (ANNA.email, "Напоминание о записи")
    assert reminders.lambda_handler({}, LambdaContext()) == {"called_for": 0}


# ---------------------------------------------------------------------- what patients do


def test_the_patient_sees_it_online(anna: SignedIn, ticket_id: TicketId) -> None:
    listed = call("list_tickets", "GET", "/api/tickets", cookie=anna.cookie).body
    [ticket] = listed["upcoming"]
    assert (ticket["ticket_id"], ticket["slot_id"], ticket["starts_at"]) == (ticket_id, GIVEN, AT)
    account = call("show_account", "GET", "/api/account", cookie=anna.cookie).body
    assert account["family"][0]["ticket"] == ticket


def test_a_patient_who_cancels_it_online_leaves_no_time_behind(
    anna: SignedIn, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    stream = Stream(rows)
    assert cancel(anna, ticket_id) == NO_CONTENT
    assert held(rows)["ticket_status"] == "cancelled"
    assert slot_key(GIVEN) not in rows.everything()
    [mail] = mailed(wire, stream)
    assert (mail.subject, WHO in mail.text) == ("Запись отменена", True)


def test_a_patient_who_moves_it_online_leaves_no_time_behind(
    anna: SignedIn, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    stream = Stream(rows)
    answer = move(anna, ticket_id, LATER_SLOT)
    assert (answer.status, answer.body["slot_id"]) == (200, LATER_SLOT)
    assert slot_key(GIVEN) not in rows.everything()
    assert held(rows)["booked_by"] == anna.account_id
    [mail] = mailed(wire, stream)
    assert (mail.subject, WHO in mail.text) == ("Запись перенесена", True)


def test_nobody_moves_a_ticket_online_to_a_time_of_the_desk(
    clerk: Clerk, anna: SignedIn, rows: Rows
) -> None:
    ticket_id = give(clerk, "2026-11-24T09:00:00+03:00", anna.patient_id).body["ticket_id"]
    with rows.unchanged():
        answer = move(anna, ticket_id, GIVEN)
    assert (answer.status, answer.body["code"]) == (404, "slot_unknown")
    give(clerk, patient_id=BORIS.patient_id)
    with rows.unchanged():
        answer = move(anna, ticket_id, GIVEN)
    assert (answer.status, answer.body["code"]) == (404, "slot_unknown")


def test_a_time_of_the_desk_is_never_offered_online(
    clerk: Clerk, anna: SignedIn, clock: Clock
) -> None:
    give(clerk, patient_id=BORIS.patient_id)
    published = {SLOT, LATER_SLOT}
    assert shown_slots(anna) == published
    take_back(clerk, give(clerk, patient_id=BORIS.patient_id).body["ticket_id"])
    assert shown_slots(anna) == published
    day = date(2026, 11, 24)
    give(clerk, patient_id=BORIS.patient_id)
    away = Absence(day, day, "болезнь")
    district_id = DistrictId("a1")
    absences.declare(clerk.actor, district_id, away, clock.now)
    absences.take_back(clerk.actor, district_id, day, clock.now)
    schedule.agree(open_district(), clock.now)
    assert not [slot for slot in shown_slots(anna) if ".0." in slot]


@pytest.mark.usefixtures("ticket_id")
def test_an_account_that_is_erased_gives_it_back_for_good(
    anna: SignedIn, rows: Rows, argon: list[tuple[str, str]]
) -> None:
    body = {"password": PASSWORD}
    erased = call("delete_account", "DELETE", "/api/account", body, cookie=anna.cookie)
    assert (erased.status, len(argon)) == (204, 1)
    assert slot_key(GIVEN) not in rows.everything()
    assert held(rows)["ticket_status"] == "cancelled"

"""GET /api/tickets/{ticket_id}/calendar: a file that any calendar program understands."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.integration.answers import REQUEST_ID, SESSION_REQUIRED, event, invoke, read
from tests.integration.clinic import (
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    LATER_SLOT,
    NOT_FOUND,
    archive,
    cancel,
    move,
    parents_of,
    remove,
)
from tests.integration.rows import Rows
from tests.integration.sent_mails import Entry, entry, offset_by_vtimezone
from tests.integration.stream import Stream
from tests.integration.wire import Wire, operations

HEADERS = {
    "Content-Disposition": 'attachment; filename="ticket.ics"',
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, LATER_SLOT)


def ask(who: SignedIn, ticket_id: str) -> dict[str, object]:
    path = f"/api/tickets/{ticket_id}/calendar"
    return invoke("ticket_calendar", event("GET", path, cookie=who.cookie))


def file_of(who: SignedIn, ticket_id: str) -> str:
    """Return the file, once the rest of the answer is seen."""
    answer = ask(who, ticket_id)
    method = "CANCEL" if "METHOD:CANCEL" in str(answer["body"]) else "PUBLISH"
    typed = {"Content-Type": f"text/calendar; charset=utf-8; method={method}"}
    assert (answer["statusCode"], answer["headers"]) == (200, HEADERS | typed)
    assert not answer.get("cookies")
    assert not answer.get("isBase64Encoded")
    return str(answer["body"])


def test_the_file_says_when_where_and_with_whom_and_names_no_patient(anna: SignedIn) -> None:
    ticket_id = take(anna, SLOT)
    file = file_of(anna, ticket_id)
    assert file.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    unfolded = file.replace("\r\n ", "")
    told = re.sub(r"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", "", unfolded, flags=re.DOTALL)
    assert told.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Поликлиника № 7//patient account//RU",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "SUMMARY:Поликлиника № 7",
        "DTSTART;TZID=Europe/Moscow:20261124T090000",
        "DTSTAMP:20261123T050000Z",
        f"UID:{ticket_id}@portal.example",
        "SEQUENCE:0",
        "DESCRIPTION:Врач: Кузнецова Мария Ильинична.\\nРегистратура: +7 (000) 000-00-00",
        "LOCATION:Кабинет 214",
        'ORGANIZER;CN="Поликлиника № 7":mailto:no-reply@portal.example',
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_beginning_is_right_by_the_files_own_zone(anna: SignedIn) -> None:
    file = file_of(anna, take(anna, SLOT))
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Moscow\r\n" in file
    assert offset_by_vtimezone(file) == 180


@pytest.mark.parametrize(
    "zone, slot_id, minutes",
    [
        ("Europe/Berlin", "a1.2026-11-25.2.0900", 60),
        ("Europe/Berlin", "a1.2027-03-26.1.0900", 60),
        ("Europe/Berlin", "a1.2027-03-29.1.0900", 120),
        ("Europe/Berlin", "a1.2027-10-29.1.0900", 120),
        ("Europe/Berlin", "a1.2027-11-01.1.0900", 60),
        ("America/St_Johns", "a1.2027-06-01.1.0900", -150),
        ("Asia/Kolkata", "a1.2026-11-25.2.0900", 330),
    ],
)
def test_the_hour_is_the_clinics_summer_and_winter(
    anna: SignedIn, parameters: Callable[..., None], zone: str, slot_id: str, minutes: int
) -> None:
    parameters(CLINIC_TIME_ZONE=zone)
    publish(slot_id)
    file = file_of(anna, take(anna, slot_id))
    found = entry(file)
    assert f"{found.starts_at:%H:%M}" == "09:00"
    assert found.zone == zone
    assert found.starts_at.utcoffset() == timedelta(minutes=minutes)
    assert offset_by_vtimezone(file) == minutes


def test_a_moved_and_a_cancelled_ticket_follow_under_the_same_name(
    anna: SignedIn, clock: Clock
) -> None:
    ticket_id = take(anna, SLOT)
    files = [file_of(anna, ticket_id)]
    clock.move(minutes=1)
    move(anna, ticket_id, LATER_SLOT)
    files.append(file_of(anna, ticket_id))
    cancel(anna, ticket_id)
    files.append(file_of(anna, ticket_id))
    found = [entry(file) for file in files]
    uid = f"{ticket_id}@portal.example"
    first, later = found[0].starts_at, found[0].starts_at + timedelta(days=1)
    assert found == [
        Entry("PUBLISH", uid, 0, "CONFIRMED", first, "Europe/Moscow"),
        Entry("PUBLISH", uid, 1, "CONFIRMED", later, "Europe/Moscow"),
        Entry("CANCEL", uid, 2, "CANCELLED", later, "Europe/Moscow"),
    ]


def test_a_past_and_an_archived_ticket_have_their_files(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    first = take(anna, SLOT)
    clock.move(hours=26)
    later = open_session(anna)
    stream = Stream(rows)
    take(later, LATER_SLOT)
    archive(*stream.records())
    found = entry(file_of(later, first))
    assert (found.method, found.status, f"{found.starts_at:%d %H}") == (
        "PUBLISH",
        "CONFIRMED",
        "24 09",
    )


def test_a_district_without_a_doctor_has_files_without_one(anna: SignedIn) -> None:
    ticket_id = take(anna, SLOT)
    open_district(doctor=None)
    file = file_of(anna, ticket_id)
    assert "Врач" not in file
    assert "LOCATION" not in file
    assert "DESCRIPTION:Регистратура: +7 (000) 000-00-00" in file


def test_a_file_is_one_request_once_the_districts_are_known_and_changes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    file_of(anna, ticket_id)
    with rows.unchanged(), wire.listening() as heard:
        file_of(anna, ticket_id)
    assert operations(heard) == ["BatchGetItem"]


# ------------------------------------------------------------------------- refusals


def test_a_foreign_ticket_and_a_missing_one_are_not_found(anna: SignedIn) -> None:
    attach(BORIS)
    foreign = take(open_account(BORIS), SLOT)
    missing = f"{anna.patient_id}.{'0' * 16}"
    answers = [read(ask(anna, one)) for one in (foreign, missing, "x")]
    assert answers == [NOT_FOUND] * 3
    assert answers[0].body["request_id"] == REQUEST_ID


def test_who_gave_a_child_up_gets_no_file() -> None:
    parents = parents_of(VERA)
    ticket_id = take(parents.anna, SLOT, parents.child)
    remove(parents.anna, parents.child)
    assert read(ask(parents.anna, ticket_id)) == NOT_FOUND
    assert file_of(parents.boris, ticket_id)


def test_without_an_open_session_there_is_no_file(anna: SignedIn, clock: Clock) -> None:
    ticket_id = take(anna, SLOT)
    path = f"/api/tickets/{ticket_id}/calendar"
    assert read(invoke("ticket_calendar", event("GET", path))) == SESSION_REQUIRED
    clock.move(minutes=30)
    assert read(ask(anna, ticket_id)) == SESSION_REQUIRED

"""Calendar files (RFC 5545, RFC 5546): one event, in the clinic's zone, through every change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings as profile, strategies as st
from icalendar import Calendar, Component, Timezone

from shared import calendars
from shared.calendars import calendar_of
from shared.districts import Doctor
from shared.mails import mails_for
from shared.settings import settings
from shared.tickets import SlotPlace, Ticket, TicketStatus, new_ticket_id
from tests.unit.builders import (
    BORIS,
    DOCTOR,
    MOSCOW,
    NOW,
    PATIENT_ID,
    PLACE,
    STARTS_AT,
    STRANGER_ID,
    TICKET,
)
from tests.unit.letters import EVENTS, calendar_in, ticket_changed

UID = f"{PATIENT_ID}.0123456789abcdef@clinic.example"


def _parse(text: str) -> tuple[Calendar, Component]:
    """Return a calendar and its one event, having seen that nothing is wrong with either."""
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    assert [*calendar.errors, *event.errors] == []
    return calendar, event


def _event(ticket: Ticket, doctor: Doctor | None = DOCTOR) -> Component:
    return _parse(calendar_of(ticket, doctor, NOW))[1]


def _unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def _without_zone(text: str) -> list[str]:
    lines = _unfolded(text)
    return lines[: lines.index("BEGIN:VTIMEZONE")] + lines[lines.index("END:VTIMEZONE") + 1 :]


def test_a_ticket_is_an_event_of_the_clinic_and_nothing_more() -> None:
    assert _without_zone(calendar_of(TICKET, DOCTOR, NOW)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Поликлиника № 1//patient account//RU",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "SUMMARY:Поликлиника № 1",
        "DTSTART;TZID=Europe/Moscow:20261130T092000",
        "DTSTAMP:20261129T090000Z",
        f"UID:{UID}",
        "SEQUENCE:0",
        r"DESCRIPTION:Врач: Смирнова Ольга Ивановна.\nРегистратура: +7 495 000-00-00",
        "LOCATION:Кабинет 214",
        'ORGANIZER;CN="Поликлиника № 1":mailto:no-reply@clinic.example',
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_ticket_to_a_doctor_who_has_gone_names_the_registry_only() -> None:
    event = _event(TICKET, None)
    assert str(event["DESCRIPTION"]) == "Регистратура: +7 495 000-00-00"
    assert "LOCATION" not in event


def test_the_file_is_named_and_typed() -> None:
    cancelled = calendar_of(TICKET.ended("cancelled"), DOCTOR, NOW)
    kind = "text/calendar; charset=utf-8; method="
    assert calendars.FILE_NAME == "ticket.ics"
    assert calendars.content_type_of(calendar_of(TICKET, DOCTOR, NOW)) == f"{kind}PUBLISH"
    assert calendars.content_type_of(cancelled) == f"{kind}CANCEL"


# -------------------------------------------------------------------------- changes


@pytest.mark.parametrize(
    "status, method, event_status",
    [
        ("booked", "PUBLISH", "CONFIRMED"),
        ("arrived", "PUBLISH", "CONFIRMED"),
        ("no_show", "PUBLISH", "CONFIRMED"),
        ("cancelled", "CANCEL", "CANCELLED"),
        ("withdrawn", "CANCEL", "CANCELLED"),
    ],
)
def test_a_ticket_that_no_longer_stands_is_struck_out(
    status: TicketStatus, method: str, event_status: str
) -> None:
    calendar, event = _parse(calendar_of(replace(TICKET, status=status), DOCTOR, NOW))
    assert (str(calendar["METHOD"]), str(event["STATUS"])) == (method, event_status)
    assert [name for name in ("UID", "SEQUENCE", "DTSTAMP", "ORGANIZER") if name not in event] == []


def test_an_event_keeps_its_uid_through_every_change_and_its_sequence_grows() -> None:
    place = SlotPlace(PLACE.district_id, date(2026, 12, 1), 2, time(15, 40))
    moved = TICKET.moved(place, MOSCOW, STRANGER_ID)
    events = [_event(state) for state in (TICKET, moved, moved.ended("cancelled"))]
    assert {str(event["UID"]) for event in events} == {UID}
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    starts = [event.decoded("DTSTART") for event in events]
    assert starts == [STARTS_AT, moved.starts_at, moved.starts_at]


def test_another_ticket_is_another_event() -> None:
    other = replace(TICKET, ticket_id=new_ticket_id(PATIENT_ID, "f" * 32))
    assert _event(other)["UID"] != _event(TICKET)["UID"]


# ---------------------------------------------------------------------------- zones


def _starts_by_the_files_own_zone(text: str) -> datetime:
    """Read when the event begins from the file alone, as a calendar without a zone base does."""
    calendar, event = _parse(text)
    (zone,) = calendar.walk("VTIMEZONE")
    assert isinstance(zone, Timezone)
    (line,) = [line for line in _unfolded(text) if line.startswith("DTSTART;TZID=")]
    parameter, _, wall = line.rpartition(":")
    assert parameter == f"DTSTART;TZID={zone['TZID']}"
    assert event["DTSTART"].params["TZID"] == zone["TZID"]
    at = datetime.strptime(wall, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone stands beside it
    return at.replace(tzinfo=zone.to_tz(lookup_tzid=False)).astimezone(UTC)


def _in_zone(monkeypatch: pytest.MonkeyPatch, zone: str, clinic_time: str) -> tuple[Ticket, str]:
    monkeypatch.setenv("CLINIC_TIME_ZONE", zone)
    settings.cache_clear()
    at = datetime.fromisoformat(clinic_time)
    place = SlotPlace(PLACE.district_id, at.date(), 1, at.time())
    ticket = replace(TICKET, place=place, starts_at=place.starts_at(ZoneInfo(zone)))
    return ticket, calendar_of(ticket, DOCTOR, NOW)


@pytest.mark.parametrize(
    "zone, clinic_time",
    [
        ("Europe/Moscow", "2026-11-30 09:20"),
        ("Europe/Kaliningrad", "2026-07-01 00:00"),
        ("Asia/Vladivostok", "2026-12-31 23:50"),
        ("Asia/Kolkata", "2026-11-30 09:20"),
        # Berlin puts its clocks forward on 29 March and back on 25 October 2026.
        ("Europe/Berlin", "2026-03-28 23:50"),
        ("Europe/Berlin", "2026-03-29 01:50"),
        ("Europe/Berlin", "2026-03-29 03:00"),
        ("Europe/Berlin", "2026-03-29 09:20"),
        ("Europe/Berlin", "2026-10-25 01:50"),
        ("Europe/Berlin", "2026-10-25 02:30"),
        ("Europe/Berlin", "2026-10-25 03:00"),
        ("Europe/Berlin", "2026-10-25 09:20"),
        ("America/St_Johns", "2026-03-08 09:20"),
        ("America/St_Johns", "2026-11-01 09:20"),
        ("Australia/Lord_Howe", "2026-04-05 09:20"),
        ("Australia/Lord_Howe", "2026-10-04 09:20"),
    ],
)
def test_an_event_begins_at_the_clinics_hour_by_the_zone_written_in_the_file(
    zone: str, clinic_time: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, text = _in_zone(monkeypatch, zone, clinic_time)
    wall = clinic_time.translate(str.maketrans("", "", "-:")).replace(" ", "T")
    assert f"DTSTART;TZID={zone}:{wall}00\r\n" in text
    assert _parse(text)[1].decoded("DTSTART").astimezone(UTC) == ticket.starts_at
    assert _starts_by_the_files_own_zone(text) == ticket.starts_at


# ----------------------------------------------------------------------------- form


@pytest.mark.parametrize("ticket", [TICKET, replace(TICKET, status="cancelled", sequence=12)])
def test_the_lines_are_as_the_standard_wants_them(ticket: Ticket) -> None:
    written = calendar_of(ticket, Doctor("Ы" * 300, "б" * 300), NOW).encode()
    assert written.endswith(b"END:VCALENDAR\r\n")
    lines = written.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert [line for line in lines if b"\r" in line or b"\n" in line] == []
    # No character is cut in two where a line is folded.
    assert [line.decode() for line in lines]


@pytest.mark.parametrize("name", ["PRODID", "VERSION", "METHOD"])
def test_a_calendar_says_once_what_it_is(name: str) -> None:
    lines = _unfolded(calendar_of(TICKET, DOCTOR, NOW))
    assert len([line for line in lines if line.startswith(f"{name}:")]) == 1


def test_the_moment_of_writing_is_told_in_utc() -> None:
    later = calendar_of(TICKET, DOCTOR, (NOW + timedelta(minutes=5)).astimezone(MOSCOW))
    assert "DTSTAMP:20261129T090500Z\r\n" in later


@pytest.mark.parametrize("event", EVENTS)
def test_no_patient_is_named_in_a_calendar_that_others_may_see(event: str) -> None:
    (change,) = [ticket_changed(one) for one in EVENTS if one == event]
    (mail,) = mails_for(change, NOW)
    unfolded = "\n".join(_unfolded(calendar_in(mail) or ""))
    told = ["Иванова", "Анна", "Сергеевна", "anna", "19850327", "1985-03-27", "0017"]
    assert [one for one in told if one in unfolded] == []
    (others,) = mails_for(replace(change, person=BORIS), NOW)
    assert calendar_in(others) == calendar_in(mail)


_texts = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=120)


@profile(max_examples=60)
@given(_texts, _texts)
def test_what_is_told_of_a_doctor_is_read_back_as_it_was_written(name: str, room: str) -> None:
    event = _event(TICKET, Doctor(name, room))
    assert str(event["DESCRIPTION"]) == f"Врач: {name}.\nРегистратура: +7 495 000-00-00"
    assert str(event["LOCATION"]) == f"Кабинет {room}"

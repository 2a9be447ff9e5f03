"""How slots and tickets are named, when a slot begins, and how a ticket changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from shared.errors import NotFound, SlotUnknown
from shared.ids import DistrictId, PatientId
from shared.tickets import (
    SlotPlace,
    Ticket,
    TicketStatus,
    districts_of,
    new_ticket_id,
    patient_of,
)
from tests.unit.builders import (
    ACCOUNT_ID,
    MOSCOW,
    PATIENT_ID,
    PLACE,
    STARTS_AT,
    STRANGER_ID,
    TICKET,
)

_places = st.builds(
    SlotPlace,
    st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True).map(DistrictId),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(0, 99),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)


def test_a_slots_id_says_where_it_stands() -> None:
    assert PLACE.slot_id == "a1.2026-11-30.1.0920"


def test_a_time_that_the_desk_gave_has_the_ordinal_0_and_no_other_has() -> None:
    given_place = replace(PLACE, ordinal=0)
    assert given_place.slot_id == "a1.2026-11-30.0.0920"
    assert given_place.is_given_by_desk
    assert not PLACE.is_given_by_desk


@given(_places)
def test_every_slots_id_is_read_back(place: SlotPlace) -> None:
    assert SlotPlace.parse(place.slot_id) == place


@pytest.mark.parametrize(
    "slot_id",
    [
        "",
        "a1",
        "a1.2026-11-30.1",
        "a1.2026-11-30.1.0920.1",
        "a1.2026-02-30.1.0920",
        "a1.2025-02-29.1.0920",
        "a1.2026-13-01.1.0920",
        "a1.2026-00-10.1.0920",
        "a1.0000-01-01.1.0920",
        "a1.0001-01-01.1.0000",
        "a1.1999-12-31.1.0920",
        "a1.2100-01-01.1.0920",
        "a1.9999-12-31.1.2359",
        "a1.20261130.1.0920",
        "a1.2026-W49-1.1.0920",
        "a1.2026-11-30.00.0920",
        "a1.2026-11-30.01.0920",
        "a1.2026-11-30.100.0920",
        "a1.2026-11-30.-1.0920",
        "a1.2026-11-30.1.2400",
        "a1.2026-11-30.1.0960",
        "a1.2026-11-30.1.920",
        "a1.2026-11-30.1.09:20",
        "A1.2026-11-30.1.0920",
        "у1.2026-11-30.1.0920",
        "a#1.2026-11-30.1.0920",
        ".2026-11-30.1.0920",
        f"{'a' * 21}.2026-11-30.1.0920",
        " a1.2026-11-30.1.0920",
        "a1.2026-11-30.1.0920\n",
        "a1.2026-11-30.1.0920\0",
        "a1.٢٠٢٦-١١-٣٠.1.0920",
    ],
)
def test_what_no_slot_is_called_is_an_unknown_slot(slot_id: str) -> None:
    with pytest.raises(SlotUnknown):
        SlotPlace.parse(slot_id)


@given(st.text())
def test_no_text_fails_in_any_other_way(text: str) -> None:
    with pytest.raises(SlotUnknown):
        SlotPlace.parse(text)


@pytest.mark.parametrize(
    "zone, clinic_time, starts_at",
    [
        ("Europe/Moscow", "2026-11-30 09:20", "2026-11-30T06:20Z"),
        ("Europe/Moscow", "2026-11-30 02:00", "2026-11-29T23:00Z"),
        ("Europe/Moscow", "2027-01-01 00:00", "2026-12-31T21:00Z"),
        ("America/New_York", "2026-12-31 20:00", "2027-01-01T01:00Z"),
        ("Asia/Kolkata", "2026-11-30 09:20", "2026-11-30T03:50Z"),
        # Berlin puts its clocks forward on 29 March and back on 25 October 2026.
        ("Europe/Berlin", "2026-03-28 09:20", "2026-03-28T08:20Z"),
        ("Europe/Berlin", "2026-03-29 09:20", "2026-03-29T07:20Z"),
        ("Europe/Berlin", "2026-10-24 09:20", "2026-10-24T07:20Z"),
        ("Europe/Berlin", "2026-10-25 09:20", "2026-10-25T08:20Z"),
        # An hour that is struck twice is the first of the two, one that is skipped comes after.
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30Z"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30Z"),
    ],
)
def test_a_slot_begins_at_its_time_on_the_clinics_clock(
    zone: str, clinic_time: str, starts_at: str
) -> None:
    at = datetime.fromisoformat(clinic_time)
    place = SlotPlace(DistrictId("a1"), at.date(), 1, at.time())
    assert place.starts_at(ZoneInfo(zone)) == datetime.fromisoformat(starts_at)
    assert place.starts_at(ZoneInfo(zone)).tzinfo is UTC


# ------------------------------------------------------------------------- tickets

SECOND = timedelta(seconds=1)
_hexadecimal = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(_hexadecimal, _hexadecimal)
def test_a_new_tickets_id_says_whose_it_is(patient_id: str, drawn: str) -> None:
    ticket_id = new_ticket_id(PatientId(patient_id), drawn)
    assert ticket_id == f"{patient_id}.{drawn[:16]}"
    assert patient_of(ticket_id) == patient_id
    assert replace(TICKET, ticket_id=ticket_id).patient_id == patient_id


@pytest.mark.parametrize(
    "ticket_id",
    [
        "",
        PATIENT_ID,
        f"{PATIENT_ID}.",
        f"{PATIENT_ID}.0123456789abcde",
        f"{PATIENT_ID}.0123456789abcdef0",
        f"{PATIENT_ID[1:]}.0123456789abcdef",
        f"{PATIENT_ID}c.0123456789abcdef",
        f"{PATIENT_ID.upper()}.0123456789abcdef",
        f"{PATIENT_ID}.0123456789ABCDEF",
        f"{PATIENT_ID}.0123456789abcdeg",
        f"{PATIENT_ID}#0123456789abcdef",
        f"{PATIENT_ID}.0123456789abcdef\n",
        f" {PATIENT_ID}.0123456789abcdef",
        f"{PATIENT_ID}.{'٣' * 16}",
        PLACE.slot_id,
    ],
)
def test_what_no_ticket_is_called_is_not_found(ticket_id: str) -> None:
    with pytest.raises(NotFound):
        patient_of(ticket_id)


@given(st.text())
def test_no_text_is_a_ticket_by_chance_or_fails_in_any_other_way(text: str) -> None:
    with pytest.raises(NotFound):
        patient_of(text)


def test_a_ticket_is_for_the_slot_of_its_place() -> None:
    assert TICKET.slot_id == "a1.2026-11-30.1.0920"


@pytest.mark.parametrize("status", get_args(TicketStatus))
def test_a_ticket_is_upcoming_while_it_stands_and_its_time_is_ahead(status: TicketStatus) -> None:
    ticket = replace(TICKET, status=status)
    moments = [STARTS_AT - SECOND, STARTS_AT, STARTS_AT + SECOND]
    upcoming = [ticket.is_upcoming(moment) for moment in moments]
    assert upcoming == [status == "booked", False, False]


def test_a_moved_ticket_keeps_its_id_and_forgets_the_reminder_of_the_old_time() -> None:
    reminded = replace(TICKET, sequence=3, reminded_of=TICKET.slot_id)
    place = SlotPlace(DistrictId("a1"), date(2026, 12, 1), 2, time(15, 40))
    assert reminded.moved(place, MOSCOW, STRANGER_ID) == Ticket(
        ticket_id=TICKET.ticket_id,
        place=place,
        starts_at=datetime(2026, 12, 1, 12, 40, tzinfo=UTC),
        status="booked",
        booked_by=STRANGER_ID,
        sequence=4,
        reminded_of=None,
    )


@pytest.mark.parametrize("status", ["cancelled", "withdrawn"])
def test_an_ended_ticket_differs_in_its_status_and_is_one_change_further(
    status: TicketStatus,
) -> None:
    reminded = replace(TICKET, sequence=3, reminded_of=TICKET.slot_id)
    assert reminded.ended(status) == replace(reminded, status=status, sequence=4)


def test_a_ticket_of_the_desk_becomes_an_accounts_own_when_it_is_moved() -> None:
    by_desk = replace(TICKET, booked_by=None, place=replace(PLACE, ordinal=0))
    assert by_desk.moved(PLACE, MOSCOW, ACCOUNT_ID) == replace(TICKET, sequence=1)


@given(st.lists(st.sampled_from(["moved", "cancelled"]), max_size=8))
def test_no_two_states_of_a_ticket_have_one_sequence_number(steps: list[str]) -> None:
    states = [TICKET]
    for step in steps:
        last = states[-1]
        moved = last.moved(PLACE, MOSCOW, ACCOUNT_ID)
        states.append(moved if step == "moved" else last.ended("cancelled"))
    assert [state.sequence for state in states] == list(range(len(steps) + 1))
    assert {state.ticket_id for state in states} == {TICKET.ticket_id}


def test_the_districts_of_tickets_are_each_named_once() -> None:
    elsewhere = replace(TICKET, place=replace(PLACE, district_id=DistrictId("c1")))
    assert districts_of([TICKET, elsewhere, TICKET]) == {"a1", "c1"}
    assert districts_of([]) == set()

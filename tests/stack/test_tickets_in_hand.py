"""Tickets in hand over HTTP: seen, cancelled, moved, kept, reminded of and put in a calendar."""

from functools import cache
from itertools import count
from typing import Any, cast

import pytest
from icalendar import Calendar

from shared.districts import District
from shared.ids import TicketId
from shared.settings import settings
from shared.tickets import Slot
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack, refused

TAKEN, MOVED, CANCELLED = "Запись подтверждена", "Запись перенесена", "Запись отменена"
REMINDER = "Напоминание о записи"
_DAYS = count(5)


@cache
def _known_district() -> District:
    return portal.new_district_without_hours()


@pytest.fixture
def district() -> District:
    return _known_district()


@pytest.fixture
def who(district: District) -> SignedIn:
    return portal.new_signed_in(district)


@pytest.fixture
def day(district: District) -> list[Slot]:
    """Slots of a day that is surely still to come, another one for every test."""
    return portal.publish(district, next(_DAYS), 3)


def shown(ticket_id: TicketId, slot: Slot, status: str = "booked") -> dict[str, Any]:
    """Return a ticket as the contract shows it."""
    assert slot.doctor is not None
    return {
        "ticket_id": ticket_id,
        "slot_id": slot.place.slot_id,
        "patient_id": ticket_id.partition(".")[0],
        "district_id": slot.place.district_id,
        "doctor_name": slot.doctor.name,
        "room": slot.doctor.room,
        "starts_at": slot.starts_at.astimezone(settings().zone).isoformat(),
        "status": status,
    }


def listed(stack: RunningStack, who: SignedIn) -> dict[str, Any]:
    answer = stack.ask("GET /api/tickets", cookie=who.cookie)
    assert answer.status_code == 200
    return dict(answer.json())


def cancel(stack: RunningStack, who: SignedIn, ticket_id: TicketId) -> int:
    return stack.ask(f"DELETE /api/tickets/{ticket_id}", cookie=who.cookie).status_code


def move(stack: RunningStack, who: SignedIn, ticket_id: TicketId, slot: Slot) -> dict[str, Any]:
    wanted = {"slot_id": slot.place.slot_id}
    answer = stack.ask(f"PUT /api/tickets/{ticket_id}", wanted, who.cookie)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def subjects(stack: RunningStack, who: SignedIn) -> list[str]:
    return [mail["subject"] for mail in stack.mails(who.email)]


def test_a_cancelled_tickets_slot_is_taken_by_somebody_else(
    stack: RunningStack, district: District, who: SignedIn, day: list[Slot]
) -> None:
    ticket_id = portal.take(stack, who, day[0])
    assert listed(stack, who) == {"upcoming": [shown(ticket_id, day[0])], "past": []}
    other = portal.new_signed_in(district)
    assert portal.book(stack, other, day[0].place.slot_id) == (409, "slot_taken")

    assert cancel(stack, who, ticket_id) == 204

    assert portal.now_of(day[0]) == day[0]
    ended = [shown(ticket_id, day[0], "cancelled")]
    assert listed(stack, who) == {"upcoming": [], "past": ended}
    portal.take(stack, other, day[0])
    assert cancel(stack, who, ticket_id) == 204
    assert portal.now_of(day[0]).status == "booked"
    assert "Образцова Проба" in stack.mail(who.email, CANCELLED)["text"]
    assert subjects(stack, who) == [TAKEN, CANCELLED]


def test_a_moved_ticket_keeps_its_id_and_frees_its_old_time(
    stack: RunningStack, who: SignedIn, day: list[Slot]
) -> None:
    ticket_id = portal.take(stack, who, day[0])

    moved = move(stack, who, ticket_id, day[1])

    assert moved == shown(ticket_id, day[1])
    assert move(stack, who, ticket_id, day[1]) == moved
    assert listed(stack, who) == {"upcoming": [moved], "past": []}
    assert portal.now_of(day[0]) == day[0]
    assert portal.now_of(day[1]).ticket_id == ticket_id
    assert "08:01" in stack.mail(who.email, MOVED)["text"]
    assert subjects(stack, who) == [TAKEN, MOVED]


def test_a_move_to_a_taken_time_leaves_the_old_ticket_as_it_was(
    stack: RunningStack, district: District, who: SignedIn, day: list[Slot]
) -> None:
    ticket_id = portal.take(stack, who, day[0])
    portal.take(stack, portal.new_signed_in(district), day[1])
    before = portal.lasting_items(stack)

    wanted = {"slot_id": day[1].place.slot_id}
    answer = stack.ask(f"PUT /api/tickets/{ticket_id}", wanted, who.cookie)

    assert refused(answer) == (409, "slot_taken")
    assert portal.lasting_items(stack) == before


def test_a_replaced_ticket_is_kept_among_the_past_ones(
    stack: RunningStack, who: SignedIn, day: list[Slot]
) -> None:
    first = portal.take(stack, who, day[0])
    assert cancel(stack, who, first) == 204
    second = portal.take(stack, who, day[1])
    portal.wait_until_archived(first)

    assert listed(stack, who) == {
        "upcoming": [shown(second, day[1])],
        "past": [shown(first, day[0], "cancelled")],
    }
    assert cancel(stack, who, first) == 204
    wanted = {"slot_id": day[2].place.slot_id}
    answer = stack.ask(f"PUT /api/tickets/{first}", wanted, who.cookie)
    assert refused(answer) == (409, "ticket_limit_reached")
    assert portal.now_of(day[2]) == day[2]


def test_a_calendar_file_follows_its_ticket(
    stack: RunningStack, who: SignedIn, day: list[Slot]
) -> None:
    ticket_id = portal.take(stack, who, day[0])
    taken = _calendar(stack, who, ticket_id)
    move(stack, who, ticket_id, day[1])
    moved = _calendar(stack, who, ticket_id)
    assert cancel(stack, who, ticket_id) == 204
    cancelled = _calendar(stack, who, ticket_id)

    uid = f"{ticket_id}@127.0.0.1"
    assert taken == ("PUBLISH", uid, 0, "CONFIRMED", day[0].starts_at)
    assert moved == ("PUBLISH", uid, 1, "CONFIRMED", day[1].starts_at)
    assert cancelled == ("CANCEL", uid, 2, "CANCELLED", day[1].starts_at)


def _calendar(stack: RunningStack, who: SignedIn, ticket_id: TicketId) -> tuple[object, ...]:
    answer = stack.ask(f"GET /api/tickets/{ticket_id}/calendar", cookie=who.cookie)
    assert answer.status_code == 200
    calendar = cast("Any", Calendar.from_ical(answer.content))
    kind = f"text/calendar; charset=utf-8; method={calendar['METHOD']}"
    assert answer.headers["content-type"] == kind
    (event,) = calendar.walk("VEVENT")
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == str(settings().zone) == event["DTSTART"].params["TZID"]
    return (
        calendar["METHOD"],
        event["UID"],
        event["SEQUENCE"],
        event["STATUS"],
        event["DTSTART"].dt,
    )


def test_tomorrows_tickets_are_reminded_of_once_and_no_other_is(
    stack: RunningStack, district: District, who: SignedIn, day: list[Slot]
) -> None:
    tomorrow = portal.publish(district, 1, 3)
    portal.take(stack, who, tomorrow[0])
    gone, later = portal.new_signed_in(district), portal.new_signed_in(district)
    assert cancel(stack, gone, portal.take(stack, gone, tomorrow[1])) == 204
    portal.take(stack, later, day[0])

    stack.invoke("SendRemindersFunction", {})

    reminder = stack.mail(who.email, REMINDER)
    assert "08:00" in reminder["text"]
    assert stack.invoke("SendRemindersFunction", {}) == {"called_for": 0}
    # A mail that was called for now comes after all that were called for before.
    last = portal.new_signed_in(district)
    portal.take(stack, last, tomorrow[2])
    stack.mail(last.email, TAKEN)
    assert subjects(stack, who) == [TAKEN, REMINDER]
    assert subjects(stack, gone) == [TAKEN, CANCELLED]
    assert subjects(stack, later) == [TAKEN]


def test_a_begun_ticket_can_be_neither_cancelled_nor_moved(
    stack: RunningStack, who: SignedIn, day: list[Slot]
) -> None:
    ticket_id = portal.take(stack, who, day[0])
    portal.begin(ticket_id)
    before = portal.lasting_items(stack)

    gone = stack.ask(f"DELETE /api/tickets/{ticket_id}", cookie=who.cookie)
    wanted = {"slot_id": day[1].place.slot_id}
    moved = stack.ask(f"PUT /api/tickets/{ticket_id}", wanted, who.cookie)

    assert [refused(gone), refused(moved)] == [(409, "too_late")] * 2
    assert portal.lasting_items(stack) == before
    tickets = listed(stack, who)
    assert tickets["upcoming"] == []
    assert [(one["ticket_id"], one["status"]) for one in tickets["past"]] == [(ticket_id, "booked")]

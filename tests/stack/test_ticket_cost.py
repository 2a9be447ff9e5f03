"""What cancelling and moving cost, and a conflict before a lost race."""

from dataclasses import dataclass, replace

import pytest

from shared import clock
from shared.districts import District
from shared.errors import SlotTaken
from shared.table import tickets
from shared.tickets import Slot, Ticket
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack
from tests.stack.wire import counted, wire


@dataclass(frozen=True)
class Held:
    """A patient with a ticket to the old slot, and a new slot that is free."""

    who: SignedIn
    ticket: Ticket
    old: Slot
    new: Slot


@pytest.fixture
def district() -> District:
    return portal.new_district_without_hours()


@pytest.fixture
def held(stack: RunningStack, district: District) -> Held:
    who = portal.new_signed_in(district)
    old, new = portal.publish(district, 5, 2)
    portal.take(stack, who, old)
    return Held(who, standing(who), old, new)


def standing(who: SignedIn) -> Ticket:
    ticket = portal.held_ticket(who)
    assert ticket is not None
    return ticket


def cancel(held: Held) -> None:
    tickets.cancel(held.who.session, held.ticket.ticket_id, clock.now())


def move(held: Held) -> Ticket:
    return tickets.move(held.who.session, held.ticket.ticket_id, held.new.place, clock.now())


def assert_cancelled(held: Held) -> None:
    assert standing(held.who) == held.ticket.ended("cancelled")
    assert [portal.now_of(slot) for slot in (held.old, held.new)] == [held.old, held.new]


def assert_moved(held: Held, moved: Ticket) -> None:
    assert (moved.ticket_id, moved.place) == (held.ticket.ticket_id, held.new.place)
    assert (moved.status, moved.sequence) == ("booked", 1)
    assert standing(held.who) == moved
    assert portal.now_of(held.old) == held.old
    assert portal.now_of(held.new) == replace(held.new, status="booked", ticket_id=moved.ticket_id)


def test_cancelling_is_one_read_and_one_transaction_of_three_actions_and_six_write_units(
    held: Held,
) -> None:
    with wire() as seen, counted() as units:
        cancel(held)

    assert [operation for operation, _ in seen.requests] == ["BatchGetItem", "TransactWriteItems"]
    updates = ("SESSION", "PATIENT", "SLOT")
    assert seen.transactions == [[("Update", kind) for kind in updates]]
    assert units == [6.0]
    assert_cancelled(held)


def test_moving_is_one_read_and_one_transaction_of_four_actions_and_eight_write_units(
    held: Held,
) -> None:
    with wire() as seen, counted() as units:
        moved = move(held)

    assert [operation for operation, _ in seen.requests] == ["BatchGetItem", "TransactWriteItems"]
    updates = ("SESSION", "PATIENT", "SLOT", "SLOT")
    assert seen.transactions == [[("Update", kind) for kind in updates]]
    assert units == [8.0]
    assert_moved(held, moved)


def test_a_conflict_before_a_lost_race_for_the_new_slot_leaves_the_old_ticket(
    stack: RunningStack, district: District, held: Held
) -> None:
    theirs = portal.take(stack, portal.new_signed_in(district), held.new)
    with wire(conflicts=2), pytest.raises(SlotTaken):
        move(held)
    assert standing(held.who) == held.ticket
    assert portal.now_of(held.old).ticket_id == held.ticket.ticket_id
    assert portal.now_of(held.new).ticket_id == theirs

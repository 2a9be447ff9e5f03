"""What one booking costs, and what faults of the store do to it, beneath the AWS client."""

import pytest

from shared import clock
from shared.districts import District
from shared.errors import SlotTaken, TryAgain
from shared.table import booking, patients
from shared.tickets import Slot, Ticket
from tests.stack import portal
from tests.stack.faults import LASTING, PASSING, Fault, conflicted, counted, wire
from tests.stack.portal import SignedIn


@pytest.fixture
def district() -> District:
    return portal.new_district()


@pytest.fixture
def who(district: District) -> SignedIn:
    return portal.new_signed_in(district)


@pytest.fixture
def slot(district: District) -> Slot:
    return portal.last_day(district)[-1]


def book(who: SignedIn, slot: Slot) -> tuple[Ticket, bool]:
    return booking.book(who.session, who.patient_id, slot.place, clock.now())


def assert_held(who: SignedIn, slot: Slot, ticket: Ticket) -> None:
    """Check that the patient's row and the slot agree on one ticket."""
    assert ticket.patient_id == who.patient_id
    assert patients.find(who.patient_id).ticket == ticket
    now = portal.now_of(slot)
    assert (now.status, now.ticket_id) == ("booked", ticket.ticket_id)


def assert_nothing_done(who: SignedIn, slot: Slot) -> None:
    assert patients.find(who.patient_id).ticket is None
    assert portal.now_of(slot) == slot


def test_booking_is_one_request_of_three_actions_and_six_write_units(
    who: SignedIn, slot: Slot
) -> None:
    with wire() as seen, counted() as units:
        ticket, _ = book(who, slot)

    assert [operation for operation, _ in seen.requests] == ["TransactWriteItems"]
    assert seen.transactions == [[("Update", "SESSION"), ("Update", "PATIENT"), ("Update", "SLOT")]]
    assert units == [6.0]
    assert_held(who, slot, ticket)


@pytest.mark.parametrize("fault, times", PASSING)
def test_a_passing_fault_is_survived_and_one_ticket_stands(
    who: SignedIn, slot: Slot, fault: Fault, times: int
) -> None:
    with wire(fault, times) as seen:
        ticket, is_new = book(who, slot)
    assert is_new
    assert_held(who, slot, ticket)
    assert len(seen.transactions) == min(times + 1, 4 if fault is conflicted else 2)
    assert book(who, slot) == (ticket, False)


@pytest.mark.parametrize("fault", LASTING)
def test_a_lasting_fault_ends_as_try_again_and_nothing_is_done(
    who: SignedIn, slot: Slot, fault: Fault
) -> None:
    with wire(fault, 1000), pytest.raises(TryAgain):
        book(who, slot)
    assert_nothing_done(who, slot)
    ticket, is_new = book(who, slot)
    assert is_new
    assert_held(who, slot, ticket)


def test_a_conflict_before_a_lost_race_is_retried_and_told_as_taken(
    district: District, who: SignedIn, slot: Slot
) -> None:
    loser = portal.new_signed_in(district)
    book(who, slot)
    with wire(conflicted, 2), pytest.raises(SlotTaken):
        book(loser, slot)
    assert patients.find(loser.patient_id).ticket is None

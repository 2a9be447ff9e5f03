"""What one booking costs, and a conflict before a lost race."""

import pytest

from shared import clock
from shared.districts import District
from shared.errors import SlotTaken
from shared.table import booking, patients
from shared.tickets import Slot, Ticket
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.wire import counted, wire


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


def test_booking_is_one_request_of_three_actions_and_six_write_units(
    who: SignedIn, slot: Slot
) -> None:
    with wire() as seen, counted() as units:
        ticket, _ = book(who, slot)

    assert [operation for operation, _ in seen.requests] == ["TransactWriteItems"]
    assert seen.transactions == [[("Update", "SESSION"), ("Update", "PATIENT"), ("Update", "SLOT")]]
    assert units == [6.0]
    assert_held(who, slot, ticket)


def test_a_conflict_before_a_lost_race_is_retried_and_told_as_taken(
    district: District, who: SignedIn, slot: Slot
) -> None:
    loser = portal.new_signed_in(district)
    book(who, slot)
    with wire(conflicts=2), pytest.raises(SlotTaken):
        book(loser, slot)
    assert patients.find(loser.patient_id).ticket is None

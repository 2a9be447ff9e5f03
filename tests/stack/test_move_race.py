"""Races over HTTP of those who hold tickets: few slots, and no half of a move."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

from shared.keys import slot as slot_key
from shared.table import store
from shared.tickets import Slot, patient_of
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

MOVERS = 20
Outcome = tuple[SignedIn, int, str]


def move(stack: RunningStack, who: SignedIn, slot: Slot) -> Outcome:
    """Ask for another slot in place of the ticket's."""
    held = portal.held_ticket(who)
    assert held is not None
    wanted = {"slot_id": slot.place.slot_id}
    answer = stack.ask(f"PUT /api/tickets/{held.ticket_id}", wanted, who.cookie)
    return who, answer.status_code, answer.json().get("code", "")


def assert_whole(slots: Iterable[Slot], people: Iterable[SignedIn]) -> None:
    """Check that slots and patients agree both ways: each booked slot has one patient's ticket."""
    standing = [portal.now_of(slot) for slot in slots]
    told_by_slots = {}
    for slot in standing:
        assert (slot.status == "booked") == (slot.ticket_id is not None), slot
        item = store.get(slot_key(slot.place)) or {}
        assert ("ticket_id" in item) == (slot.status == "booked"), slot
        if slot.ticket_id is not None:
            told_by_slots[patient_of(slot.ticket_id)] = (slot.ticket_id, slot.place)
    held = {who.patient_id: portal.held_ticket(who) for who in people}
    told_by_patients = {
        patient_id: (ticket.ticket_id, ticket.place)
        for patient_id, ticket in held.items()
        if ticket is not None and ticket.status == "booked"
    }
    assert len(told_by_slots) == sum(slot.status == "booked" for slot in standing)
    assert told_by_slots == told_by_patients


def test_twenty_patients_move_to_two_slots_and_two_win_and_nobody_loses_a_ticket(
    stack: RunningStack,
) -> None:
    district = portal.new_district_without_hours()
    olds, news = portal.publish(district, 5, MOVERS), portal.publish(district, 6, 2)
    people = portal.at_once(lambda _: portal.new_signed_in(district), range(MOVERS), 8)
    for who, slot in zip(people, olds, strict=True):
        portal.take(stack, who, slot)
    before = {who.patient_id: portal.held_ticket(who) for who in people}
    # Each asks twice, so that moves of one ticket meet each other too.
    wishes = [(who, news[number % 2]) for number, who in enumerate(people)] * 2
    random.shuffle(wishes)

    outcomes = portal.at_once(lambda wish: move(stack, *wish), wishes, portal.CONNECTIONS)

    won = {who.patient_id for who, status, _ in outcomes if status == 200}
    assert len(won) == 2
    told = Counter((status, code) for _, status, code in outcomes)
    assert told == {(200, ""): 4, (409, "slot_taken"): 2 * (MOVERS - 2)}
    assert_whole([*olds, *news], people)
    for who, old in zip(people, olds, strict=True):
        held, held_before = portal.held_ticket(who), before[who.patient_id]
        assert held is not None
        assert held_before is not None
        assert held.ticket_id == held_before.ticket_id
        assert (held.place == old.place) == (who.patient_id not in won)
    assert all(portal.now_of(slot).status == "booked" for slot in news)


def test_a_ticket_moved_to_many_times_and_cancelled_at_once_leaves_no_other_time_booked(
    stack: RunningStack,
) -> None:
    district = portal.new_district_without_hours()
    people = [portal.new_signed_in(district) for _ in range(3)]
    slots = [portal.publish(district, day, 9) for day in range(5, 8)]
    wishes: list[Callable[[], tuple[int, str]]] = []
    address = ""
    for who, (old, *news) in zip(people, slots, strict=True):
        address = f"/api/tickets/{portal.take(stack, who, old)}"
        for slot in news:
            wanted: dict[str, str] = {"slot_id": slot.place.slot_id}
            wishes.append(partial(_ask, stack, who, f"PUT {address}", wanted))
    wishes.append(partial(_ask, stack, people[-1], f"DELETE {address}", None))

    told = Counter(portal.at_once(portal.persisted, wishes, portal.CONNECTIONS))

    assert_whole(list(chain.from_iterable(slots)), people)
    assert told.keys() <= {(200, ""), (204, ""), (409, "too_late")}
    assert told[204, ""] == 1
    assert [_stands(who) for who in people] == [True, True, False]


def _stands(who: SignedIn) -> bool:
    ticket = portal.held_ticket(who)
    return ticket is not None and ticket.status == "booked"


def _ask(
    stack: RunningStack, who: SignedIn, request: str, body: dict[str, str] | None
) -> tuple[int, str]:
    answer = stack.ask(request, body, who.cookie)
    return answer.status_code, answer.json()["code"] if answer.is_error else ""

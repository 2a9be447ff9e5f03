"""Races over HTTP: many patients, few slots."""

from collections import Counter

from shared.tickets import patient_of
from tests.stack import portal
from tests.stack.running import RunningStack


def test_two_hundred_patients_race_for_a_days_two_slots_and_exactly_two_get_a_ticket(
    stack: RunningStack,
) -> None:
    district = portal.new_district()
    day = portal.last_day(district)
    assert len(day) == 2
    people = portal.at_once(lambda _: portal.new_signed_in(district), range(200), 8)
    wishes = [(who, day[number % 2].place.slot_id) for number, who in enumerate(people)]

    outcomes = portal.at_once(lambda wish: portal.book(stack, *wish), wishes, portal.CONNECTIONS)

    assert Counter(status for status, _ in outcomes) == {201: 2, 409: 198}
    assert {code for status, code in outcomes if status == 409} == {"slot_taken"}
    won = {said for status, said in outcomes if status == 201}
    after = [slot for slot in portal.slots_of(district) if slot.place.day == day[0].place.day]
    assert {slot.ticket_id for slot in after} == won
    holders = {who.patient_id for who in people if portal.held_ticket(who) is not None}
    assert {patient_of(slot.ticket_id) for slot in after if slot.ticket_id} == holders


def test_one_patient_racing_for_many_slots_gets_one_ticket_and_frees_no_other(
    stack: RunningStack,
) -> None:
    district = portal.new_district("child")
    who = portal.new_signed_in(district)
    wanted = [slot.place.slot_id for slot in portal.slots_of(district)][-16:]

    outcomes = portal.at_once(lambda slot_id: portal.book(stack, who, slot_id), wanted, 16)

    assert Counter(status for status, _ in outcomes) == {201: 1, 409: len(wanted) - 1}
    assert {said for status, said in outcomes if status == 409} == {"ticket_limit_reached"}
    held = portal.held_ticket(who)
    assert held is not None
    booked = [slot for slot in portal.slots_of(district) if slot.status == "booked"]
    assert [slot.ticket_id for slot in booked] == [held.ticket_id]


def test_the_same_request_sent_many_times_at_once_gives_one_ticket(stack: RunningStack) -> None:
    district = portal.new_district()
    who = portal.new_signed_in(district)
    slot_id = portal.last_day(district)[0].place.slot_id

    outcomes = portal.at_once(lambda _: portal.book(stack, who, slot_id), range(16), 16)

    assert Counter(status for status, _ in outcomes) == {201: 1, 200: 15}
    assert len({ticket_id for _, ticket_id in outcomes}) == 1

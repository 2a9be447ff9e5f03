"""How each refusal of the operations on tickets comes about over HTTP; added to refusals.WAYS."""

from dataclasses import dataclass

import httpx

from shared import keys
from shared.districts import District
from shared.ids import TicketId
from shared.table import store
from shared.tickets import Slot
from tests.stack import portal
from tests.stack.operations import ask, somebody
from tests.stack.portal import SignedIn
from tests.stack.refusals import way
from tests.stack.running import RunningStack

BOOK, MOVE = "POST /api/tickets", "PUT /api/tickets/{ticket_id}"
CANCEL, CALENDAR = "DELETE /api/tickets/{ticket_id}", "GET /api/tickets/{ticket_id}/calendar"


@dataclass(frozen=True)
class _Scene:
    """A patient with a ticket to one slot of a district, and other slots that are free."""

    who: SignedIn
    district: District
    ticket_id: TicketId
    slots: list[Slot]


def _scene(stack: RunningStack) -> _Scene:
    district = portal.new_district_without_hours()
    slots = portal.publish(district, 5, 3)
    who = portal.new_signed_in(district)
    return _Scene(who, district, portal.take(stack, who, slots[0]), slots)


def _book(stack: RunningStack, who: SignedIn, slot_id: str) -> httpx.Response:
    body = {"patient_id": who.patient_id, "slot_id": slot_id}
    return ask(stack, BOOK, who.cookie, body)


def _move(stack: RunningStack, scene: _Scene, slot_id: str) -> httpx.Response:
    body = {"slot_id": slot_id}
    return ask(stack, MOVE, scene.who.cookie, body, ticket_id=scene.ticket_id)


def _free(district: District) -> str:
    return portal.publish(district, 6, 1)[0].place.slot_id


def _withdraw(slot: Slot) -> str:
    """Withdraw a slot past the code, as the desk will, and return its id."""
    key = keys.slot(slot.place)
    withdrawn = {":withdrawn": "withdrawn"}
    store.update(key, "SET slot_status = :withdrawn", withdrawn, "attribute_exists(PK)")
    return slot.place.slot_id


@way("patient_unknown", BOOK)
def _a_foreign_patient(stack: RunningStack) -> httpx.Response:
    district = portal.new_district_without_hours()
    stranger = portal.new_signed_in(district)
    body = {"patient_id": stranger.patient_id, "slot_id": _free(district)}
    return ask(stack, BOOK, somebody().cookie, body)


@way("not_attached", BOOK)
def _a_patient_whom_the_register_does_not_know(stack: RunningStack) -> httpx.Response:
    who = portal.new_signed_in(None)
    return _book(stack, who, _free(portal.new_district_without_hours()))


@way("not_attached", MOVE)
def _a_ticket_of_a_patient_who_has_left_the_clinic(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    portal.leave(scene.who, scene.district)
    return _move(stack, scene, scene.slots[1].place.slot_id)


@way("wrong_district", BOOK)
def _another_districts_slot(stack: RunningStack) -> httpx.Response:
    return _book(stack, somebody(), _free(portal.new_district_without_hours()))


@way("wrong_district", MOVE)
def _a_move_to_another_district(stack: RunningStack) -> httpx.Response:
    return _move(stack, _scene(stack), _free(portal.new_district_without_hours()))


@way("policy_expired", BOOK)
def _a_day_after_the_policys_last(stack: RunningStack) -> httpx.Response:
    district = portal.new_district_without_hours()
    who = portal.new_signed_in(district)
    portal.end_policy(who)
    return _book(stack, who, _free(district))


@way("policy_expired", MOVE)
def _a_move_to_a_day_after_the_policys_last(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    portal.end_policy(scene.who)
    return _move(stack, scene, _free(scene.district))


@way("ticket_limit_reached", BOOK)
def _a_second_ticket(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    return _book(stack, scene.who, scene.slots[1].place.slot_id)


@way("ticket_limit_reached", MOVE)
def _a_move_of_a_past_ticket_beside_an_upcoming_one(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    ask(stack, CANCEL, scene.who.cookie, ticket_id=scene.ticket_id)
    portal.take(stack, scene.who, scene.slots[1])
    portal.wait_until_archived(scene.ticket_id)
    return _move(stack, scene, scene.slots[2].place.slot_id)


@way("slot_unknown", BOOK)
def _a_slot_that_was_never_published(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    other = portal.new_signed_in(scene.district)
    return _book(stack, other, scene.slots[0].place.slot_id.replace(".1.", ".9."))


@way("slot_unknown", MOVE)
def _a_move_to_no_slot(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    return _move(stack, scene, scene.slots[0].place.slot_id.replace(".1.", ".9."))


@way("slot_withdrawn", BOOK)
def _a_withdrawn_slot(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    return _book(stack, portal.new_signed_in(scene.district), _withdraw(scene.slots[1]))


@way("slot_withdrawn", MOVE)
def _a_move_to_a_withdrawn_slot(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    return _move(stack, scene, _withdraw(scene.slots[1]))


@way("slot_taken", BOOK)
def _somebody_elses_slot(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    other = portal.new_signed_in(scene.district)
    return _book(stack, other, scene.slots[0].place.slot_id)


@way("slot_taken", MOVE)
def _a_move_to_somebody_elses_slot(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    portal.take(stack, portal.new_signed_in(scene.district), scene.slots[1])
    return _move(stack, scene, scene.slots[1].place.slot_id)


@way("too_late", MOVE)
def _a_move_of_a_begun_ticket(stack: RunningStack) -> httpx.Response:
    scene = _begun(stack)
    return _move(stack, scene, scene.slots[1].place.slot_id)


@way("too_late", CANCEL)
def _a_cancellation_of_a_begun_ticket(stack: RunningStack) -> httpx.Response:
    scene = _begun(stack)
    return ask(stack, CANCEL, scene.who.cookie, ticket_id=scene.ticket_id)


def _begun(stack: RunningStack) -> _Scene:
    scene = _scene(stack)
    portal.begin(scene.ticket_id)
    return scene


@way("not_found", MOVE)
def _a_move_of_somebody_elses_ticket(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    other, body = portal.new_signed_in(scene.district), {"slot_id": _free(scene.district)}
    return ask(stack, MOVE, other.cookie, body, ticket_id=scene.ticket_id)


@way("not_found", CANCEL)
def _a_cancellation_of_somebody_elses_ticket(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    other = portal.new_signed_in(scene.district)
    return ask(stack, CANCEL, other.cookie, ticket_id=scene.ticket_id)


@way("not_found", CALENDAR)
def _the_calendar_file_of_somebody_elses_ticket(stack: RunningStack) -> httpx.Response:
    scene = _scene(stack)
    other = portal.new_signed_in(scene.district)
    return ask(stack, CALENDAR, other.cookie, ticket_id=scene.ticket_id)

"""Slots that stand, and what a plan makes of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time

from shared.ids import TicketId
from shared.schedules import Plan
from shared.tickets import Slot, SlotPlace, SlotStatus
from tests.unit.builders import DOCTOR, MONDAY, MOSCOW, PLACE, TICKET

Key = tuple[date, int, time | None]


def slot(
    ordinal: int, at: str, status: SlotStatus = "free", day: date = MONDAY, ticket: str = ""
) -> Slot:
    """Return a slot at a time such as `09:20`; one that is booked has a ticket."""
    place = SlotPlace(PLACE.district_id, day, ordinal, time.fromisoformat(at))
    ticket_id = TicketId(ticket or TICKET.ticket_id) if status == "booked" or ticket else None
    return Slot(place, place.starts_at(MOSCOW), DOCTOR, status, ticket_id)


def key_of(one: Slot) -> Key:
    """Return what names a slot: its ordinal, or the time where the desk gave it."""
    place = one.place
    return place.day, place.ordinal, place.time if place.is_given_by_desk else None


def applied(standing: Iterable[Slot], plan: Plan) -> list[Slot]:
    """Return the slots as a plan leaves them; every step must find what it was made for."""
    after = {key_of(one): one for one in standing}
    for change in plan.change:
        assert after[key_of(change.before)] == change.before
        assert key_of(change.after) == key_of(change.before)
        after[key_of(change.after)] = change.after
    for one in plan.publish:
        assert key_of(one) not in after
        after[key_of(one)] = one
    for one in plan.cancel:
        assert after[key_of(one)] == one
        after[key_of(one)] = replace(one, status="withdrawn")
    return list(after.values())

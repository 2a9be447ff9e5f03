"""Slots: one item per published time, never deleted, published once by a conditional put."""

from collections.abc import Iterator
from datetime import date, datetime

from shared import keys
from shared.districts import Doctor
from shared.errors import Refusal, SlotTaken, SlotUnknown, SlotWithdrawn
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import moments, store
from shared.table.patients import PatientChanged
from shared.table.store import ConditionFailed, Item, Leg
from shared.tickets import Slot, SlotPlace, Ticket

_IS_FREE = "slot_status = :free"
_IS_AT_THIS_TIME = "starts_at = :starts_at"
_HAS_NOT_STARTED = "starts_at > :now"


def slots_between(district_id: DistrictId, first_on: date, last_on: date) -> Iterator[Slot]:
    """Yield a district's slots of these days, both included, in the order of their keys: one query.

    The read is eventually consistent: what it says is for display and for finding what to publish,
    and the conditional writes decide.
    """
    between = keys.slots_between(first_on, last_on)
    return map(slot_from_item, store.query(keys.slots_of(district_id), between))


def publish(slot: Slot) -> bool:
    """Write a slot unless its ordinal stands already; tell whether it was written (R8).

    A booked or withdrawn slot of that ordinal is left alone, whatever its time.
    """
    try:
        store.put(keys.slot(slot.place), _to_item(slot), store.IS_NEW)
    except ConditionFailed:
        return False
    return True


def take_leg(ticket: Ticket, now: datetime) -> Leg:
    """Turn a free slot into the ticket's.

    Refused with SlotUnknown, SlotWithdrawn, SlotTaken.
    """
    return Leg(
        "Update",
        keys.slot(ticket.place),
        condition=f"{_IS_FREE} AND {_IS_AT_THIS_TIME} AND {_HAS_NOT_STARTED}",
        refusal=lambda item: _why_not_taken(ticket, item, now),
        values={
            ":free": "free",
            ":booked": "booked",
            ":starts_at": moments.text(ticket.starts_at),
            ":now": moments.text(now),
            ":ticket": ticket.ticket_id,
        },
        expression="SET slot_status = :booked, ticket_id = :ticket",
    )


def _why_not_taken(ticket: Ticket, item: Item | None, now: datetime) -> Refusal:
    if item is None:
        return SlotUnknown()
    starts_at = ticket.starts_at
    offered = item["starts_at"] == moments.text(starts_at) and starts_at > now
    return SlotTaken() if offered and item["slot_status"] == "booked" else SlotWithdrawn()


def free_leg(ticket: Ticket) -> Leg:
    """Give the ticket's slot back to the pool: it is no new publication (R8).

    Refused with PatientChanged: who read the ticket must look again.
    """
    return Leg(
        "Update",
        keys.slot(ticket.place),
        condition="slot_status = :booked AND ticket_id = :ticket",
        refusal=lambda _: PatientChanged(),
        values={":booked": "booked", ":free": "free", ":ticket": ticket.ticket_id},
        expression="SET slot_status = :free REMOVE ticket_id",
    )


def _to_item(slot: Slot) -> Item:
    return {
        "starts_at": moments.text(slot.starts_at),
        "doctor": slot.doctor.name,
        "room": slot.doctor.room,
        "slot_status": slot.status,
    }


def slot_from_item(item: Item) -> Slot:
    """Read a slot back; its place is its key, and its clinic time is that of its beginning."""
    starts_at = moments.parse(item["starts_at"])
    district_id, day, ordinal = keys.slot_named(item["PK"], item["SK"])
    return Slot(
        place=SlotPlace(district_id, day, ordinal, starts_at.astimezone(settings().zone).time()),
        starts_at=starts_at,
        doctor=Doctor(item["doctor"], item["room"]),
        status=item["slot_status"],
        ticket_id=item.get("ticket_id"),
    )

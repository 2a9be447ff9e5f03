"""Slots: one item per published time, never deleted, published once by a conditional put."""

from collections.abc import Iterator
from datetime import date

from shared import keys
from shared.districts import Doctor
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import moments, store
from shared.table.store import ConditionFailed, Item
from shared.tickets import Slot, SlotPlace


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
        store.put(keys.slot(slot.place), _to_item(slot), "attribute_not_exists(PK)")
    except ConditionFailed:
        return False
    return True


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
        patient_id=item.get("patient_id"),
        booked_by=item.get("booked_by"),
    )

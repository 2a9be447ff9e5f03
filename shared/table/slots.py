"""Slots: one item for each published time, and for each that the desk gave beyond the cap."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from shared import keys
from shared.districts import Doctor
from shared.errors import Refusal, SlotTaken, SlotUnknown, SlotWithdrawn
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import moments, store
from shared.table.patients import PatientChanged
from shared.table.store import Item, Leg
from shared.tickets import Slot, SlotPlace, Ticket


class SlotChanged(Refusal):
    """The slot is not what it was when the transaction was put together."""


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


def slots_from(district_id: DistrictId, first_on: date) -> list[Slot]:
    """Return a district's slots of a day and of all later ones, read consistently: one query."""
    found = store.query(keys.slots_of(district_id), keys.slots_from(first_on), consistent=True)
    return [slot_from_item(item) for item in found]


def of_day(district_id: DistrictId, day: date) -> list[Slot]:
    """Return a district's slots of one day, read consistently: one query."""
    between = keys.slots_between(day, day)
    found = store.query(keys.slots_of(district_id), between, consistent=True)
    return [slot_from_item(item) for item in found]


def publish_leg(slot: Slot) -> Leg:
    """Write a slot whose ordinal does not stand yet (R8). Refused with SlotChanged."""
    return Leg("Put", keys.slot(slot.place), store.IS_NEW, _changed, item=_to_item(slot))


def change_leg(before: Slot, after: Slot) -> Leg:
    """Change a slot that is as it was read. Refused with SlotChanged."""
    condition = "slot_status = :read_status AND starts_at = :read_starts_at"
    read = {":read_status": before.status, ":read_starts_at": moments.text(before.starts_at)}
    if before.ticket_id is not None:
        condition += " AND ticket_id = :read_ticket"
        read[":read_ticket"] = before.ticket_id
    return Leg(
        "Put", keys.slot(after.place), condition, _changed, values=read, item=_to_item(after)
    )


def give_leg(slot: Slot) -> Leg:
    """Write a time that the desk gives beyond the cap, if it does not stand there as booked.

    Refused with SlotTaken.
    """
    return Leg(
        "Put",
        keys.slot(slot.place),
        condition="attribute_not_exists(PK) OR slot_status = :withdrawn",
        refusal=lambda _: SlotTaken(),
        values={":withdrawn": "withdrawn"},
        item=_to_item(slot),
    )


def not_given_leg(place: SlotPlace) -> Leg:
    """Demand that the desk has not given this time. Refused with SlotChanged."""
    given = replace(place, ordinal=0)
    values = {":booked": "booked"}
    condition = "attribute_not_exists(PK) OR slot_status <> :booked"
    return Leg("ConditionCheck", keys.slot(given), condition, _changed, values)


def not_offered_leg(place: SlotPlace, ordinal: int, *also: SlotPlace) -> Leg:
    """Demand that an ordinal of the day does not stand at this time, nor at those of other places.

    Refused with SlotChanged.
    """
    times = [moments.text(one.starts_at(settings().zone)) for one in (place, *also)]
    at = {f":at{number}": time for number, time in enumerate(times)}
    elsewhere = " AND ".join(f"starts_at <> {name}" for name in at)
    return Leg(
        "ConditionCheck",
        keys.slot(replace(place, ordinal=ordinal)),
        f"attribute_not_exists(PK) OR slot_status = :withdrawn OR ({elsewhere})",
        _changed,
        {**at, ":withdrawn": "withdrawn"},
    )


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

    One that the district no longer offers is withdrawn instead, and one that the desk gave beyond
    the cap goes for good. Refused with PatientChanged: who read the
    ticket must look again.
    """
    key, condition = keys.slot(ticket.place), "slot_status = :booked AND ticket_id = :ticket"
    values = {":booked": "booked", ":ticket": ticket.ticket_id}
    if ticket.place.is_given_by_desk:
        return Leg("Delete", key, condition, lambda _: PatientChanged(), values)
    return Leg(
        "Update",
        key,
        condition,
        refusal=lambda _: PatientChanged(),
        values={**values, ":free": "free"},
        expression="SET slot_status = if_not_exists(when_freed, :free)"
        " REMOVE ticket_id, when_freed",
    )


def _changed(_: Item | None) -> Refusal:
    return SlotChanged()


def _to_item(slot: Slot) -> Item:
    item = {
        "starts_at": moments.text(slot.starts_at),
        "doctor": slot.doctor.name if slot.doctor else None,
        "room": slot.doctor.room if slot.doctor else None,
        "slot_status": slot.status,
    }
    held = {"ticket_id": slot.ticket_id} if slot.ticket_id else {}
    return item | held | ({} if slot.when_freed == "free" else {"when_freed": slot.when_freed})


def slot_from_item(item: Item) -> Slot:
    """Read a slot back; its place is its key, and its clinic time is that of its beginning."""
    starts_at = moments.parse(item["starts_at"])
    district_id, day, ordinal = keys.slot_named(item["PK"], item["SK"])
    return Slot(
        place=SlotPlace(district_id, day, ordinal, starts_at.astimezone(settings().zone).time()),
        starts_at=starts_at,
        doctor=Doctor(item["doctor"], item["room"]) if item["doctor"] else None,
        status=item["slot_status"],
        ticket_id=item.get("ticket_id"),
        when_freed=item.get("when_freed", "free"),
    )

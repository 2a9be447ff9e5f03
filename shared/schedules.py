"""Schedules: what a district's slots have to become to be what the district says (R8, R10).

A district's hours, doctor and absences are the desk's word; its slots follow, by these rules:

- A booked ticket stands at its time, whatever becomes of the hours; only an absence cancels it.
- What nobody holds follows the hours: a free slot whose time is no more offered gets another time
  of its day, or is withdrawn; a withdrawn one is offered again once its day is worked.
- A day has at most the cap of online tickets, booked ones and past ones counted, and no time twice,
  those that the desk gave included.
- What has begun is left alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from shared.districts import District
from shared.publishing import publishes_on
from shared.tickets import Slot, SlotPlace


@dataclass(frozen=True)
class Change:
    """A slot that has to become another one; a booked one keeps its time and its ticket."""

    before: Slot
    after: Slot


@dataclass
class Plan:
    """What has to be done to a district's slots."""

    publish: list[Slot] = field(default_factory=list)
    """Slots of ordinals that do not stand yet."""
    change: list[Change] = field(default_factory=list)
    """Slots that have to be offered, withdrawn, or shown with another doctor or room."""
    cancel: list[Slot] = field(default_factory=list)
    """Booked slots of days on which the doctor is absent."""
    standing: int = field(default=0, compare=False)
    """Online slots to come, free or booked, once all this is done; nothing that has to be done."""


@dataclass(frozen=True)
class Terms:
    """What a plan is made for: how many online tickets a day, the moment, the clinic's zone."""

    cap: int
    now: datetime
    zone: ZoneInfo

    def is_to_come(self, place: SlotPlace) -> bool:
        """Tell whether a time has not begun yet."""
        return place.starts_at(self.zone) > self.now


def plan_of(
    district: District, days: Iterable[date], standing: Iterable[Slot], terms: Terms
) -> Plan:
    """Return what has to be done so that the standing slots agree with the district.

    `days` are those that are published; slots of other days are only cancelled and kept up.
    """
    by_day: dict[date, list[Slot]] = {day: [] for day in days}
    published = set(by_day)
    for slot in standing:
        by_day.setdefault(slot.place.day, []).append(slot)
    plan = Plan()
    for day, slots in by_day.items():
        if district.is_absent_on(day):
            _call_off(slots, terms, plan)
            continue
        plan.change += _kept_up(district, slots, terms)
        if day in published:
            _offer(district, day, slots, terms, plan)
    return plan


def _call_off(slots: Iterable[Slot], terms: Terms, plan: Plan) -> None:
    for slot in slots:
        if terms.is_to_come(slot.place) and slot.status == "free":
            plan.change.append(_withdrawn(slot))
        elif terms.is_to_come(slot.place) and slot.status == "booked":
            plan.cancel.append(slot)


def _kept_up(district: District, slots: Iterable[Slot], terms: Terms) -> Iterator[Change]:
    """Show booked slots with the doctor that the district has now, if it has one.

    One whose time the district no longer offers is not to be offered again.
    """
    for slot in slots:
        if slot.status != "booked" or not terms.is_to_come(slot.place):
            continue
        is_kept = slot.place.is_given_by_desk or _is_offered(district, slot.place)
        after = replace(
            slot,
            doctor=district.doctor or slot.doctor,
            when_freed="free" if is_kept else "withdrawn",
        )
        if after != slot:
            yield Change(slot, after)


def _is_offered(district: District, place: SlotPlace) -> bool:
    """Tell whether the doctor's hours have this time."""
    return publishes_on(district, place.day) and place.time in district.hours_on(place.day)


def _offer(district: District, day: date, slots: Sequence[Slot], terms: Terms, plan: Plan) -> None:
    """Fill the ordinals that nobody holds with the times that are to be offered."""
    open_slots = {slot.place.ordinal: slot for slot in slots if _is_open(slot, terms)}
    held = {slot.place.ordinal for slot in slots} - open_slots.keys()
    ordinals = [ordinal for ordinal in range(1, terms.cap + 1) if ordinal not in held]
    times = _assigned(ordinals, open_slots, _times(district, day, slots, terms))
    plan.standing += len(times) + sum(_is_booked_online(slot, terms) for slot in slots)
    for ordinal, at in times.items():
        place = SlotPlace(district.district_id, day, ordinal, at)
        wanted = Slot(place, place.starts_at(terms.zone), district.doctor)
        before = open_slots.get(ordinal)
        if before is None:
            plan.publish.append(wanted)
        elif before != wanted:
            plan.change.append(Change(before, wanted))
    for ordinal, slot in open_slots.items():
        if ordinal not in times and slot.status == "free":
            plan.change.append(_withdrawn(slot))


def _is_open(slot: Slot, terms: Terms) -> bool:
    """Tell whether nobody holds the slot, and its time has not come."""
    return slot.status != "booked" and terms.is_to_come(slot.place)


def _is_booked_online(slot: Slot, terms: Terms) -> bool:
    is_online = slot.status == "booked" and not slot.place.is_given_by_desk
    return is_online and terms.is_to_come(slot.place)


def _times(district: District, day: date, slots: Sequence[Slot], terms: Terms) -> list[time]:
    """List the times that are to be offered that day, in order: the first hours up to the cap.

    Times that the desk gave are not among them, nor those that are booked or past.
    """
    if not publishes_on(district, day):
        return []
    taken = [slot for slot in slots if slot.status == "booked"]
    given = {slot.place.time for slot in taken if slot.place.is_given_by_desk}
    offered = [at for at in district.hours_on(day) if at not in given][: terms.cap]
    fixed = [slot for slot in slots if _was_published(slot) and not _is_open(slot, terms)]
    fixed_times = {slot.place.time for slot in fixed}
    to_come = [
        at
        for at in offered
        if at not in fixed_times and terms.is_to_come(SlotPlace(district.district_id, day, 1, at))
    ]
    return to_come[: max(0, terms.cap - len(fixed))]


def _was_published(slot: Slot) -> bool:
    return slot.status != "withdrawn" and not slot.place.is_given_by_desk


def _assigned(
    ordinals: Sequence[int], open_slots: dict[int, Slot], times: Sequence[time]
) -> dict[int, time]:
    """Give each time an ordinal: its own where it stands there already, else the next one."""
    kept = {
        ordinal: open_slots[ordinal].place.time
        for ordinal in ordinals
        if ordinal in open_slots and open_slots[ordinal].place.time in times
    }
    once: dict[int, time] = {}
    for ordinal, at in kept.items():
        if at not in once.values():
            once[ordinal] = at
    others = iter([at for at in times if at not in once.values()])
    left = [ordinal for ordinal in ordinals if ordinal not in once]
    return once | dict(zip(left, others, strict=False))


def _withdrawn(slot: Slot) -> Change:
    return Change(slot, replace(slot, status="withdrawn"))

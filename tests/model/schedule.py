"""The model's schedule (R8, R10): which times a district's doctor offers, and what an absence ends.

Which ordinal gets which time is left to the portal; the model only demands that each has one.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from shared.tickets import SlotPlace
from shared.working_days import is_working_day
from tests.model.facts import ENDED, ZONE, District, Patient, Slot, day_of

HORIZON = 6
"""Days that are published; begun on a Monday, the last is a Saturday."""

Spot = tuple[str, date, int, time | None]


def spot_of(place: SlotPlace) -> Spot:
    """Return the row that a slot has: its ordinal's, or its time's where the desk gave it."""
    at = place.time if place.ordinal == 0 else None
    return place.district_id, place.day, place.ordinal, at


class Schedule:
    """All slots, and the times that are to be offered next."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.slots: dict[Spot, Slot] = {}
        self._due: dict[tuple[str, date], list[time]] = {}
        self.known: set[SlotPlace] = set()
        """All places that ever stood, to be asked for later."""

    def find(self, place: SlotPlace) -> Slot | None:
        """Return the slot whose id this is, or another at its ordinal."""
        return self.slots.get(spot_of(place))

    def at_time(self, district_id: str, day: date, at: time) -> Slot | None:
        """Return what stands at a time, unless it is withdrawn."""
        found = [slot for slot in self.of_day(district_id, day) if slot.place.time == at]
        return next((slot for slot in found if slot.status != "withdrawn"), None)

    def of_day(self, district_id: str, day: date) -> list[Slot]:
        """Return a day's slots."""
        return [slot for spot, slot in self.slots.items() if spot[:2] == (district_id, day)]

    def free(self, slot: Slot) -> None:
        """Give a slot back: free, withdrawn if its time is no more offered, gone if given."""
        if slot.place.ordinal == 0:
            del self.slots[spot_of(slot.place)]
            return
        slot.status, slot.ticket = ("free" if slot.is_kept else "withdrawn"), None
        slot.is_kept = True

    def agree(self, district: District, patients: dict[str, Patient], now: datetime) -> int:
        """Let the slots follow the district; tell how many times are offered that were not."""
        window = window_of(now)
        offered = 0
        standing = {spot[1] for spot in self.slots if spot[0] == district.district_id}
        for day in sorted({*window, *(day for day in standing if day >= window[0])}):
            slots = self.of_day(district.district_id, day)
            if district.is_absent_on(day):
                self._call_off(slots, patients, now)
                continue
            for slot in slots:
                if slot.status == "booked" and not slot.has_begun(now):
                    slot.is_kept = slot.place.ordinal == 0 or (
                        district.works_on(day) and slot.place.time in district.hours
                    )
            if day in window:
                offered += self._offer(district, day, slots, now)
        return offered

    def _call_off(self, slots: Iterable[Slot], patients: dict[str, Patient], now: datetime) -> None:
        for slot in slots:
            if slot.has_begun(now) or slot.status == "withdrawn":
                continue
            slot.status = "withdrawn"
            ticket = slot.ticket
            if (
                ticket
                and patients[ticket.patient_id].ticket is ticket
                and ticket.status not in ENDED
            ):
                ticket.status = "withdrawn"

    def _offer(self, district: District, day: date, slots: list[Slot], now: datetime) -> int:
        """Note the times that the day's open ordinals have to stand at; tell how many are new."""
        due = times_due(district, day, slots, now)
        published = [slot for slot in slots if slot.place.ordinal and not slot.has_begun(now)]
        self._due[district.district_id, day] = due
        was_free = {slot.place.time for slot in published if slot.status == "free"}
        return len(set(due) - was_free)

    def learn(self, seen: Iterable[SlotPlace], now: datetime) -> None:
        """See at which ordinals the portal offers the times, and that it offers just those."""
        free = list(seen)
        for (district_id, day), due in self._due.items():
            places = [one for one in free if (one.district_id, one.day) == (district_id, day)]
            to_come = [one for one in places if one.starts_at(ZONE) > now]
            assert sorted(one.time for one in to_come) == sorted(due), (district_id, day)
            for slot in self.of_day(district_id, day):
                if slot.status == "free" and not slot.has_begun(now):
                    slot.status = "withdrawn"
            for place in to_come:
                self._stand(place, now)
        self._due = {}

    def _stand(self, place: SlotPlace, now: datetime) -> None:
        before = self.find(place)
        assert before is None or (before.status == "withdrawn" and not before.has_begun(now)), place
        self.slots[spot_of(place)] = Slot(place)
        self.known.add(place)


def window_of(now: datetime) -> list[date]:
    """Return the days that are published."""
    return [day_of(now) + timedelta(days=ahead) for ahead in range(HORIZON)]


def times_due(district: District, day: date, slots: list[Slot], now: datetime) -> list[time]:
    """Return the times that a day is to offer freely: of its first hours, never beyond the cap."""
    if not district.works_on(day):
        return []
    given = {one.place.time for one in slots if not one.place.ordinal and one.status == "booked"}
    published = [slot for slot in slots if slot.place.ordinal]
    counted = [
        slot
        for slot in published
        if slot.status == "booked" or (slot.status == "free" and slot.has_begun(now))
    ]
    first = [at for at in sorted(district.hours) if at not in given][: district.cap]
    fixed = {slot.place.time for slot in counted}
    to_come = [
        at
        for at in first
        if at not in fixed and SlotPlace(district.district_id, day, 1, at).starts_at(ZONE) > now  # type: ignore[arg-type]
    ]
    held = [slot for slot in published if slot.status == "booked" or slot.has_begun(now)]
    return to_come[: max(0, district.cap - max(len(counted), len(held)))]


def why_offline(district: District, now: datetime) -> str | None:
    """Say why nothing can be booked online (R10); None where it can."""
    if district.doctor is None:
        return "no_permanent_doctor"
    worked = [
        day for day in window_of(now) if is_working_day(day) and _is_to_come(district, day, now)
    ]
    if worked and all(district.is_absent_on(day) for day in worked):
        return "doctor_absent"
    return None


def _is_to_come(district: District, day: date, now: datetime) -> bool:
    return any(datetime.combine(day, at, ZONE) > now for at in district.hours)


def next_release(district: District, now: datetime) -> datetime | None:
    """Return when the next day of this district is published: at seven, if that day is worked."""
    for ahead in range(31):
        on = day_of(now) + timedelta(days=ahead)
        at = datetime.combine(on, time(7), ZONE)
        last = on + timedelta(days=HORIZON - 1)
        if at > now and district.works_on(last) and district.hours:
            return at
    return None

"""What holds of slots: never beyond the cap, no time twice, and each of them the district's."""

from collections.abc import Iterator

from scripts.invariants.found import Found
from shared import keys
from shared.districts import District, cap_of
from shared.keys import Key
from shared.publishing import publishes_on
from shared.settings import settings
from shared.tickets import Slot


def slot_within_cap(found: Found) -> Iterator[Key]:
    """Online slots that are free or booked have the ordinals 1 to the cap, from today on (R8)."""
    for key, slot in _standing(found):
        district = found.districts.get(slot.place.district_id)
        is_past = slot.place.day < found.today
        if district and not is_past and slot.place.ordinal > _cap(district):
            yield key


def slot_of_district(found: Found) -> Iterator[Key]:
    """A slot's district stands."""
    for key, slot in found.slots.items():
        if slot.place.district_id not in found.districts:
            yield key


def slot_at_its_place(found: Found) -> Iterator[Key]:
    """A slot begins on the day of its key; one that the desk gave, at the time of its key."""
    for key, slot in found.slots.items():
        is_of_key = keys.slot(slot.place) == key
        if not is_of_key or slot.place.starts_at(settings().zone) != slot.starts_at:
            yield key


def slot_alone_at_its_time(found: Found) -> Iterator[Key]:
    """A district has no two slots of one time, unless withdrawn; the desk's are counted too."""
    first: dict[tuple[str, object], Key] = {}
    for key, slot in _standing(found):
        if first.setdefault((slot.place.district_id, slot.starts_at), key) != key:
            yield key


def slot_names_ticket_while_held(found: Found) -> Iterator[Key]:
    """A booked slot names its ticket, a free one names none; what the desk gave is never free."""
    for key, slot in found.slots.items():
        is_bare = slot.ticket_id is None and slot.when_freed == "free"
        may_be_free = is_bare and not slot.place.is_given_by_desk
        is_wrong = {"free": not may_be_free, "booked": slot.ticket_id is None}
        if is_wrong.get(slot.status):
            yield key


def free_slot_is_offered(found: Found) -> Iterator[Key]:
    """A free slot to come is one of the doctor's hours, on a day that is worked (R10)."""
    for key, slot in found.slots.items():
        district = found.districts.get(slot.place.district_id)
        if district is None or slot.status != "free" or slot.starts_at <= found.now:
            continue
        day = slot.place.day
        if not publishes_on(district, day) or slot.place.time not in district.hours_on(day):
            yield key


def absence_has_no_ticket(found: Found) -> Iterator[Key]:
    """No slot to come is booked on a day on which the doctor is absent (R10)."""
    for key, slot in found.slots.items():
        district = found.districts.get(slot.place.district_id)
        is_to_come = slot.status == "booked" and slot.starts_at > found.now
        if district and is_to_come and district.is_absent_on(slot.place.day):
            yield key


RULES = (
    slot_within_cap,
    slot_of_district,
    slot_at_its_place,
    slot_alone_at_its_time,
    slot_names_ticket_while_held,
    free_slot_is_offered,
    absence_has_no_ticket,
)


def _standing(found: Found) -> Iterator[tuple[Key, Slot]]:
    """Yield the slots that are free or booked."""
    for key, slot in found.slots.items():
        if slot.status != "withdrawn":
            yield key, slot


def _cap(district: District) -> int:
    return cap_of(district, settings().adult_cap, settings().child_cap)

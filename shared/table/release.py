"""Release: publish what is missing, district by district, and never beyond the caps (R8).

Each slot is one conditional put, so a run can be repeated, cut off anywhere, or meet another run.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.districts import District
from shared.errors import TryAgain
from shared.ids import DistrictId
from shared.publishing import cap_of, missing, slots_to_publish, window
from shared.settings import settings
from shared.table import districts, slots


@dataclass(frozen=True)
class Release:
    """What one run did."""

    published: int
    """Slots that this run wrote."""
    unfinished: tuple[DistrictId, ...]
    """Districts for which the store was too busy; a later run finishes them."""


def release_all(now: datetime) -> Release:
    """Publish every district's missing slots; a busy store in one does not stop the others."""
    published, unfinished = 0, []
    for district in districts.all_districts():
        try:
            published += release_district(district, now)
        except TryAgain:
            unfinished.append(district.district_id)
    return Release(published, tuple(unfinished))


def release_district(district: District, now: datetime) -> int:
    """Publish a district's missing slots and return how many: one query, one put for each.

    What stands is left alone, booked or withdrawn. Raises TryAgain.
    """
    clinic = settings()
    days = list(window(now, clinic.horizon_days, clinic.zone))
    cap = cap_of(district, clinic.adult_cap, clinic.child_cap)
    standing = list(slots.slots_between(district.district_id, days[0], days[-1]))
    wanted = slots_to_publish(district, days, cap, now, clinic.zone)
    return sum(slots.publish(slot) for slot in missing(wanted, standing))

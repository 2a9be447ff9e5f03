"""Release: publish what is missing, district by district, and never beyond the caps (R8).

How that is done, so that a run can be repeated, be cut off anywhere, or meet another run, is the
schedule's business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.districts import District
from shared.errors import TryAgain
from shared.ids import DistrictId
from shared.table import schedule
from shared.table.schedule import Done


@dataclass(frozen=True)
class Release:
    """What one run did."""

    published: int
    """Slots that this run wrote."""
    standing: int
    """Slots to come that are online now, free or booked, of the districts that were finished."""
    unfinished: tuple[DistrictId, ...]
    """Districts for which the store was too busy; a later run finishes them."""


def release_all(districts: Iterable[District], now: datetime) -> Release:
    """Publish the districts' missing slots; a busy store in one does not stop the others."""
    published, standing, unfinished = 0, 0, []
    for district in districts:
        try:
            done = release_district(district, now)
        except TryAgain:
            unfinished.append(district.district_id)
        else:
            published += done.offered
            standing += done.standing
    return Release(published, standing, tuple(unfinished))


def release_district(district: District, now: datetime) -> Done:
    """Publish a district's missing slots, and tell how many were, and how many stand.

    A district whose slots agree with it costs one query and no write. Raises TryAgain.
    """
    return schedule.agree(district, now)

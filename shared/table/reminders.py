"""Reminders: the evening before, each standing ticket is marked, and that calls for a mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.districts import District
from shared.errors import TryAgain
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import districts, slots, tickets


@dataclass(frozen=True)
class Round:
    """What one run did."""

    called_for: int
    """Reminders that this run called for."""
    unfinished: tuple[DistrictId, ...]
    """Districts for which the store was too busy; another run finishes them."""


def remind_all(now: datetime) -> Round:
    """Call for the reminders of tomorrow's tickets; a busy district does not stop the others."""
    called_for, unfinished = 0, []
    for district in districts.all_districts():
        try:
            called_for += _remind(district, now)
        except TryAgain:
            unfinished.append(district.district_id)
    return Round(called_for, tuple(unfinished))


def _remind(district: District, now: datetime) -> int:
    """Return how many were called for: one query, one write for each ticket not yet reminded of."""
    tomorrow = settings().day_of(now) + timedelta(days=1)
    taken = slots.slots_between(district.district_id, tomorrow, tomorrow)
    return sum(
        tickets.remind(slot.ticket_id, slot.place)
        for slot in taken
        if slot.status == "booked" and slot.ticket_id is not None
    )

"""Slots and tickets, and how they are named.

A slot is one published time of a district's doctor; a ticket is a slot that a patient holds.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from shared.districts import Doctor
from shared.errors import SlotUnknown
from shared.ids import AccountId, DistrictId, PatientId, SlotId, TicketId

SlotStatus = Literal["free", "booked", "withdrawn"]
TicketStatus = Literal["booked", "cancelled", "withdrawn", "arrived", "no_show"]

_SLOT_ID = re.compile(
    r"([a-z0-9-]{1,20})\.(20[0-9]{2}-[0-9]{2}-[0-9]{2})\.([1-9][0-9]?)\.([0-9]{4})", re.ASCII
)


@dataclass(frozen=True)
class SlotPlace:
    """Where a slot stands: all that its id says.

    The time is part of the id, so nobody who chose 09:20 can be given another time when the
    doctor's hours change between the list and the click.
    """

    district_id: DistrictId
    day: date
    ordinal: int
    """1..cap within its district and day (R8)."""
    time: time

    @property
    def slot_id(self) -> SlotId:
        """The id, such as `a1.2026-11-30.1.0920`."""
        return SlotId(f"{self.district_id}.{self.day}.{self.ordinal}.{self.time:%H%M}")

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """Return the moment the slot begins, in UTC."""
        return datetime.combine(self.day, self.time, zone).astimezone(UTC)

    @staticmethod
    def parse(slot_id: str) -> "SlotPlace":
        """Read an id. Raises SlotUnknown for anything that no slot is called."""
        found = _SLOT_ID.fullmatch(slot_id)
        if found is None:
            raise SlotUnknown
        district_id, day, ordinal, clock = found.groups()
        try:
            return SlotPlace(
                DistrictId(district_id),
                date.fromisoformat(day),
                int(ordinal),
                time(int(clock[:2]), int(clock[2:])),
            )
        except ValueError as exc:
            raise SlotUnknown from exc


@dataclass(frozen=True)
class Slot:
    """One published time, and the ticket on it once somebody holds it."""

    place: SlotPlace
    starts_at: datetime
    doctor: Doctor
    status: SlotStatus = "free"
    ticket_id: TicketId | None = None
    patient_id: PatientId | None = None
    booked_by: AccountId | None = None

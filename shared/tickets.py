"""Slots and tickets, and how they are named.

A slot is one published time of a district's doctor; a ticket is a slot that a patient holds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from shared.districts import Doctor
from shared.errors import NotFound, SlotUnknown
from shared.ids import AccountId, DistrictId, PatientId, SlotId, TicketId

_TICKET_ID = re.compile(r"([0-9a-f]{32})\.[0-9a-f]{16}", re.ASCII)

SlotStatus = Literal["free", "booked", "withdrawn"]
TicketStatus = Literal["booked", "cancelled", "withdrawn", "arrived", "no_show"]
Outcome = Literal["arrived", "no_show"]
"""What became of a ticket whose time has come, as the desk notes it."""

_SLOT_ID = re.compile(
    r"([a-z0-9-]{1,20})\.(20[0-9]{2}-[0-9]{2}-[0-9]{2})\.(0|[1-9][0-9]?)\.([0-9]{4})", re.ASCII
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
    """1..cap within its district and day (R8); 0 for a time that the desk gave beyond the cap."""
    time: time

    @property
    def is_given_by_desk(self) -> bool:
        """Tell whether the time was never published, but given at the desk."""
        return self.ordinal == 0

    @property
    def slot_id(self) -> SlotId:
        """The id, such as `a1.2026-11-30.1.0920`."""
        return SlotId(f"{self.district_id}.{self.day}.{self.ordinal}.{self.time:%H%M}")

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """Return the moment the slot begins, in UTC."""
        return datetime.combine(self.day, self.time, zone).astimezone(UTC)

    @staticmethod
    def parse_published(slot_id: str) -> "SlotPlace":
        """Read the id of a slot that patients can take. Raises SlotUnknown."""
        place = SlotPlace.parse(slot_id)
        if place.is_given_by_desk:
            raise SlotUnknown
        return place

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
    """One time of a district's doctor, and the ticket on it once somebody holds it.

    A withdrawn slot keeps the ticket that was cancelled with it.
    """

    place: SlotPlace
    starts_at: datetime
    doctor: Doctor | None
    """None for a time that the desk gave in a district without a permanent doctor (R10)."""
    status: SlotStatus = "free"
    ticket_id: TicketId | None = None
    when_freed: SlotStatus = "free"
    """What becomes of a booked slot whose ticket is given back: `withdrawn` where the doctor's
    hours no longer have its time."""


@dataclass(frozen=True)
class Ticket:
    """A patient's ticket: it keeps its id when it is moved to another slot."""

    ticket_id: TicketId
    place: SlotPlace
    starts_at: datetime
    status: TicketStatus
    booked_by: AccountId | None
    """The account that took or moved it last, and that is told of it; None once it is unknown."""
    sequence: int = 0
    """Counts the changes, as calendars want to know (RFC 5545, SEQUENCE)."""
    reminded_of: SlotId | None = None
    """The slot that a reminder was called for."""

    @property
    def slot_id(self) -> SlotId:
        """The slot that the ticket is for, or was for."""
        return self.place.slot_id

    @property
    def patient_id(self) -> PatientId:
        """The patient whose ticket it is."""
        return patient_of(self.ticket_id)

    @property
    def has_ended(self) -> bool:
        """Tell whether the patient gave the ticket up, or the clinic took it back."""
        return self.status in {"cancelled", "withdrawn"}

    def is_upcoming(self, now: datetime) -> bool:
        """Tell whether the patient is still expected."""
        return self.status == "booked" and self.starts_at > now

    def moved(self, place: SlotPlace, zone: ZoneInfo, account_id: AccountId) -> "Ticket":
        """Return the ticket as a move to another slot leaves it."""
        return replace(
            self,
            place=place,
            starts_at=place.starts_at(zone),
            booked_by=account_id,
            sequence=self.sequence + 1,
            reminded_of=None,
        )

    def ended(self, status: TicketStatus) -> "Ticket":
        """Return the ticket that no longer stands."""
        return replace(self, status=status, sequence=self.sequence + 1)


def new_ticket_id(patient_id: PatientId, drawn: str) -> TicketId:
    """Return the id of a new ticket; `drawn` are at least 16 hexadecimal digits."""
    return TicketId(f"{patient_id}.{drawn[:16]}")


def patient_of(ticket_id: str) -> PatientId:
    """Return whose ticket it is. Raises NotFound for anything that no ticket is called."""
    found = _TICKET_ID.fullmatch(ticket_id)
    if found is None:
        raise NotFound
    return PatientId(found[1])


def districts_of(tickets: Iterable[Ticket]) -> set[DistrictId]:
    """Return the districts that tickets are for."""
    return {ticket.place.district_id for ticket in tickets}

"""Persons and patients: whose data match, who is attached, and who may book for whom."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from shared.errors import (
    NotAttached,
    PatientUnknown,
    PolicyExpired,
    Refusal,
    SlotWithdrawn,
    TicketLimitReached,
    TooLate,
    WrongDistrict,
)
from shared.ids import AccountId, DistrictId, PatientId
from shared.policies import PolicyNumber, parse_policy_number
from shared.tickets import SlotPlace, Ticket

ADULT_AGE = 18
"""Years; a child is younger."""

_FILLED_IN = ("policy_number", "last_name", "first_name", "birth_date", "district_id")
"""Columns of the attachment list that no line leaves empty."""


@dataclass(frozen=True)
class Person:
    """A person's names and birth date, as typed; a patronymic may be absent (R2)."""

    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date

    def matches(self, other: "Person") -> bool:
        """Tell whether both are the same data for the register.

        Case, ё and е, repeated blanks and the spacing round hyphens make no difference.
        """
        return _compared(self) == _compared(other)


def _compared(person: Person) -> tuple[list[str], date]:
    names = (person.last_name, person.first_name, person.middle_name or "")
    return [_compared_name(name) for name in names], person.birth_date


def _compared_name(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    folded = " ".join(composed.casefold().replace("ё", "е").split())
    return re.sub(r"\s*[-\u2010-\u2015]\s*", "-", folded)


def adult_born_by(today: date) -> date:
    """Return the latest birth date of those who are adults today.

    Who was born on 29 February comes of age on 1 March of a year that has no such day.
    """
    try:
        return today.replace(year=today.year - ADULT_AGE)
    except ValueError:
        return today.replace(year=today.year - ADULT_AGE, day=28)


def is_child(birth_date: date, today: date) -> bool:
    """Tell whether somebody is under 18."""
    return birth_date > adult_born_by(today)


@dataclass(frozen=True)
class Attachment:
    """One line of the clinic's attachment register."""

    policy_number: PolicyNumber
    person: Person
    district_id: DistrictId
    valid_until: date | None
    """The policy's last day; None for a policy without an end."""


@dataclass(frozen=True)
class Patient:
    """One person as the portal knows them, however many accounts claim them."""

    patient_id: PatientId
    person: Person | None = None
    """The register's data; None while the desk has not attached the person."""
    policy_last4: str | None = None
    district_id: DistrictId | None = None
    valid_until: date | None = None
    holder: AccountId | None = None
    """The account that this person opened for themselves."""
    claimants: frozenset[AccountId] = field(default_factory=frozenset)
    """The accounts that have typed this policy number."""
    guardians: frozenset[AccountId] = field(default_factory=frozenset)
    """The claimants who may act for the patient: the holder, and an adult's relatives."""
    child_guardians: frozenset[AccountId] = field(default_factory=frozenset)
    """The claimants who may act for the patient until the patient is 18."""
    ticket: Ticket | None = None
    """The newest ticket, whatever became of it."""
    revision: str | None = None
    """Drawn anew with every change of the register's data and of the claims; tickets leave it."""

    def is_guarded_by(self, account_id: AccountId, today: date) -> bool:
        """Tell whether the account may act for the patient."""
        return account_id in self.guardians or (
            account_id in self.child_guardians
            and self.person is not None
            and is_child(self.person.birth_date, today)
        )

    def upcoming(self, now: datetime) -> Ticket | None:
        """Return the upcoming ticket, if there is one."""
        return self.ticket if self.ticket is not None and self.ticket.is_upcoming(now) else None


def booking_refusal(
    patient: Patient | None, account_id: AccountId, place: SlotPlace, now: datetime, today: date
) -> Refusal | None:
    """Say why this account may not take this slot for the patient; None where it may.

    The slot's own state is not looked at. A foreign patient and a missing one answer alike, and so
    does one who has come of age since.
    """
    if patient is None or account_id not in patient.claimants:
        return PatientUnknown()
    if not patient.is_guarded_by(account_id, today):
        return PatientUnknown() if account_id in patient.child_guardians else NotAttached()
    held = patient.upcoming(now)
    return place_refusal(patient, place) or (TicketLimitReached() if held else None)


def place_refusal(patient: Patient, place: SlotPlace) -> Refusal | None:
    """Say why this patient can have no ticket to this place, whoever asks (R1, R6, R7)."""
    if patient.district_id is None:
        return NotAttached()
    if patient.district_id != place.district_id:
        return WrongDistrict()
    if patient.valid_until is not None and patient.valid_until < place.day:
        return PolicyExpired()
    return None


def move_refusal(
    patient: Patient, ticket: Ticket, place: SlotPlace, now: datetime
) -> Refusal | None:
    """Say why the patient's ticket may not be moved to this place; None where it may.

    The slot that the ticket holds has one time, and is not offered at any other.
    """
    upcoming = patient.upcoming(now)
    if upcoming is None:
        return TooLate()
    if upcoming.ticket_id != ticket.ticket_id:
        return TicketLimitReached()
    is_held_slot = replace(place, time=ticket.place.time) == ticket.place
    return place_refusal(patient, place) or (SlotWithdrawn() if is_held_slot else None)


def read_attachment_line(line: Mapping[str, str | None]) -> Attachment:
    """Read one line of the attachment list, keyed by the columns of the HTTP contract.

    Raises ValueError for a line that cannot be read (PolicyNumberRefused for its number).
    """
    cells = {name: (cell or "").strip() for name, cell in line.items()}
    empty = [name for name in _FILLED_IN if not cells.get(name)]
    if empty:
        message = f"empty: {', '.join(empty)}"
        raise ValueError(message)
    valid_until = cells.get("policy_valid_until")
    return Attachment(
        policy_number=parse_policy_number(cells["policy_number"]),
        person=Person(
            last_name=cells["last_name"],
            first_name=cells["first_name"],
            middle_name=cells.get("middle_name") or None,
            birth_date=date.fromisoformat(cells["birth_date"]),
        ),
        district_id=DistrictId(cells["district_id"]),
        valid_until=date.fromisoformat(valid_until) if valid_until else None,
    )

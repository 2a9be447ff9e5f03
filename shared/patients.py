"""Persons and patients: whose data match, who is attached, and who may book for whom."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.errors import (
    NotAttached,
    PatientUnknown,
    PolicyExpired,
    Refusal,
    TicketLimitReached,
    WrongDistrict,
)
from shared.ids import AccountId, DistrictId, PatientId, SlotId, TicketId
from shared.policies import PolicyNumber, parse_policy_number
from shared.tickets import SlotPlace

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


@dataclass(frozen=True)
class HeldTicket:
    """The one upcoming ticket that a patient's own row remembers."""

    ticket_id: TicketId
    slot_id: SlotId
    starts_at: datetime


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
    """The claimants whose data match the register's: they may book."""
    ticket: HeldTicket | None = None


def booking_refusal(
    patient: Patient | None, account_id: AccountId, place: SlotPlace, now: datetime
) -> Refusal | None:
    """Say why this account may not take this slot for the patient; None where it may.

    The slot's own state is not looked at. A foreign patient and a missing one answer alike.
    """
    if patient is None or account_id not in patient.claimants | patient.guardians:
        return PatientUnknown()
    if account_id not in patient.guardians or patient.district_id is None:
        return NotAttached()
    if patient.district_id != place.district_id:
        return WrongDistrict()
    if patient.valid_until is not None and patient.valid_until < place.day:
        return PolicyExpired()
    if patient.ticket is not None and patient.ticket.starts_at > now:
        return TicketLimitReached()
    return None


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

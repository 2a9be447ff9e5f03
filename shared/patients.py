"""Persons and patients: whose data match, who is attached, and who may book for whom."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from shared.districts import Kind
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
from shared.policies import PolicyNumber
from shared.tickets import SlotPlace, Ticket

ADULT_AGE = 18
"""Years; a child is younger."""

_EARLIEST_BIRTH = date(1900, 1, 1)


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
    return [compared_name(name) for name in names], person.birth_date


def compared_name(name: str) -> str:
    """Return a name as names are compared."""
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


def eighteenth_birthday(birth_date: date) -> date:
    """Return the day on which somebody comes of age, as `adult_born_by` tells it."""
    try:
        return birth_date.replace(year=birth_date.year + ADULT_AGE)
    except ValueError:
        return date(birth_date.year + ADULT_AGE, 3, 1)


def may_be_born_on(day: date, today: date) -> bool:
    """Tell whether anybody who lives today can have been born that day."""
    return _EARLIEST_BIRTH <= day <= today


@dataclass(frozen=True)
class Attachment:
    """One line of the clinic's attachment register."""

    policy_number: PolicyNumber
    person: Person
    district_id: DistrictId
    kind: Kind
    """The district's, as the clinic has it while the line is read."""
    valid_until: date | None
    """The policy's last day, which may have passed; None for a policy without an end."""

    @property
    def adult_on(self) -> date | None:
        """The 18th birthday, from which a child district is no longer theirs; else None."""
        return eighteenth_birthday(self.person.birth_date) if self.kind == "child" else None


@dataclass(frozen=True)
class Patient:
    """One person as the portal knows them, however many accounts claim them."""

    patient_id: PatientId
    person: Person | None = None
    """The register's data; None while the desk has not attached the person."""
    policy_last4: str | None = None
    district_id: DistrictId | None = None
    valid_until: date | None = None
    adult_on: date | None = None
    """The 18th birthday, for whoever the register has in a child district."""
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

    def is_looked_after(self, today: date) -> bool:
        """Tell whether any account may act for the patient."""
        accounts = self.guardians | self.child_guardians
        return any(self.is_guarded_by(account_id, today) for account_id in accounts)

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


def lost_by_transfer(
    patient: Patient, district_id: DistrictId, now: datetime, today: date
) -> Ticket | None:
    """Return the ticket that a patient loses when the register moves them to another district.

    It is an upcoming one of a later day, for the new district has a doctor of its own (R7). One of
    today stays: the patient may be on the way to it.
    """
    ticket = patient.upcoming(now)
    if ticket is None or patient.district_id == district_id or ticket.place.day <= today:
        return None
    return ticket


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

"""Cards: what the desk sees of a patient at once."""

from dataclasses import dataclass
from datetime import date

from shared.accounts import Account, Relation
from shared.consents import Signed
from shared.documents import Document
from shared.ids import DistrictId, PatientId
from shared.patients import Patient, Person, eighteenth_birthday

MOST_FOUND = 20
"""Cards of one search."""
MOST_GROWN = 1000
"""Grown children of one answer."""


@dataclass(frozen=True)
class Claimant:
    """An account that claims a patient, and whether it may act for them today."""

    account: Account
    relation: Relation
    may_act: bool


@dataclass(frozen=True)
class Card:
    """A patient with the accounts that claim them, what they have signed, and their documents."""

    patient: Patient
    claimants: tuple[Claimant, ...]
    signed: Signed
    documents: tuple[Document, ...]
    """The newest first."""


@dataclass(frozen=True)
class GrownChild:
    """An adult whom the register still has in a child district."""

    patient_id: PatientId
    person: Person
    policy_last4: str | None
    district_id: DistrictId

    @property
    def adult_on(self) -> date:
        """The 18th birthday."""
        return eighteenth_birthday(self.person.birth_date)


@dataclass(frozen=True)
class GrownChildren:
    """Some grown children, and whether there are more: those follow once these are moved."""

    children: tuple[GrownChild, ...]
    more: bool

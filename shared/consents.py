"""Consents: the signed papers that let documents be mailed to one address (R11, 156-FZ)."""

from dataclasses import dataclass, replace
from datetime import date

from shared.accounts import Account, Profile
from shared.errors import ConsentMissing
from shared.ids import AccountId, PatientId
from shared.patients import Person


@dataclass(frozen=True)
class Consent:
    """The consent in force: a patient's documents may be mailed to this address of this account."""

    consent_id: str
    patient_id: PatientId
    account_id: AccountId
    email: str


@dataclass(frozen=True)
class Paper:
    """The paper that was brought, kept with the version of its text after it has lost its force."""

    consent_id: str
    patient_id: PatientId
    document_number: str
    signed_on: date
    text_version: str
    received_on: date
    withdrawn_on: date | None = None

    def is_same(self, other: "Paper") -> bool:
        """Tell whether this is the other paper, handed in again."""
        return (self.document_number, self.signed_on, self.text_version) == (
            other.document_number,
            other.signed_on,
            other.text_version,
        )


@dataclass(frozen=True)
class Signed:
    """The papers that a patient has signed, and which of them is in force."""

    consent: Consent | None
    papers: tuple[Paper, ...]

    @property
    def in_force(self) -> Paper | None:
        """The paper of the consent in force."""
        consent_id = self.consent.consent_id if self.consent else None
        return next((paper for paper in self.papers if paper.consent_id == consent_id), None)


@dataclass(frozen=True)
class Applicant:
    """An account whose profile waits to be confirmed, and who holds it."""

    account: Account
    person: Person
    due_on: date


@dataclass(frozen=True)
class Chase:
    """What the desk is told on a day of the profiles that wait."""

    day: date
    due: int
    """Profiles to be confirmed by the next working day, the overdue ones among them."""
    overdue: int
    first_due_on: date | None
    """The earliest day by which one was or is to be confirmed."""


def names(consent: Consent, account: Account) -> bool:
    """Tell whether a consent names an account's address, as it is now, letter by letter."""
    return consent.account_id == account.account_id and consent.email == account.email


def with_consent(account: Account, patient_id: PatientId, due_on: date) -> Account:
    """Return the account as a patient's paper leaves it (R11): to be confirmed by a day.

    A profile that waits keeps the day by which it is due, and a confirmed one is left in peace.
    """
    profile = account.profile
    if profile.status == "unconfirmed":
        profile = Profile("consent_received", due_on)
    return replace(account, profile=profile, consents=account.consents | {patient_id})


def without_consent(account: Account, patient_id: PatientId, *, is_last: bool) -> Account:
    """Return the account as the end of a patient's consent leaves it.

    A profile whose last consent it was that names the address is confirmed no longer.
    """
    profile = Profile() if is_last else account.profile
    return replace(account, profile=profile, consents=account.consents - {patient_id})


def confirmed(account: Account) -> Account:
    """Return the account as the desk's confirmation leaves it. Raises ConsentMissing."""
    if account.profile.status == "unconfirmed":
        raise ConsentMissing
    return replace(account, profile=Profile("confirmed"))

"""Accounts, sessions and registrations: what they hold and how long they live."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

from shared.ids import AccountId, DeskLogin, DistrictId, EmailKey, PatientId
from shared.patients import Patient, Person
from shared.tickets import Ticket

SESSION_IDLE = timedelta(minutes=30)
SESSION_LIFETIME = timedelta(hours=12)
SESSION_REFRESH = timedelta(minutes=5)
"""A session that is only read from has its idle time put forward at most this often."""
DESK_SESSION_IDLE = timedelta(minutes=15)
DESK_SESSION_LIFETIME = timedelta(hours=8)
DESK_SESSION_REFRESH = timedelta(minutes=1)
CONFIRMATION_LIFETIME = timedelta(hours=24)
CONFIRMATION_TRIES = 5
RESET_LIFETIME = timedelta(minutes=30)
INVITATION_LIFETIME = timedelta(days=7)
MOST_MEMBERS = 20
"""Claims of one account, the holder's own included."""

Relation = Literal["self", "relative"]
ProfileStatus = Literal["unconfirmed", "consent_received", "confirmed"]


@dataclass(frozen=True)
class SessionKey:
    """What a session cookie says: whose it is, and the SHA-256 of its secret."""

    account_id: AccountId
    digest: str
    IDLE: ClassVar = SESSION_IDLE
    LIFETIME: ClassVar = SESSION_LIFETIME
    REFRESH: ClassVar = SESSION_REFRESH


@dataclass(frozen=True)
class DeskSessionKey:
    """What a cookie of the desk says: who works there, and the SHA-256 of its secret."""

    login: DeskLogin
    digest: str
    IDLE: ClassVar = DESK_SESSION_IDLE
    LIFETIME: ClassVar = DESK_SESSION_LIFETIME
    REFRESH: ClassVar = DESK_SESSION_REFRESH


AnySessionKey = SessionKey | DeskSessionKey


@dataclass(frozen=True)
class Session:
    """A signed-in browser. A patient's exists only for a confirmed address (R4)."""

    key: AnySessionKey
    expires_at: datetime
    """The end in all, however busy."""
    idle_at: datetime
    """The end unless something is done before."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether the session still counts."""
        return now < self.expires_at and now < self.idle_at

    def wants_refresh(self, now: datetime) -> bool:
        """Tell whether the idle time is due to be put forward."""
        return self.idle_at - now < self.key.IDLE - self.key.REFRESH


@dataclass(frozen=True)
class Profile:
    """Whether documents may be mailed (R11), and the day by which the desk confirms."""

    status: ProfileStatus = "unconfirmed"
    due_on: date | None = None


@dataclass(frozen=True)
class Account:
    """One user: one e-mail address (R3), one person who holds it."""

    account_id: AccountId
    email: str
    password_hash: str
    holder_id: PatientId
    profile: Profile = Profile()
    unreachable_since: datetime | None = None
    """When mail to the address was first sent back or complained of."""
    revision: str = "new"
    """Drawn anew by every sign-in, every change and every relative that is added, so that nobody
    who must see all of the account overlooks something; mail that comes back leaves it."""
    address_change_id: str | None = None
    """The one change of the address that may still be confirmed."""
    asked_email: str | None = None
    """The address that it would bring."""
    consents: frozenset[PatientId] = field(default_factory=frozenset)
    """The patients whose consents in force name this account, by its address of today or an earlier
    one."""


@dataclass(frozen=True)
class Invitation:
    """The question mailed to an adult with an account: whether the claimant may act for them."""

    invitation_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Claim:
    """What an account's user typed about a person: themselves or a relative (R5)."""

    account_id: AccountId
    patient_id: PatientId
    relation: Relation
    person: Person
    policy_last4: str
    claimed_on: date
    """The clinic's day on which it was typed."""
    invitation: Invitation | None = None
    """The question put to a relative who answers for themselves."""


@dataclass(frozen=True)
class Member:
    """A claim beside the patient it is about, as they stand on a day."""

    claim: Claim
    patient: Patient
    today: date

    @property
    def matches(self) -> bool:
        """The register holds the same data, and the account may act for the patient."""
        return self.patient.is_guarded_by(self.claim.account_id, self.today)

    @property
    def is_listed(self) -> bool:
        """Shown in «Состав семьи»: the holder always, a relative once the data match (R5)."""
        return self.claim.relation == "self" or self.matches

    @property
    def is_attached(self) -> bool:
        """The patient is known to this account and attached to the clinic (R6)."""
        return self.matches and self.patient.district_id is not None

    def ticket(self, now: datetime) -> Ticket | None:
        """Return the upcoming ticket, if the account may see it and there is one."""
        return self.patient.upcoming(now) if self.matches else None


@dataclass(frozen=True)
class Household:
    """An account with its members."""

    account: Account
    members: tuple[Member, ...]

    @property
    def holder(self) -> Member:
        """The member who holds the account."""
        return next(member for member in self.members if member.claim.relation == "self")

    @property
    def district_ids(self) -> set[DistrictId]:
        """The districts of the attached members."""
        districts = (member.patient.district_id for member in self.members if member.is_attached)
        return {district_id for district_id in districts if district_id is not None}


@dataclass(frozen=True)
class Registration:
    """A registration that waits for its address to be confirmed."""

    registration_id: str
    email_key: EmailKey
    email: str
    password_hash: str
    patient_id: PatientId
    person: Person
    policy_last4: str
    address_taken: bool
    """The address had an account already; its owner is told by mail, the form is never used."""
    expires_at: datetime


@dataclass(frozen=True)
class AddressChange:
    """A new address of an account that waits to be confirmed."""

    change_id: str
    email_key: EmailKey
    """The new address's."""
    email: str
    account_id: AccountId
    address_taken: bool
    """The address had an account already; its owner is told by mail, and nothing can change."""
    expires_at: datetime


Pending = Registration | AddressChange
"""What waits for an address to be confirmed by its mailed link."""

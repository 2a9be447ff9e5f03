"""What happened, as the mails tell it: facts, read from the table's stream."""

from dataclasses import dataclass
from typing import Literal

from shared.accounts import AddressChange, Profile, Registration
from shared.consents import Chase
from shared.districts import Doctor
from shared.documents import Document
from shared.errors import Refusal
from shared.ids import AccountId, EmailKey, PatientId
from shared.patients import Person
from shared.tickets import Ticket


@dataclass(frozen=True)
class RegistrationStarted:
    """Somebody asked for an account with this address."""

    registration: Registration


@dataclass(frozen=True)
class ConfirmationResent:
    """Somebody asked for the confirmation mail of a registration once more."""

    registration: Registration
    resend_id: str


@dataclass(frozen=True)
class AddressAskedAgain:
    """Somebody asked for the confirmation mail of an address that has an account already."""

    email: str
    resend_id: str


@dataclass(frozen=True)
class AddressChangeStarted:
    """An account asked for a new address; `old_email` is the one it has."""

    change: AddressChange
    old_email: str


@dataclass(frozen=True)
class AddressChanged:
    """An account has a new address; `old_email` was the one before."""

    account_id: AccountId
    old_email: str
    revision: str


@dataclass(frozen=True)
class ResetRequested:
    """Somebody asked for a new password of the account that has this address."""

    email_key: EmailKey
    reset_id: str
    email: str


@dataclass(frozen=True)
class PasswordChanged:
    """The account with this address has a new password."""

    account_id: AccountId
    email: str
    revision: str


@dataclass(frozen=True)
class AccountDeleted:
    """The account that had this address is erased."""

    account_id: AccountId
    email: str


@dataclass(frozen=True)
class RelativeInvited:
    """An account asks the adult with this address whether it may act for them."""

    account_id: AccountId
    patient_id: PatientId
    invitation_id: str
    email: str
    asking: Person | None
    """Who asks, where the register confirms the name; None where it does not."""


@dataclass(frozen=True)
class ProfileChanged:
    """The desk recorded, confirmed or ended what lets documents be mailed to this address (R11)."""

    account_id: AccountId
    email: str
    profile: Profile
    revision: str


@dataclass(frozen=True)
class ConfirmationsDue:
    """Profiles fall due by the next working day, or are overdue; the desk is told."""

    chase: Chase


@dataclass(frozen=True)
class DocumentDispatched:
    """The desk called for a document to be mailed; `email` is the one that the consent names."""

    document: Document
    email: str


@dataclass(frozen=True)
class DocumentHeldBack:
    """The desk called for a document to be mailed, and it may be mailed no longer."""

    document: Document
    refusal: Refusal


TicketEvent = Literal["taken", "moved", "cancelled", "withdrawn", "transferred", "tomorrow"]


@dataclass(frozen=True)
class TicketChanged:
    """Something happened to a ticket; `email` is of the account that is told of it."""

    event: TicketEvent
    """`withdrawn` by the clinic, or `transferred` with the patient to another district's doctor;
    `tomorrow` means that a reminder is due."""
    ticket: Ticket
    doctor: Doctor | None
    """None where the desk gave a time in a district without a permanent doctor."""
    email: str
    person: Person
    """The patient, as typed by that account's user."""


MailChange = (
    RegistrationStarted
    | ConfirmationResent
    | AddressAskedAgain
    | AddressChangeStarted
    | AddressChanged
    | ResetRequested
    | PasswordChanged
    | AccountDeleted
    | RelativeInvited
    | ProfileChanged
    | ConfirmationsDue
    | TicketChanged
)
"""Changes that call for mails and nothing else."""
DocumentChange = DocumentDispatched | DocumentHeldBack
"""Changes whose mail also decides what stands on the document."""
Change = MailChange | DocumentChange

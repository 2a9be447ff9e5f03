"""The desk: who works there, and what is written down of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.accounts import DeskSessionKey
from shared.ids import DeskLogin, PatientId

LOGIN = r"[a-z0-9][a-z0-9-]{2,39}"
"""What a login looks like, as a regular expression."""

DeskOperation = Literal[
    "sign_in",
    "change_district",
    "declare_absence",
    "take_back_absence",
    "import_patients",
    "search_patients",
    "list_grown_children",
    "list_day",
    "give_ticket",
    "take_back_ticket",
    "note_outcome",
    "record_consent",
    "withdraw_consent",
    "list_profiles",
    "confirm_profile",
    "prepare_document",
    "send_document",
]
"""What the audit trail tells of; named as the functions are."""


@dataclass(frozen=True)
class DeskUser:
    """One of the registry's staff; only a script makes one."""

    login: DeskLogin
    password_hash: str
    totp_seed: str
    """Draws the key of the second factor apart from all others of this login."""
    code_step: int
    """The time step of the last code that was used: each counts once (RFC 6238, 5.2)."""


@dataclass(frozen=True)
class Actor:
    """Who does something at the desk, and from where."""

    session: DeskSessionKey
    address: str
    """The address of the client's connection."""

    @property
    def login(self) -> DeskLogin:
        """Whom the desk's user is called."""
        return self.session.login


@dataclass(frozen=True)
class AuditEntry:
    """One thing that somebody at the desk saw or changed."""

    at: datetime
    login: DeskLogin
    operation: DeskOperation
    address: str
    patients: frozenset[PatientId]
    about: str | None
    """The district, ticket, account or document in question, by its id."""

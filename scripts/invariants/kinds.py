"""Every kind of item that may stand in the table: its key, its attributes, and what it is read as.

docs/table.md says the same of them; a contract test compares both.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from shared import districts, keys, tickets
from shared.accounts import DeskSessionKey, ProfileStatus, Relation, Session
from shared.desk import LOGIN, DeskOperation
from shared.documents import DocumentKind, DocumentStatus
from shared.ids import DeskLogin
from shared.keys import Key
from shared.table import (
    accounts,
    claims,
    consents,
    districts as district_items,
    documents,
    moments,
    patients,
    pending,
    profiles,
    slots,
    ticket_items,
)
from shared.table.store import Item

_ID, _DIGEST, _DAY = r"[0-9a-f]{32}", r"[0-9a-f]{64}", r"20\d\d-\d\d-\d\d"
_OF_PATIENT = _ID + r"\.[0-9a-f]{16}"
_DISTRICT = r"[a-z0-9-]{1,20}"
_SLOT = _DAY + r"#([1-9]\d?|0#\d{4})"
_WINDOW = r"\d+#\d+"
_ENTRY = _DAY + r"T[\d:]{8}Z#" + _ID
_ANY = r".+"
_REGISTERED = "person name_key policy_last4 district_id valid_until"
_LISTED = "due_list due_on"
_NUMBERS = {"expires_at", "hits", "leased_until", "sent_at", "refused_at", "code_step"}

Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Kind:
    """One kind of item; `partition` and `sort` are what stands behind the keys' first words."""

    name: str
    words: tuple[str, str]
    partition: str
    sort: str
    required: frozenset[str]
    optional: frozenset[str]
    read: Callable[[Item], Any]
    """Reads an item back as the portal does; what it cannot read raises."""
    values: Words = field(default_factory=dict)
    """The values that an attribute can have, where they are words."""

    def names(self, key: Key) -> bool:
        """Tell whether items of this kind have such a key."""
        return (
            (keys.kind(key.pk), keys.kind(key.sk)) == self.words
            and re.fullmatch(self.partition, keys.id_named(key.pk), re.ASCII) is not None
            and re.fullmatch(self.sort, keys.id_named(key.sk), re.ASCII) is not None
        )

    def holds(self, item: Item) -> bool:
        """Tell whether an item has the attributes of its kind, and no others."""
        found = item.keys() - {"PK", "SK"}
        known = all(item[name] in self.values[name] for name in found & self.values.keys())
        return known and self.required <= found <= self.required | self.optional


def _kind(
    name: str,
    key: tuple[str, str, str, str],
    attributes: tuple[str, str],
    read: Callable[[Item], Any],
    **values: Any,  # noqa: ANN401 - a Literal
) -> Kind:
    """Return a kind: `key` is the words and what stands behind them, in turn."""
    pk, partition, sk, sort = key
    required, optional = (frozenset(some.split()) for some in attributes)
    words = {attribute: get_args(allowed) for attribute, allowed in values.items()}
    return Kind(name, (pk, sk), partition, sort, required, optional, read, words)


def _patient(item: Item) -> Any:  # noqa: ANN401 - as every reader
    return patients.from_item(keys.patient_named(item["PK"]), item)


def _account(item: Item) -> Any:  # noqa: ANN401
    return accounts.from_item(keys.account_named(item["PK"]), item)


def _session(item: Item) -> Session:
    """Read any session, a patient's or one of the desk."""
    expires_at, idle_at = (moments.from_epoch(item[name]) for name in ("expires_at", "idle_at"))
    if keys.kind(item["PK"]) == "DESK":
        key = DeskSessionKey(DeskLogin(keys.id_named(item["PK"])), keys.id_named(item["SK"]))
        return Session(key, expires_at, idle_at)
    owner = keys.account_named(item["PK"])
    return Session(keys.session_named(owner, item["SK"]), expires_at, idle_at)


def _plain(item: Item) -> Item:
    """Read an item that is nothing but its attributes; numbers are whole."""
    for name in _NUMBERS & item.keys():
        int(item[name])
    return item


KINDS = (
    _kind(
        "district",
        ("CLINIC", "", "DISTRICT", _DISTRICT),
        ("district_id kind name doctor hours absences", "revision"),
        district_items.from_item,
        kind=districts.Kind,
    ),
    _kind(
        "slot",
        ("DISTRICT", _DISTRICT, "SLOT", _SLOT),
        ("starts_at doctor room slot_status", "ticket_id when_freed"),
        slots.slot_from_item,
        slot_status=tickets.SlotStatus,
        when_freed=tickets.SlotStatus,
    ),
    _kind(
        "patient",
        ("PATIENT", _ID, "PATIENT", ""),
        (
            "revision",
            f"{_REGISTERED} holder claimants guardians child_guardians ticket {_LISTED}",
        ),
        _patient,
    ),
    _kind(
        "archived ticket",
        ("PATIENT", _ID, "TICKET", _OF_PATIENT),
        ("ticket_id slot_id starts_at ticket_status sequence", ""),
        ticket_items.from_item,
        ticket_status=tickets.TicketStatus,
    ),
    _kind(
        "account",
        ("ACCOUNT", _ID, "ACCOUNT", ""),
        (
            "email password_hash holder_id profile_status profile_due_on revision",
            f"address_change_id asked_email unreachable_since consents {_LISTED}",
        ),
        _account,
        profile_status=ProfileStatus,
    ),
    _kind(
        "claim",
        ("ACCOUNT", _ID, "MEMBER", _ID),
        ("relation person policy_last4 claimed_on", "invitation_id invited_until"),
        claims.from_item,
        relation=Relation,
    ),
    _kind("session", ("ACCOUNT", _ID, "SESSION", _DIGEST), ("expires_at idle_at", ""), _session),
    _kind(
        "desk session", ("DESK", LOGIN, "SESSION", _DIGEST), ("expires_at idle_at", ""), _session
    ),
    _kind("address owner", ("EMAIL", _ID, "OWNER", ""), ("account_id", ""), _plain),
    _kind(
        "pending",
        ("EMAIL", _ID, "PENDING", _ID),
        (
            "email address_taken tries expires_at",
            "password_hash patient_id person policy_last4 account_id",
        ),
        pending.from_item,
    ),
    _kind("resend", ("EMAIL", _ID, "RESEND", _ID), ("expires_at", ""), _plain),
    _kind("reset", ("EMAIL", _ID, "RESET", ""), ("reset_id expires_at", ""), _plain),
    _kind("limit", ("LIMIT", _ANY, "WINDOW", _WINDOW), ("hits expires_at", ""), _plain),
    _kind(
        "mail receipt",
        ("MAIL", _ANY, "MAIL", ""),
        ("leased_until expires_at", "sent_at refused_at"),
        _plain,
    ),
    _kind(
        "desk user", ("DESK", LOGIN, "USER", ""), ("password_hash totp_seed code_step", ""), _plain
    ),
    _kind(
        "audit entry",
        ("AUDIT", _DAY, "ENTRY", _ENTRY),
        ("login operation address", "patients about"),
        _plain,
        operation=DeskOperation,
    ),
    _kind(
        "consent",
        ("PATIENT", _ID, "CONSENT", ""),
        ("consent_id account_id email", ""),
        consents.from_item,
    ),
    _kind(
        "consent paper",
        ("PATIENT", _ID, "CONSENT", _ID),
        ("document_number signed_on text_version received_on", "withdrawn_on"),
        consents.paper_from_item,
    ),
    _kind(
        "document",
        ("PATIENT", _ID, "DOCUMENT", _OF_PATIENT),
        (
            "kind file_name size sha256 document_status offered_at kept_until expires_at",
            "dispatch_id refusal sent_at",
        ),
        documents.from_item,
        kind=DocumentKind,
        document_status=DocumentStatus,
    ),
    _kind(
        "dispatch",
        ("PATIENT", _ID, "DISPATCH", _ID),
        ("document_id account_id consent_id expires_at", ""),
        _plain,
    ),
    _kind(
        "chase",
        ("CLINIC", "", "CHASE", _DAY),
        ("due overdue first_due_on expires_at", ""),
        profiles.chase_from_item,
    ),
)


def kind_of(key: Key) -> Kind | None:
    """Return what stands under a key; None where nothing of the portal's does."""
    return next((kind for kind in KINDS if kind.names(key)), None)

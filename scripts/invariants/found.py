"""What was found in the table, read as the portal reads it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from scripts.invariants.kinds import Kind, kind_of
from shared.accounts import Account, Claim, Session
from shared.consents import Consent, Paper
from shared.districts import District
from shared.documents import Document
from shared.errors import Refusal
from shared.ids import AccountId, DistrictId, PatientId, TicketId
from shared.keys import Key
from shared.patients import Patient
from shared.settings import settings
from shared.table import moments
from shared.table.store import Item
from shared.tickets import Slot, Ticket

_UNREADABLE = (ArithmeticError, AttributeError, KeyError, Refusal, TypeError, ValueError)


@dataclass
class Found:
    """The table at one moment; what has expired is as good as gone, for TTL takes days."""

    now: datetime
    items: dict[Key, Item] = field(default_factory=dict)
    """All that could be read."""
    unknown: list[Key] = field(default_factory=list)
    """Items that the portal has no name for."""
    unreadable: list[Key] = field(default_factory=list)
    """Items that lack an attribute, or hold what their kind does not have."""
    _read: dict[str, dict[Key, Any]] = field(default_factory=dict)

    @staticmethod
    def of(items: Iterable[Item], now: datetime) -> "Found":
        """Read the items of a table, each with its key among its attributes."""
        found = Found(now)
        for item in items:
            if not _has_ended(item, now):
                found._take(Key(item["PK"], item["SK"]), item)
        return found

    def _take(self, key: Key, item: Item) -> None:
        kind = kind_of(key)
        if kind is None:
            self.unknown.append(key)
        elif not self._is_read(kind, key, item):
            self.unreadable.append(key)

    def _is_read(self, kind: Kind, key: Key, item: Item) -> bool:
        if not kind.holds(item):
            return False
        try:
            self._read.setdefault(kind.name, {})[key] = kind.read(item)
        except _UNREADABLE:
            return False
        self.items[key] = item
        return True

    def read(self, kind: str) -> dict[Key, Any]:
        """Return the items of a kind, as what they are read as."""
        return self._read.get(kind, {})

    @property
    def today(self) -> date:
        """The clinic's day."""
        return settings().day_of(self.now)

    @cached_property
    def districts(self) -> dict[DistrictId, District]:
        """By id."""
        return {one.district_id: one for one in self.read("district").values()}

    @cached_property
    def slots(self) -> dict[Key, Slot]:
        """By key."""
        return self.read("slot")

    @cached_property
    def patients(self) -> dict[PatientId, Patient]:
        """By id."""
        return {one.patient_id: one for one in self.read("patient").values()}

    @cached_property
    def archived(self) -> dict[Key, Ticket]:
        """By key."""
        return self.read("archived ticket")

    @cached_property
    def tickets(self) -> dict[TicketId, Ticket]:
        """By id, those in patients' rows and archived ones."""
        archived = {one.ticket_id: one for one in self.archived.values()}
        newest = [one.ticket for one in self.patients.values() if one.ticket]
        return archived | {one.ticket_id: one for one in newest}

    @cached_property
    def accounts(self) -> dict[AccountId, Account]:
        """By id."""
        return {one.account_id: one for one in self.read("account").values()}

    @cached_property
    def claims(self) -> dict[tuple[AccountId, PatientId], Claim]:
        """By account and patient."""
        return {(one.account_id, one.patient_id): one for one in self.read("claim").values()}

    @cached_property
    def consents(self) -> dict[PatientId, Consent]:
        """Those in force, by patient."""
        return {one.patient_id: one for one in self.read("consent").values()}

    @cached_property
    def papers(self) -> dict[Key, Paper]:
        """By key."""
        return self.read("consent paper")

    @cached_property
    def documents(self) -> dict[Key, Document]:
        """By key."""
        return self.read("document")

    def open_sessions(self, kind: str) -> Iterator[tuple[Key, Session]]:
        """Yield the sessions, of patients or of the desk, that still count."""
        for key, session in self.read(kind).items():
            if session.is_open(self.now):
                yield key, session


def _has_ended(item: Item, now: datetime) -> bool:
    """Tell whether an item only waits to be deleted; one that does not tell is looked at."""
    try:
        return int(item["expires_at"]) <= moments.epoch(now)
    except (KeyError, TypeError, ValueError):
        return False

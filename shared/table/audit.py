"""The audit trail: who at the desk saw or changed which patient, when, and from where.

Entries are only ever added: there is one way to write one, it never overwrites, and the table's own
policy lets nobody change or delete them (docs/decisions/0020-the-audit-trail.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from shared import clock, keys
from shared.desk import Actor, AuditEntry, DeskOperation
from shared.errors import TryAgain
from shared.ids import DeskLogin, PatientId
from shared.settings import settings
from shared.table import moments, sessions, store
from shared.table.store import Item, Leg, OutcomeUnknown


def guard_legs(
    actor: Actor,
    operation: DeskOperation,
    now: datetime,
    patients: Iterable[PatientId] = (),
    about: str | None = None,
) -> list[Leg]:
    """Return the legs that every transaction of the desk begins with: open session, audit entry.

    Refused with SessionRequired.
    """
    entry = entry_leg(actor, operation, now, patients, about)
    return [sessions.keep_open_leg(actor.session, now), entry]


def entry_leg(
    actor: Actor,
    operation: DeskOperation,
    now: datetime,
    patients: Iterable[PatientId] = (),
    about: str | None = None,
) -> Leg:
    """Return the leg of a transaction that writes the audit entry of what it does."""
    item: dict[str, Any] = {
        "login": actor.login,
        "operation": operation,
        "address": actor.address,
    }
    told = {"patients": set(patients), "about": about}
    return Leg(
        "Put",
        keys.audit_entry(settings().day_of(now), moments.text(now), clock.new_id()),
        condition=store.IS_NEW,
        refusal=lambda _: TryAgain(),
        item=item | {name: value for name, value in told.items() if value},
    )


def carry_out(guard: Sequence[Leg], work: Sequence[Leg]) -> None:
    """Do what the desk asked for, behind its `guard_legs`; nobody else can have written the entry.

    So where the answer was lost, the entry says whether it was done. Raises TryAgain, and what the
    legs are refused with.
    """
    _session, entry = guard
    try:
        store.transact([*guard, *work])
    except OutcomeUnknown:
        if store.get(entry.key) is None:
            raise


def note(
    actor: Actor,
    operation: DeskOperation,
    now: datetime,
    patients: Iterable[PatientId] = (),
    about: str | None = None,
) -> None:
    """Write down who is about to be shown to whom; what cannot be written down is not shown.

    Raises SessionRequired, TryAgain.
    """
    store.transact(guard_legs(actor, operation, now, patients, about))


def entries_of(day: date) -> Iterator[AuditEntry]:
    """Yield what was done at the desk on one of the clinic's days, in order: one query."""
    return map(_from_item, store.query(keys.audit_trail(day), consistent=True))


def _from_item(item: Item) -> AuditEntry:
    return AuditEntry(
        at=moments.parse(keys.audited_at(item["SK"])),
        login=DeskLogin(item["login"]),
        operation=item["operation"],
        address=item["address"],
        patients=frozenset(item.get("patients", ())),
        about=item.get("about"),
    )

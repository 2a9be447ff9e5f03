"""Profiles: which wait to be confirmed, the desk's word, and the warning before they fall due."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from shared import keys
from shared.accounts import Account, Member
from shared.consents import Applicant, Chase, confirmed
from shared.desk import Actor
from shared.errors import NotFound, TryAgain
from shared.ids import AccountId
from shared.patients import Person
from shared.settings import settings
from shared.table import accounts, audit, claims, moments, patients, sessions, store
from shared.table.accounts import AccountChanged
from shared.table.store import ConditionFailed, Leg, OutcomeUnknown

_CHASE_LIFETIME = timedelta(days=30)
"""How long it is kept that the desk was warned; it is asked for on the same day only."""


def change_leg(before: Account, after: Account) -> Leg:
    """Write an account's profile and consents, if it is as it was read.

    The account stands in `DueIndex` while its profile waits. Refused with AccountChanged.
    """
    due_on = str(after.profile.due_on) if after.profile.due_on else None
    written: dict[str, Any] = {
        "consents": set(after.consents),
        "due_list": keys.CONSENTS_DUE if due_on else None,
        "due_on": due_on,
    }
    values = {":status": after.profile.status, ":profile_due_on": due_on}
    expression = ", profile_status = :status, profile_due_on = :profile_due_on"
    for name in filter(written.get, written):
        expression += f", {name} = :{name}"
        values[f":{name}"] = written[name]
    gone = [name for name in written if not written[name]]
    if gone:
        expression += " REMOVE " + ", ".join(gone)
    return accounts.change_leg(before, expression, values)


def waiting(actor: Actor, now: datetime) -> list[Applicant]:
    """Return the accounts whose profiles wait, by due day, the overdue first.

    One query of the index, two consistent reads, and the entry in the audit trail. Raises
    SessionRequired, TryAgain.
    """
    sessions.require(actor.session, now)
    applicants = list(_applicants(_waiting(), settings().day_of(now)))
    holders = [applicant.account.holder_id for applicant in applicants]
    audit.note(actor, "list_profiles", now, holders)
    return applicants


def _applicants(found: list[tuple[date, Account]], today: date) -> Iterator[Applicant]:
    """Say who holds these accounts; one without its holder's claim is being erased just now."""
    claim_keys = [keys.claim(account.account_id, account.holder_id) for _, account in found]
    patient_keys = [keys.patient(account.holder_id) for _, account in found]
    items = store.get_many(list(dict.fromkeys(claim_keys + patient_keys)), consistent=True)
    for (due_on, account), claim_key in zip(found, claim_keys, strict=True):
        if claim_key in items:
            row = items.get(keys.patient(account.holder_id), {})
            patient = patients.from_item(account.holder_id, row)
            holder = Member(claims.from_item(items[claim_key]), patient, today)
            yield Applicant(account, _name_of(holder), due_on)


def _name_of(holder: Member) -> Person:
    """Return the register's data of a holder, or what they typed where it does not know them."""
    registered = holder.patient.person if holder.matches else None
    return registered or holder.claim.person


def confirm(actor: Actor, account_id: AccountId, now: datetime) -> Account:
    """Confirm a profile whose consent was received, and return the account (R11).

    One that is confirmed stays so. Raises SessionRequired, NotFound, ConsentMissing, TryAgain.
    """
    account_key = keys.account(account_id)
    for _ in store.pauses():
        found = sessions.read_with(actor.session, [account_key], now, consistent=True)
        if account_key not in found:
            raise NotFound
        before = accounts.from_item(account_id, found[account_key])
        after = confirmed(before)
        about = before.consents | {before.holder_id}
        if after == before:
            audit.note(actor, "confirm_profile", now, about, account_id)
            return before
        guard = audit.guard_legs(actor, "confirm_profile", now, about, account_id)
        with suppress(AccountChanged, OutcomeUnknown):
            audit.carry_out(guard, [change_leg(before, after)])
            return after
    raise TryAgain


def chase(next_working_day: date, now: datetime) -> Chase:
    """Count the profiles that fall due by the next working day, and warn the desk once a day.

    The mail is a consequence of the item, as all mails are. Raises TryAgain.
    """
    today = settings().day_of(now)
    days = [due_on for due_on, _ in _waiting(next_working_day)]
    overdue = [due_on for due_on in days if due_on < today]
    counted = Chase(today, len(days), len(overdue), min(days, default=None))
    if days:
        item = {
            "due": counted.due,
            "overdue": counted.overdue,
            "first_due_on": str(counted.first_due_on),
            "expires_at": moments.epoch(now + _CHASE_LIFETIME),
        }
        with suppress(ConditionFailed):
            store.put(keys.chase(today), item, store.IS_NEW)
    return counted


def chase_from_item(item: store.Item) -> Chase:
    """Read back what the desk was told."""
    return Chase(
        day=date.fromisoformat(keys.id_named(item["SK"])),
        due=int(item["due"]),
        overdue=int(item["overdue"]),
        first_due_on=moments.day(item["first_due_on"]),
    )


def _waiting(last_on: date | None = None) -> list[tuple[date, Account]]:
    """Return the accounts whose profiles wait, those due by a day, with their due days, in order.

    The index may still list one that waits no longer, so each is read consistently.
    """
    up_to = ("due_on", str(last_on)) if last_on else None
    listed = store.query_index(keys.DUE_INDEX, "due_list", keys.CONSENTS_DUE, up_to)
    items = store.get_many(listed, consistent=True)
    found = [
        accounts.from_item(keys.account_named(key.pk), items[key]) for key in listed if key in items
    ]
    waits = [
        (account.profile.due_on, account) for account in found if account.profile.due_on is not None
    ]
    in_time = [one for one in waits if last_on is None or one[0] <= last_on]
    return sorted(in_time, key=lambda one: (one[0], one[1].account_id))

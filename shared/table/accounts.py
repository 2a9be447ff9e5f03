"""Accounts: their owner's address, their claims, and the patients these are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared import keys
from shared.accounts import Account, Household, Member, Profile, SessionKey
from shared.errors import SessionRequired
from shared.ids import AccountId, EmailKey, PatientId
from shared.keys import Key
from shared.table import moments, patients, sessions, store
from shared.table.store import Item

_NOBODY = AccountId("0" * 32)
"""No account has this id; it is read where an address is unknown, so that the work is equal."""


def owner_of(email_key: EmailKey) -> AccountId | None:
    """Return the account that has confirmed the address, if any."""
    item = store.get(keys.address_owner(email_key))
    return AccountId(item["account_id"]) if item else None


def find_by_address(email_key: EmailKey) -> Account | None:
    """Return the account of an address; a known and an unknown one cost the same two reads."""
    owner = owner_of(email_key) or _NOBODY
    item = store.get(keys.account(owner))
    return from_item(owner, item) if item else None


def household_of(account_id: AccountId) -> Household:
    """Return an account that surely exists with its members, read consistently: two requests."""
    return _household(account_id, _partition(account_id, consistent=True), consistent=True)


def show(key: SessionKey, now: datetime) -> Household:
    """Return the account of an open session with its members: two requests.

    Both are eventually consistent; where the first does not know the session, the account or its
    holder's claim, all is looked for again, consistently. Raises SessionRequired.
    """
    items = _partition(key.account_id, consistent=False)
    if not _is_whole(key, items, now):
        items = _partition(key.account_id, consistent=True)
        if not _is_whole(key, items, now):
            raise SessionRequired
    sessions.keep_open(key, items, now)
    return _household(key.account_id, items, consistent=False)


def _is_whole(key: SessionKey, items: Mapping[Key, Item], now: datetime) -> bool:
    """Tell whether an open session stands there, and what its confirmation wrote beside it."""
    account = items.get(keys.account(key.account_id))
    return (
        sessions.is_open_among(key, items, now)
        and account is not None
        and keys.claim(key.account_id, account["holder_id"]) in items
    )


def _partition(account_id: AccountId, *, consistent: bool) -> dict[Key, Item]:
    items = store.query(keys.account_partition(account_id), consistent=consistent)
    return {Key(item["PK"], item["SK"]): item for item in items}


def _household(account_id: AccountId, items: dict[Key, Item], *, consistent: bool) -> Household:
    typed = [item for key, item in items.items() if keys.kind(key.sk) == "MEMBER"]
    claims = [patients.claim_from_item(item) for item in typed]
    patient_keys = [keys.patient(claim.patient_id) for claim in claims]
    rows = store.get_many(patient_keys, consistent=consistent)
    members = [
        Member(
            claim,
            patients.from_item(claim.patient_id, rows.get(keys.patient(claim.patient_id), {})),
        )
        for claim in claims
    ]
    return Household(from_item(account_id, items[keys.account(account_id)]), _holder_first(members))


def _holder_first(members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: member.claim.relation != "self"))


def to_item(account: Account) -> Item:
    """Write an account."""
    return {
        "email": account.email,
        "password_hash": account.password_hash,
        "holder_id": account.holder_id,
        "profile_status": account.profile.status,
        "profile_due_on": str(account.profile.due_on) if account.profile.due_on else None,
    }


def from_item(account_id: AccountId, item: Item) -> Account:
    """Read an account back."""
    return Account(
        account_id=account_id,
        email=item["email"],
        password_hash=item["password_hash"],
        holder_id=PatientId(item["holder_id"]),
        profile=Profile(item["profile_status"], moments.day(item["profile_due_on"])),
    )

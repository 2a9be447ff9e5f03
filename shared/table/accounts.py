"""Accounts: their owner's address, their claims, and the patients these are about."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared import clock, keys
from shared.accounts import Account, Claim, Household, Member, Profile, Session, SessionKey
from shared.errors import Refusal, SessionRequired
from shared.ids import AccountId, EmailKey, PatientId
from shared.keyring import email_key_of
from shared.keys import Key
from shared.settings import settings
from shared.table import claims, moments, patients, sessions, store
from shared.table.store import ConditionFailed, Item, Leg

_NOBODY = AccountId("0" * 32)
"""No account has this id; it is read where an address is unknown, so that the work is equal."""

_IS_AS_READ = "revision = :read_revision"
_DRAW_ANEW = "SET revision = :revision"


class AccountChanged(Refusal):
    """The account is not what it was when the transaction was put together."""


@dataclass(frozen=True)
class Partition:
    """All that stands under one account, read consistently, and the account among it."""

    account: Account
    items: Mapping[Key, Item]


def owner_of(email_key: EmailKey) -> AccountId | None:
    """Return the account that has confirmed the address, if any."""
    item = store.get(keys.address_owner(email_key))
    return AccountId(item["account_id"]) if item else None


def find(account_id: AccountId) -> Account | None:
    """Return an account, read consistently."""
    item = store.get(keys.account(account_id))
    return from_item(account_id, item) if item else None


def find_all(account_ids: Iterable[AccountId | None]) -> list[Account]:
    """Return those of these accounts that stand, read consistently: one request for each 100."""
    wanted = sorted({keys.account(one) for one in account_ids if one})
    found = store.get_many(wanted, consistent=True)
    return [from_item(keys.account_named(key.pk), item) for key, item in found.items()]


def find_by_address(email_key: EmailKey) -> Account | None:
    """Return the account of an address; a known and an unknown one cost the same two reads."""
    return find(owner_of(email_key) or _NOBODY)


def signed_in(key: SessionKey, now: datetime) -> Account:
    """Return the account of an open session: one eventual read. Raises SessionRequired."""
    account_key = keys.account(key.account_id)
    item = sessions.read_with(key, [account_key], now).get(account_key)
    account = from_item(key.account_id, item) if item else find(key.account_id)
    if account is None:
        raise SessionRequired
    return account


def read_partition(account_id: AccountId) -> Partition | None:
    """Return all that stands under an account, if it exists: one consistent query."""
    items = _items(account_id, consistent=True)
    item = items.get(keys.account(account_id))
    return Partition(from_item(account_id, item), items) if item else None


def open_sessions(partition: Partition, now: datetime) -> list[Session]:
    """Return the account's open sessions."""
    return sessions.open_among(partition.account.account_id, partition.items, now)


def claims_of(partition: Partition) -> list[Claim]:
    """Return what the account's user claimed."""
    return _claims(partition.items)


def household_of(account_id: AccountId, now: datetime) -> Household | None:
    """Return an account with its members, if it exists, read consistently: two requests."""
    items = _items(account_id, consistent=True)
    if keys.account(account_id) not in items:
        return None
    return _household(account_id, items, now, consistent=True)


def show(key: SessionKey, now: datetime) -> Household:
    """Return the account of an open session with its members: two requests.

    Both are eventually consistent; where the first does not know the session, the account or its
    holder's claim, all is looked for again, consistently. Raises SessionRequired.
    """
    items = _items(key.account_id, consistent=False)
    if not _is_whole(key, items, now):
        items = _items(key.account_id, consistent=True)
        if not _is_whole(key, items, now):
            raise SessionRequired
    sessions.keep_open(key, items, now)
    return _household(key.account_id, items, now, consistent=False)


def _is_whole(key: SessionKey, items: Mapping[Key, Item], now: datetime) -> bool:
    """Tell whether an open session stands there, and what its confirmation wrote beside it."""
    account = items.get(keys.account(key.account_id))
    return (
        sessions.is_open_among(key, items, now)
        and account is not None
        and keys.claim(key.account_id, account["holder_id"]) in items
    )


def _items(account_id: AccountId, *, consistent: bool) -> dict[Key, Item]:
    items = store.query(keys.account_partition(account_id), consistent=consistent)
    return {Key(item["PK"], item["SK"]): item for item in items}


def _claims(items: Mapping[Key, Item]) -> list[Claim]:
    return [claims.from_item(item) for key, item in items.items() if keys.kind(key.sk) == "MEMBER"]


def _household(
    account_id: AccountId, items: Mapping[Key, Item], now: datetime, *, consistent: bool
) -> Household:
    typed = _claims(items)
    patient_keys = [keys.patient(claim.patient_id) for claim in typed]
    rows = store.get_many(patient_keys, consistent=consistent)
    members = [
        Member(
            claim,
            patients.from_item(claim.patient_id, rows.get(keys.patient(claim.patient_id), {})),
            settings().day_of(now),
        )
        for claim in typed
    ]
    return Household(from_item(account_id, items[keys.account(account_id)]), _holder_first(members))


def _holder_first(members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda member: member.claim.relation != "self"))


def open_session(verified: Account, key: SessionKey, now: datetime, refusal: Refusal) -> None:
    """Open a session of an account whose password was verified, and is still that one.

    Raises `refusal`, TryAgain.
    """
    counted = change_verified_leg(verified, refusal)
    store.transact([counted, sessions.open_leg(key, now)])


def change_verified_leg(
    verified: Account, refusal: Refusal, expression: str = "", values: Item | None = None
) -> Leg:
    """Change an account, if its password is still the verified one.

    `expression` is what is set besides, such as `, email = :email`.
    """
    return Leg(
        "Update",
        keys.account(verified.account_id),
        condition="password_hash = :verified",
        refusal=lambda _: refusal,
        values={
            ":verified": verified.password_hash,
            ":revision": clock.new_revision(),
            **(values or {}),
        },
        expression=_DRAW_ANEW + expression,
    )


def change_leg(before: Account, expression: str, values: Item) -> Leg:
    """Change an account that is as it was read. Refused with AccountChanged.

    `expression` is what is set besides, such as `, email = :email`.
    """
    return Leg(
        "Update",
        keys.account(before.account_id),
        condition=_IS_AS_READ,
        refusal=lambda _: AccountChanged(),
        values={":read_revision": before.revision, ":revision": clock.new_revision(), **values},
        expression=_DRAW_ANEW + expression,
    )


def delete_leg(before: Account) -> Leg:
    """Delete an account that is as it was read. Refused with AccountChanged."""
    return Leg(
        "Delete",
        keys.account(before.account_id),
        condition=_IS_AS_READ,
        refusal=lambda _: AccountChanged(),
        values={":read_revision": before.revision},
    )


def mark_unreachable(address: str, now: datetime) -> AccountId | None:
    """Note that mail to an address does not arrive, and tell whose it is; None for nobody's.

    The first time counts; an address that was given up since is not looked at. Raises TryAgain.
    """
    email_key = email_key_of(address)
    account = find_by_address(email_key)
    if account is None or email_key_of(account.email) != email_key:
        return None
    with suppress(ConditionFailed):
        store.update(
            keys.account(account.account_id),
            "SET unreachable_since = :now",
            {":now": moments.text(now), ":email": account.email},
            "email = :email AND attribute_not_exists(unreachable_since)",
        )
    return account.account_id


def to_item(account: Account) -> Item:
    """Write a new account."""
    return {
        "email": account.email,
        "password_hash": account.password_hash,
        "holder_id": account.holder_id,
        "profile_status": account.profile.status,
        "profile_due_on": str(account.profile.due_on) if account.profile.due_on else None,
        "revision": account.revision,
    }


def from_item(account_id: AccountId, item: Item) -> Account:
    """Read an account back."""
    unreachable_since = item.get("unreachable_since")
    return Account(
        account_id=account_id,
        email=item["email"],
        password_hash=item["password_hash"],
        holder_id=PatientId(item["holder_id"]),
        profile=Profile(item["profile_status"], moments.day(item["profile_due_on"])),
        unreachable_since=moments.parse(unreachable_since) if unreachable_since else None,
        revision=item["revision"],
        address_change_id=item.get("address_change_id"),
        asked_email=item.get("asked_email"),
        consents=frozenset(item.get("consents", ())),
    )

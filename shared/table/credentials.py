"""Passwords in the table: a new one, and the sessions that it ends, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from shared import clock, keys
from shared.accounts import RESET_LIFETIME, Account, AnySessionKey, SessionKey
from shared.errors import ResetExpired, SessionRequired, TryAgain, WrongPassword
from shared.ids import AccountId, EmailKey
from shared.keyring import email_key_of
from shared.limits import PASSWORD
from shared.passwords import verify_password
from shared.table import accounts, limits, moments, sessions, store
from shared.table.accounts import AccountChanged, Partition
from shared.table.store import Leg, OutcomeUnknown

MOST_SESSIONS = 12
"""Sessions that one transaction ends; the few that may be beyond them are ended just before."""


def signed_in_again(session: SessionKey, password: str, now: datetime) -> Account:
    """Return an open session's account, once its password is told again.

    Wrong ones are counted, before they are looked at. Raises SessionRequired, WrongPassword,
    TooManyRequests.
    """
    account = accounts.signed_in(session, now)
    limits.count(PASSWORD, account.account_id, now)
    if not verify_password(account.password_hash, password):
        raise WrongPassword
    limits.give_back(PASSWORD, account.account_id, now)
    return account


def request_reset(email_key: EmailKey, now: datetime) -> None:
    """Call for a mailed link to a new password, whether the address has an account or not.

    The mail function looks whose address it is. A new call ends the link of the one before.
    """
    call = {"reset_id": clock.new_id(), "expires_at": moments.epoch(now + RESET_LIFETIME)}
    store.put(keys.reset(email_key), call)


def reset(email_key: EmailKey, reset_id: str, password_hash: str, now: datetime) -> None:
    """Set a new password by a mailed link, once, and end all of the account's sessions.

    The link of an address that was given up sets nothing, until it is somebody's again: whoever
    reads the mailbox owns the account.
    Raises ResetExpired, TryAgain.
    """
    owner = accounts.owner_of(email_key)
    if owner is None:
        raise ResetExpired
    used = Leg(
        "Delete",
        keys.reset(email_key),
        condition="reset_id = :reset AND expires_at > :now",
        refusal=lambda _: ResetExpired(),
        values={":reset": reset_id, ":now": moments.epoch(now)},
    )
    for _ in store.pauses():
        partition = accounts.read_partition(owner)
        if partition is None or email_key_of(partition.account.email) != email_key:
            raise ResetExpired
        ended = [one.key for one in accounts.open_sessions(partition, now)]
        if _replace(partition, password_hash, [used], ended):
            return
    raise TryAgain


def change(verified: Account, key: SessionKey, password_hash: str, now: datetime) -> None:
    """Set a new password in place of the verified one, and end all other sessions.

    Raises SessionRequired, WrongPassword if the password was changed in the meantime, TryAgain.
    """
    for _ in store.pauses():
        partition = accounts.read_partition(verified.account_id)
        if partition is None:
            raise SessionRequired
        if partition.account.password_hash != verified.password_hash:
            raise WrongPassword
        opened = [one.key for one in accounts.open_sessions(partition, now)]
        others = [other for other in opened if other != key]
        if _replace(partition, password_hash, [sessions.keep_open_leg(key, now)], others):
            return
    raise TryAgain


def end_surplus(ended: Sequence[AnySessionKey]) -> list[AnySessionKey]:
    """End those sessions that are too many for one transaction, and return the others."""
    for key in ended[MOST_SESSIONS:]:
        sessions.forget(key)
    return list(ended[:MOST_SESSIONS])


def _replace(
    partition: Partition, password_hash: str, legs: Sequence[Leg], ended: Sequence[AnySessionKey]
) -> bool:
    """Write the new password; False where the account was changed since it was read."""
    account = partition.account
    changed = accounts.change_leg(account, ", password_hash = :hash", {":hash": password_hash})
    ends = [sessions.end_leg(key) for key in end_surplus(ended)]
    try:
        store.transact([*legs, changed, *ends])
    except AccountChanged:
        return False
    except OutcomeUnknown:
        if not _stands(account.account_id, password_hash):
            raise
    return True


def _stands(account_id: AccountId, password_hash: str) -> bool:
    account = accounts.find(account_id)
    return account is not None and account.password_hash == password_hash

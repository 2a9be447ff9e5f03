"""What waits for an address to be confirmed by a mailed link: registrations, new addresses."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from shared import clock, keys
from shared.accounts import (
    CONFIRMATION_LIFETIME,
    CONFIRMATION_TRIES,
    AddressChange,
    Pending,
    Registration,
)
from shared.errors import ConfirmationExpired, TryAgain
from shared.ids import AccountId, EmailKey, PatientId
from shared.table import moments, persons, store
from shared.table.store import ConditionFailed, Item, Leg

_IS_OPEN = "expires_at > :now"
_HAS_TRIES = "tries > :none"


def start(registration: Registration) -> None:
    """Write a registration that waits for its address to be confirmed."""
    store.put(key_of(registration), _to_item(registration))


def start_leg(change: AddressChange) -> Leg:
    """Return the leg of a transaction that writes a new address to be confirmed."""
    return Leg("Put", key_of(change), store.IS_NEW, lambda _: TryAgain(), item=_to_item(change))


def count_try(email_key: EmailKey, pending_id: str, now: datetime) -> Pending:
    """Take one of the password tries of what waits, and return it.

    The try is counted before the password is looked at, so parallel guesses cannot exceed the
    tries. Raises ConfirmationExpired where it is unknown, used, old or out of tries.
    """
    try:
        item = store.update(
            keys.pending(email_key, pending_id),
            "SET tries = tries - :one",
            {":now": moments.epoch(now), ":none": 0, ":one": 1},
            f"{_IS_OPEN} AND {_HAS_TRIES}",
        )
    except ConditionFailed as exc:
        raise ConfirmationExpired from exc
    return from_item(item)


def give_back_try(pending: Pending) -> None:
    """Give back a counted try, if this still waits and the store is not too busy."""
    with suppress(ConditionFailed, TryAgain):
        key = key_of(pending)
        store.update(key, "SET tries = tries + :one", {":one": 1}, "attribute_exists(PK)")


def end_leg(pending: Pending) -> Leg:
    """Return the leg of a transaction that uses what waits up, once.

    Refused with ConfirmationExpired.
    """
    return Leg("Delete", key_of(pending), "attribute_exists(PK)", lambda _: ConfirmationExpired())


def drop_leg(email_key: EmailKey, pending_id: str) -> Leg:
    """Return the leg of a transaction that forgets what waits, if it still does."""
    return Leg("Delete", keys.pending(email_key, pending_id), None, lambda _: TryAgain())


def request_resend(email_key: EmailKey, now: datetime) -> None:
    """Call for another confirmation mail, whether anything waits for the address or not.

    The mail function looks what waits there.
    """
    call = {"expires_at": moments.epoch(now + CONFIRMATION_LIFETIME)}
    store.put(keys.resend(email_key, clock.new_id()), call)


def newest_registration(email_key: EmailKey, now: datetime) -> Registration | None:
    """Return the latest registration that waits for an address, read consistently, if any."""
    partition = keys.address_partition(email_key)
    waiting = map(from_item, store.query(partition, keys.all_pending(), consistent=True))
    registrations = [
        one
        for one in waiting
        if isinstance(one, Registration) and one.expires_at > now and not one.address_taken
    ]
    return max(registrations, key=lambda one: one.expires_at, default=None)


def key_of(pending: Pending) -> keys.Key:
    """Return the key of what waits."""
    if isinstance(pending, Registration):
        return keys.pending(pending.email_key, pending.registration_id)
    return keys.pending(pending.email_key, pending.change_id)


def _to_item(pending: Pending) -> Item:
    item: dict[str, Any] = {
        "email": pending.email,
        "address_taken": pending.address_taken,
        "tries": CONFIRMATION_TRIES,
        "expires_at": moments.epoch(pending.expires_at),
    }
    if isinstance(pending, AddressChange):
        return item | {"account_id": pending.account_id}
    return item | {
        "password_hash": pending.password_hash,
        "patient_id": pending.patient_id,
        "person": persons.to_item(pending.person),
        "policy_last4": pending.policy_last4,
    }


def from_item(item: Item) -> Pending:
    """Read back what waits: a new address names its account, a registration has none yet."""
    email_key, pending_id = keys.address_named(item["PK"]), keys.id_named(item["SK"])
    expires_at = moments.from_epoch(item["expires_at"])
    if "account_id" in item:
        return AddressChange(
            change_id=pending_id,
            email_key=email_key,
            email=item["email"],
            account_id=AccountId(item["account_id"]),
            address_taken=item["address_taken"],
            expires_at=expires_at,
        )
    return Registration(
        registration_id=pending_id,
        email_key=email_key,
        email=item["email"],
        password_hash=item["password_hash"],
        patient_id=PatientId(item["patient_id"]),
        person=persons.from_item(item["person"]),
        policy_last4=item["policy_last4"],
        address_taken=item["address_taken"],
        expires_at=expires_at,
    )

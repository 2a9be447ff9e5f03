"""Sessions: opened for confirmed addresses only, checked with every request."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from shared import keys
from shared.accounts import AnySessionKey, Session
from shared.errors import SessionRequired, TryAgain
from shared.ids import AccountId
from shared.keys import Key
from shared.table import moments, store
from shared.table.store import ConditionFailed, Item, Leg

IS_OPEN = "expires_at > :now AND idle_at > :now"
"""Condition of an open session; `:now` is epoch seconds."""

_REFRESH = "SET idle_at = :idle_at"


def open_leg(key: AnySessionKey, now: datetime) -> Leg:
    """Return the leg of a transaction that writes a new session."""
    return Leg(
        "Put",
        keys.session(key),
        condition=store.IS_NEW,
        refusal=lambda _: TryAgain(),
        item={
            "expires_at": moments.epoch(now + key.LIFETIME),
            "idle_at": moments.epoch(now + key.IDLE),
        },
    )


def end(key: AnySessionKey, now: datetime) -> None:
    """End a session at once. Raises SessionRequired if it is not open."""
    try:
        store.delete(keys.session(key), IS_OPEN, {":now": moments.epoch(now)})
    except ConditionFailed as exc:
        raise SessionRequired from exc


def end_open_leg(key: AnySessionKey, now: datetime) -> Leg:
    """Return the leg of a transaction that demands an open session and ends it."""
    values = {":now": moments.epoch(now)}
    return Leg("Delete", keys.session(key), IS_OPEN, lambda _: SessionRequired(), values)


def end_leg(key: AnySessionKey) -> Leg:
    """Return the leg of a transaction that ends a session, open or not."""
    return Leg("Delete", keys.session(key), None, refusal=lambda _: TryAgain())


def forget(key: AnySessionKey) -> None:
    """End a session, whether it was open or not."""
    store.delete(keys.session(key))


def open_of(account_id: AccountId, now: datetime) -> list[Session]:
    """Return an account's open sessions: one consistent query."""
    between = keys.sessions_of_account()
    items = store.query(keys.account_partition(account_id), between, consistent=True)
    return open_among(account_id, {Key(item["PK"], item["SK"]): item for item in items}, now)


def open_among(account_id: AccountId, items: Mapping[Key, Item], now: datetime) -> list[Session]:
    """Return the open sessions among an account's items."""
    found = [
        _from_item(keys.session_named(account_id, key.sk), item)
        for key, item in items.items()
        if keys.kind(key.sk) == "SESSION"
    ]
    return [session for session in found if session.is_open(now)]


def require(key: AnySessionKey, now: datetime) -> None:
    """Demand an open session before anything else is looked at. Raises SessionRequired."""
    read_with(key, [], now)


def keep_open_leg(key: AnySessionKey, now: datetime) -> Leg:
    """Return the leg of a transaction that demands an open session and puts its idle time forward.

    An update costs the same two units as a mere check.
    """
    return Leg(
        "Update",
        keys.session(key),
        condition=IS_OPEN,
        refusal=lambda _: SessionRequired(),
        values=_refresh_values(key, now),
        expression=_REFRESH,
    )


def read_with(
    key: AnySessionKey, wanted: Sequence[Key], now: datetime, *, consistent: bool = False
) -> Mapping[Key, Item]:
    """Return those of the wanted items that exist, once the session is seen to be open.

    One request. An eventually consistent one may not know yet of a session that was opened a
    moment ago, so before a session is refused it is looked for again, consistently. Raises
    SessionRequired.
    """
    found = store.get_many([keys.session(key), *wanted], consistent=consistent)
    if not is_open_among(key, found, now):
        found = store.get_many([keys.session(key), *wanted], consistent=True)
        if not is_open_among(key, found, now):
            raise SessionRequired
    keep_open(key, found, now)
    return found


def is_open_among(key: AnySessionKey, found: Mapping[Key, Item], now: datetime) -> bool:
    """Tell whether the session stands among the items and is open."""
    item = found.get(keys.session(key))
    return item is not None and _from_item(key, item).is_open(now)


def keep_open(key: AnySessionKey, found: Mapping[Key, Item], now: datetime) -> None:
    """Put the idle time of a session found open forward, once its `REFRESH` has passed.

    What was read stands even if the store is too busy for that. Raises SessionRequired.
    """
    if not _from_item(key, found[keys.session(key)]).wants_refresh(now):
        return
    try:
        with suppress(TryAgain):
            store.update(keys.session(key), _REFRESH, _refresh_values(key, now), IS_OPEN)
    except ConditionFailed as exc:
        raise SessionRequired from exc


def _refresh_values(key: AnySessionKey, now: datetime) -> Item:
    return {":now": moments.epoch(now), ":idle_at": moments.epoch(now + key.IDLE)}


def _from_item(key: AnySessionKey, item: Item) -> Session:
    """Read a session back."""
    expires_at, idle_at = (moments.from_epoch(item[name]) for name in ("expires_at", "idle_at"))
    return Session(key, expires_at, idle_at)

"""Mail receipts: a mail is claimed before it is sent and marked after, so that none goes twice."""

from datetime import datetime, timedelta
from typing import Literal

from shared import keys
from shared.errors import TryAgain
from shared.table import moments, store
from shared.table.store import ConditionFailed

_LEASE = timedelta(minutes=2)
"""Longer than the mail function may run: whoever claimed a mail has sent it or died by then."""
_KEPT = timedelta(days=30)

Verdict = Literal["claimed", "sent", "refused"]
"""The mail is ours to send, or what became of it before."""

_NOBODY_SENDS = (
    "attribute_not_exists(PK) OR (leased_until < :now"
    " AND attribute_not_exists(sent_at) AND attribute_not_exists(refused_at))"
)


def claim(mail_key: str, now: datetime) -> Verdict:
    """Claim the sending of a mail, unless it was sent already, or refused.

    Raises TryAgain while somebody else is sending it.
    """
    receipt = {
        "leased_until": moments.epoch(now + _LEASE),
        "expires_at": moments.epoch(now + _KEPT),
    }
    try:
        store.put(keys.mail_receipt(mail_key), receipt, _NOBODY_SENDS, {":now": moments.epoch(now)})
    except ConditionFailed as exc:
        item = exc.item or {}
        if "sent_at" in item:
            return "sent"
        if "refused_at" in item:
            return "refused"
        raise TryAgain from exc
    return "claimed"


def mark_sent(mail_key: str, now: datetime) -> None:
    """Note that the mail has gone."""
    _note(mail_key, "sent_at", now)


def mark_refused(mail_key: str, now: datetime) -> None:
    """Note that the mail will never go."""
    _note(mail_key, "refused_at", now)


def _note(mail_key: str, what: str, now: datetime) -> None:
    values = {":now": moments.epoch(now)}
    store.update(keys.mail_receipt(mail_key), f"SET {what} = :now", values, "attribute_exists(PK)")


def give_back(mail_key: str) -> None:
    """Note that the mail could not be sent, so that the next attempt need not wait."""
    store.update(
        keys.mail_receipt(mail_key),
        "SET leased_until = :long_ago",
        {":long_ago": 0},
        "attribute_not_exists(sent_at)",
    )

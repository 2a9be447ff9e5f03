"""Limits as counters: one item for what, who and period; the condition decides."""

from contextlib import suppress
from datetime import datetime

from shared import keys
from shared.errors import TooManyRequests, TryAgain
from shared.limits import Limit, Window, by_client
from shared.settings import settings
from shared.table import moments, store
from shared.table.store import ConditionFailed


def count(limit: Limit, subject: str, now: datetime) -> None:
    """Count one more time; at most one write for each window. Raises TooManyRequests.

    What is counted is done afterwards, so that parallel requests cannot exceed the limit.
    """
    for window in limit.windows:
        _count(limit, subject, window, now)


def count_client(operation: str, client: str, now: datetime) -> None:
    """Count an operation of one network, which needs no session. Raises TooManyRequests."""
    count(by_client(operation, settings().client_limit_per_hour), client, now)


def count_both(limit: Limit, client: str, subject: str, now: datetime) -> None:
    """Count for the network, and for the subject as this network asks for it.

    Raises TooManyRequests.
    """
    count_client(limit.operation, client, now)
    count(limit, f"{subject}.{client}", now)


def give_back(limit: Limit, subject: str, now: datetime) -> None:
    """Take one time back: it was no failure after all. A store that is too busy does not mind."""
    for window in limit.windows:
        key = keys.limit(limit, subject, window, window.start(now))
        with suppress(ConditionFailed, TryAgain):
            store.update(key, "ADD hits :less", {":less": -1, ":none": 0}, "hits > :none")


def give_back_both(limit: Limit, client: str, subject: str, now: datetime) -> None:
    """Take back what was counted for the subject as this network asks for it."""
    give_back(limit, f"{subject}.{client}", now)


def _count(limit: Limit, subject: str, window: Window, now: datetime) -> None:
    start = window.start(now)
    values = {":one": 1, ":most": window.most, ":end": moments.epoch(start + window.period)}
    try:
        store.update(
            keys.limit(limit, subject, window, start),
            "SET expires_at = :end ADD hits :one",
            values,
            "attribute_not_exists(hits) OR hits < :most",
        )
    except ConditionFailed as exc:
        raise TooManyRequests(window.wait(now)) from exc

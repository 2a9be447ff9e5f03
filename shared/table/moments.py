"""How moments and days are written in items.

Moments that are compared in conditions or shown are ISO 8601 text in UTC, whose order is the order
of time; ends of sessions, links and receipts are epoch seconds, as DynamoDB's TTL takes them.
"""

from datetime import UTC, date, datetime
from typing import Any


def text(moment: datetime) -> str:
    """Write a moment as `2026-11-30T06:20:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def parse(written: str) -> datetime:
    """Read a moment back, in UTC."""
    return datetime.fromisoformat(written)


def epoch(moment: datetime) -> int:
    """Write a moment as whole seconds since 1970."""
    return int(moment.timestamp())


def from_epoch(seconds: Any) -> datetime:  # noqa: ANN401 - Decimal from the table, int from code
    """Read epoch seconds back, in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC)


def day(written: str | None) -> date | None:
    """Read a day that may be absent."""
    return date.fromisoformat(written) if written else None

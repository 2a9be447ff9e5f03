"""The sources of chance: the time and fresh identifiers; tests replace them here only."""

import secrets
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def new_id() -> str:
    """Return a fresh 128-bit identifier: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_revision() -> str:
    """Return a fresh mark of an item's state: 16 hexadecimal digits; only equality counts."""
    return new_id()[:16]


def new_secret() -> str:
    """Return a fresh 256-bit secret: 43 characters safe in a URL and in a cookie."""
    return secrets.token_urlsafe(32)

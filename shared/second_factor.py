"""The desk's second factor: time-based one-time codes (RFC 6238), each good for one sign-in."""

from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp

STEP = timedelta(seconds=30)
_DRIFT = 1
"""Steps by which a clerk's clock may be wrong, before and after."""


def step_of(now: datetime) -> int:
    """Return the number of the time step that a moment belongs to."""
    return int(now.timestamp()) // int(STEP.total_seconds())


def matching_step(key: str, code: str, now: datetime, used: int) -> int | None:
    """Return the time step whose code this is, or None; `key` is in base32.

    Only steps after the last `used` one count. All candidates are always computed, so that the time
    it takes tells nothing.
    """
    totp, present = pyotp.TOTP(key), step_of(now)
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if compare_digest(totp.generate_otp(step).encode(), code.encode()) and step > used:
            found = step
    return found


def provisioning_uri(key: str, login: str, issuer: str) -> str:
    """Return the otpauth URI that authenticator apps read."""
    return pyotp.TOTP(key).provisioning_uri(name=login, issuer_name=issuer)

"""Passwords: argon2id, compared exactly as typed.

The parameters are those of docs/security.md: t=3, m=64 MiB, p=1.
"""

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1, type=Type.ID)

_DECOY = (
    "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A well-formed hash that no known password has: it makes an unknown user cost the same work."""


def hash_password(password: str) -> str:
    """Hash a password with a fresh salt; takes about 0.1 s of one processor on purpose."""
    return _HASHER.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the hashed one; None costs the same work and never is."""
    try:
        return _HASHER.verify(password_hash or _DECOY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False

"""Which passwords may be chosen: of a length, and none of the common ones."""

from functools import cache
from pathlib import Path

MIN_LENGTH = 8
MAX_LENGTH = 128


@cache
def _common() -> frozenset[str]:
    listed = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(listed.splitlines())


def is_common(password: str) -> bool:
    """Tell whether the password stands in the bundled list of common ones, in any case."""
    return password.lower() in _common()

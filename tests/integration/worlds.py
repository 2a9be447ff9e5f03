"""Worlds that many tests begin with: each is built once, and then put back as it was."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from shared.keys import Key
from shared.table import districts
from tests.integration.conftest import Clock
from tests.integration.rows import Rows

Told = TypeVar("Told")


@dataclass(frozen=True)
class _Built:
    """What the builder told, and what it left behind."""

    told: Any
    images: Mapping[Key, Mapping[str, Any]]
    position: tuple[datetime, int]


_built: dict[Hashable, _Built] = {}


def built_once(name: Hashable, build: Callable[[], Told], rows: Rows, clock: Clock) -> Told:
    """Return what `build` told when it first made the world of this name.

    The table, which must be empty, and the clock are then as the builder left them. What it tells
    must not change, and what it does elsewhere (a file in a bucket) is not done again.
    """
    if name in _built:
        rows.fill(_built[name].images)
        clock.position = _built[name].position
    else:
        told = build()
        _built[name] = _Built(told, rows.images(), clock.position)
    districts.forget_shown_districts()
    found: Told = _built[name].told
    return found

"""All rules, and what breaks them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from scripts.invariants import accounts, families, papers, slots, tickets
from scripts.invariants.found import Found
from shared.keys import Key
from shared.table.store import Item

Rule = Callable[[Found], Iterator[Key]]
"""Its name says what holds, its docstring explains it; it yields the keys where it does not."""


class Violation(NamedTuple):
    """A rule that does not hold, and the item where it does not."""

    rule: str
    key: Key


def item_is_known(found: Found) -> Iterator[Key]:
    """Every item is of a kind that docs/table.md names."""
    yield from found.unknown


def item_can_be_read(found: Found) -> Iterator[Key]:
    """Every item has the attributes of its kind, and no others."""
    yield from found.unreadable


RULES: tuple[Rule, ...] = (
    item_is_known,
    item_can_be_read,
    *slots.RULES,
    *tickets.RULES,
    *families.RULES,
    *accounts.RULES,
    *papers.RULES,
)


def violations(items: Iterable[Item], now: datetime) -> set[Violation]:
    """Try all rules on the items of a table that is at rest.

    While changes are under way, a scan may see half of one. Of the clinic only the settings are
    asked for, and the key that addresses are hashed with.
    """
    found = Found.of(items, now)
    return {Violation(rule.__name__, key) for rule in RULES for key in rule(found)}

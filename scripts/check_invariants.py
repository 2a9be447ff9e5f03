"""Reads the whole table and proves that what must always hold does hold.

    python -m scripts.check_invariants [--stack NAME | --local]

It only reads. Each line of what it finds is a rule of docs/table.md and the key of an item where
the rule does not hold; no line tells a name or an address. The exit code is 1 if there is any.
While changes are under way a scan may see half of one, so what it finds is looked for once more,
and only what is found both times counts.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import boto3

from scripts import environment
from scripts.invariants.rules import RULES, Violation, violations
from shared import clock
from shared.settings import settings
from shared.table.store import Item
from shared.table.wire import from_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AT_ONCE = 4
"""Parts of the table that are read side by side."""
_PAUSE = 5.0
"""Seconds until what was found is looked for again: longer than the stream's readers take."""


def main() -> int:
    """Read the command line, check the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    environment.add_arguments(parser)
    environment.enter(parser.parse_args())
    items, found = _look()
    if found:
        time.sleep(_PAUSE)
        items, again = _look()
        found &= again
    for violation in sorted(found):
        print(violation.rule, *violation.key)
    print(f"{len(found)} violations of {len(RULES)} rules in {items} items.", file=sys.stderr)
    return 1 if found else 0


def _look() -> tuple[int, set[Violation]]:
    """Return how many items stand in the table, and what is wrong with them."""
    items = read_table(boto3.client("dynamodb"), settings().table_name)
    return len(items), violations(items, clock.now())


def read_table(client: "DynamoDBClient", name: str) -> list[Item]:
    """Return every item of a table, read consistently, some parts at once."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(chain.from_iterable(pool.map(partial(_part, client, name), range(_AT_ONCE))))


def _part(client: "DynamoDBClient", name: str, number: int) -> list[Item]:
    return list(map(from_wire, _scanned(client, name, number)))


def _scanned(client: "DynamoDBClient", name: str, number: int) -> Iterator[dict[str, Any]]:
    pages = client.get_paginator("scan").paginate(
        TableName=name, ConsistentRead=True, Segment=number, TotalSegments=_AT_ONCE
    )
    for page in pages:
        yield from page["Items"]


if __name__ == "__main__":
    sys.exit(main())

"""Brings the portal's table back to what a restored copy of it holds.

    python -m scripts.bring_back RESTORED_TABLE [--apply] [--stack NAME | --local]

Point-in-time recovery restores into a table of its own. The stack keeps the one that it has, with
its stream, policy and expiry: what differs is written there, item by item. Without `--apply` it is
only counted. What must not go back in time stays as it is: the audit trail, the mails' receipts, so
that no mail goes twice, and the counters. No session comes back, and all that are open end.

Nobody may use the portal meanwhile. Cut off, it is simply run again.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from scripts import environment
from shared import keys
from shared.keys import Key
from shared.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_STAYS = {"AUDIT", "LIMIT", "MAIL"}
_ENDS = "SESSION"
_AT_ONCE = 8

Items = Mapping[Key, dict[str, Any]]
"""Items as DynamoDB's interface writes them, by their keys."""


@dataclass(frozen=True)
class Differences:
    """What has to be done to a table."""

    put: list[dict[str, Any]]
    delete: list[Key]


def differences(live: Items, restored: Items) -> Differences:
    """Return what makes the live table hold what the restored one does."""
    wanted = {key: item for key, item in restored.items() if _goes_back(key) and not _ends(key)}
    return Differences(
        put=[item for key, item in wanted.items() if live.get(key) != item],
        delete=[key for key in live if _goes_back(key) and key not in wanted],
    )


def _goes_back(key: Key) -> bool:
    return keys.kind(key.pk) not in _STAYS


def _ends(key: Key) -> bool:
    return keys.kind(key.sk) == _ENDS


def read(client: "DynamoDBClient", table: str) -> Items:
    """Return all items of a table, read consistently."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = (item for page in pages for item in page["Items"])
    return {Key(item["PK"]["S"], item["SK"]["S"]): item for item in items}


def carry_out(client: "DynamoDBClient", table: str, found: Differences) -> None:
    """Write the differences into a table."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        puts = pool.map(lambda item: client.put_item(TableName=table, Item=item), found.put)
        gone = ({"PK": {"S": key.pk}, "SK": {"S": key.sk}} for key in found.delete)
        deletes = pool.map(lambda key: client.delete_item(TableName=table, Key=key), gone)
        _finish(puts)
        _finish(deletes)


def _finish(results: Iterable[object]) -> None:
    """Wait for all; the first failure is raised."""
    for _ in results:
        pass


def main() -> int:
    """Read the command line, compare, and write what differs where that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("restored", metavar="RESTORED_TABLE")
    parser.add_argument("--apply", action="store_true", help="write, and do not only count")
    environment.add_arguments(parser)
    wanted = parser.parse_args()
    environment.enter(wanted)
    table = settings().table_name
    if wanted.restored == table:
        print("This is the portal's own table: name the restored one.", file=sys.stderr)
        return 1
    client = boto3.client("dynamodb", config=Config(max_pool_connections=_AT_ONCE))
    found = differences(read(client, table), read(client, wanted.restored))
    _tell(found)
    if wanted.apply:
        carry_out(client, table, found)
    print("Written." if wanted.apply else "Nothing is written without --apply.")
    return 0


def _tell(found: Differences) -> None:
    """Count the differences by the kinds of items; no key is told, for it names somebody."""
    changed = Counter(keys.kind(item["SK"]["S"]) for item in found.put)
    removed = Counter(keys.kind(key.sk) for key in found.delete)
    for kind in sorted({*changed, *removed}):
        print(f"{kind}: {changed[kind]} to write, {removed[kind]} to delete")


if __name__ == "__main__":
    sys.exit(main())

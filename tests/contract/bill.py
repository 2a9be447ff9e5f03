"""What DynamoDB would charge: the requests of a piece of work, and their units by its own rules.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html

A read costs one unit for each 4 KB, an eventual one half; a query is charged for all it reads
together, a batch for each item, found or not. A write costs one unit for each KB, whether its
condition holds or not, and in a transaction two; the items that are written here are smaller.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

from shared import keys
from shared.table import store

KB = 1024
"""Bytes that one write unit pays for."""
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


@dataclass
class Bill:
    """The cost of a piece of work."""

    requests: int = 0
    read_units: float = 0
    write_units: int = 0

    def __sub__(self, other: "Bill") -> "Bill":
        """Return what this work cost more than another."""
        return Bill(
            self.requests - other.requests,
            self.read_units - other.read_units,
            self.write_units - other.write_units,
        )


@contextmanager
def billed() -> Iterator[Bill]:
    """Yield the bill of what the block asks of DynamoDB.

    The districts for display are left out: a process reads them once for many requests.
    """
    bill = Bill()
    sent: list[dict[str, Any]] = []

    def on_request(params: dict[str, Any], **_: object) -> None:
        sent.append(json.loads(params["body"]))

    def on_answer(model: Any, parsed: dict[str, Any], **_: object) -> None:  # noqa: ANN401
        _add(bill, model.name, sent.pop(), parsed)

    events = store.client().meta.events
    events.register("before-call.dynamodb", on_request)
    events.register("after-call.dynamodb", on_answer)
    yield bill
    events.unregister("before-call.dynamodb", on_request)
    events.unregister("after-call.dynamodb", on_answer)


def _add(bill: Bill, operation: str, sent: dict[str, Any], answer: dict[str, Any]) -> None:
    if operation == "Query" and _is_for_display(sent):
        return
    bill.requests += 1
    if operation == "TransactWriteItems":
        bill.write_units += 2 * len(sent["TransactItems"])
    elif operation in _WRITES:
        bill.write_units += 1
    elif operation == "Query":
        bill.read_units += _units(sum(map(size, answer["Items"])), sent)
    elif operation == "GetItem":
        bill.read_units += _units(size(answer.get("Item", {})), sent)
    else:
        (asked,) = sent["RequestItems"].values()
        (found,) = answer["Responses"].values()
        missing = len(asked["Keys"]) - len(found)
        bill.read_units += sum(_units(size(item), asked) for item in found)
        bill.read_units += missing * _units(0, asked)


def _is_for_display(sent: dict[str, Any]) -> bool:
    of_clinic = sent["ExpressionAttributeValues"].get(":pk") == {"S": keys.CLINIC}
    return of_clinic and not _is_consistent(sent)


def _is_consistent(sent: dict[str, Any]) -> bool:
    """Tell how it is read; an index cannot be read consistently."""
    return bool(sent.get("ConsistentRead", False))


def _units(read: int, sent: dict[str, Any]) -> float:
    return max(1, ceil(read / (4 * KB))) * (1 if _is_consistent(sent) else 0.5)


def size(item: dict[str, Any]) -> int:
    """Return the bytes of an item as DynamoDB counts them, near enough.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind in {"BOOL", "NULL"}:
        return 1
    if kind == "N":
        return ceil(len(held) / 2) + 1
    if kind == "M":
        return 3 + size(held) + len(held)
    if kind == "L":
        return 3 + sum(_size(part) + 1 for part in held)
    return sum(len(part.encode()) for part in ([held] if kind == "S" else held))

"""DynamoDB itself: one client, items as plain values, and failures as the portal's own errors."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, ConnectionError as NoConnection, HTTPClientError

from shared.aws import create_client, made_at_start
from shared.errors import Refusal, TryAgain
from shared.keys import Key
from shared.settings import settings
from shared.table.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
"""An item or a part of it: strings, whole numbers, sets of strings, lists, mappings, None."""

AnswerT = TypeVar("AnswerT")

IS_NEW = "attribute_not_exists(PK)"
"""Condition of an item that does not stand yet."""

_ATTEMPTS = 8
_LONGEST_TRYING = 3.0
_FIRST_PAUSE = 0.025
_LONGEST_PAUSE = 0.4
"""Attempts at a write that met another one, the seconds in which they may begin, and between."""

_CHANCE = random.SystemRandom()
"""The system's own: processes that start from one snapshot share the state of any other."""

_MOST_AT_ONCE = 100
"""Items of one BatchGetItem."""

_CONTENTION = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_BUSY = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_IN_PROGRESS = {"TransactionInProgressException"}
_SERVER_ERROR = 500

logger = Logger()


class OutcomeUnknown(TryAgain):
    """The store did not answer: the change may have been made or not."""


class _Conflict(TryAgain):
    """A transaction holds the item just now, and the write was refused."""


class ConditionFailed(Exception):
    """A single write's condition did not hold; `item` is what stood there, if anything."""

    def __init__(self, item: Item | None) -> None:
        """Keep the item as it was."""
        super().__init__()
        self.item = item


@made_at_start
@cache
def client() -> "DynamoDBClient":
    """Return this process's client: a call that nobody answers is given up after 4 to 5 s."""
    made: DynamoDBClient = create_client("dynamodb", tries=2, connect_timeout=1, read_timeout=2)
    return made


def key_attributes(key: Key) -> dict[str, Any]:
    """Return the key as the client takes it."""
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


@contextmanager
def _own_errors() -> Iterator[None]:
    """Turn the client's failures into the portal's; what is our own mistake passes through."""
    try:
        yield
    except (HTTPClientError, NoConnection) as exc:  # An earlier attempt may have come through.
        logger.warning("store out of reach", error=type(exc).__name__)
        raise OutcomeUnknown from exc
    except ClientError as exc:
        metadata = exc.response.get("ResponseMetadata", {})
        code = exc.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            before: Any = exc.response.get("Item")
            raise ConditionFailed(from_wire(before) if before else None) from exc
        if code == "TransactionConflictException":
            raise _Conflict from exc
        if metadata.get("HTTPStatusCode", 0) >= _SERVER_ERROR or code in _IN_PROGRESS:
            logger.warning("store failed", error=code)
            raise OutcomeUnknown from exc
        if code in _BUSY:
            logger.warning("store busy", error=code)
            # What came of the attempts before the last one, nobody knows.
            is_last_of_many = metadata.get("RetryAttempts", 0) > 0
            raise (OutcomeUnknown if is_last_of_many else TryAgain) from exc
        raise


def get(key: Key) -> Item | None:
    """Return one item, read consistently."""
    with _own_errors():
        answer = client().get_item(
            TableName=settings().table_name, Key=key_attributes(key), ConsistentRead=True
        )
    found = answer.get("Item")
    return from_wire(found) if found else None


def get_many(keys: Sequence[Key], *, consistent: bool = False) -> dict[Key, Item]:
    """Return those items that exist: one request for each hundred, unless the store is busy."""
    found: dict[Key, Item] = {}
    for first in range(0, len(keys), _MOST_AT_ONCE):
        found |= _get_at_once(keys[first : first + _MOST_AT_ONCE], consistent=consistent)
    return found


def _get_at_once(keys: Sequence[Key], *, consistent: bool) -> dict[Key, Item]:
    name = settings().table_name
    wanted: Any = {
        name: {"Keys": [key_attributes(key) for key in keys], "ConsistentRead": consistent}
    }
    found: dict[Key, Item] = {}
    for _ in pauses():
        with _own_errors():
            answer = client().batch_get_item(RequestItems=wanted)
        for item in map(from_wire, answer["Responses"].get(name, [])):
            found[Key(item["PK"], item["SK"])] = item
        wanted = answer["UnprocessedKeys"]
        if not wanted:
            return found
    raise TryAgain


def query_index(
    index: str, name: str, value: str, up_to: tuple[str, str] | None = None
) -> list[Key]:
    """Return the keys of what an index lists, in order; an index is always a moment behind.

    `name` is the index's partition attribute; `up_to` its sort attribute and the last value.
    """
    condition, values = f"{name} = :value", {":value": value}
    if up_to:
        condition += f" AND {up_to[0]} <= :last"
        values[":last"] = up_to[1]
    return [Key(item["PK"], item["SK"]) for item in _pages(condition, values, IndexName=index)]


def query(
    pk: str, between: tuple[str, str] | None = None, *, consistent: bool = False
) -> Iterator[Item]:
    """Yield a partition's items in order, or those whose sort key stands between two others."""
    condition = "PK = :pk" + (" AND SK BETWEEN :first AND :last" if between else "")
    values = {":pk": pk} | (dict(zip((":first", ":last"), between, strict=True)) if between else {})
    return _pages(condition, values, ConsistentRead=consistent)


def _pages(condition: str, values: Item, **of: Any) -> Iterator[Item]:  # noqa: ANN401
    of |= {"KeyConditionExpression": condition, "ExpressionAttributeValues": to_wire(values)}
    request = {"TableName": settings().table_name, **of}
    while True:
        with _own_errors():
            answer = client().query(**request)
        yield from map(from_wire, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def put(key: Key, item: Item, condition: str | None = None, values: Item | None = None) -> None:
    """Write one item whole. Raises ConditionFailed."""
    body = _guarded(condition, values) | {"Item": key_attributes(key) | to_wire(item)}
    _write(lambda: client().put_item(**body))


def update(key: Key, expression: str, values: Item, condition: str) -> Item:
    """Change one item and return it as it is after. Raises ConditionFailed."""
    body = _guarded(condition, values) | {"Key": key_attributes(key)}
    body |= {"UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
    return from_wire(_write(lambda: client().update_item(**body))["Attributes"])


def delete(key: Key, condition: str | None = None, values: Item | None = None) -> None:
    """Delete one item. Raises ConditionFailed."""
    body = _guarded(condition, values) | {"Key": key_attributes(key)}
    _write(lambda: client().delete_item(**body))


def _write(write: Callable[[], AnswerT]) -> AnswerT:
    """Make a single write, again while a transaction holds its item. Raises TryAgain."""
    for _ in pauses():
        with suppress(_Conflict), _own_errors():
            return write()
    raise TryAgain


def _guarded(condition: str | None, values: Item | None) -> dict[str, Any]:
    """Return what every write has: its table, and its condition with the values it names."""
    body: dict[str, Any] = {"TableName": settings().table_name}
    if condition:
        body["ConditionExpression"] = condition
        body["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if values:
        body["ExpressionAttributeValues"] = to_wire(values)
    return body


@dataclass(frozen=True)
class Leg:
    """One action of a transaction, beside the refusal that its failed condition means."""

    action: Literal["Put", "Update", "Delete", "ConditionCheck"]
    key: Key
    condition: str | None
    refusal: Callable[[Item | None], Refusal]
    """Says what a failed condition means; it is given the item as it stood, or None."""
    values: Item | None = None
    """What the condition and the expression name."""
    expression: str | None = None
    """The change of an Update."""
    item: Item | None = None
    """The whole item of a Put."""

    def request(self) -> dict[str, Any]:
        """Return the action as TransactWriteItems takes it."""
        body = _guarded(self.condition, self.values)
        if self.item is not None:
            body["Item"] = key_attributes(self.key) | to_wire(self.item)
        else:
            body["Key"] = key_attributes(self.key)
        if self.expression:
            body["UpdateExpression"] = self.expression
        return {self.action: body}


def transact(legs: Sequence[Leg]) -> None:
    """Do all of the legs or none, in one request.

    A conflict with another transaction and a throttle are retried, and are never a refusal. When
    conditions failed, the first such leg in the given order decides: its refusal is raised. Raises
    TryAgain when nothing was done, and OutcomeUnknown when that cannot be known.
    """
    actions: Any = [leg.request() for leg in legs]
    for _ in pauses():
        try:
            with _own_errors():
                client().transact_write_items(TransactItems=actions)
        except client().exceptions.TransactionCanceledException as exc:
            reasons = exc.response["CancellationReasons"]
            if _CONTENTION.isdisjoint(reason.get("Code") for reason in reasons):
                raise _refusal(legs, reasons) from exc
        else:
            return
    raise TryAgain


def _refusal(legs: Sequence[Leg], reasons: Sequence[Mapping[str, Any]]) -> Exception:
    """Zip the legs with the reasons, and return what the first failed condition means."""
    for leg, reason in zip(legs, reasons, strict=True):
        if reason.get("Code") == "ConditionalCheckFailed":
            before = reason.get("Item")
            return leg.refusal(from_wire(before) if before else None)
    return RuntimeError([reason.get("Code") for reason in reasons])


def pauses() -> Iterator[None]:
    """Yield once per attempt, sleeping a growing and random time in between (full jitter)."""
    deadline = time.monotonic() + _LONGEST_TRYING
    for attempt in range(_ATTEMPTS):
        if attempt:
            if time.monotonic() > deadline:
                return
            longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)
            time.sleep(_CHANCE.uniform(0, longest))
        yield

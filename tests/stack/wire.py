"""What the client sends to the store, and conflicts planted beneath it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from shared.table import store
from tests.faults.faults import Request, fault_of


class Wire:
    """Stands under the client, keeps its requests, and plays conflicts on the first of them."""

    def __init__(self, inner: URLLib3Session, conflicts: int) -> None:
        """Stand in front of the true wire; so many transactions meet another one."""
        self._inner = inner
        self._left = conflicts
        self.requests: list[tuple[str, dict[str, Any]]] = []

    @property
    def transactions(self) -> list[list[tuple[str, str]]]:
        """Action and kind of item of every leg of the transactions that were sent."""
        sent = [body for operation, body in self.requests if operation == "TransactWriteItems"]
        return [[_leg(one) for one in body["TransactItems"]] for body in sent]

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Keep a request, and send it or play a conflict."""
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        self.requests.append((operation, json.loads(_text(request.body))))
        conflict = fault_of("conflict", Request("dynamodb", operation, b""))
        if conflict is not None and self._left:
            self._left -= 1
            return conflict(request, self._inner.send)
        return self._inner.send(request)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _leg(action: dict[str, Any]) -> tuple[str, str]:
    """Return what is done and to which kind of item, such as `("Update", "SLOT")`."""
    ((name, body),) = action.items()
    sort_key: str = (body.get("Key") or body["Item"])["SK"]["S"]
    return name, sort_key.partition("#")[0]


@contextmanager
def wire(conflicts: int = 0) -> Iterator[Wire]:
    """Put a wire under the portal's client for a while."""
    client: Any = store.client()
    endpoint = client._endpoint
    inner = endpoint.http_session
    endpoint.http_session = Wire(inner, conflicts)
    try:
        yield endpoint.http_session
    finally:
        endpoint.http_session = inner


@contextmanager
def counted() -> Iterator[list[float]]:
    """Collect the write units of the transactions that are made meanwhile."""
    units: list[float] = []

    def ask(params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed: dict[str, Any], **_: object) -> None:
        units.extend(one["CapacityUnits"] for one in parsed["ConsumedCapacity"])

    events = store.client().meta.events
    events.register("before-parameter-build.dynamodb.TransactWriteItems", ask, "ask")
    events.register("after-call.dynamodb.TransactWriteItems", count, "count")
    try:
        yield units
    finally:
        events.unregister("before-parameter-build.dynamodb.TransactWriteItems", ask, "ask")
        events.unregister("after-call.dynamodb.TransactWriteItems", count, "count")

"""Faults of the store, planted beneath the AWS client, and what the client sends meanwhile."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from shared.table import store

THROTTLE = {
    "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
    "message": "Rate of requests exceeds the allowed throughput.",
}
BROKEN = {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "broken"}

Send = Callable[[AWSPreparedRequest], AWSResponse]
Fault = Callable[[AWSPreparedRequest, Send], AWSResponse]


class _Body:
    """The raw body of an answer that never was on a wire."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def answering(status: int, problem: dict[str, Any]) -> Fault:
    """Return a fault that answers in the store's place: nothing is done."""

    def fault(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
        headers = HTTPHeaders.from_dict({"x-amzn-requestid": "fault"})
        return AWSResponse(request.url, status, headers, _Body(json.dumps(problem).encode()))

    return fault


def time_out_before(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    """Lose the request on its way to the store."""
    raise ReadTimeoutError(endpoint_url=request.url)


def time_out_after(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Lose the answer on its way back: what was asked for is done."""
    send(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def conflicted(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Answer that another transaction holds the item of the second action."""
    reasons = [{"Code": "None"} for _ in json.loads(_text(request.body))["TransactItems"]]
    reasons[1] = {"Code": "TransactionConflict"}
    problem = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": reasons,
    }
    return answering(400, problem)(request, send)


PASSING = [
    pytest.param(conflicted, 3, id="conflict"),
    pytest.param(answering(400, THROTTLE), 1, id="throttle"),
    pytest.param(answering(500, BROKEN), 1, id="broken"),
    pytest.param(time_out_before, 1, id="lost-request"),
    pytest.param(time_out_after, 1, id="lost-answer"),
    pytest.param(time_out_after, 2, id="all-answers-lost"),
]
"""Faults that end by themselves, and how often each comes."""
LASTING = [
    pytest.param(conflicted, id="conflict"),
    pytest.param(answering(400, THROTTLE), id="throttle"),
    pytest.param(answering(500, BROKEN), id="broken"),
    pytest.param(time_out_before, id="lost-request"),
]
"""Faults that do not end, and of which nothing is done."""


class Wire:
    """Stands under the client, keeps its transactions, and plays faults on the first of them."""

    def __init__(self, inner: URLLib3Session, fault: Fault | None, times: int) -> None:
        """Stand in front of the true wire; `times` is how often the fault comes."""
        self._inner = inner
        self._fault = fault
        self._left = times
        self.requests: list[tuple[str, dict[str, Any]]] = []

    @property
    def transactions(self) -> list[list[tuple[str, str]]]:
        """Action and kind of item of every leg of the transactions that were sent."""
        sent = [body for operation, body in self.requests if operation == "TransactWriteItems"]
        return [[_leg(one) for one in body["TransactItems"]] for body in sent]

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Keep a request, and send it or play the fault."""
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        self.requests.append((operation, json.loads(_text(request.body))))
        if self._fault is not None and self._left and operation == "TransactWriteItems":
            self._left -= 1
            return self._fault(request, self._inner.send)
        return self._inner.send(request)


def _leg(action: dict[str, Any]) -> tuple[str, str]:
    """Return what is done and to which kind of item, such as `("Update", "SLOT")`."""
    ((name, body),) = action.items()
    sort_key: str = (body.get("Key") or body["Item"])["SK"]["S"]
    return name, sort_key.partition("#")[0]


@contextmanager
def wire(fault: Fault | None = None, times: int = 0) -> Iterator[Wire]:
    """Put a wire under the portal's client for a while."""
    client: Any = store.client()
    endpoint = client._endpoint
    inner = endpoint.http_session
    endpoint.http_session = Wire(inner, fault, times)
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

"""What goes over the wire to AWS: every request is noted, and faults are planted on the way."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

Planted = Callable[[], Any]
"""What happens at one request: it may raise, change the table, or return an answer of its own."""


@dataclass(frozen=True)
class Request:
    """One request to AWS as it was sent."""

    operation: str
    body: dict[str, Any]


class Wire:
    """The way from the clients to AWS."""

    def __init__(self) -> None:
        """Begin with nothing heard and nothing planted."""
        self._heard: list[Request] = []
        self._before: dict[str, Iterator[Planted | None]] = {}
        self._after: dict[str, Iterator[Planted | None]] = {}
        self._is_planting = False
        self._page: int | None = None

    def tap(self, *clients: Any) -> Callable[[], None]:  # noqa: ANN401 - clients of many kinds
        """Listen to these clients until what is returned is called."""
        for client in clients:
            client.meta.events.register_first("before-call", self._on_request)
            client.meta.events.register("after-call", self._on_answer)
            client.meta.events.register("provide-client-params.*.Query", self._on_query)

        def untap() -> None:
            for client in clients:
                client.meta.events.unregister("provide-client-params.*.Query", self._on_query)
                client.meta.events.unregister("before-call", self._on_request)
                client.meta.events.unregister("after-call", self._on_answer)

        return untap

    @contextmanager
    def listening(self) -> Iterator[list[Request]]:
        """Yield the list of what is sent while the block runs."""
        heard: list[Request] = []
        self._heard = heard
        yield heard
        self._heard = []

    def before(self, operation: str, *planted: Planted | None) -> None:
        """Let these happen instead of, or before, the next requests of an operation."""
        self._before[operation] = iter(planted)

    def after(self, operation: str, *planted: Planted | None) -> None:
        """Let these happen once the next requests of an operation have been carried out."""
        self._after[operation] = iter(planted)

    def pages_of(self, size: int) -> None:
        """Let DynamoDB answer queries in pages of so many items."""
        self._page = size

    def _on_query(self, params: dict[str, Any], **_: object) -> dict[str, Any] | None:
        return params | {"Limit": self._page} if self._page else None

    def _on_request(self, model: Any, params: dict[str, Any], **_: object) -> Any:  # noqa: ANN401
        if self._is_planting:
            return None
        self._heard.append(Request(model.name, json.loads(params["body"] or "{}")))
        return self._happen(self._before, model.name)

    def _on_answer(self, model: Any, **_: object) -> None:  # noqa: ANN401
        if not self._is_planting:
            self._happen(self._after, model.name)

    def _happen(self, planted: dict[str, Iterator[Planted | None]], operation: str) -> Any:  # noqa: ANN401
        action = next(planted.get(operation, iter(())), None)
        if action is None:
            return None
        self._is_planting = True
        try:
            return action()
        finally:
            self._is_planting = False


def operations(heard: Sequence[Request]) -> list[str]:
    """Return what was asked of AWS, in order."""
    return [request.operation for request in heard]


def answered(body: dict[str, Any], status: int = 200, name: str = "answered") -> Planted:
    """Answer in the service's place, which hears nothing; tests are called by the name."""

    def answer() -> tuple[AWSResponse, dict[str, Any]]:
        return AWSResponse("https://aws.example", status, HTTPHeaders(), None), body

    answer.__name__ = name
    return answer


def refused(code: str, status: int = 400, **details: object) -> Planted:
    """Refuse in the service's place, which hears nothing."""
    metadata = {"HTTPStatusCode": status, "RetryAttempts": 0}
    error = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": metadata}
    return answered(error | details, status, code)


def cancelled(*codes: str) -> Planted:
    """Cancel a transaction for these reasons, one an action."""
    reasons = [{"Code": code} for code in codes]
    refusal = refused("TransactionCanceledException", CancellationReasons=reasons)
    refusal.__name__ = ",".join(codes)
    return refusal


def meanwhile(change: Callable[[], object]) -> Planted:
    """Let somebody else change the table; the request then goes on its way."""

    def happen() -> None:
        change()

    return happen


def timed_out() -> None:
    """Let the answer not come in time."""
    raise ReadTimeoutError(endpoint_url="https://aws.example")


class CutOff(BaseException):
    """The function's time ran out, or its machine went."""


def cut_off() -> None:
    """Let the function end here."""
    raise CutOff


def each_fault(conflict: Planted, times: int = 1) -> pytest.MarkDecorator:
    """Try a test with every fault, as `planted`, whose request never came to the store.

    A time-out and a server error are planted so many `times`, a conflict as often as anybody tries.
    """
    faults = {
        "timeout": [timed_out] * times,
        "server error": [refused("InternalServerError", 500)] * times,
        "throttle": [refused("ThrottlingException")],
        "conflicts": [conflict] * 8,
    }
    return pytest.mark.parametrize("planted", faults.values(), ids=faults)

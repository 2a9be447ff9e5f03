"""The faults: what may become of one request to one of AWS's services."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests.faults.aws import answer, body_of

Send = Callable[[AWSPreparedRequest], AWSResponse]
Fault = Callable[[AWSPreparedRequest, Send], AWSResponse]
Name = Literal["conflict", "throttle", "error", "request lost", "answer lost", "killed", "in part"]

NAMES: tuple[Name, ...] = (
    *("conflict", "throttle", "error", "request lost", "answer lost", "killed"),
)
"""The document's columns; a batch that SQS takes in part has none."""
_SINGLE_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


class Killed(BaseException):
    """The function ended there: its time ran out, or its machine went."""


@dataclass(frozen=True)
class Request:
    """One request, as it was sent."""

    service: str
    operation: str
    body: bytes

    def repeats(self, other: "Request") -> bool:
        """Tell whether this asks for the same; a transaction's token may be another one."""
        return self._asked == other._asked

    @property
    def _asked(self) -> object:
        if self.service != "dynamodb":
            return self
        told = json.loads(self.body)
        told.pop("ClientRequestToken", None)
        return self.operation, told


def fault_of(name: Name, request: Request) -> Fault | None:
    """Return how a fault befalls a request; None where it cannot."""
    if name in _ANYWHERE:
        return _ANYWHERE[name]
    if name == "conflict":
        return _conflict(request.operation)
    return _OF_SERVICE[request.service].get(name)


def _request_lost(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
    """Time out before anything is done."""
    raise ReadTimeoutError(endpoint_url=request.url)


def _answer_lost(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Time out once all is done."""
    send(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def _killed(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """End the function once all is done."""
    send(request)
    raise Killed


def _refused(code: str, status: int = 400, **details: object) -> Fault:
    """Answer in the service's place, which hears nothing."""

    def fault(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
        body = json.dumps({"__type": code, "message": code, **details}).encode()
        return answer(request.url, status, {"x-amzn-errortype": code}, body)

    return fault


def _in_part(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Take all messages of a batch but the last one, and answer with 200."""
    told: dict[str, Any] = json.loads(body_of(request))
    *taken, refused = told["Entries"]
    failed = {"Id": refused["Id"], "Code": "InternalError", "SenderFault": False}
    done: dict[str, Any] = {"Successful": []}
    if taken:
        less = copy.copy(request)
        less.body = json.dumps(told | {"Entries": taken}).encode()
        done = json.loads(send(less).content)
    return answer(request.url, 200, {}, json.dumps(done | {"Failed": [failed]}).encode())


def _refused_by_s3(code: str, status: int) -> Fault:
    def fault(request: AWSPreparedRequest, _send: Send) -> AWSResponse:
        body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        return answer(request.url, status, {"content-type": "application/xml"}, body)

    return fault


def _conflict(operation: str) -> Fault | None:
    """Refuse a write because a transaction holds its item; reads never are."""
    if operation in _SINGLE_WRITES:
        return _refused("TransactionConflictException")
    return _cancelled if operation == "TransactWriteItems" else None


def _cancelled(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    """Refuse a transaction because another one holds the item of its last action."""
    reasons: list[Any] = [{"Code": "None"} for _ in json.loads(body_of(request))["TransactItems"]]
    reasons[-1] = {"Code": "TransactionConflict"}
    fault = _refused("TransactionCanceledException", CancellationReasons=reasons)
    return fault(request, send)


_ANYWHERE: Mapping[Name, Fault] = {
    "request lost": _request_lost,
    "answer lost": _answer_lost,
    "killed": _killed,
}
_OF_SERVICE: Mapping[str, Mapping[Name, Fault]] = {
    "dynamodb": {
        "throttle": _refused("ThrottlingException"),
        "error": _refused("InternalServerError", 500),
    },
    "sesv2": {
        "throttle": _refused("TooManyRequestsException", 429),
        "error": _refused("InternalFailure", 500),
    },
    "s3": {
        "throttle": _refused_by_s3("SlowDown", 503),
        "error": _refused_by_s3("InternalError", 500),
    },
    "secrets-manager": {
        "throttle": _refused("ThrottlingException"),
        "error": _refused("InternalServiceError", 500),
    },
    "sqs": {
        "throttle": _refused("RequestThrottled"),
        "error": _refused("InternalFailure", 500),
        "in part": _in_part,
    },
}
"""How each service says that it is too busy, and that something in it is broken."""

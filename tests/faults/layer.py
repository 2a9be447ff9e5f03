"""The one layer beneath every AWS client: it numbers an operation's requests and plays faults."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import botocore.handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.faults.aws import body_of
from tests.faults.faults import Name, Request, Send, fault_of

Span = Literal["once", "call", "on"]
"""How long a fault lasts: one try, every try of one call, or all that is asked from there on."""


@dataclass(frozen=True)
class Strike:
    """A fault that befalls one of an operation's requests, by its number, and perhaps more."""

    number: int
    fault: Name
    span: Span = "once"


class Layer:
    """Hears each request of each client before it is carried out."""

    def __init__(self, send: Send) -> None:
        """Begin with nothing heard and nothing planned."""
        self._send = send
        self._heard: list[Request] = []
        self._strike: Strike | None = None
        self.mails: list[dict[str, Any]] = []
        """What SES has taken."""
        self.messages: list[str] = []
        """What SQS has taken: a district's id each."""

    @property
    def last(self) -> Request:
        """Return what was asked last."""
        return self._heard[-1]

    @contextmanager
    def striking(self, strike: Strike | None) -> Iterator[list[Request]]:
        """Let a fault befall what is asked meanwhile, and yield the list of that."""
        self._heard, self._strike = [], strike
        try:
            yield self._heard
        finally:
            self._strike = None

    def on_request(
        self, request: AWSPreparedRequest, event_name: str, **_more: object
    ) -> AWSResponse:
        """Carry a request out, or play the fault."""
        _, service, operation = event_name.split(".")
        self._heard.append(Request(service, operation, body_of(request)))
        strike = self._strike
        if strike is not None and self._is_struck(strike):
            fault = fault_of(strike.fault, self.last)
            if fault is not None:
                return fault(request, self._carry_out)
        return self._carry_out(request)

    def _is_struck(self, strike: Strike) -> bool:
        """Tell whether the fault befalls the last request; a call's tries follow each other."""
        since = self._heard[strike.number :]
        if not since or strike.span == "on":
            return bool(since)
        return len(since) == 1 or (
            strike.span == "call" and all(one.repeats(since[0]) for one in since)
        )

    def _carry_out(self, request: AWSPreparedRequest) -> AWSResponse:
        answered = self._send(request)
        if answered.status_code == 200:
            self._note(self.last, answered)
        return answered

    def _note(self, request: Request, answered: AWSResponse) -> None:
        """Keep what has left the portal."""
        if request.operation == "SendEmail":
            self.mails.append(json.loads(request.body))
        elif request.operation == "SendMessageBatch":
            taken = {one["Id"] for one in json.loads(answered.content)["Successful"]}
            entries = json.loads(request.body)["Entries"]
            self.messages += [one["MessageBody"] for one in entries if one["Id"] in taken]


@contextmanager
def beneath_all_clients(send: Send) -> Iterator[Layer]:
    """Put the layer beneath each client that is made meanwhile."""
    layer = Layer(send)
    handler = ("before-send", layer.on_request)
    botocore.handlers.BUILTIN_HANDLERS.append(handler)
    try:
        yield layer
    finally:
        botocore.handlers.BUILTIN_HANDLERS.remove(handler)

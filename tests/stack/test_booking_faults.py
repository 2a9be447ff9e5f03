"""What one booking costs, and what faults of the store do to it, beneath the AWS client."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from shared import clock
from shared.districts import District
from shared.errors import SlotTaken, TryAgain
from shared.patients import HeldTicket
from shared.table import booking, patients, store
from shared.tickets import Slot
from tests.stack import portal
from tests.stack.portal import SignedIn

CONFLICT = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
    "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}, {"Code": "None"}],
}
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


CONFLICTED = answering(400, CONFLICT)


class _Wire:
    """Stands under the client, keeps its transactions, and plays faults on the first of them."""

    def __init__(self, inner: URLLib3Session, fault: Fault | None, times: int) -> None:
        self._inner = inner
        self._fault = fault
        self._left = times
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        self.requests.append((operation, json.loads(_text(request.body))))
        if self._fault is not None and self._left and operation == "TransactWriteItems":
            self._left -= 1
            return self._fault(request, self._inner.send)
        return self._inner.send(request)


@contextmanager
def wire(fault: Fault | None = None, times: int = 0) -> Iterator[_Wire]:
    """Put a wire under the portal's client for a while."""
    client: Any = store.client()
    endpoint = client._endpoint
    inner = endpoint.http_session
    endpoint.http_session = _Wire(inner, fault, times)
    try:
        yield endpoint.http_session
    finally:
        endpoint.http_session = inner


@pytest.fixture
def district() -> District:
    return portal.new_district()


@pytest.fixture
def who(district: District) -> SignedIn:
    return portal.new_signed_in(district)


@pytest.fixture
def slot(district: District) -> Slot:
    return portal.last_day(district)[-1]


def book(who: SignedIn, slot: Slot) -> tuple[HeldTicket, bool]:
    return booking.book(who.session, who.patient_id, slot.place, clock.now())


def assert_held(who: SignedIn, slot: Slot, ticket: HeldTicket) -> None:
    """Check that the patient's row and the slot agree on one ticket."""
    assert patients.find(who.patient_id).ticket == ticket
    now = portal.now_of(slot)
    assert (now.status, now.ticket_id) == ("booked", ticket.ticket_id)
    assert now.patient_id == who.patient_id


def assert_nothing_done(who: SignedIn, slot: Slot) -> None:
    assert patients.find(who.patient_id).ticket is None
    assert portal.now_of(slot) == slot


def test_booking_is_one_request_of_three_actions_and_six_write_units(
    who: SignedIn, slot: Slot
) -> None:
    counted: list[float] = []

    def ask(params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def count(parsed: dict[str, Any], **_: object) -> None:
        counted.extend(one["CapacityUnits"] for one in parsed["ConsumedCapacity"])

    events = store.client().meta.events
    events.register("before-parameter-build.dynamodb.TransactWriteItems", ask, "ask")
    events.register("after-call.dynamodb.TransactWriteItems", count, "count")
    try:
        with wire() as seen:
            ticket, _ = book(who, slot)
    finally:
        events.unregister("before-parameter-build.dynamodb.TransactWriteItems", ask, "ask")
        events.unregister("after-call.dynamodb.TransactWriteItems", count, "count")

    ((operation, request),) = seen.requests
    assert operation == "TransactWriteItems"
    sort_keys = [leg["Update"]["Key"]["SK"]["S"] for leg in request["TransactItems"]]
    assert [key.partition("#")[0] for key in sort_keys] == ["SESSION", "PATIENT", "SLOT"]
    assert counted == [6.0]
    assert_held(who, slot, ticket)


@pytest.mark.parametrize(
    "fault, times",
    [
        pytest.param(CONFLICTED, 3, id="conflict"),
        pytest.param(answering(400, THROTTLE), 1, id="throttle"),
        pytest.param(answering(500, BROKEN), 1, id="broken"),
        pytest.param(time_out_before, 1, id="lost-request"),
        pytest.param(time_out_after, 1, id="lost-answer"),
        pytest.param(time_out_after, 2, id="all-answers-lost"),
    ],
)
def test_a_passing_fault_is_survived_and_one_ticket_stands(
    who: SignedIn, slot: Slot, fault: Fault, times: int
) -> None:
    with wire(fault, times) as seen:
        ticket, is_new = book(who, slot)
    assert is_new
    assert_held(who, slot, ticket)
    attempts = [body for operation, body in seen.requests if operation == "TransactWriteItems"]
    assert len(attempts) == min(times + 1, 4 if fault is CONFLICTED else 2)
    assert book(who, slot) == (ticket, False)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(CONFLICTED, id="conflict"),
        pytest.param(answering(400, THROTTLE), id="throttle"),
        pytest.param(answering(500, BROKEN), id="broken"),
        pytest.param(time_out_before, id="lost-request"),
    ],
)
def test_a_lasting_fault_ends_as_try_again_and_nothing_is_done(
    who: SignedIn, slot: Slot, fault: Fault
) -> None:
    with wire(fault, 1000), pytest.raises(TryAgain):
        book(who, slot)
    assert_nothing_done(who, slot)
    ticket, is_new = book(who, slot)
    assert is_new
    assert_held(who, slot, ticket)


def test_a_conflict_before_a_lost_race_is_retried_and_told_as_taken(
    district: District, who: SignedIn, slot: Slot
) -> None:
    loser = portal.new_signed_in(district)
    book(who, slot)
    with wire(CONFLICTED, 2), pytest.raises(SlotTaken):
        book(loser, slot)
    assert patients.find(loser.patient_id).ticket is None

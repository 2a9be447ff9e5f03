"""POST /api/tickets while the store is busy, slow or out of reach."""

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from shared import keys
from tests.integration.answers import TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import (
    BORIS,
    SLOT,
    SignedIn,
    attach,
    open_account,
    publish,
    slot_key,
    take,
)
from tests.integration.rows import Rows
from tests.integration.wire import Planted, Wire, cancelled, operations, refused, timed_out

ENDPOINT = "https://aws.example"
CONFLICT = cancelled("None", "None", "TransactionConflict")
BROKEN = refused("InternalServerError", 500)


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT)


def book(signed_in: SignedIn) -> Answer:
    wanted = {"patient_id": signed_in.patient_id, "slot_id": SLOT}
    return call("book_ticket", "POST", "/api/tickets", wanted, cookie=signed_in.cookie)


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url=ENDPOINT)


def connection_timed_out() -> None:
    raise ConnectTimeoutError(endpoint_url=ENDPOINT)


def assert_holds(rows: Rows, anna: SignedIn, answer: Answer) -> None:
    """Demand that the answered ticket is the patient's and the slot's."""
    found = rows.everything()
    ticket_id = answer.body["ticket_id"]
    assert found[keys.patient(anna.patient_id)]["ticket"]["ticket_id"] == ticket_id
    assert found[slot_key(SLOT)]["ticket_id"] == ticket_id


@pytest.mark.parametrize(
    "planted",
    [
        CONFLICT,
        cancelled("TransactionConflict", "None", "None"),
        cancelled("None", "ThrottlingError", "None"),
        cancelled("None", "None", "ProvisionedThroughputExceeded"),
        cancelled("None", "ConditionalCheckFailed", "TransactionConflict"),
    ],
)
def test_a_conflict_and_a_throttle_are_tried_again_and_are_no_refusal(
    anna: SignedIn, wire: Wire, rows: Rows, pauses: list[float], planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted, planted)
    with wire.listening() as heard:
        answer = book(anna)
    assert answer.status == 201
    assert operations(heard) == ["Query", *["TransactWriteItems"] * 3]
    assert len(pauses) == 2
    assert_holds(rows, anna, answer)


def test_every_attempt_after_a_cancellation_is_a_request_of_its_own(
    anna: SignedIn, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", CONFLICT, CONFLICT)
    with wire.listening() as heard:
        book(anna)
    tokens = [request.body["ClientRequestToken"] for request in heard[1:]]
    assert len(set(tokens)) == 3
    assert len(pauses) == 2


def test_a_conflict_that_does_not_end_says_try_again_and_writes_nothing(
    anna: SignedIn, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[CONFLICT] * 100)
    with wire.listening() as heard, rows.unchanged():
        assert book(anna) == TRY_AGAIN
    assert operations(heard) == ["Query", *["TransactWriteItems"] * 8]
    assert len(pauses) == 7
    assert 0 < sum(pauses) < 3


def test_a_conflict_that_ends_as_taken_says_taken(
    anna: SignedIn, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)

    def boris_was_first() -> object:
        take(boris, SLOT)
        return CONFLICT()

    wire.before("TransactWriteItems", boris_was_first)
    assert book(anna) == problem(409, "slot_taken")
    assert len(pauses) == 1
    assert rows.everything()[slot_key(SLOT)]["ticket_id"].startswith(f"{boris.patient_id}.")


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_a_throttled_store_says_try_again_and_nothing_is_written(
    anna: SignedIn, wire: Wire, rows: Rows, code: str
) -> None:
    wire.before("TransactWriteItems", refused(code))
    with rows.unchanged():
        assert book(anna) == TRY_AGAIN


@pytest.mark.parametrize("planted", [timed_out, BROKEN, refused("TransactionInProgressException")])
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_written(
    anna: SignedIn, wire: Wire, rows: Rows, planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted)
    with wire.listening() as heard, rows.unchanged():
        assert book(anna) == TRY_AGAIN
    assert operations(heard) == ["Query", "TransactWriteItems", "GetItem"]
    assert heard[-1].body["ConsistentRead"] is True
    assert book(anna).status == 201


@pytest.mark.parametrize("planted", [unreachable, connection_timed_out])
def test_a_store_out_of_reach_says_try_again_and_nothing_is_written(
    anna: SignedIn, wire: Wire, rows: Rows, planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted)
    with rows.unchanged():
        assert book(anna) == TRY_AGAIN


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_a_ticket(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.after("TransactWriteItems", timed_out)
    answer = book(anna)
    assert answer.status == 201
    assert_holds(rows, anna, answer)


def test_a_ticket_that_nobody_could_confirm_is_found_by_the_same_request(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", timed_out)
    assert book(anna) == TRY_AGAIN
    with rows.unchanged():
        answer = book(anna)
    assert answer.status == 200
    assert_holds(rows, anna, answer)


def test_a_lost_answer_is_not_taken_for_the_ticket_that_the_patient_got_elsewhere(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    publish("a1.2026-11-25.1.0900")

    def taken_elsewhere() -> None:
        take(anna, "a1.2026-11-25.1.0900")
        timed_out()

    wire.before("TransactWriteItems", taken_elsewhere)
    assert book(anna) == TRY_AGAIN
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


def test_districts_out_of_reach_stop_the_booking_before_the_slot_is_taken(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.before("Query", timed_out)
    with wire.listening() as heard, rows.unchanged():
        assert book(anna) == TRY_AGAIN
    assert operations(heard) == ["Query"]


def test_our_own_mistake_is_an_internal_error_whose_place_is_logged(
    anna: SignedIn, wire: Wire, rows: Rows, log: list[dict[str, object]]
) -> None:
    wire.before("TransactWriteItems", refused("ValidationException"))
    with rows.unchanged():
        assert book(anna) == problem(500, "internal_error")
    failed = [line for line in log if line["message"] == "failed"]
    assert [(line["level"], line["error"]) for line in failed] == [("ERROR", "ClientError")]
    assert "client.py:" in str(failed[0]["place"])


def test_a_cancellation_for_an_unforeseen_reason_is_an_internal_error(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.before("TransactWriteItems", cancelled("None", "ValidationError", "None"))
    with rows.unchanged():
        assert book(anna) == problem(500, "internal_error")

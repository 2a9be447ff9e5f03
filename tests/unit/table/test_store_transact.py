"""A transaction: all legs or none, each refusal beside its leg, and no conflict a refusal."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from shared.errors import Refusal, SlotTaken, SlotUnknown, TryAgain
from shared.keys import Key
from shared.table import store
from shared.table.store import Item, Leg, OutcomeUnknown, transact
from tests.unit.table.fake_client import FakeClient, cancelled, client_error

FAILED = {"Code": "ConditionalCheckFailed"}
FINE = {"Code": "None"}
CONFLICT = {"Code": "TransactionConflict"}
THROTTLED = {"Code": "ThrottlingError"}

ATTEMPTS = 8


def _leg(name: str = "slot", refusal: type[Refusal] = SlotTaken) -> Leg:
    return Leg(
        "Update",
        Key(name, name),
        condition="slot_status = :free",
        refusal=lambda _: refusal(),
        values={":free": "free"},
        expression="SET slot_status = :booked",
    )


LEGS = [_leg("session", TryAgain), _leg("patient", SlotUnknown), _leg("slot", SlotTaken)]


def test_a_transaction_is_one_request_of_all_its_legs_in_order(fake: FakeClient) -> None:
    fake.answers({})
    transact(LEGS)
    ((operation, request),) = fake.requests
    assert operation == "transact_write_items"
    keys = [action["Update"]["Key"]["PK"]["S"] for action in request["TransactItems"]]
    assert keys == ["session", "patient", "slot"]


def test_an_update_leg_carries_its_condition_its_change_and_asks_what_stood_there() -> None:
    assert _leg().request() == {
        "Update": {
            "TableName": "portal",
            "Key": {"PK": {"S": "slot"}, "SK": {"S": "slot"}},
            "ConditionExpression": "slot_status = :free",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ExpressionAttributeValues": {":free": {"S": "free"}},
            "UpdateExpression": "SET slot_status = :booked",
        }
    }


def test_a_put_leg_carries_its_whole_item_and_a_delete_leg_its_key() -> None:
    key = Key("a", "b")
    put = Leg("Put", key, "attribute_not_exists(PK)", lambda _: SlotTaken(), item={"n": 1})
    delete = Leg("Delete", key, "n = :one", lambda _: SlotTaken(), values={":one": 1})
    assert put.request()["Put"]["Item"] == {"PK": {"S": "a"}, "SK": {"S": "b"}, "n": {"N": "1"}}
    assert "Key" not in put.request()["Put"]
    assert delete.request()["Delete"]["Key"] == {"PK": {"S": "a"}, "SK": {"S": "b"}}
    assert "Item" not in delete.request()["Delete"]


@pytest.mark.parametrize(
    "reasons, refusal",
    [
        ([FAILED, FINE, FINE], TryAgain),
        ([FINE, FAILED, FINE], SlotUnknown),
        ([FINE, FINE, FAILED], SlotTaken),
        ([FINE, FAILED, FAILED], SlotUnknown),
        ([FAILED, FAILED, FAILED], TryAgain),
        ([{}, {}, FAILED], SlotTaken),
    ],
)
def test_the_first_leg_whose_condition_failed_decides_the_refusal(
    reasons: list[dict[str, Any]], refusal: type[Refusal], fake: FakeClient
) -> None:
    fake.answers(cancelled(*reasons))
    with pytest.raises(refusal) as caught:
        transact(LEGS)
    assert type(caught.value) is refusal
    assert isinstance(caught.value.__cause__, ClientError)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "reason, before",
    [
        (FAILED, None),
        (FAILED | {"Item": {"slot_status": {"S": "booked"}}}, {"slot_status": "booked"}),
    ],
)
def test_a_refusal_is_told_what_stood_there(
    reason: dict[str, Any], before: Item | None, fake: FakeClient
) -> None:
    seen: list[Item | None] = []

    def refusal(item: Item | None) -> Refusal:
        seen.append(item)
        return SlotTaken()

    fake.answers(cancelled(reason))
    with pytest.raises(SlotTaken):
        transact([Leg("Delete", Key("a", "b"), "n = :one", refusal)])
    assert seen == [before]


@pytest.mark.parametrize(
    "reasons",
    [
        [CONFLICT, FINE, FINE],
        [FINE, THROTTLED, FINE],
        [FINE, FINE, {"Code": "ProvisionedThroughputExceeded"}],
        # The failed condition may be an effect of the conflict, so nobody is refused for it yet.
        [FAILED, FINE, CONFLICT],
        [CONFLICT, FINE, FAILED],
        [FAILED, THROTTLED, FAILED],
    ],
)
def test_a_conflict_and_a_throttle_are_tried_again_even_beside_a_failed_condition(
    reasons: list[dict[str, Any]], fake: FakeClient
) -> None:
    fake.answers(cancelled(*reasons), cancelled(*reasons), {})
    transact(LEGS)
    assert len(fake.requests) == 3
    assert fake.requests[0] == fake.requests[1] == fake.requests[2]


def test_after_a_conflict_the_refusal_is_that_of_the_last_answer(fake: FakeClient) -> None:
    fake.answers(cancelled(FINE, FINE, CONFLICT), cancelled(FINE, FINE, FAILED))
    with pytest.raises(SlotTaken):
        transact(LEGS)


@pytest.mark.parametrize("reason", [CONFLICT, THROTTLED])
def test_what_never_ceases_to_conflict_ends_as_try_again_and_never_as_taken(
    reason: dict[str, str], fake: FakeClient
) -> None:
    fake.answers(*[cancelled(FINE, FINE, reason)] * ATTEMPTS)
    with pytest.raises(TryAgain) as caught:
        transact(LEGS)
    assert type(caught.value) is TryAgain
    assert len(fake.requests) == ATTEMPTS


def test_the_pauses_grow_and_stay_within_the_functions_time(
    fake: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store._CHANCE, "uniform", lambda _shortest, longest: longest)
    fake.answers(*[cancelled(CONFLICT)] * ATTEMPTS)
    with pytest.raises(TryAgain):
        transact([_leg()])
    assert fake.slept == sorted(fake.slept)
    assert len(fake.slept) == ATTEMPTS - 1
    assert sum(fake.slept) < 3


def test_no_attempt_begins_after_the_time_that_all_may_take(
    fake: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0, 2.9, 3.1]
    monkeypatch.setattr(
        "shared.table.store.time.monotonic", lambda: passed.pop(0) if passed[1:] else passed[0]
    )
    fake.answers(*[cancelled(CONFLICT, FINE, FINE)] * ATTEMPTS)
    with pytest.raises(TryAgain):
        transact(LEGS)
    assert len(fake.requests) == 2


def test_nobody_waits_when_the_first_attempt_succeeds(fake: FakeClient) -> None:
    fake.answers({})
    transact(LEGS)
    assert fake.slept == []


def test_a_reason_that_nobody_foresaw_is_our_own_fault_and_no_refusal(fake: FakeClient) -> None:
    fake.answers(cancelled(FINE, {"Code": "ValidationError"}, FINE))
    with pytest.raises(RuntimeError, match="ValidationError"):
        transact(LEGS)


def test_reasons_and_legs_must_be_as_many(fake: FakeClient) -> None:
    fake.answers(cancelled(FINE))
    with pytest.raises(ValueError, match="zip"):
        transact(LEGS)


@pytest.mark.parametrize(
    "failure",
    [
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        ConnectionClosedError(endpoint_url="https://dynamodb"),
        # The client tries again by itself: an earlier attempt may have come through.
        ConnectTimeoutError(endpoint_url="https://dynamodb"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        client_error("TransactionInProgressException", 400),
        client_error("InternalServerError", 500),
        client_error("ServiceUnavailable", 503),
    ],
    ids=repr,
)
def test_a_lost_answer_is_an_unknown_outcome_and_is_not_tried_again(
    failure: Exception, fake: FakeClient
) -> None:
    fake.answers(failure)
    with pytest.raises(OutcomeUnknown) as caught:
        transact(LEGS)
    assert caught.value.__cause__ is failure
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "code",
    [
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    ],
)
def test_a_store_that_is_too_busy_means_try_again_and_nothing_was_done(
    code: str, fake: FakeClient
) -> None:
    fake.answers(client_error(code, 400))
    with pytest.raises(TryAgain) as caught:
        transact(LEGS)
    assert type(caught.value) is TryAgain


def test_a_throttle_after_an_attempt_that_may_have_come_through_is_an_unknown_outcome(
    fake: FakeClient,
) -> None:
    metadata = {"HTTPStatusCode": 400, "RetryAttempts": 2}
    fake.answers(client_error("ThrottlingException", 400, ResponseMetadata=metadata))
    with pytest.raises(OutcomeUnknown):
        transact(LEGS)


@pytest.mark.parametrize(
    "failure",
    [
        client_error("ValidationException", 400),
        client_error("AccessDeniedException", 400),
        client_error("ResourceNotFoundException", 400),
        NoCredentialsError(),
    ],
    ids=repr,
)
def test_our_own_mistakes_pass_through(failure: Exception, fake: FakeClient) -> None:
    fake.answers(failure)
    with pytest.raises(type(failure)) as caught:
        transact(LEGS)
    assert caught.value is failure


def test_an_unknown_outcome_is_answered_as_try_again() -> None:
    facts: Mapping[str, object] = {"code": "try_again", "status": 503, "retry_after": 1}
    assert {name: getattr(OutcomeUnknown(), name) for name in facts} == facts
    assert store._ATTEMPTS == ATTEMPTS

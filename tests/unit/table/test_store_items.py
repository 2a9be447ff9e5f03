"""Single items: how they are written, read, queried page by page, and what their failures mean."""

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given, strategies as st

from shared.errors import TryAgain
from shared.keys import Key
from shared.table import store, wire
from shared.table.store import ConditionFailed, OutcomeUnknown
from tests.unit.table.fake_client import FakeClient, client_error

KEY = Key("CLINIC", "DISTRICT#a1")
KEY_ON_WIRE = {"PK": {"S": "CLINIC"}, "SK": {"S": "DISTRICT#a1"}}
ROW = KEY_ON_WIRE | {"name": {"S": "Участок № 1"}}
ITEM = {"PK": "CLINIC", "SK": "DISTRICT#a1", "name": "Участок № 1"}

_plain = st.none() | st.booleans() | st.text() | st.integers(-(10**30), 10**30)


@given(st.dictionaries(st.text(), _plain | st.lists(_plain) | st.dictionaries(st.text(), _plain)))
def test_what_is_written_is_read_back(item: dict[str, Any]) -> None:
    assert wire.from_wire(wire.to_wire(item)) == item


def test_a_set_stays_a_set_and_a_number_comes_back_exactly() -> None:
    written = wire.to_wire({"guardians": {"a"}, "expires_at": 1})
    assert written == {"guardians": {"SS": ["a"]}, "expires_at": {"N": "1"}}
    assert wire.from_wire(written) == {"guardians": {"a"}, "expires_at": Decimal(1)}


def test_one_item_is_read_consistently(fake: FakeClient) -> None:
    fake.answers({"Item": ROW}, {})
    assert store.get(KEY) == ITEM
    assert store.get(KEY) is None
    request = {"TableName": "portal", "Key": KEY_ON_WIRE, "ConsistentRead": True}
    assert fake.requests == [("get_item", request)] * 2


def test_several_items_are_read_in_one_request(fake: FakeClient) -> None:
    missing = Key("CLINIC", "DISTRICT#a2")
    fake.answers({"Responses": {"portal": [ROW]}, "UnprocessedKeys": {}})
    assert store.get_many([KEY, missing]) == {KEY: ITEM}
    ((_, request),) = fake.requests
    assert request["RequestItems"]["portal"]["ConsistentRead"] is False
    assert request["RequestItems"]["portal"]["Keys"] == [
        KEY_ON_WIRE,
        {"PK": {"S": "CLINIC"}, "SK": {"S": "DISTRICT#a2"}},
    ]


def test_keys_that_the_store_left_out_are_asked_for_again(fake: FakeClient) -> None:
    other = Key("CLINIC", "DISTRICT#a2")
    left_out = {"portal": {"Keys": [store.key_attributes(other)], "ConsistentRead": True}}
    fake.answers(
        {"Responses": {"portal": [ROW]}, "UnprocessedKeys": left_out},
        {"Responses": {}, "UnprocessedKeys": left_out},
        {"Responses": {"portal": [store.key_attributes(other)]}, "UnprocessedKeys": {}},
    )
    assert store.get_many([KEY, other], consistent=True).keys() == {KEY, other}
    assert [request["RequestItems"] for _, request in fake.requests[1:]] == [left_out, left_out]
    assert len(fake.slept) == 2


def test_keys_that_are_always_left_out_end_as_try_again(fake: FakeClient) -> None:
    left_out = {"portal": {"Keys": [KEY_ON_WIRE]}}
    fake.answers(*[{"Responses": {}, "UnprocessedKeys": left_out}] * store._ATTEMPTS)
    with pytest.raises(TryAgain):
        store.get_many([KEY])


def test_a_partition_is_read_page_by_page(fake: FakeClient) -> None:
    pages: list[dict[str, Any]] = [
        {"Items": [ROW], "LastEvaluatedKey": KEY_ON_WIRE},
        {"Items": [], "LastEvaluatedKey": KEY_ON_WIRE},
        {"Items": [ROW, ROW]},
    ]
    fake.answers(*pages)
    assert list(store.query("CLINIC")) == [ITEM] * 3
    assert len(fake.requests) == 3
    assert fake.requests[-1][1]["ExclusiveStartKey"] == KEY_ON_WIRE


def test_a_whole_partition_is_asked_for_by_its_key(fake: FakeClient) -> None:
    fake.answers({"Items": []})
    assert list(store.query("CLINIC", consistent=True)) == []
    ((operation, request),) = fake.requests
    assert operation == "query"
    assert request == {
        "TableName": "portal",
        "KeyConditionExpression": "PK = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "CLINIC"}},
        "ConsistentRead": True,
    }


def test_a_part_of_a_partition_is_asked_for_between_two_sort_keys(fake: FakeClient) -> None:
    fake.answers({"Items": []})
    assert list(store.query("DISTRICT#a1", ("SLOT#1", "SLOT#2"))) == []
    ((_, request),) = fake.requests
    assert request["KeyConditionExpression"] == "PK = :pk AND SK BETWEEN :first AND :last"
    assert request["ExpressionAttributeValues"] == {
        ":pk": {"S": "DISTRICT#a1"},
        ":first": {"S": "SLOT#1"},
        ":last": {"S": "SLOT#2"},
    }
    assert request["ConsistentRead"] is False


def test_a_put_without_a_condition_has_none(fake: FakeClient) -> None:
    fake.answers({})
    store.put(KEY, {"name": "Участок № 1"})
    assert fake.requests == [("put_item", {"TableName": "portal", "Item": ROW})]


def test_a_guarded_put_asks_what_stood_there(fake: FakeClient) -> None:
    fake.answers({})
    store.put(KEY, {}, "n < :one", {":one": 1})
    assert fake.requests[0][1] == {
        "TableName": "portal",
        "Item": KEY_ON_WIRE,
        "ConditionExpression": "n < :one",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }


def test_an_update_returns_the_item_as_it_is_after(fake: FakeClient) -> None:
    fake.answers({"Attributes": ROW})
    assert store.update(KEY, "SET n = :one", {":one": 1}, "attribute_exists(PK)") == ITEM
    ((operation, request),) = fake.requests
    assert operation == "update_item"
    assert (request["UpdateExpression"], request["ReturnValues"]) == ("SET n = :one", "ALL_NEW")
    assert request["ConditionExpression"] == "attribute_exists(PK)"


def test_a_delete_is_guarded(fake: FakeClient) -> None:
    fake.answers({})
    store.delete(KEY, "n < :one", {":one": 1})
    ((operation, request),) = fake.requests
    assert operation == "delete_item"
    assert (request["Key"], request["ConditionExpression"]) == (KEY_ON_WIRE, "n < :one")


@pytest.mark.parametrize("stood_there, item", [({"Item": ROW}, ITEM), ({}, None)])
def test_a_failed_condition_says_what_stood_there(
    stood_there: dict[str, Any], item: dict[str, Any] | None, fake: FakeClient
) -> None:
    fake.answers(client_error("ConditionalCheckFailedException", 400, **stood_there))
    with pytest.raises(ConditionFailed) as caught:
        store.put(KEY, {}, "attribute_not_exists(PK)")
    assert caught.value.item == item


def _read_all_ways() -> list[Any]:
    return [
        lambda: store.get(KEY),
        lambda: store.get_many([KEY]),
        lambda: list(store.query("CLINIC")),
        lambda: store.put(KEY, {}),
        lambda: store.update(KEY, "SET n = :n", {":n": 1}, "attribute_exists(PK)"),
        lambda: store.delete(KEY, "n = :n", {":n": 1}),
    ]


@pytest.mark.parametrize("operation", _read_all_ways())
@pytest.mark.parametrize(
    "failure, error",
    [
        (ReadTimeoutError(endpoint_url="https://dynamodb"), OutcomeUnknown),
        (client_error("InternalServerError", 500), OutcomeUnknown),
        (client_error("ThrottlingException", 400), TryAgain),
        (client_error("ValidationException", 400), ClientError),
    ],
    ids=repr,
)
def test_every_operation_turns_the_stores_failures_into_our_own(
    operation: Any,  # noqa: ANN401 - whatever the store's function returns
    failure: Exception,
    error: type[Exception],
    fake: FakeClient,
) -> None:
    fake.answers(failure)
    with pytest.raises(error) as caught:
        operation()
    assert type(caught.value) is error

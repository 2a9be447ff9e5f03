"""Counters: one conditional write for each window, and how long one waits where it fails."""

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import TooManyRequests, TryAgain
from shared.limits import RESEND, SIGN_IN
from shared.table import limits
from tests.unit.builders import NOW
from tests.unit.table.fake_client import FakeClient, client_error

COUNTED: dict[str, Any] = {"Attributes": {"hits": {"N": "1"}}}
FULL = client_error("ConditionalCheckFailedException", 400)
BUSY = client_error("ThrottlingException", 400)


def _keys(fake: FakeClient) -> list[tuple[str, str]]:
    keys = [request["Key"] for _, request in fake.requests]
    return [(key["PK"]["S"], key["SK"]["S"]) for key in keys]


def test_each_window_is_counted_by_one_guarded_write(fake: FakeClient) -> None:
    fake.answers(COUNTED, COUNTED)
    limits.count(SIGN_IN, "who", NOW)
    assert _keys(fake) == [
        ("LIMIT#sign-in#who", "WINDOW#60#1795942800"),
        ("LIMIT#sign-in#who", "WINDOW#3600#1795942800"),
    ]
    operation, request = fake.requests[0]
    assert operation == "update_item"
    assert request["UpdateExpression"] == "SET expires_at = :end ADD hits :one"
    assert request["ConditionExpression"] == "attribute_not_exists(hits) OR hits < :most"
    assert request["ExpressionAttributeValues"] == {
        ":one": {"N": "1"},
        ":most": {"N": "5"},
        ":end": {"N": "1795942860"},
    }


@pytest.mark.parametrize(
    "script, wait", [([FULL], 43), ([COUNTED, FULL], 3583)], ids=["minute", "hour"]
)
def test_who_asked_too_often_is_told_how_long_the_full_window_lasts(
    script: list[Any], wait: int, fake: FakeClient
) -> None:
    fake.answers(*script)
    with pytest.raises(TooManyRequests) as refused:
        limits.count(SIGN_IN, "who", NOW + timedelta(seconds=17))
    assert refused.value.retry_after == wait
    assert len(fake.requests) == len(script)


def test_a_store_that_is_too_busy_to_count_lets_nobody_through(fake: FakeClient) -> None:
    fake.answers(BUSY)
    with pytest.raises(TryAgain):
        limits.count(SIGN_IN, "who", NOW)


def test_the_network_is_counted_and_then_the_subject_as_this_network_asks_for_it(
    fake: FakeClient,
) -> None:
    fake.answers(*[COUNTED] * 3)
    limits.count_both(RESEND, "network", "address", NOW)
    assert _keys(fake) == [
        ("LIMIT#resend-client#network", "WINDOW#3600#1795942800"),
        ("LIMIT#resend#address.network", "WINDOW#60#1795942800"),
        ("LIMIT#resend#address.network", "WINDOW#21600#1795932000"),
    ]
    assert fake.requests[0][1]["ExpressionAttributeValues"][":most"] == {"N": "120"}


def test_nobody_is_locked_out_by_another_network(fake: FakeClient) -> None:
    fake.answers(*[COUNTED] * 6)
    limits.count_both(RESEND, "one", "address", NOW)
    limits.count_both(RESEND, "other", "address", NOW)
    keys = _keys(fake)
    assert set(keys[:3]).isdisjoint(keys[3:])


def test_what_is_given_back_is_never_less_than_nothing(fake: FakeClient) -> None:
    fake.answers(COUNTED, COUNTED)
    limits.give_back_both(SIGN_IN, "network", "address", NOW)
    assert [pk for pk, _ in _keys(fake)] == ["LIMIT#sign-in#address.network"] * 2
    request = fake.requests[0][1]
    assert request["UpdateExpression"] == "ADD hits :less"
    assert request["ConditionExpression"] == "hits > :none"


@pytest.mark.parametrize("failure", [FULL, BUSY], ids=["nothing", "busy"])
def test_who_signed_in_is_signed_in_though_the_count_could_not_be_given_back(
    failure: Exception, fake: FakeClient
) -> None:
    fake.answers(failure, COUNTED)
    limits.give_back(SIGN_IN, "who", NOW)
    assert len(fake.requests) == 2

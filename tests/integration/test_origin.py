"""The HTTP API answers the distribution and nobody else, whatever is asked of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from shared import keyring
from shared.settings import settings
from tests.contract.template import folder_of, routes
from tests.integration.answers import (
    ORIGIN_KEY,
    SESSION_REQUIRED,
    TRY_AGAIN,
    Answer,
    event,
    invoke,
    problem,
    read,
)
from tests.integration.clinic import ANNA, SLOT, SignedIn, publish
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Wire
from tests.process import forget_keys

MALFORMED = problem(400, "malformed_request")
EACH_ROUTE = pytest.mark.parametrize(
    "function, method, path",
    [
        (folder_of(owner), method.replace("ANY", "GET"), re.sub(r"\{[^}]+\}", "x", path))
        for (method, path), owner in sorted(routes().items())
    ],
)
PAST_IT: dict[str, Mapping[str, str]] = {
    "nothing": {},
    "an empty key": {"x-origin-key": ""},
    "a guess": {"x-origin-key": "a guess"},
    "the key and a blank": {"x-origin-key": f"{ORIGIN_KEY} "},
    "a letter": {"x-origin-key": ORIGIN_KEY[0]},
    "no ASCII": {"x-origin-key": "ключ"},
}
EACH_WAY_PAST_IT = pytest.mark.parametrize("shown", PAST_IT.values(), ids=PAST_IT)


@pytest.fixture(autouse=True)
def _process() -> Iterator[None]:
    """Let the process know nothing of the key, before and after."""
    forget_keys()
    yield
    secrets = boto3.client("secretsmanager")
    secrets.put_secret_value(SecretId=settings().origin_key_arn, SecretString=ORIGIN_KEY)
    forget_keys()


def _shown(sent: dict[str, Any], shown: Mapping[str, str]) -> dict[str, Any]:
    """Return an event that shows this in place of the distribution's key."""
    kept = {name: value for name, value in sent["headers"].items() if name != "x-origin-key"}
    return sent | {"headers": {**kept, **shown}}


def _booking(anna: SignedIn) -> dict[str, Any]:
    publish(SLOT)
    wanted = {"patient_id": anna.patient_id, "slot_id": SLOT}
    return event("POST", "/api/tickets", wanted, cookie=anna.cookie)


def _ask(key: str) -> Answer:
    sent = event("GET", "/api/account")
    return read(invoke("show_account", _shown(sent, {"x-origin-key": key})))


@EACH_ROUTE
def test_every_function_refuses_what_came_past_the_distribution_and_asks_nobody_of_it(
    wire: Wire, function: str, method: str, path: str
) -> None:
    sent = _shown(event(method, path, None if method == "GET" else {}), {})
    with wire.listening() as heard:
        assert read(invoke(function, sent)) == MALFORMED
    assert heard == []


@EACH_ROUTE
def test_every_function_looks_at_what_came_through_it(
    function: str, method: str, path: str
) -> None:
    headers = {"content-type": "text/csv"} if function == "import_patients" else None
    sent = event(method, path, None if method == "GET" else {}, headers=headers)
    assert read(invoke(function, sent)).status in {204, 401, 404, 422}


@EACH_WAY_PAST_IT
def test_a_booking_past_the_distribution_is_refused_and_nothing_is_written(
    anna: SignedIn, rows: Rows, shown: Mapping[str, str]
) -> None:
    sent = _booking(anna)
    with rows.unchanged():
        assert read(invoke("book_ticket", _shown(sent, shown))) == MALFORMED
    assert read(invoke("book_ticket", sent)).status == 201


@EACH_WAY_PAST_IT
def test_a_stranger_past_the_distribution_is_not_even_counted(
    rows: Rows, shown: Mapping[str, str]
) -> None:
    sent = event("POST", "/api/password-resets", {"email": ANNA.email})
    with rows.unchanged():
        assert read(invoke("request_reset", _shown(sent, shown))) == MALFORMED


def test_a_key_that_cannot_be_read_says_try_again_and_nothing_is_even_counted(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: str) -> str:
        raise EndpointConnectionError(endpoint_url="secrets")

    monkeypatch.setattr(keyring, "get_secret", fail)
    with rows.unchanged():
        sent = event("POST", "/api/password-resets", {"email": ANNA.email})
        assert read(invoke("request_reset", sent)) == TRY_AGAIN


def test_a_key_is_replaced_while_the_portal_runs_and_nobody_is_refused_meanwhile(
    clock: Clock,
) -> None:
    secrets = boto3.client("secretsmanager")
    assert _ask(ORIGIN_KEY) == SESSION_REQUIRED
    secrets.put_secret_value(SecretId=settings().origin_key_arn, SecretString="new")
    assert [_ask(key) for key in (ORIGIN_KEY, "new", ORIGIN_KEY)] == [SESSION_REQUIRED] * 3
    assert _ask("a guess") == MALFORMED
    forget_keys()
    assert [_ask(key) for key in (ORIGIN_KEY, "new")] == [SESSION_REQUIRED] * 2
    clock.move(minutes=1)
    secrets.put_secret_value(SecretId=settings().origin_key_arn, SecretString="newest")
    assert [_ask(key) for key in ("newest", ORIGIN_KEY)] == [SESSION_REQUIRED, MALFORMED]

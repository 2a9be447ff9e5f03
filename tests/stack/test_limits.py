"""Limits over HTTP: how often one may ask, how long to wait, and what a client cannot talk away."""

import httpx
import pytest

from shared import clock, keys
from shared.keyring import client_key_of, email_key_of
from shared.limits import RESEND, RESET, SIGN_IN, Limit, Window
from shared.table import store
from tests.stack import portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack, refused, within_one

HERE = "127.0.0.1"
"""The one address that everybody of these tests has."""
RESEND_PATH, RESET_PATH = "/api/registrations/resend", "/api/password-resets"
SPOOFED = [
    {"X-Forwarded-For": "203.0.113.7"},
    {"CloudFront-Viewer-Address": "203.0.113.7:443"},
    {"CloudFront-Viewer-Address": "203.0.113.7:443", "X-Origin-Key": "guessed"},
    {"CloudFront-Viewer-Address": "203.0.113.7:443", "X-Origin-Key": ""},
    {"Forwarded": "for=203.0.113.7", "X-Real-IP": "203.0.113.7", "True-Client-IP": "203.0.113.7"},
]


@pytest.fixture
def who() -> SignedIn:
    return portal.new_signed_in(portal.demo_district())


def assert_too_many(answer: httpx.Response, at_most: int) -> None:
    assert refused(answer) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= at_most


def counter(limit: Limit, email: str, window: Window, address: str = HERE) -> keys.Key:
    """Return the key under which an address's tries from a client's address are counted now."""
    subject = f"{email_key_of(email)}.{client_key_of(address)}"
    return keys.limit(limit, subject, window, window.start(clock.now()))


def hits(key: keys.Key) -> int:
    item = store.get(key)
    return int(item["hits"]) if item else 0


def sign_in(stack: RunningStack, email: str, password: str = PASSWORD) -> httpx.Response:
    return stack.ask("POST /api/sessions", {"email": email, "password": password})


@pytest.mark.parametrize("path, limit", [(RESEND_PATH, RESEND), (RESET_PATH, RESET)])
def test_one_mail_a_minute_may_be_asked_for_and_three_in_six_hours(
    stack: RunningStack, path: str, limit: Limit
) -> None:
    email, other = (f"{portal.new_policy_number()}@stack.example" for _ in range(2))
    minute, hours = limit.windows
    within_one(60)
    for number in range(1, 4):
        assert stack.ask(f"POST {path}", {"email": email}).status_code == 202
        assert_too_many(stack.ask(f"POST {path}", {"email": email}), 60)
        assert hits(counter(limit, email, hours)) == number
        store.delete(counter(limit, email, minute))  # As if the minute were over.
    assert_too_many(stack.ask(f"POST {path}", {"email": email}), 6 * 3600)
    assert stack.ask(f"POST {path}", {"email": other}).status_code == 202


def test_a_refused_call_for_a_mail_writes_nothing(stack: RunningStack, who: SignedIn) -> None:
    within_one(60)
    for path in (RESEND_PATH, RESET_PATH):
        assert stack.ask(f"POST {path}", {"email": who.email}).status_code == 202
        before = portal.lasting_items(stack)
        assert_too_many(stack.ask(f"POST {path}", {"email": who.email}), 60)
        assert portal.lasting_items(stack) == before


def test_five_wrong_passwords_close_the_address_for_a_minute_even_to_the_right_one(
    stack: RunningStack, who: SignedIn
) -> None:
    minute, hour = SIGN_IN.windows
    within_one(60)
    for _ in range(5):
        assert refused(sign_in(stack, who.email, "wrong")) == (401, "sign_in_failed")
    assert_too_many(sign_in(stack, who.email), 60)
    stranger = f"{portal.new_policy_number()}@stack.example"
    assert refused(sign_in(stack, stranger)) == (401, "sign_in_failed")

    store.delete(counter(SIGN_IN, who.email, minute))  # As if the minute were over.
    assert sign_in(stack, who.email).status_code == 201
    assert hits(counter(SIGN_IN, who.email, minute)) == 0
    assert hits(counter(SIGN_IN, who.email, hour)) == 5


def test_thirty_wrong_passwords_close_the_address_for_an_hour_but_not_to_another_network(
    stack: RunningStack, who: SignedIn
) -> None:
    _, hour = SIGN_IN.windows
    within_one(3600)
    store.put(counter(SIGN_IN, who.email, hour), {"hits": 30, "expires_at": 2**31})
    assert_too_many(sign_in(stack, who.email), 3600)

    store.delete(counter(SIGN_IN, who.email, hour))
    elsewhere = counter(SIGN_IN, who.email, hour, "203.0.113.7")
    store.put(elsewhere, {"hits": 30, "expires_at": 2**31})
    assert sign_in(stack, who.email).status_code == 201
    assert hits(elsewhere) == 30


@pytest.mark.parametrize(
    "operation, names",
    [
        ("PUT /api/account/password", {"current_password": "wrong", "new_password": PASSWORD}),
        ("PUT /api/account/email", {"password": "wrong", "email": "other@stack.example"}),
        ("DELETE /api/account", {"password": "wrong"}),
    ],
)
def test_five_wrong_passwords_within_a_session_close_it_for_a_quarter_of_an_hour(
    stack: RunningStack, who: SignedIn, operation: str, names: dict[str, str]
) -> None:
    within_one(900)
    for _ in range(5):
        answer = stack.ask(operation, names, who.cookie)
        assert refused(answer) == (403, "wrong_password")
    before = portal.lasting_items(stack)
    right = {name: PASSWORD if told == "wrong" else told for name, told in names.items()}
    assert_too_many(stack.ask(operation, right, who.cookie), 900)
    assert portal.lasting_items(stack) == before


@pytest.mark.parametrize("headers", SPOOFED, ids="+".join)
def test_no_header_makes_a_client_another_one(stack: RunningStack, headers: dict[str, str]) -> None:
    email = f"{portal.new_policy_number()}@stack.example"
    within_one(60)
    first = stack.ask(f"POST {RESET_PATH}", {"email": email})
    assert first.status_code == 202

    second = stack.ask(f"POST {RESET_PATH}", {"email": email}, **headers)

    assert_too_many(second, 60)
    assert hits(counter(RESET, email, RESET.windows[0])) == 1
    assert hits(counter(RESET, email, RESET.windows[0], "203.0.113.7")) == 0


@pytest.mark.parametrize("headers", [{}, *SPOOFED], ids=lambda told: "+".join(told) or "nothing")
def test_nobody_is_served_past_the_distribution_and_nothing_is_written(
    stack: RunningStack, who: SignedIn, headers: dict[str, str]
) -> None:
    front = _past_the_distribution(stack)
    before = portal.lasting_items(stack)
    for operation, body, cookie in (
        (f"POST {front}{RESET_PATH}", {"email": who.email}, ""),
        (f"POST {front}/api/sessions", {"email": who.email, "password": PASSWORD}, ""),
        (f"GET {front}/api/account", None, who.cookie),
        (f"DELETE {front}/api/sessions/current", None, who.cookie),
    ):
        answer = stack.ask(operation, body, cookie, **headers)
        assert refused(answer) == (400, "malformed_request")
    assert portal.lasting_items(stack) == before
    assert stack.ask("GET /api/account", None, who.cookie).status_code == 200


def _past_the_distribution(stack: RunningStack) -> str:
    """Return the HTTP API's own address, which anybody can reach who finds it."""
    (api,) = stack.aws("apigatewayv2").get_apis()["Items"]
    return f"/_aws/execute-api/{api['ApiId']}/$default"

"""Limits of networks: whose request it is, and how much one network may ask for in an hour."""

from collections.abc import Callable, Mapping

import pytest

from tests.integration.answers import ORIGIN_KEY, call, event, invoke
from tests.integration.clinic import ANNA, NEW_PASSWORD, PASSWORD, SignedIn
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_change_password import change as change_password
from tests.integration.test_limits import WRONG, too_many
from tests.integration.test_register import FORM

HERE, THERE = "198.51.100.1", "198.51.100.2"
Parameters = Callable[..., None]

OPERATIONS = {
    "register": ("POST", "/api/registrations", FORM, 202),
    "resend_confirmation": ("POST", "/api/registrations/resend", {}, 202),
    "confirm_email": ("POST", "/api/email-confirmations", {"token": "x", "password": WRONG}, 410),
    "sign_in": ("POST", "/api/sessions", {"password": WRONG}, 401),
    "request_reset": ("POST", "/api/password-resets", {}, 202),
    "reset_password": (
        "PUT",
        "/api/password-resets",
        {"token": "x", "password": NEW_PASSWORD},
        410,
    ),
}
EACH = pytest.mark.parametrize("name", OPERATIONS)

pytestmark = pytest.mark.usefixtures("argon")


def ask(
    name: str, n: int = 0, address: str = HERE, headers: Mapping[str, str] | None = None
) -> int:
    """Ask for an operation, about the n-th address, and return its status."""
    method, path, form, _ = OPERATIONS[name]
    body = form if "token" in form else form | {"email": f"somebody.{n}@example.com"}
    return call(name, method, path, body, address=address, headers=headers).status


def is_counted_as_one(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    """Tell whether two requests for a mail to one address come from one network.

    They are told apart by what they say of themselves in headers.
    """
    assert ask("request_reset", headers=first) == 202
    return ask("request_reset", headers=second) == 429


def seen(viewer: str) -> dict[str, str]:
    """Return what the distribution says of a viewer, of which it knows the port too."""
    return {"cloudfront-viewer-address": viewer}


# --------------------------------------------------------------- how much in an hour


@EACH
def test_one_network_may_ask_so_often_in_an_hour_whomever_it_asks_about(
    rows: Rows, clock: Clock, parameters: Parameters, name: str
) -> None:
    parameters(CLIENT_LIMIT_PER_HOUR="3")
    allowed = OPERATIONS[name][3]
    assert [ask(name, n) for n in range(3)] == [allowed] * 3
    clock.move(minutes=20)
    method, path, form, _ = OPERATIONS[name]
    body = form if "token" in form else form | {"email": "somebody.3@example.com"}
    with rows.unchanged():
        assert call(name, method, path, body, address=HERE) == too_many(40 * 60)
    assert ask(name, 4, THERE) == allowed
    clock.move(minutes=39, seconds=59)
    assert ask(name, 5) == 429
    clock.move(seconds=1)
    assert ask(name, 6) == allowed


def test_each_operation_has_a_count_of_its_own(rows: Rows, parameters: Parameters) -> None:
    parameters(CLIENT_LIMIT_PER_HOUR="1")
    assert [ask(name) for name in OPERATIONS] == [told[3] for told in OPERATIONS.values()]
    assert [ask(name, 1) for name in OPERATIONS] == [429] * len(OPERATIONS)
    hits = {name: count for name, count in rows.hits().items() if "-client." in name}
    assert hits == {
        "registration-client.3600": 1,
        "resend-client.3600": 1,
        "confirmation-client.3600": 1,
        "sign-in-client.3600": 1,
        "reset-client.3600": 1,
        "new-password-client.3600": 1,
    }


def test_a_right_password_is_not_given_back_to_the_network(
    anna: SignedIn, rows: Rows, parameters: Parameters
) -> None:
    parameters(CLIENT_LIMIT_PER_HOUR="2")
    form = {"email": ANNA.email, "password": PASSWORD}
    statuses = [call("sign_in", "POST", "/api/sessions", form).status for _ in range(3)]
    assert statuses == [201, 201, 429]
    assert rows.hits()["sign-in-client.3600"] == 2
    assert call("show_account", "GET", "/api/account", cookie=anna.cookie).status == 200


def test_who_is_signed_in_is_counted_by_the_account_and_not_by_the_network(
    anna: SignedIn, rows: Rows, parameters: Parameters
) -> None:
    parameters(CLIENT_LIMIT_PER_HOUR="1")
    assert [change_password(anna.cookie, WRONG).status for _ in range(3)] == [403] * 3
    assert rows.hits() == {"password.900": 3, "password.86400": 3}


# -------------------------------------------------------------------- which network


def test_an_address_from_another_network_is_counted_by_itself() -> None:
    assert not is_counted_as_one(seen(f"{HERE}:4711"), seen(f"{THERE}:4711"))
    assert ask("request_reset", headers=seen(f"{HERE}:42")) == 429


def test_the_distributions_own_addresses_make_no_difference() -> None:
    first, second = (
        event("POST", "/api/password-resets", {"email": ANNA.email}, address=HERE) for _ in "12"
    )
    second["requestContext"]["http"]["sourceIp"] = "203.0.113.251"
    assert first["requestContext"]["http"]["sourceIp"] != "203.0.113.251"
    statuses = [invoke("request_reset", sent)["statusCode"] for sent in (first, second)]
    assert statuses == [202, 429]


@pytest.mark.parametrize(
    "name",
    ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "via"],
)
def test_what_the_client_says_of_itself_is_not_read(name: str) -> None:
    assert is_counted_as_one({name: "203.0.113.8"}, {name: "203.0.113.9"})


@pytest.mark.parametrize(
    "one, same",
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0000:0000:0000:0009"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_an_ipv6_network_is_a_64_and_counted_as_one(one: str, same: str) -> None:
    assert is_counted_as_one(seen(f"{one}:443"), seen(f"{same}:443"))


@pytest.mark.parametrize("other", ["2001:db8:1:3::1", "2001:db8:2:2::1", "::1", HERE])
def test_the_next_64_is_another_network(other: str) -> None:
    assert not is_counted_as_one(seen("2001:db8:1:2::1:443"), seen(f"{other}:443"))


@pytest.mark.parametrize("viewer", ["", "nonsense", ":", "198.51.100:1", "198.51.100.1"])
def test_a_viewer_that_cannot_be_read_is_one_network_of_its_own(viewer: str) -> None:
    assert is_counted_as_one(seen(viewer), seen("no viewer at all"))
    assert ask("request_reset", headers=seen(f"{HERE}:443")) == 202


def test_neither_an_address_of_a_client_nor_the_origins_key_is_kept(rows: Rows) -> None:
    ask("request_reset", headers=seen("2001:db8:1:2::1:443"))
    ask("request_reset", headers=seen(f"{HERE}:443"))
    written = str(rows.images())
    assert [told for told in (HERE, "2001:", "0db8", ORIGIN_KEY) if told in written] == []

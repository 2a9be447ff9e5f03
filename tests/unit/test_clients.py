"""Who asks: what the distribution says of the client, and nobody but the distribution asks."""

from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from botocore.exceptions import EndpointConnectionError

from shared import keyring
from shared.clients import address_of, client_of, demand_distribution
from shared.errors import MalformedRequest, TryAgain
from shared.keyring import client_key_of
from tests.unit.builders import ORIGIN_KEY, request

CONNECTION, VIEWER = "192.0.2.17", "198.51.100.4"


def _event(headers: dict[str, str] | None) -> dict[str, Any]:
    event: dict[str, Any] = request("/api/sessions", {}) | {"headers": headers}
    event["requestContext"]["http"]["sourceIp"] = CONNECTION
    return event


def _asked(headers: dict[str, str] | None) -> APIGatewayHttpResolver:
    app = APIGatewayHttpResolver()
    app.current_event = APIGatewayProxyEventV2(_event(headers))
    return app


def _client(headers: dict[str, str] | None) -> str:
    return client_of(_asked(headers))


def _seen(viewer: str) -> dict[str, str]:
    return {"cloudfront-viewer-address": viewer}


# -------------------------------------------------------- through the distribution only


def test_a_request_that_shows_the_distributions_secret_is_served() -> None:
    demand_distribution(_event({"x-origin-key": ORIGIN_KEY}))


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"x-origin-key": ""},
        {"x-origin-key": "a guess"},
        {"x-origin-key": ORIGIN_KEY[:-1]},
        {"x-origin-key": f"{ORIGIN_KEY} "},
        {"x-origin-key": ORIGIN_KEY.upper()},
        {"x-origin-key": f"{ORIGIN_KEY},{ORIGIN_KEY}"},
        {"x-origin-key": "ключ"},
        {"origin-key": ORIGIN_KEY},
        {"cookie": f"x-origin-key={ORIGIN_KEY}"},
        {"cloudfront-viewer-address": f"{VIEWER}:46532"},
    ],
    ids=str,
)
def test_any_other_request_is_refused(headers: dict[str, str] | None) -> None:
    with pytest.raises(MalformedRequest):
        demand_distribution(_event(headers))


def test_whoever_shows_nothing_does_not_make_us_read_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get_secret(*_: str) -> str:
        raise AssertionError

    monkeypatch.setattr(keyring, "get_secret", get_secret)
    for headers in (None, {}, {"x-origin-key": ""}):
        with pytest.raises(MalformedRequest):
            demand_distribution(_event(headers))


def test_a_secret_out_of_reach_says_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def get_secret(*_: str) -> str:
        raise EndpointConnectionError(endpoint_url="secrets")

    monkeypatch.setattr(keyring, "get_secret", get_secret)
    with pytest.raises(TryAgain):
        demand_distribution(_event({"x-origin-key": ORIGIN_KEY}))


# ------------------------------------------------------------------- the network


@pytest.mark.parametrize(
    "viewer, network",
    [
        (f"{VIEWER}:46532", VIEWER),
        ("2001:db8::1:46532", "2001:0db8:0000:0000"),
        ("2001:db8:0:1:2:3:4:5:46532", "2001:0db8:0000:0001"),
        (f"::ffff:{VIEWER}:46532", VIEWER),
    ],
)
def test_the_viewers_network_is_the_one_that_the_distribution_tells(
    viewer: str, network: str
) -> None:
    assert _client(_seen(viewer)) == client_key_of(network)


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        *map(_seen, ("", VIEWER, "nonsense", "nonsense:1", ":46532")),
        {"x-forwarded-for": VIEWER},
        {"forwarded": f"for={VIEWER}"},
    ],
    ids=str,
)
def test_a_viewer_whom_the_distribution_does_not_name_is_one_of_the_unknown(
    headers: dict[str, str] | None,
) -> None:
    assert _client(headers) == client_key_of("unknown")


def test_a_client_is_known_by_an_id_that_does_not_hold_the_address() -> None:
    client = _client(_seen(f"{VIEWER}:1"))
    assert len(client) == 32
    assert VIEWER not in client
    assert client == _client(_seen(f"{VIEWER}:2"))
    assert client != _client(_seen(f"{CONNECTION}:1"))


def test_two_clients_of_one_ipv6_network_are_one() -> None:
    assert _client(_seen("2001:db8::1:1")) == _client(_seen("2001:db8::2:1"))
    assert _client(_seen("2001:db8::1:1")) != _client(_seen("2001:db8:0:1::1:1"))


# ------------------------------------------------------------------ the address itself


@pytest.mark.parametrize(
    "viewer, address",
    [
        (f"{VIEWER}:46532", VIEWER),
        ("2001:db8::1:46532", "2001:db8::1"),
        ("[2001:db8::1]:46532", "2001:db8::1"),
        ("", ""),
    ],
)
def test_the_audit_trail_is_told_the_viewers_address(viewer: str, address: str) -> None:
    assert address_of(_asked(_seen(viewer))) == address


@pytest.mark.parametrize("headers", [None, {}, {"x-forwarded-for": VIEWER}])
def test_the_audit_trail_is_never_told_the_distributions_own_address(
    headers: dict[str, str] | None,
) -> None:
    assert address_of(_asked(headers)) == ""

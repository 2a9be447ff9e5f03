"""Who asks: the connection's address, or the viewer's where the distribution proves itself."""

from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from shared.clients import address_of, client_of
from shared.keyring import client_key_of
from tests.unit.builders import request

ORIGIN_KEY = "the secret of origin-key"
CONNECTION, VIEWER = "192.0.2.17", "198.51.100.4"


def _asked(
    headers: dict[str, str] | None, connection: str | None = CONNECTION
) -> APIGatewayHttpResolver:
    event: dict[str, Any] = request("/api/sessions", {}) | {"headers": headers}
    if connection is not None:
        event["requestContext"]["http"]["sourceIp"] = connection
    app = APIGatewayHttpResolver()
    app.current_event = APIGatewayProxyEventV2(event)
    return app


def _client(headers: dict[str, str] | None, connection: str | None = CONNECTION) -> str:
    return client_of(_asked(headers, connection))


@pytest.mark.parametrize(
    "viewer, network",
    [
        (f"{VIEWER}:46532", VIEWER),
        ("2001:db8::1:46532", "2001:0db8:0000:0000"),
        ("2001:db8:0:1:2:3:4:5:46532", "2001:0db8:0000:0001"),
        (f"::ffff:{VIEWER}:46532", VIEWER),
    ],
)
def test_the_viewers_address_is_believed_of_the_distribution(viewer: str, network: str) -> None:
    headers = {"x-origin-key": ORIGIN_KEY, "cloudfront-viewer-address": viewer}
    assert _client(headers) == client_key_of(network)


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"cloudfront-viewer-address": f"{VIEWER}:46532"},
        {"x-origin-key": "", "cloudfront-viewer-address": f"{VIEWER}:46532"},
        {"x-origin-key": "a guess", "cloudfront-viewer-address": f"{VIEWER}:46532"},
        {"x-origin-key": f"{ORIGIN_KEY} ", "cloudfront-viewer-address": f"{VIEWER}:46532"},
        {"x-origin-key": "ключ", "cloudfront-viewer-address": f"{VIEWER}:46532"},
        {"x-forwarded-for": VIEWER},
        {"forwarded": f"for={VIEWER}"},
    ],
    ids=str,
)
def test_whoever_speaks_past_the_distribution_is_known_by_the_connection_alone(
    headers: dict[str, str] | None,
) -> None:
    assert _client(headers) == client_key_of(CONNECTION)


@pytest.mark.parametrize("viewer", [None, "", VIEWER, "nonsense", "nonsense:1", ":46532"])
def test_a_viewer_whom_the_distribution_does_not_name_is_one_of_the_unknown(
    viewer: str | None,
) -> None:
    headers = {"x-origin-key": ORIGIN_KEY}
    headers |= {"cloudfront-viewer-address": viewer} if viewer is not None else {}
    assert _client(headers) == client_key_of("unknown")


@pytest.mark.parametrize("connection", [None, "", "nonsense"])
def test_a_connection_without_an_address_is_one_of_the_unknown(connection: str | None) -> None:
    assert _client({}, connection) == client_key_of("unknown")


def test_a_client_is_known_by_an_id_that_does_not_hold_the_address() -> None:
    client = _client({})
    assert len(client) == 32
    assert CONNECTION not in client
    assert client == _client({})
    assert client != _client({}, VIEWER)


def test_two_clients_of_one_ipv6_network_are_one() -> None:
    assert _client({}, "2001:db8::1") == _client({}, "2001:db8::2")
    assert _client({}, "2001:db8::1") != _client({}, "2001:db8:0:1::1")


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
def test_the_audit_trail_is_told_the_viewers_address_of_the_distribution(
    viewer: str, address: str
) -> None:
    headers = {"x-origin-key": ORIGIN_KEY, "cloudfront-viewer-address": viewer}
    assert address_of(_asked(headers)) == address


@pytest.mark.parametrize("shown", [{}, {"x-origin-key": "a guess"}, {"x-forwarded-for": VIEWER}])
def test_the_audit_trail_is_told_the_connections_address_of_anybody_else(
    shown: dict[str, str],
) -> None:
    headers = {"cloudfront-viewer-address": f"{VIEWER}:46532"} | shown
    assert address_of(_asked(headers)) == CONNECTION
    assert address_of(_asked(headers, None)) == ""

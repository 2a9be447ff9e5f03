"""Who asks: requests come through the distribution, whose word on the client is believed.

The HTTP API has an address of its own on the Internet. Whoever speaks to it past the distribution
does not know the distribution's secret, and is refused.
"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared.errors import MalformedRequest
from shared.keyring import client_key_of, is_origin_key
from shared.limits import network_of

_ORIGIN_KEY = "x-origin-key"
_VIEWER = "cloudfront-viewer-address"
"""`<address>:<port>`, as CloudFront writes it."""


def demand_distribution(event: Mapping[str, Any]) -> None:
    """Refuse a request that did not come through the distribution.

    Raises MalformedRequest, TryAgain where the secret is out of reach.
    """
    shown = _headers(event).get(_ORIGIN_KEY)
    if not shown or not is_origin_key(shown):
        raise MalformedRequest


def client_of(app: APIGatewayHttpResolver) -> str:
    """Return the id of the network that the request comes from; the address itself is not kept."""
    return client_key_of(network_of(address_of(app)))


def address_of(app: APIGatewayHttpResolver) -> str:
    """Return the client's address, of which the desk's audit trail tells."""
    viewer = _headers(app.current_event.raw_event).get(_VIEWER, "")
    return viewer.rpartition(":")[0].strip("[]")


def _headers(event: Mapping[str, Any]) -> Mapping[str, str]:
    return event.get("headers") or {}

"""Who asks: the client's network, for the limits.

A header that names the client is worth what its sender is worth: only the distribution's is read,
and only on a request that shows the distribution's secret. Whoever speaks to the API past it is
known by the address of the connection.
"""

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared.keyring import client_key_of, is_origin_key
from shared.limits import network_of

_ORIGIN_KEY = "x-origin-key"
_VIEWER = "cloudfront-viewer-address"
"""`<address>:<port>`, as CloudFront writes it."""


def client_of(app: APIGatewayHttpResolver) -> str:
    """Return the id of the network that the request comes from; the address itself is not kept."""
    return client_key_of(network_of(address_of(app)))


def address_of(app: APIGatewayHttpResolver) -> str:
    """Return the client's address, of which the desk's audit trail tells."""
    event = app.current_event.raw_event
    headers: dict[str, str] = event.get("headers") or {}
    address: str = event["requestContext"]["http"].get("sourceIp", "")
    shown = headers.get(_ORIGIN_KEY)
    if shown and is_origin_key(shown):
        address = headers.get(_VIEWER, "").rpartition(":")[0].strip("[]")
    return address

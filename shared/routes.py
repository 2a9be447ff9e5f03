"""Every route of the HTTP API; a contract test holds it to template.yaml."""

from shared.errors import MethodNotAllowed, NotFound, Refusal

ROUTES: dict[str, tuple[str, ...]] = {
    "/api/registrations": ("POST",),
    "/api/email-confirmations": ("POST",),
    "/api/sessions": ("POST",),
    "/api/sessions/current": ("DELETE",),
    "/api/account": ("GET",),
    "/api/slots": ("GET",),
    "/api/tickets": ("POST",),
}


def refusal_of(path: str) -> Refusal:
    """Say why no function serves a request: the method is wrong, or nothing stands there."""
    methods = ROUTES.get(path)
    return MethodNotAllowed(*methods) if methods else NotFound()

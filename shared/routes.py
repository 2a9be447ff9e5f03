"""Every route of the HTTP API; a contract test holds it to template.yaml."""

import re

from shared.errors import MethodNotAllowed, NotFound, Refusal

ROUTES: dict[str, tuple[str, ...]] = {
    "/api/registrations": ("POST",),
    "/api/registrations/resend": ("POST",),
    "/api/email-confirmations": ("POST",),
    "/api/sessions": ("POST",),
    "/api/sessions/current": ("DELETE",),
    "/api/password-resets": ("POST", "PUT"),
    "/api/account": ("GET", "DELETE"),
    "/api/account/password": ("PUT",),
    "/api/account/email": ("PUT",),
    "/api/account/export": ("GET",),
    "/api/family": ("POST",),
    "/api/family/{patient_id}": ("DELETE",),
    "/api/invitation-acceptances": ("POST",),
    "/api/guardians": ("GET",),
    "/api/guardians/{guardian_id}": ("DELETE",),
    "/api/slots": ("GET",),
    "/api/tickets": ("GET", "POST"),
    "/api/tickets/{ticket_id}": ("PUT", "DELETE"),
    "/api/tickets/{ticket_id}/calendar": ("GET",),
    "/api/desk/sessions": ("POST",),
    "/api/desk/sessions/current": ("DELETE",),
    "/api/desk/districts": ("GET",),
    "/api/desk/districts/{district_id}": ("PUT",),
    "/api/desk/districts/{district_id}/absences": ("PUT",),
    "/api/desk/districts/{district_id}/absences/{first_on}": ("DELETE",),
    "/api/desk/patients": ("PUT",),
    "/api/desk/patients/search": ("POST",),
    "/api/desk/patients/grown-children": ("GET",),
    "/api/desk/days/{day}": ("GET",),
    "/api/desk/tickets": ("POST",),
    "/api/desk/tickets/{ticket_id}": ("DELETE",),
    "/api/desk/tickets/{ticket_id}/outcome": ("POST",),
    "/api/desk/documents": ("POST",),
    "/api/desk/documents/{document_id}/send": ("POST",),
    "/api/desk/consents": ("POST",),
    "/api/desk/consents/{patient_id}": ("DELETE",),
    "/api/desk/profiles": ("GET",),
    "/api/desk/profiles/{account_id}/confirm": ("POST",),
}


def refusal_of(path: str) -> Refusal:
    """Say why no function serves a request: the method is wrong, or nothing stands there."""
    for route, methods in ROUTES.items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path):
            return MethodNotAllowed(*methods)
    return NotFound()

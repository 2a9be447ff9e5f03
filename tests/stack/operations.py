"""Every operation of the contract as the functions declare it, and how a test asks for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import httpx
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared import clock
from shared.keyring import token
from shared.settings import settings
from tests.contract.template import ROOT
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack

_HEX = "0" * 32
NOTHING = {
    "patient_id": _HEX,
    "ticket_id": f"{_HEX}.{'0' * 16}",
    "guardian_id": _HEX,
    "slot_id": "a1.2026-11-30.1.0900",
    "account_id": _HEX,
    "document_id": f"{_HEX}.{'0' * 16}",
    "district_id": "z9",
    "first_on": "2026-11-30",
    "day": "2026-11-30",
}
"""Well-formed names of nothing."""

_EMAIL, _TOKEN = "everybody@stack.example", "0.0.0"
FORMS: dict[str, dict[str, Any]] = {
    "POST /api/registrations": {"email": _EMAIL, "password": PASSWORD},
    "POST /api/registrations/resend": {"email": _EMAIL},
    "POST /api/email-confirmations": {"token": _TOKEN, "password": PASSWORD},
    "POST /api/sessions": {"email": _EMAIL, "password": PASSWORD},
    "POST /api/password-resets": {"email": _EMAIL},
    "PUT /api/password-resets": {"token": _TOKEN, "password": PASSWORD},
    "PUT /api/account/password": {"current_password": PASSWORD, "new_password": PASSWORD},
    "PUT /api/account/email": {"email": _EMAIL, "password": PASSWORD},
    "DELETE /api/account": {"password": PASSWORD},
    "POST /api/family": {},
    "POST /api/invitation-acceptances": {},
    "POST /api/tickets": {"patient_id": _HEX, "slot_id": NOTHING["slot_id"]},
    "PUT /api/tickets/{ticket_id}": {"slot_id": NOTHING["slot_id"]},
    "POST /api/desk/sessions": {"login": "nobody", "password": PASSWORD, "code": "000000"},
    "PUT /api/desk/districts/{district_id}": {
        "name": "Пробный участок",
        "kind": "adult",
        "doctor": None,
        "hours": {},
    },
    "PUT /api/desk/districts/{district_id}/absences": {"reason": "проба"},
    "POST /api/desk/patients/search": {"last_name": "Никто", "birth_date": "1980-01-01"},
    "POST /api/desk/tickets": {"patient_id": _HEX, "starts_at": "2026-11-30T09:20:00+03:00"},
    "POST /api/desk/tickets/{ticket_id}/outcome": {"outcome": "arrived"},
    "POST /api/desk/consents": {
        "patient_id": _HEX,
        "email": _EMAIL,
        "signed_on": "2026-11-20",
        "document_number": "С-1",
        "text_version": "2026-01",
    },
    "POST /api/desk/documents": {
        "patient_id": _HEX,
        "kind": "test_results",
        "file_name": "results.pdf",
        "size": 10,
        "sha256": "0" * 64,
    },
}
"""A body that passes the checks of its form, for every operation that takes one."""
OF_A_PERSON = {"POST /api/registrations", "POST /api/family"}
"""The forms that name a person too."""


@dataclass(frozen=True)
class Operation:
    """One operation, such as `PUT /api/tickets/{ticket_id}`."""

    name: str
    refusals: frozenset[str]
    """The codes that are its own."""

    @property
    def takes_a_body(self) -> bool:
        """Tell whether it has a form."""
        return self.name in FORMS

    @property
    def needs_a_session(self) -> bool:
        """Tell whether it is for those who are signed in."""
        return "session_required" in self.refusals

    @property
    def is_desks(self) -> bool:
        """Tell whether it is the desk's, and asks for the desk's cookie."""
        return "/api/desk/" in self.name


@cache
def operations() -> dict[str, Operation]:
    """Read what the functions declare beside their routes, by the operations' names."""
    return {one.name: one for app in _apps() for one in _declared(app)}


def _apps() -> Iterator[APIGatewayHttpResolver]:
    for module in sorted((ROOT / "functions").glob("*/app.py")):
        app = getattr(import_module(f"functions.{module.parent.name}.app"), "app", None)
        if app is not None:
            yield app


def _declared(app: APIGatewayHttpResolver) -> Iterator[Operation]:
    for route in app._static_routes + app._dynamic_routes:
        told = (route.openapi_extensions or {}).get("x-outcomes")
        if told is not None:
            path = route.path.replace("<", "{").replace(">", "}")
            yield Operation(f"{route.method} {path}", frozenset(told["refusals"]))


def form_of(name: str) -> dict[str, Any]:
    """Return a body that passes the checks of an operation's form."""
    if name in OF_A_PERSON:
        person = portal.form_of(portal.new_policy_number(), portal.SOMEBODY)
        return person | FORMS[name]
    if name == "PUT /api/desk/districts/{district_id}/absences":
        today = str(settings().day_of(clock.now()))
        return {"from": today, "to": today} | FORMS[name]
    if name == "POST /api/invitation-acceptances":
        return {"token": token("invite", _HEX, _HEX, _HEX)}
    return FORMS[name]


def ask(
    stack: RunningStack, name: str, cookie: str = "", body: object = None, **names: str
) -> httpx.Response:
    """Ask for an operation; what is not told is well-formed and names nothing."""
    if body is None and name in FORMS:
        body = form_of(name)
    request = re.sub(r"\{(\w+)\}", lambda found: (NOTHING | names)[found[1]], name)
    if name == "GET /api/slots":
        request += f"?patient_id={(NOTHING | names)['patient_id']}"
    if name == "GET /api/desk/profiles":
        request += "?status=consent_received"
    return stack.ask(request, body, cookie)


def somebody() -> SignedIn:
    """Return somebody whom the register knows."""
    return portal.new_signed_in(portal.demo_district())


@cache
def anybody() -> SignedIn:
    """Return somebody who has done nothing and will do nothing that counts."""
    return somebody()


@cache
def any_clerk() -> Clerk:
    """Return a clerk who has done nothing that counts."""
    return desk.new_clerk()


def cookie_for(name: str) -> str:
    """Return a cookie of somebody who may ask for an operation."""
    return any_clerk().cookie if operations()[name].is_desks else anybody().cookie


def nobodys_cookie(cookie: str) -> str:
    """Return a cookie of the same account or user that has no such session."""
    return f"{cookie.rpartition('.')[0]}.{clock.new_secret()}"

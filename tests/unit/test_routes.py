"""Requests that no function serves: the wrong method, or nothing there."""

import re

import pytest

from shared.errors import MethodNotAllowed, NotFound
from shared.routes import ROUTES, refusal_of
from tests.unit.builders import PATIENT_ID, TICKET


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("parameter", ["1", PATIENT_ID, TICKET.ticket_id, "а б", "%2F", "{id}"])
def test_a_known_address_with_a_wrong_method_names_the_right_ones(
    route: str, parameter: str
) -> None:
    refusal = refusal_of(re.sub(r"\{\w+\}", lambda _: parameter, route))
    assert isinstance(refusal, MethodNotAllowed)
    assert refusal.allow == ROUTES[route]


@pytest.mark.parametrize(
    "path, allow",
    [
        ("/api/tickets", ("GET", "POST")),
        (f"/api/tickets/{TICKET.ticket_id}", ("PUT", "DELETE")),
        (f"/api/tickets/{TICKET.ticket_id}/calendar", ("GET",)),
        ("/api/family", ("POST",)),
        (f"/api/family/{PATIENT_ID}", ("DELETE",)),
        ("/api/account", ("GET", "DELETE")),
        ("/api/account/export", ("GET",)),
        ("/api/registrations/resend", ("POST",)),
        ("/api/password-resets", ("POST", "PUT")),
    ],
)
def test_each_address_has_the_methods_of_the_contract(path: str, allow: tuple[str, ...]) -> None:
    refusal = refusal_of(path)
    assert isinstance(refusal, MethodNotAllowed)
    assert refusal.allow == allow


@pytest.mark.parametrize(
    "path",
    [
        *("/api/nothing", "/api", "/api/", "/", "", "/api/tickets/", "/API/TICKETS", "/api/ticke"),
        "/api/tickets/1/",
        "/api/tickets/1/calendar/",
        "/api/tickets//calendar",
        "/api/tickets/1/calendars",
        "/api/tickets/1/2/calendar",
        "/api/family/",
        "/api/family/1/2",
        "/api/guardians/",
        "/api/accountx",
        "/api/account/exports",
        "/api/tickets\n",
        "x/api/tickets",
    ],
)
def test_an_unknown_address_is_not_found(path: str) -> None:
    assert isinstance(refusal_of(path), NotFound)

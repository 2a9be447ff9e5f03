"""Every refusal of every operation that the contract has, each once over HTTP."""

import pytest

from shared.api import LARGEST_BODY
from shared.errors import Refusal
from shared.register import LARGEST_FILE
from shared.routes import ROUTES
from tests.stack import desk_refusals, ticket_refusals
from tests.stack.operations import FORMS, ask, cookie_for, form_of, operations
from tests.stack.refusals import WAYS
from tests.stack.running import RunningStack, refused

assert {ticket_refusals.BOOK, desk_refusals.GIVE} <= FORMS.keys()
CONTRACT = {
    "POST /api/email-confirmations": {
        *("confirmation_expired", "wrong_password", "policy_already_registered"),
    },
    "POST /api/sessions": {"sign_in_failed"},
    "PUT /api/password-resets": {"reset_expired"},
    "PUT /api/account/password": {"wrong_password"},
    "POST /api/tickets": {
        *("slot_taken", "ticket_limit_reached", "slot_withdrawn", "policy_expired"),
        *("not_attached", "wrong_district", "slot_unknown", "patient_unknown"),
    },
    "PUT /api/tickets/{ticket_id}": {
        *("slot_taken", "ticket_limit_reached", "slot_withdrawn", "policy_expired"),
        *("not_attached", "wrong_district", "slot_unknown"),
    },
    "DELETE /api/tickets/{ticket_id}": {"too_late"},
    "POST /api/desk/sessions": {"sign_in_failed"},
    "POST /api/desk/consents": {"email_differs"},
    "POST /api/desk/documents/{document_id}/send": {
        *("profile_not_confirmed", "consent_missing", "address_unreachable"),
    },
}
"""What the contract lists beside the operations."""
OPERATIONS = sorted(operations())
WITH_A_BODY = sorted(name for name in OPERATIONS if operations()[name].takes_a_body)
WITH_A_CHECK = sorted({*WITH_A_BODY, *(name for name in OPERATIONS if "{" in name)})
CHANGING = sorted(name for name in OPERATIONS if not name.startswith("GET "))


def _status_of(code: str) -> int:
    (found,) = [kind for kind in Refusal.__subclasses__() if getattr(kind, "code", "") == code]
    return found.status


def test_every_route_declares_its_outcomes() -> None:
    routes = {f"{method} {path}" for path, methods in ROUTES.items() for method in methods}
    assert operations().keys() == routes


def test_every_refusal_of_the_contract_is_declared() -> None:
    for name, codes in CONTRACT.items():
        assert codes <= operations()[name].refusals, name


def test_every_declared_refusal_has_its_way_here_and_no_other_has() -> None:
    declared = {(name, code) for name, one in operations().items() for code in one.refusals}
    assert WAYS.keys() == declared


@pytest.mark.parametrize("name, code", sorted(WAYS))
def test_a_refusal_comes_about(stack: RunningStack, name: str, code: str) -> None:
    answer = WAYS[name, code](stack)
    assert refused(answer) == (_status_of(code), code)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name", [name for name in OPERATIONS if operations()[name].needs_a_session]
)
def test_without_a_cookie_a_session_is_required(stack: RunningStack, name: str) -> None:
    assert refused(ask(stack, name)) == (401, "session_required")


@pytest.mark.parametrize("name", CHANGING)
def test_a_request_from_another_site_is_malformed(stack: RunningStack, name: str) -> None:
    method, path = name.split(" ")
    headers = {"Sec-Fetch-Site": "cross-site", "Cookie": cookie_for(name)}
    body = form_of(name) if name in FORMS else None
    answer = stack.api.request(method, path, json=body, headers=headers)
    assert refused(answer) == (400, "malformed_request")


@pytest.mark.parametrize("name", WITH_A_BODY)
def test_a_body_that_is_no_json_is_malformed(stack: RunningStack, name: str) -> None:
    method, path = name.split(" ")
    bodies = [(b"{", "application/json"), (b"", "application/json"), (b"{}", "text/plain")]
    for body, kind in bodies:
        headers = {"Content-Type": kind, "Cookie": cookie_for(name)}
        answer = stack.api.request(method, path, content=body, headers=headers)
        assert refused(answer) == (400, "malformed_request")


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_body_beyond_any_honest_one_is_too_large(stack: RunningStack, name: str) -> None:
    method, path = name.split(" ")
    headers = {"Content-Type": "application/json", "Cookie": cookie_for(name)}
    largest = LARGEST_FILE if name == "PUT /api/desk/patients" else LARGEST_BODY
    body = b'"' + b"x" * largest + b'"'
    answer = stack.api.request(method, path, content=body, headers=headers)
    assert refused(answer) == (413, "too_large")


@pytest.mark.parametrize("name", WITH_A_BODY)
def test_an_unknown_and_a_missing_field_are_named(stack: RunningStack, name: str) -> None:
    form, cookie = form_of(name), cookie_for(name)
    missing = next(iter(form))
    unknown = ask(stack, name, cookie, form | {"surname": "Образцова"})
    lacking = ask(stack, name, cookie, {one: form[one] for one in form if one != missing} or {})

    assert [refused(answer) for answer in (unknown, lacking)] == [(422, "invalid_request")] * 2
    named = [[error["pointer"] for error in one.json()["errors"]] for one in (unknown, lacking)]
    assert named == [["/surname"], [f"/{missing}"]]
    assert "Образцова" not in unknown.text


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "{" in name])
def test_a_name_in_the_path_that_is_too_long_is_refused(stack: RunningStack, name: str) -> None:
    for part in [part[1:-1] for part in name.split("/") if part.startswith("{")]:
        answer = ask(stack, name, cookie_for(name), **{part: "a" * 101})
        assert refused(answer) == (422, "invalid_request")
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{part}"]


def test_slots_are_listed_for_somebody_who_is_named(stack: RunningStack) -> None:
    answer = stack.ask("GET /api/slots", cookie=cookie_for("GET /api/slots"))
    assert refused(answer) == (422, "invalid_request")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/patient_id"]

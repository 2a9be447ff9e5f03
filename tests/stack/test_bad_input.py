"""Bad input over HTTP: each gives its problem document, and the table is unchanged."""

from typing import Any

import httpx
import pytest

from shared.districts import District
from shared.tickets import Slot
from tests.stack import portal
from tests.stack.running import RunningStack

FORM = {
    "email": "bad-input@stack.example",
    "password": "верблюд над рекой",
    "policy_number": "7856130840000017",
    "last_name": "Образцова",
    "first_name": "Проба",
    "birth_date": "1980-01-01",
}


def assert_refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert {"type", "title", "request_id"} <= body.keys()
    return body


@pytest.mark.parametrize(
    "field, value, reason",
    [
        ("policy_number", "7856130840000018", "policy_check_digit"),
        ("policy_number", "123456789", "policy_temporary_certificate"),
        ("policy_number", "12345678901", "policy_form_number"),
        ("policy_number", "ДМС-0012/345", "policy_not_digits"),
        ("policy_number", "12345678901234", "policy_length"),
        ("email", "ivanova at example.com", "email_invalid"),
        ("birth_date", "2999-01-01", "birth_date_range"),
        ("birth_date", 19800101, "date_format"),
        ("password", "password123", "password_common"),
        ("last_name", "\t", "missing"),
        ("surname", "Образцова", "extra_forbidden"),
    ],
)
def test_a_refused_field_is_named_and_nothing_is_written(
    stack: RunningStack, field: str, value: object, reason: str
) -> None:
    before = portal.lasting_items(stack)
    answer = stack.api.post("/api/registrations", json=FORM | {field: value})
    body = assert_refused(answer, 422, "invalid_request")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
        (f"/{field}", reason)
    ]
    assert str(value) not in answer.text
    assert portal.lasting_items(stack) == before


@pytest.mark.parametrize(
    "body, content_type, status, code",
    [
        (b'{"email": ', "application/json", 400, "malformed_request"),
        (b"[" * 20_000, "application/json", 400, "malformed_request"),
        (b'{"email": NaN}', "application/json", 400, "malformed_request"),
        (b"\xff\xfe", "application/json", 400, "malformed_request"),
        (b"{}", "text/plain", 400, "malformed_request"),
        (b"email=a", "application/x-www-form-urlencoded", 400, "malformed_request"),
        (b"[]", "application/json", 422, "invalid_request"),
        (b'"' + b"x" * 100_000 + b'"', "application/json", 413, "too_large"),
        (b'"' + b"x" * 10_000_000 + b'"', "application/json", 413, "too_large"),
    ],
)
def test_a_malformed_body_is_refused_and_nothing_is_written(
    stack: RunningStack, body: bytes, content_type: str, status: int, code: str
) -> None:
    before = portal.lasting_items(stack)
    for path in ("/api/registrations", "/api/email-confirmations", "/api/sessions", "/api/tickets"):
        answer = stack.api.post(path, content=body, headers={"Content-Type": content_type})
        assert_refused(answer, status, code)
    assert portal.lasting_items(stack) == before


@pytest.mark.parametrize(
    "header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://x.example"}]
)
def test_a_request_from_another_site_is_refused(
    stack: RunningStack, header: dict[str, str]
) -> None:
    before = portal.lasting_items(stack)
    answer = stack.api.post("/api/registrations", json=FORM, headers=header)
    assert_refused(answer, 400, "malformed_request")
    assert portal.lasting_items(stack) == before


@pytest.mark.parametrize(
    "method, path, status, code",
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api/registrations", 405, "method_not_allowed"),
        ("PATCH", "/api/account", 405, "method_not_allowed"),
        ("OPTIONS", "/api/account", 405, "method_not_allowed"),
        ("GET", "/api/account", 401, "session_required"),
        ("GET", "/api/slots?patient_id=x", 401, "session_required"),
        ("DELETE", "/api/sessions/current", 401, "session_required"),
    ],
)
def test_a_request_that_nobody_serves_or_without_a_session_is_a_problem_document(
    stack: RunningStack, method: str, path: str, status: int, code: str
) -> None:
    assert_refused(stack.api.request(method, path), status, code)


def test_foreign_patients_and_districts_are_refused_and_nothing_is_written(
    stack: RunningStack,
) -> None:
    here, there = portal.new_district(), portal.new_district()
    who, neighbour = portal.new_signed_in(here), portal.new_signed_in(here)
    ours, theirs = _last_slot(here), _last_slot(there)
    before = portal.lasting_items(stack)

    def ask(patient_id: str, slot_id: str) -> httpx.Response:
        wanted = {"patient_id": patient_id, "slot_id": slot_id}
        return stack.api.post("/api/tickets", json=wanted, headers={"Cookie": who.cookie})

    assert_refused(ask(neighbour.patient_id, ours), 404, "patient_unknown")
    assert_refused(ask("0" * 32, ours), 404, "patient_unknown")
    assert_refused(ask(who.patient_id, theirs), 403, "wrong_district")
    assert_refused(ask(who.patient_id, ours.replace(".2.", ".9.")), 404, "slot_unknown")
    assert_refused(ask(who.patient_id, "nonsense"), 404, "slot_unknown")
    listed = stack.api.get(
        "/api/slots",
        params={"patient_id": neighbour.patient_id},
        headers={"Cookie": who.cookie},
    )
    assert_refused(listed, 404, "patient_unknown")
    assert portal.lasting_items(stack) == before


def _last_slot(district: District) -> str:
    """Return a slot that is surely still to come."""
    slot: Slot = portal.last_day(district)[-1]
    return slot.place.slot_id

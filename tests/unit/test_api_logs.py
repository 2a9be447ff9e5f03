"""What the log says of a request: enough to find a fault by, and nothing about a person."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from shared import api
from tests.unit.builders import ACCOUNT_ID, POLICY, request
from tests.unit.example_app import SECRET, call

PERSON = {
    "policy_number": POLICY,
    "policy_series": "серия",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Сергеевна",
    "birth_date": "1985-03-27",
}
COOKIE = f"__Host-session={ACCOUNT_ID}.{SECRET}"
PERSONAL = [*PERSON.values(), SECRET]

Logged = Callable[[], str]


@pytest.fixture
def logged(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Logged:
    """Return what can be asked for all that was written, by whatever way."""
    caplog.set_level(logging.INFO)
    stream = io.StringIO()
    for handler in api.logger.handlers:
        monkeypatch.setattr(handler, "stream", stream)

    def written() -> str:
        return stream.getvalue() + "".join(capfd.readouterr()) + caplog.text

    return written


def _lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    "event, route, status",
    [
        (request("/api/people", PERSON, cookie=COOKIE), "POST /api/people", 201),
        (request("/api/people", PERSON | {"age": POLICY}), "POST /api/people", 422),
        (request("/api/people", PERSON | {"policy_number": "123456789"}), "POST /api/people", 422),
        (request("/api/people", json.dumps(PERSON)[1:]), "POST /api/people", 400),
        (request("/api/people", PERSON, origin="https://evil.example"), "POST /api/people", 400),
        (request("/api/refusals", PERSON), "POST /api/refusals", 409),
        (request("/api/session", method="GET", cookie=COOKIE), "GET /api/session", 200),
    ],
)
def test_a_request_leaves_one_line_with_its_route_and_status_and_nobodys_data(
    event: dict[str, Any], route: str, status: int, logged: Logged
) -> None:
    call(event)
    written = logged()
    (line,) = _lines(written)
    assert (line["route"], line["status"], line["request_id"]) == (route, status, "request-1")
    assert [value for value in [*PERSONAL, "123456789"] if value in written] == []


def test_an_unforeseen_failure_is_logged_by_its_place_without_its_message(logged: Logged) -> None:
    answer = call(request("/api/failures", PERSON, cookie=COOKIE))
    written = logged()
    failed, answered = _lines(written)
    assert (failed["level"], failed["error"], failed["request_id"]) == (
        *("ERROR", "RuntimeError"),
        "request-1",
    )
    assert "example_app.py:" in failed["place"]
    assert answered["status"] == 500
    assert [value for value in PERSONAL if value in written] == []
    assert [value for value in PERSONAL if value in answer["body"]] == []


def test_an_unforeseen_failure_tells_the_patient_nothing_but_that_it_was_one() -> None:
    answer = call(request("/api/failures", PERSON))
    assert json.loads(answer["body"]) == {
        "type": "https://clinic.example/problems/internal_error",
        "code": "internal_error",
        "title": "Внутренняя ошибка, мы уже разбираемся",
        "status": 500,
        "request_id": "request-1",
    }


def test_an_answer_that_breaks_its_promise_is_logged_without_it(logged: Logged) -> None:
    call(request("/api/broken-promises", method="GET"))
    written = logged()
    failed, answered = _lines(written)
    assert (failed["error"], answered["status"]) == ("ResponseValidationError", 500)
    assert "Иванова" not in written

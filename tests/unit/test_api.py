"""What every HTTP function does with a request before its own code, and with its answer after."""

import base64
import json
from typing import Any

import pytest

from shared.api import LARGEST_BODY
from tests.unit.builders import ORIGIN_KEY, SITE, request
from tests.unit.example_app import FILE, call

PERSON = {
    "policy_number": "7856130840000017",
    "last_name": "Иванова",
    "first_name": "Анна",
    "birth_date": "1985-03-27",
}
THROUGH = {"x-origin-key": ORIGIN_KEY}
SECURITY_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def _problem(answer: dict[str, Any], status: int, code: str) -> dict[str, Any]:
    """Return the problem document of an answer, having seen that it is that problem."""
    problem: dict[str, Any] = json.loads(answer["body"])
    assert (answer["statusCode"], problem["code"]) == (status, code)
    assert problem["status"] == status
    assert problem["type"] == f"{SITE}/problems/{code}"
    assert problem["request_id"] == "request-1"
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"].items() >= SECURITY_HEADERS.items()
    return problem


def test_an_honest_request_is_answered_in_readable_json() -> None:
    answer = call(request("/api/people", PERSON))
    assert (answer["statusCode"], answer["body"]) == (201, '{"name": "Иванова"}')
    assert answer["headers"] == {"Content-Type": "application/json"} | SECURITY_HEADERS


def test_a_file_is_answered_as_it_is_to_be_kept_and_never_as_json() -> None:
    answer = call(request("/api/file", method="GET"))
    assert (answer["statusCode"], answer["body"]) == (200, FILE)
    assert answer["isBase64Encoded"] is False
    assert answer["headers"] == SECURITY_HEADERS | {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'attachment; filename="ticket.ics"',
    }


def test_what_is_done_later_is_accepted() -> None:
    answer = call(request("/api/requests", {}))
    assert (answer["statusCode"], answer["body"]) == (202, '{"name": "Иванова"}')


def test_a_body_in_base64_is_read_too() -> None:
    event = request("/api/people", base64.b64encode(json.dumps(PERSON).encode()).decode())
    assert call(event | {"isBase64Encoded": True})["statusCode"] == 201


def test_bytes_that_are_no_text_are_refused() -> None:
    event = request("/api/people", base64.b64encode(b'{"last_name": "\xff"}').decode())
    _problem(call(event | {"isBase64Encoded": True}), 400, "malformed_request")


@pytest.mark.parametrize("headers", [None, {}, {"x-origin-key": "a guess"}], ids=str)
@pytest.mark.parametrize(
    "event",
    [
        request("/api/people", PERSON),
        request("/api/people", "x" * (LARGEST_BODY + 1)),
        request("/api/session", method="GET"),
        request("/api/session", method="OPTIONS"),
        request("/api/nothing", method="GET"),
    ],
    ids=["honest", "too large", "without a session", "of another method", "of nothing"],
)
def test_whatever_came_past_the_distribution_is_refused_before_anything_else(
    event: dict[str, Any], headers: dict[str, str] | None
) -> None:
    kept = {"content-type": "application/json"}
    sent = None if headers is None else kept | headers
    _problem(call(event | {"headers": sent}), 400, "malformed_request")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-8"},
        {"content-type": " Application/JSON "},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": SITE},
        {"origin": SITE, "sec-fetch-site": "same-origin"},
    ],
    ids=str,
)
def test_the_sites_own_requests_are_served(headers: dict[str, str]) -> None:
    assert call(request("/api/people", PERSON, **headers))["statusCode"] == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": SITE.replace("https", "http")},
        {"origin": f"{SITE}.evil.example"},
        {"origin": f"{SITE}:444"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": SITE, "sec-fetch-site": "cross-site"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=application/json"},
        {"content-type": "application/jsonp"},
        {"content-type": ""},
    ],
    ids=str,
)
def test_another_sites_requests_and_what_a_form_can_send_are_refused(
    headers: dict[str, str],
) -> None:
    _problem(call(request("/api/people", PERSON, **headers)), 400, "malformed_request")


def test_a_body_of_no_declared_type_is_refused() -> None:
    event = request("/api/people", PERSON)
    _problem(call(event | {"headers": THROUGH}), 400, "malformed_request")


def test_a_change_without_a_body_needs_no_content_type_but_the_same_origin() -> None:
    event = request("/api/session", method="DELETE")
    assert call(event | {"headers": THROUGH})["statusCode"] == 204
    foreign = {"sec-fetch-site": "cross-site"}
    _problem(call(event | {"headers": THROUGH | foreign}), 400, "malformed_request")


def test_a_link_from_another_site_may_be_followed() -> None:
    event = request("/api/session", method="GET", **{"sec-fetch-site": "cross-site"})
    _problem(call(event), 401, "session_required")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "not json",
        '{"last_name": "Иванова",}',
        "{'last_name': 'Иванова'}",
        '{"last_name": NaN}',
        '{"last_name": Infinity}',
        "-Infinity",
        '{"last_name": 1} {}',
        '{"last_name": "\n"}',
        "\ufeff{}",
    ],
)
def test_what_is_not_json_is_refused(body: str) -> None:
    _problem(call(request("/api/people", body)), 400, "malformed_request")


@pytest.mark.parametrize("opening", ["[", '{"last_name":', '[{"a":'])
@pytest.mark.parametrize("closing", ["", "]"])
def test_json_too_deep_to_be_read_is_refused(opening: str, closing: str) -> None:
    depth = LARGEST_BODY // len(opening) // 2
    body = opening * depth + closing * depth
    _problem(call(request("/api/people", body)), 400, "malformed_request")


def test_a_number_too_long_to_be_read_is_refused() -> None:
    body = f'{{"last_name": {"1" * 5000}}}'
    _problem(call(request("/api/people", body)), 400, "malformed_request")


@pytest.mark.parametrize("depth", [1, 100, 400])
def test_json_deeper_than_the_form_is_refused_as_a_wrong_field(depth: int) -> None:
    body = f'{{"last_name": {"[" * depth}{"]" * depth}}}'
    problem = _problem(call(request("/api/people", body)), 422, "invalid_request")
    assert {"pointer": "/last_name", "detail": "Здесь ожидается текст.", "code": "string_type"} in (
        problem["errors"]
    )


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "true"])
def test_json_that_is_no_object_is_refused_as_a_whole(body: str) -> None:
    problem = _problem(call(request("/api/people", body)), 422, "invalid_request")
    assert [fault["pointer"] for fault in problem["errors"]] == [""]


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data", "nonsense"])
def test_without_a_body_its_declared_type_makes_no_difference(content_type: str) -> None:
    event = request("/api/people", **{"content-type": content_type})
    _problem(call(event), 400, "malformed_request")


@pytest.mark.parametrize("body", [None, "", "null"])
def test_a_missing_body_is_no_form(body: str | None) -> None:
    _problem(call(request("/api/people", body)), 400, "malformed_request")


def test_all_wrong_fields_are_named_at_once_and_none_is_repeated() -> None:
    wrong = {
        "policy_number": "123456789",
        "last_name": "Ива\0нова",
        "birth_date": "27.03.1985",
        "is_admin": "Щъ7713",
    }
    answer = call(request("/api/people", wrong))
    problem = _problem(answer, 422, "invalid_request")
    assert {(fault["pointer"], fault["code"]) for fault in problem["errors"]} == {
        ("/policy_number", "policy_temporary_certificate"),
        ("/last_name", "name_characters"),
        ("/first_name", "missing"),
        ("/birth_date", "date_format"),
        ("/is_admin", "extra_forbidden"),
    }
    assert [typed for typed in wrong.values() if typed in answer["body"]] == []


@pytest.mark.parametrize(
    "body", [r'{"\ud800": 1}', r'{"last_name": "\ud800"}', r'{"last_name": "\u0000"}']
)
def test_half_a_character_is_refused_in_an_answer_that_can_be_sent(body: str) -> None:
    answer = call(request("/api/people", body))
    _problem(answer, 422, "invalid_request")
    assert json.loads(answer["body"].encode())


def test_a_body_as_large_as_allowed_is_read_and_one_byte_more_is_too_large() -> None:
    padded = json.dumps(PERSON).ljust(LARGEST_BODY)
    assert call(request("/api/people", padded))["statusCode"] == 201
    _problem(call(request("/api/people", f"{padded} ")), 413, "too_large")


def test_a_body_is_measured_in_bytes_however_it_was_handed_over() -> None:
    text = json.dumps(PERSON | {"last_name": "Я" * (LARGEST_BODY // 2)}, ensure_ascii=False)
    _problem(call(request("/api/people", text)), 413, "too_large")
    in_base64 = request("/api/people", base64.b64encode(text.encode()).decode())
    _problem(call(in_base64 | {"isBase64Encoded": True}), 413, "too_large")
    short = json.dumps(PERSON).ljust(LARGEST_BODY)
    in_base64 = request("/api/people", base64.b64encode(short.encode()).decode())
    assert call(in_base64 | {"isBase64Encoded": True})["statusCode"] == 201


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_ten_megabytes_are_too_large_whatever_they_are(content_type: str) -> None:
    body = "x" * 10 * 1024 * 1024
    event = request("/api/people", body, **{"content-type": content_type})
    _problem(call(event), 413, "too_large")


def test_a_refusal_is_answered_as_its_problem() -> None:
    _problem(call(request("/api/refusals", {})), 409, "slot_taken")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_route_that_the_function_does_not_have_is_not_found(method: str) -> None:
    _problem(call(request("/api/nothing", method=method)), 404, "not_found")


def test_an_answer_that_breaks_its_promise_is_an_internal_error() -> None:
    answer = call(request("/api/broken-promises", method="GET"))
    _problem(answer, 500, "internal_error")

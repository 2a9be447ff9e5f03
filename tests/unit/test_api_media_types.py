"""A function whose bodies are no JSON: their own type and size, and every other check as ever."""

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from shared.api import create_app, entry_point, ok
from tests.unit.builders import SITE, request

LARGEST = 1000
TEXT = "имя\nАнна\n"

app = create_app()


class Heard(BaseModel):
    """What was sent, as the function saw it."""

    text: str


@app.put("/api/lines")
def take_lines() -> Response[Heard]:
    return ok(Heard(text=app.current_event.decoded_body or ""))


_handler = entry_point(app, "text/csv", LARGEST)


def _call(body: str | None, **headers: str) -> dict[str, Any]:
    told = {"content-type": "text/csv"} | headers
    answer: dict[str, Any] = _handler(request("/api/lines", body, "PUT", **told), LambdaContext())
    return answer


@pytest.mark.parametrize(
    "content_type", ["text/csv", "text/csv; charset=utf-8", " Text/CSV ;header=present"]
)
def test_a_body_of_the_functions_own_type_is_handed_on_as_it_was_sent(content_type: str) -> None:
    answer = _call(TEXT, **{"content-type": content_type})
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"text": TEXT})


def test_a_body_in_base64_is_read_too() -> None:
    event = request("/api/lines", base64.b64encode(TEXT.encode()).decode(), "PUT")
    event["headers"]["content-type"] = "text/csv"
    answer = _handler(event | {"isBase64Encoded": True}, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"text": TEXT})


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"content-type": "text/plain"},
        {"content-type": ""},
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
    ],
    ids=str,
)
def test_any_other_type_and_another_site_are_refused(headers: dict[str, str]) -> None:
    answer = _call(TEXT, **headers)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (400, "malformed_request")


def test_the_sites_own_requests_are_served() -> None:
    assert _call(TEXT, origin=SITE, **{"sec-fetch-site": "same-origin"})["statusCode"] == 200


def test_a_body_as_large_as_allowed_is_read_and_one_byte_more_is_too_large() -> None:
    assert _call("я" * (LARGEST // 2))["statusCode"] == 200
    answer = _call("я" * (LARGEST // 2) + "1")
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (413, "too_large")

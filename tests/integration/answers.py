"""Requests as the HTTP API hands them to a function, and answers as a browser sees them."""

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import errors

SITE = "https://portal.example"
REQUEST_ID = "JKJaXmPLvHcESHA="
ADDRESS = "192.0.2.1"
ORIGIN_KEY = "what only the distribution knows"
DISTRIBUTION = "203.0.113.250"
"""Where the distribution's own connections come from."""

_EVERY_ANSWER = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
JSON_HEADERS = _EVERY_ANSWER | {"Content-Type": "application/json"}
_REFUSALS = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, errors.Refusal) and hasattr(found, "code")
]
_TITLES = {refusal.code: refusal.title for refusal in _REFUSALS}
PROBLEM_HEADERS = _EVERY_ANSWER | {"Content-Type": "application/problem+json"}


@dataclass(frozen=True)
class Answer:
    """A whole answer: what is not written here must not be there."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_HEADERS)
    cookies: list[str] = field(default_factory=list)


def call(  # noqa: PLR0913 - a request has that many parts
    function: str,
    method: str,
    path: str,
    body: object = None,
    *,
    cookie: str | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    address: str = ADDRESS,
) -> Answer:
    """Send a request to a function; a body that is no text is sent as JSON."""
    sent = event(method, path, body, cookie=cookie, query=query, headers=headers, address=address)
    return read(invoke(function, sent))


def invoke(function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event to a function and return what Lambda would hand on."""
    app = importlib.import_module(f"functions.{function}.app")
    answer: dict[str, Any] = app.lambda_handler(event, LambdaContext())
    return answer


def event(  # noqa: PLR0913
    method: str,
    path: str,
    body: object = None,
    *,
    cookie: str | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    address: str = ADDRESS,
) -> dict[str, Any]:
    """Build an event of payload format 2.0; what a request lacks, the event lacks too.

    It comes through the distribution, from a browser at this `address`.
    """
    sent = {
        "host": "api1234567.execute-api.eu-central-1.amazonaws.com",
        "user-agent": "Amazon CloudFront",
        "x-forwarded-port": "443",
        "cloudfront-viewer-address": f"{address}:46532",
        "x-origin-key": ORIGIN_KEY,
    }
    built: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": sent | ({"content-type": "application/json"} if body is not None else {}),
        "requestContext": _context(method, path),
        "isBase64Encoded": False,
    }
    built["headers"] |= headers or {}
    if body is not None:
        built["body"] = body if isinstance(body, str) else json.dumps(body)
    if cookie is not None:
        built["cookies"] = [cookie]
    if query is not None:
        built["queryStringParameters"] = dict(query)
    return built


def _context(method: str, path: str) -> dict[str, Any]:
    """Return what API Gateway tells of a request that came from the distribution."""
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": DISTRIBUTION}
    return {
        "accountId": "123456789012",
        "apiId": "api1234567",
        "http": http | {"userAgent": "Amazon CloudFront"},
        "requestId": REQUEST_ID,
        "routeKey": f"{method} {path}",
        "stage": "$default",
    }


def read(answer: Mapping[str, Any]) -> Answer:
    """Read what a function returned, which Lambda must be able to write as UTF-8."""
    assert json.dumps(answer, ensure_ascii=False).encode()
    assert not answer.get("isBase64Encoded")
    body = answer.get("body")
    return Answer(
        status=answer["statusCode"],
        body=json.loads(body) if body else None,
        headers=answer["headers"],
        cookies=answer.get("cookies") or [],
    )


def problem(
    status: int,
    code: str,
    faults: Sequence[tuple[str, str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return the problem document of a refusal, whole; `faults` are pointer, code and detail."""
    body: dict[str, Any] = {
        "type": f"{SITE}/problems/{code}",
        "code": code,
        "title": _TITLES[code],
        "status": status,
        "request_id": REQUEST_ID,
    }
    if faults:
        body["errors"] = [
            {"pointer": pointer, "detail": detail, "code": reason}
            for pointer, reason, detail in faults
        ]
    return Answer(status, body, {**PROBLEM_HEADERS, **(headers or {})})


SESSION_REQUIRED = problem(401, "session_required")
TRY_AGAIN = problem(503, "try_again", headers={"Retry-After": "1"})

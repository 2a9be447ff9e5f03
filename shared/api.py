"""What every HTTP function is made of: the resolver, the session cookie, answers and refusals."""

import hashlib
import json
import logging
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clients, problems
from shared.accounts import SESSION_LIFETIME, SessionKey
from shared.errors import (
    InternalError,
    InvalidRequest,
    MalformedRequest,
    NotFound,
    Refusal,
    SessionRequired,
    TooLarge,
)
from shared.ids import AccountId
from shared.settings import settings

Event = dict[str, Any]
Answer = dict[str, Any]
Handler = Callable[[Event, LambdaContext], Answer]
BodyT = TypeVar("BodyT")

JSON = "application/json"
LARGEST_BODY = 64 * 1024
"""Bytes. The largest honest body is a registration of about 1 KiB."""

SESSION_COOKIE = "__Host-session"
_SESSION = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})", re.ASCII)
_SECURITY_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

logger = Logger()
# At its most talkative the library logs what was typed; it is never to say so much.
logging.getLogger("aws_lambda_powertools").setLevel(logging.WARNING)


def create_app() -> APIGatewayHttpResolver:
    """Return a resolver that validates requests and answers every refusal as a problem document."""
    app = APIGatewayHttpResolver(
        enable_validation=True,
        serializer=partial(json.dumps, ensure_ascii=False),
        json_body_deserializer=_parse_json,
        response_validation_error_http_code=500,
    )

    def refuse(error: Exception) -> Response[str]:
        refusal = _refusal_of(error)
        return Response(
            status_code=refusal.status,
            headers=problems.headers(refusal),
            body=problems.document(refusal, _request_id(app.current_event.raw_event)),
        )

    app.exception_handler(Exception)(refuse)
    return app


def entry_point(
    app: APIGatewayHttpResolver, media_type: str = JSON, largest_body: int = LARGEST_BODY
) -> Handler:
    """Return the Lambda handler of an app: request checks, the route, one log line.

    What did not come through the distribution is refused before anything else is looked at.
    Bodies are of this media type and have at most so many bytes.
    """

    def lambda_handler(event: Event, context: LambdaContext) -> Answer:
        logger.append_keys(request_id=_request_id(event))
        try:
            clients.demand_distribution(event)
            _check(event, media_type, largest_body)
            answer = app.resolve(event, context)
        except Refusal as refusal:
            answer = {
                "statusCode": refusal.status,
                "headers": problems.headers(refusal),
                "body": problems.document(refusal, _request_id(event)),
            }
        answer["headers"] = answer.get("headers", {}) | _SECURITY_HEADERS
        answer["body"] = answer.get("body") or ""
        logger.info("answered", route=event.get("routeKey"), status=answer["statusCode"])
        return answer

    return lambda_handler


def session(app: APIGatewayHttpResolver) -> SessionKey:
    """Return the session that the request's cookie names; whether it is open, the table knows.

    Raises SessionRequired.
    """
    found = read_cookie(app, SESSION_COOKIE, _SESSION)
    if found is None:
        raise SessionRequired
    return session_key(AccountId(found[1]), found[2])


def read_cookie(
    app: APIGatewayHttpResolver, wanted: str, form: re.Pattern[str]
) -> re.Match[str] | None:
    """Return the first cookie of this name whose value has this form."""
    event: Mapping[str, Any] = app.current_event.raw_event
    values = (form.fullmatch(value) for name, value in _cookies(event) if name == wanted)
    return next(filter(None, values), None)


def session_key(account_id: AccountId, secret: str) -> SessionKey:
    """Return the key of a session; of its secret only the SHA-256 is kept."""
    return SessionKey(account_id, digest_of(secret))


def digest_of(secret: str) -> str:
    """Return what is kept of a session's secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def session_cookie(account_id: AccountId, secret: str) -> Cookie:
    """Return the cookie that carries a new session."""
    lifetime = int(SESSION_LIFETIME.total_seconds())
    return cookie(SESSION_COOKIE, f"{account_id}.{secret}", max_age=lifetime)


def no_session_cookie() -> Cookie:
    """Return the cookie that makes a browser forget its session."""
    return cookie(SESSION_COOKIE, "", max_age=0)


def cookie(name: str, value: str, max_age: int) -> Cookie:
    """Return a cookie that only this origin gets, and no script; `max_age` is in seconds."""
    return Cookie(
        name,
        value,
        path="/",
        secure=True,
        http_only=True,
        max_age=max_age,
        same_site=SameSite.STRICT_MODE,
    )


def ok(body: BodyT) -> Response[BodyT]:
    """Answer 200."""
    return Response(200, JSON, body)


def created(body: BodyT, cookie: Cookie | None = None) -> Response[BodyT]:
    """Answer 201, with a cookie where a session was opened."""
    return Response(201, JSON, body, cookies=[cookie] if cookie else None)


def attachment(text: str, content_type: str, file_name: str) -> Response[str]:
    """Answer 200 with a file to be kept."""
    disposition = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(200, content_type, text, headers=disposition)


def accepted(body: BodyT) -> Response[BodyT]:
    """Answer 202."""
    return Response(202, JSON, body)


def no_content(cookie: Cookie | None = None) -> Response[None]:
    """Answer 204."""
    return Response(204, cookies=[cookie] if cookie else None)


def _check(event: Event, media_type: str, largest_body: int) -> None:
    """Refuse what no honest client sends, and leave the body as text.

    Raises MalformedRequest, TooLarge.
    """
    headers: dict[str, str] = event.get("headers") or {}
    body = _body(event)
    if len(body) > largest_body:
        raise TooLarge
    if event["requestContext"]["http"]["method"] in {"GET", "HEAD"}:
        return
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise MalformedRequest
    if headers.get("origin", settings().site_address) != settings().site_address:
        raise MalformedRequest
    told = headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and told != media_type:
        raise MalformedRequest
    try:
        event["body"], event["isBase64Encoded"] = body.decode(), False
    except UnicodeDecodeError as exc:
        raise MalformedRequest from exc
    event["headers"] = headers | {"content-type": JSON}


def _body(event: Event) -> bytes:
    """Return the body as it was sent; what is not text comes in base64."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="replace")
    try:
        return b64decode(body)
    except ValueError as exc:
        raise MalformedRequest from exc


def _parse_json(text: str) -> Any:  # noqa: ANN401 - JSON is any value
    try:
        return json.loads(text, parse_constant=_no_such_number)
    except (ValueError, RecursionError) as exc:
        raise MalformedRequest from exc


def _no_such_number(_: str) -> None:
    raise MalformedRequest


def _refusal_of(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestValidationError):
        faults = problems.faults_of(error.errors())
        nothing_sent = [fault.code for fault in faults if not fault.pointer] == ["missing"]
        return MalformedRequest() if nothing_sent else InvalidRequest(*faults)
    if isinstance(error, NotFoundError):
        return NotFound()
    logger.error("failed", error=type(error).__name__, place=_place(error))
    return InternalError()


def _place(error: BaseException) -> str:
    """Say where an error was raised; its message and its values may be personal."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "nowhere"


def _request_id(event: Mapping[str, Any]) -> str:
    return str(event["requestContext"]["requestId"])


def _cookies(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and value of each cookie: HTTP APIs list them, the local stack sends a header."""
    header = (event.get("headers") or {}).get("cookie", "")
    for pair in [*(event.get("cookies") or []), *header.split(";")]:
        name, _, value = pair.strip().partition("=")
        yield name, value

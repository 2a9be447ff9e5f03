"""Writes docs/openapi.json: one OpenAPI 3.1 document of all functions, with every refusal.

    python -m scripts.export_openapi

Each function knows its own route, body and answer; what it may refuse stands beside the route
(`shared.outcomes`), and what any operation may refuse stands here.
"""

import importlib
import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from shared import errors
from shared.api import SESSION_COOKIE
from shared.desk_api import DESK_COOKIE
from shared.errors import Refusal
from shared.problems import CONTENT_TYPE

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "openapi.json"

Json = dict[str, Any]

_ANYWHERE: tuple[type[Refusal], ...] = (
    *(errors.MalformedRequest, errors.TooLarge, errors.InvalidRequest),
    *(errors.TooManyRequests, errors.InternalError, errors.TryAgain),
)
_WITH_RETRY_AFTER = {errors.TooManyRequests.status, errors.TryAgain.status}
_LIBRARYS_OWN = {"HTTPValidationError", "ResponseValidationError", "ValidationError"}
"""Schemas of refusals that the portal never makes: it writes problem documents."""
_SESSION = "session"
_DESK_SESSION = "desk_session"
_DESK = "/api/desk/"
"""What begins so is for the registry's staff, whose session has a cookie of its own."""
_SECURITY_SCHEMES: Json = {
    _SESSION: {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    _DESK_SESSION: {"type": "apiKey", "in": "cookie", "name": DESK_COOKIE},
}
_TEXT = {"type": "string"}
_PROBLEM: Json = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "code": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "request_id": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": _TEXT, "detail": _TEXT, "code": _TEXT},
                "required": ["pointer", "detail", "code"],
            },
        },
    },
    "required": ["type", "code", "title", "status", "request_id"],
}


def document() -> Json:
    """Return the document, the same for the same code."""
    paths: dict[str, Json] = {}
    schemas: Json = {"Problem": _PROBLEM}
    for folder, own in _functions():
        for path, operations in own["paths"].items():
            for method, operation in operations.items():
                session = _DESK_SESSION if path.startswith(_DESK) else _SESSION
                paths.setdefault(path, {})[method] = _operation(folder, operation, session)
        _add(schemas, own["components"]["schemas"])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "A polyclinic's patient account",
            "version": "1",
            "description": "Errors are problem documents (RFC 9457); their codes never change.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {one.__name__: _problem([one]) for one in _by_code().values()},
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _functions() -> Iterator[tuple[str, Json]]:
    """Yield each function with a route of its own, and its own small document."""
    for module in sorted((ROOT / "functions").glob("*/app.py")):
        folder = module.parent.name
        app = getattr(importlib.import_module(f"functions.{folder}.app"), "app", None)
        if isinstance(app, APIGatewayHttpResolver) and folder != "refuse_unknown_route":
            yield folder, json.loads(app.get_openapi_json_schema())


def _operation(folder: str, generated: Json, session: str) -> Json:
    """Return an operation as its function tells it, with all its answers.

    `session` is the security scheme of those that ask for a session.
    """
    module = importlib.import_module(f"functions.{folder}.app")
    told = generated["x-outcomes"]
    refusals = [*_ANYWHERE, *_own_refusals(generated)]
    operation: Json = {
        "operationId": folder,
        "summary": str(module.__doc__).partition(": ")[2].split("\n", 1)[0],
        "responses": _successes(generated, told) | _refusals(refusals),
    }
    if errors.SessionRequired in refusals:
        operation["security"] = [{session: []}]
    if "takes" in told:
        text = {told["takes"]: {"schema": {"type": "string"}}}
        operation["requestBody"] = {"content": text, "required": True}
    kept = {name: generated[name] for name in ("parameters", "requestBody") if name in generated}
    whole: Json = _without_titles(kept | operation)
    return whole


def _own_refusals(generated: Json) -> list[type[Refusal]]:
    """Return the refusals of one operation; what no path can hold is not found there."""
    own = [_by_code()[code] for code in generated["x-outcomes"]["refusals"]]
    has_name = any(one["in"] == "path" for one in generated.get("parameters", ()))
    return [*own, errors.NotFound] if has_name and errors.NotFound not in own else own


def _successes(generated: Json, told: Json) -> Json:
    """Return the answers of an operation that was done; all have one form."""
    schema = generated["responses"]["200"]["content"]["application/json"]["schema"]
    content = {"content": {told["media_type"]: {"schema": schema}}}
    return {
        str(status): {"description": HTTPStatus(status).phrase}
        | ({} if status == HTTPStatus.NO_CONTENT else content)
        for status in told["statuses"]
    }


def _refusals(refusals: list[type[Refusal]]) -> Json:
    """Return the refusals of an operation by status; one that is alone there is told once."""
    found: Json = {}
    for status in sorted({refusal.status for refusal in refusals}):
        same = [refusal for refusal in refusals if refusal.status == status]
        alone = {"$ref": f"#/components/responses/{same[0].__name__}"}
        found[str(status)] = alone if len(same) == 1 else _problem(same)
    return found


def _problem(same: list[type[Refusal]]) -> Json:
    """Return the answer whose code is one of these refusals', all of one status."""
    status, codes = same[0].status, [refusal.code for refusal in same]
    of_codes = {"properties": {"code": {"enum": codes}, "status": {"const": status}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, of_codes]}
    answer: Json = {
        "description": "\n".join(f"`{one.code}`: {one.__doc__}" for one in same),
        "content": {CONTENT_TYPE: {"schema": schema}},
    }
    if status in _WITH_RETRY_AFTER:
        seconds = {"type": "integer", "minimum": 1}
        answer["headers"] = {"Retry-After": {"required": True, "schema": seconds}}
    return answer


def _by_code() -> dict[str, type[Refusal]]:
    return {
        found.code: found
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, Refusal) and hasattr(found, "code")
    }


def _add(schemas: Json, more: Mapping[str, Json]) -> None:
    """Add a function's schemas; one name stands for one thing."""
    for name, schema in more.items():
        if name in _LIBRARYS_OWN:
            continue
        plain = _without_titles(schema)
        if schemas.setdefault(name, plain) != plain:
            message = f"Two functions mean different things by {name}."
            raise ValueError(message)


def _without_titles(node: Any) -> Any:  # noqa: ANN401 - JSON is any value
    """Leave out the titles that are made of the names beside them."""
    if isinstance(node, list):
        return [_without_titles(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _without_titles(part)
        for name, part in node.items()
        if name != "title" or not isinstance(part, str)
    }


def main() -> None:
    """Write the document."""
    text = json.dumps(document(), ensure_ascii=False, indent=2)
    DOCUMENT.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()

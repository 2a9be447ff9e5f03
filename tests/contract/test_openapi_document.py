"""docs/openapi.json: true today, valid, and complete."""

import json
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from scripts import export_openapi
from shared.routes import ROUTES

Json = dict[str, Any]


def _written() -> Json:
    found: Json = json.loads(export_openapi.DOCUMENT.read_text("utf-8"))
    return found


def _operations() -> dict[tuple[str, str], Json]:
    return {
        (method.upper(), path): operation
        for path, operations in _written()["paths"].items()
        for method, operation in operations.items()
    }


def test_the_document_is_what_the_functions_say_today() -> None:
    assert _written() == export_openapi.document(), "make openapi writes it anew"


def test_the_document_passes_a_public_validator() -> None:
    validate(_written(), cls=OpenAPIV31SpecValidator)


def test_every_route_is_described() -> None:
    assert set(_operations()) == {
        (method, path) for path, methods in ROUTES.items() for method in methods
    }


def test_every_operation_is_named_after_its_function_and_says_what_it_is_for() -> None:
    names = [operation["operationId"] for operation in _operations().values()]
    assert len(set(names)) == len(names)
    assert all(operation["summary"].endswith(".") for operation in _operations().values())


def test_every_operation_that_can_refuse_for_a_session_asks_for_one() -> None:
    for operation in _operations().values():
        unauthorized = {"$ref": "#/components/responses/SessionRequired"}
        asks = operation["responses"].get("401") == unauthorized
        assert ("security" in operation) == asks


def test_every_refusal_that_says_when_to_come_again_is_described_with_its_header() -> None:
    for name in ("TooManyRequests", "TryAgain"):
        header = _written()["components"]["responses"][name]["headers"]["Retry-After"]
        assert header == {"required": True, "schema": {"type": "integer", "minimum": 1}}

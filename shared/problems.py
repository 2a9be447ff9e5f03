"""Problem documents (RFC 9457): refusals and refused fields as the contract writes them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from shared.errors import Fault, Refusal
from shared.settings import settings

CONTENT_TYPE = "application/problem+json"

_DETAILS = {
    "missing": "Заполните это поле.",
    "extra_forbidden": "Такого поля здесь нет.",
    "string_type": "Здесь ожидается текст.",
    "string_too_long": "Слишком длинное значение.",
    "string_too_short": "Слишком короткое значение.",
    "string_unicode": "Текст содержит недопустимые знаки.",
    "date_unknown": "Такой даты нет.",
    "moment_unknown": "Такого времени нет.",
    "object_expected": "Здесь ожидается объект.",
}
_OWN_CODES = {
    "date_from_datetime_parsing": "date_unknown",
    "date_parsing": "date_unknown",
    "datetime_from_date_parsing": "moment_unknown",
    "datetime_parsing": "moment_unknown",
    "dict_type": "object_expected",
    "model_attributes_type": "object_expected",
    "model_type": "object_expected",
}
"""Names of ours for what the library may call otherwise in another version."""
_ANY_OTHER_DETAIL = "Проверьте это значение."


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Turn pydantic's errors into faults: pointers and advice, never what was typed.

    `errors` are those of a body or of the query; the first part of each `loc` says which.
    """
    return [_fault(error) for error in errors]


def _fault(error: Mapping[str, Any]) -> Fault:
    code = _OWN_CODES.get(error["type"], str(error["type"]))
    path = [_escape(str(part)) for part in error["loc"][1:]]
    return Fault(
        pointer="".join(f"/{part}" for part in path),
        detail=_DETAILS.get(code) or _own_detail(error),
        code=code,
    )


def _own_detail(error: Mapping[str, Any]) -> str:
    """Return a sentence of our own validators: theirs are Russian, pydantic's are not."""
    message = str(error.get("msg", ""))
    return message if any("а" <= letter <= "я" for letter in message) else _ANY_OTHER_DETAIL


def _escape(part: str) -> str:
    """Escape a part of a JSON Pointer, cut short: an unknown field's name is the sender's text."""
    return part[:64].replace("~", "~0").replace("/", "~1")


def document(refusal: Refusal, request_id: str) -> str:
    """Return the problem document of a refusal as JSON."""
    problem: dict[str, Any] = {
        "type": f"{settings().site_address}/problems/{refusal.code}",
        "code": refusal.code,
        "title": refusal.title,
        "status": refusal.status,
        "request_id": request_id,
    }
    if refusal.faults:
        problem["errors"] = [
            {"pointer": fault.pointer, "detail": fault.detail, "code": fault.code}
            for fault in refusal.faults
        ]
    return json.dumps(problem, ensure_ascii=False)


def headers(refusal: Refusal) -> dict[str, str]:
    """Return the headers that go with the document."""
    found = {"Content-Type": CONTENT_TYPE}
    if refusal.retry_after is not None:
        found["Retry-After"] = str(refusal.retry_after)
    if refusal.allow:
        found["Allow"] = ", ".join(refusal.allow)
    return found

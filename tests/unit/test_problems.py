"""Problem documents (RFC 9457): pointers, Russian advice, and nothing of what was typed."""

import json
import string
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from shared import problems
from shared.errors import (
    Fault,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Refusal,
    SlotTaken,
    TryAgain,
)
from shared.forms import PersonForm

_LATIN = set(string.ascii_letters)


def _error(*loc: str | int, **changes: object) -> dict[str, Any]:
    return {"type": "missing", "loc": loc, "msg": "Field required", "input": "typed"} | changes


@pytest.mark.parametrize(
    "loc, pointer",
    [
        (("body",), ""),
        (("body", "email"), "/email"),
        (("query", "patient_id"), "/patient_id"),
        (("body", "people", 0, "name"), "/people/0/name"),
        (("body", "a/b"), "/a~1b"),
        (("body", "a~b"), "/a~0b"),
        (("body", "~1"), "/~01"),
        (("body", ""), "/"),
        (("body", "x" * 65), f"/{'x' * 64}"),
        (("body", "~" * 65), f"/{'~0' * 64}"),
    ],
)
def test_a_fault_points_at_its_field(loc: tuple[str | int, ...], pointer: str) -> None:
    (fault,) = problems.faults_of([_error(*loc)])
    assert fault.pointer == pointer


@pytest.mark.parametrize(
    "error, detail",
    [
        (_error("body", "email"), "Заполните это поле."),
        (_error("body", "z", type="extra_forbidden"), "Такого поля здесь нет."),
        (_error("body", "z", type="int_parsing", msg="Input 'a'"), "Проверьте это значение."),
        (_error("body", "z", type="int_parsing"), "Проверьте это значение."),
        (_error("body", "z", type="policy_length", msg="Нужно 16 цифр."), "Нужно 16 цифр."),
    ],
)
def test_a_fault_advises_in_russian_whatever_pydantic_says(
    error: dict[str, Any], detail: str
) -> None:
    (fault,) = problems.faults_of([error])
    assert (fault.detail, fault.code) == (detail, error["type"])


@pytest.mark.parametrize("detail", [*problems._DETAILS.values(), problems._ANY_OTHER_DETAIL])
def test_all_advice_is_a_russian_sentence(detail: str) -> None:
    assert not set(detail) & _LATIN
    assert detail.endswith(".")


def test_every_fault_of_a_body_is_told_at_once() -> None:
    faults = problems.faults_of([_error("body", "a"), _error("body", "b")])
    assert [fault.pointer for fault in faults] == ["/a", "/b"]


_TYPED = "Щъ7713"
"""Stands in every value below, and in no sentence of ours."""
_values = st.recursive(
    st.text().map(lambda text: _TYPED + text),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.just(_TYPED), inner, min_size=1),
)
_bodies = st.dictionaries(
    st.sampled_from([*PersonForm.model_fields, "unknown"]), _values | st.integers() | st.none()
)


@given(_bodies)
def test_no_refused_value_is_ever_repeated(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        PersonForm.model_validate(body)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in refused.value.errors()]
    said = problems.document(InvalidRequest(*problems.faults_of(errors)), "request-1")
    assert _TYPED not in said
    assert _TYPED not in str(refused.value)


def test_a_refusal_is_written_as_the_contract_says() -> None:
    assert json.loads(problems.document(SlotTaken(), "request-1")) == {
        "type": "https://clinic.example/problems/slot_taken",
        "code": "slot_taken",
        "title": "Это время только что заняли, выберите другое",
        "status": 409,
        "request_id": "request-1",
    }


def test_refused_fields_are_listed_with_their_pointers() -> None:
    refusal = InvalidRequest(Fault("/email", "Заполните это поле.", "missing"))
    assert json.loads(problems.document(refusal, "request-1"))["errors"] == [
        {"pointer": "/email", "detail": "Заполните это поле.", "code": "missing"}
    ]


def test_russian_is_written_as_it_reads() -> None:
    assert "Этого здесь нет или уже нет" in problems.document(NotFound(), "request-1")


@pytest.mark.parametrize(
    "refusal, more",
    [
        (NotFound(), {}),
        (TryAgain(), {"Retry-After": "1"}),
        (MethodNotAllowed("GET", "DELETE"), {"Allow": "GET, DELETE"}),
    ],
)
def test_the_headers_tell_when_to_come_again_and_what_is_allowed(
    refusal: Refusal, more: dict[str, str]
) -> None:
    assert problems.headers(refusal) == {"Content-Type": "application/problem+json"} | more

"""docs/errors.md names every code of a refused field, and of a refused line of the register."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from shared import clock, fields, problems, register
from shared.settings import settings
from tests.contract import documents
from tests.contract.source import Definition, calls_in, modules, resolve
from tests.contract.template import environment, folders

_DOCUMENT = "docs/errors.md"
_FIELDS, _LINES = "Codes of fields", "Codes of a register's lines"

_POLICY = Definition("shared.policies", "PolicyNumberRefused")
_NAME = Definition("shared.names", "NameRefused")
_LINE = Definition("shared.register", "LineRefused")
_REFUSING = {
    Definition("pydantic_core", "PydanticCustomError"): 0,
    Definition("shared.fields", "refuse"): 0,
    Definition("shared.errors", "Fault"): 2,
    _POLICY: 0,
    _NAME: 0,
    _LINE: 0,
}
"""What refuses a field or a line, and which of its arguments is the code."""
_LIBRARYS = {"int_type", "literal_error", "string_pattern_mismatch", "too_long", "tuple_type"}
"""Codes that pydantic gives and that the portal hands on as they are."""

_HOSTILE: tuple[Any, ...] = (
    *(None, True, 1, -1, 1.5, 10**9, "", " ", "x", "x" * 300, "\ud800", "\u0958" * 100),
    *("2026-02-30", "2026-11-30", "2999-01-01", "25:00", "a/b.pdf", "a.txt", "1" * 9, "1" * 11),
    *("1" * 16, "2026-11-30T25:61:00+03:00", "2026-11-30T09:20:00+99:00", "2026-11-30 09:20"),
    *("2999-01-01T09:20:00Z", [], [1], {}, {"a": 1}, {"mon": 1}, {"mon": [1]}, {"mon": ["zz"]}),
    *({"mon": ["09:20"] * 101}, "\u202e", "password", "12345678"),
)
"""Values of which every field refuses some."""


def _documented(heading: str) -> list[str]:
    rows = documents.table(_DOCUMENT, heading)
    return [code for row in rows for code in documents.code(row["Code"])]


def _given(wanted: Definition) -> Iterator[str]:
    """Yield the codes that anybody gives to one of the refusals."""
    for module in modules().values():
        for name in module.defined:
            for call in calls_in(Definition(module.name, name)):
                if resolve(module, call.func) == wanted:
                    yield from _codes_in(call, _REFUSING[wanted])


def _codes_in(call: ast.Call, position: int) -> Iterator[str]:
    """Yield a call's code; two where it is one or another, none where somebody else gave it."""
    named = [given.value for given in call.keywords if given.arg == "code"]
    node = named[0] if named else call.args[position]
    choices = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    for choice in choices:
        if isinstance(choice, ast.Constant):
            yield str(choice.value)


def test_every_code_of_a_field_is_documented_once_and_no_other() -> None:
    documented = _documented(_FIELDS)
    assert len(documented) == len(set(documented))
    own = {code for refusing in _REFUSING if refusing != _LINE for code in _given(refusing)}
    assert set(documented) == own | set(problems._DETAILS) | _LIBRARYS


def test_every_code_of_a_line_is_documented_once_and_no_other() -> None:
    documented = _documented(_LINES)
    assert len(documented) == len(set(documented))
    assert set(documented) == {*_given(_LINE), *_given(_NAME), *_given(_POLICY)}


def test_the_columns_of_the_register_are_documented() -> None:
    assert documents.fenced(_DOCUMENT, "csv") == [",".join(register.COLUMNS) + "\n"]
    told = " ".join(documents.text(_DOCUMENT).split())
    *others, last = [f"`{name}`" for name in register.COLUMNS if name in register._MAY_BE_EMPTY]
    (absent,) = register._MAY_BE_ABSENT
    assert f"The cells {', '.join(others)} and {last} may be empty; only the column" in told
    assert f"only the column `{absent}` may be absent." in told
    assert register.LARGEST_FILE == 1024 * 1024
    assert f"at most 1 MB and {register.MOST_LINES:,} lines" in told


@pytest.fixture
def in_clinic(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


def _forms() -> Iterator[type[fields.Form]]:
    """Yield every body that a function reads."""
    for folder in sorted(folders()):
        app = importlib.import_module(f"functions.{folder}.app")
        for found in vars(app).values():
            if inspect.isclass(found) and issubclass(found, fields.Form):
                yield found


def _codes_of(form: type[fields.Form]) -> Iterator[str]:
    """Yield the codes of what is refused in a body, each of its fields tried by itself."""
    for name, told in form.model_fields.items():
        for value in _HOSTILE:
            try:
                form.model_validate({told.alias or name: value})
            except ValidationError as refused:
                inner: Any = refused.errors()
                located = [{**one, "loc": ("body", *one["loc"])} for one in inner]
                yield from (fault.code for fault in problems.faults_of(located))


@pytest.mark.usefixtures("in_clinic")
def test_whatever_a_body_is_refused_for_has_a_code_that_is_documented() -> None:
    assert clock.now().year < 2999
    seen = {code for form in _forms() for code in _codes_of(form)}
    assert seen - set(_documented(_FIELDS)) == set()
    assert seen >= _LIBRARYS, "A code that no field gives is not one of the portal's."

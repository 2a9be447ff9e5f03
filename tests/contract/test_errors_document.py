"""docs/errors.md says what shared/errors.py says, and names every code of a refused field."""

import ast
from collections.abc import Iterator

from shared import errors, problems
from shared.errors import Refusal
from tests.contract import documents
from tests.contract.source import Definition, calls_in, modules, resolve

_DOCUMENT = "docs/errors.md"


def _refusals() -> list[type[Refusal]]:
    return [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
    ]


def _first_paragraph(refusal: type[Refusal]) -> str:
    return " ".join((refusal.__doc__ or "").split("\n\n")[0].split())


def test_every_refusal_is_documented_word_for_word_and_no_other() -> None:
    documented = {
        (row["Status"], row["Code"], row["Title"], row["When"])
        for row in documents.table(_DOCUMENT, "Codes")
    }
    assert documented == {
        (str(one.status), f"`{one.code}`", one.title, _first_paragraph(one)) for one in _refusals()
    }


def test_a_code_is_given_once() -> None:
    codes = [one.code for one in _refusals()]
    assert len(codes) == len(set(codes))


def test_every_refusal_tells_the_client_what_to_do() -> None:
    assert all(row["What the client should do"] for row in documents.table(_DOCUMENT, "Codes"))


def test_refusals_stand_in_the_order_of_their_statuses() -> None:
    order = [(row["Status"], row["Code"]) for row in documents.table(_DOCUMENT, "Codes")]
    assert order == sorted(order)


def _raised(module: str, function: str) -> Iterator[str]:
    """Yield the codes that a module gives to its own refusal of a field."""
    for name in modules()[module].defined:
        for call in calls_in(Definition(module, name)):
            target = resolve(modules()[module], call.func)
            if target == Definition(module, function) and isinstance(call.args[0], ast.Constant):
                yield str(call.args[0].value)


def test_every_code_of_a_field_is_documented_and_no_other() -> None:
    documented = [
        code
        for row in documents.table(_DOCUMENT, "Codes of fields")
        for code in documents.code(row["Code"])
    ]
    assert len(documented) == len(set(documented))
    assert set(documented) == {
        *problems._DETAILS,
        *_raised("shared.fields", "_refuse"),
        *_raised("shared.policies", "PolicyNumberRefused"),
    }

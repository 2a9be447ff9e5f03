"""docs/errors.md says what shared/errors.py says."""

from shared import errors
from shared.errors import Refusal
from tests.contract import documents

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

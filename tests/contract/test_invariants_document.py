"""docs/table.md tells what always holds, and the checker knows the kinds of items that it names."""

from scripts.invariants.kinds import KINDS
from scripts.invariants.rules import RULES
from tests.contract import documents

_DOCUMENT = "docs/table.md"


def test_every_rule_is_documented_in_its_own_words() -> None:
    rows = documents.table(_DOCUMENT, "What always holds")
    told = {documents.code(row["Rule"])[0]: row["What holds"] for row in rows}
    assert told == {rule.__name__: " ".join((rule.__doc__ or "").split()) for rule in RULES}


def test_the_checker_knows_every_kind_of_item_with_its_attributes() -> None:
    rows = documents.table(_DOCUMENT, "Items")
    told = {row["Item"]: set(documents.code(row["Attributes"])) for row in rows}
    assert {kind.name: kind.required | kind.optional for kind in KINDS} == told


def test_an_item_has_what_it_always_has_apart_from_what_it_may_have() -> None:
    assert [kind.name for kind in KINDS if kind.required & kind.optional] == []

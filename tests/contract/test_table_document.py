"""docs/table.md names every item with its keys and users, and every access pattern."""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from shared import keys
from shared.accounts import SessionKey
from shared.ids import AccountId, DistrictId, TicketId
from shared.limits import Limit, Window
from shared.tickets import SlotPlace
from tests.contract import cloud, documents
from tests.contract.source import Definition, modules, reached_by_function, reached_from
from tests.contract.template import folders

_DOCUMENT = "docs/table.md"

ITEMS = {
    "district": {"district", "CLINIC"},
    "slot": {"slot", "slots_of", "slot_named"},
    "patient": {"patient", "patient_named"},
    "archived ticket": {"archived_ticket", "archived_tickets"},
    "account": {"account"},
    "claim": {"claim", "claim_named"},
    "session": {"session", "session_named", "sessions_of_account"},
    "address owner": {"address_owner"},
    "pending": {"pending", "all_pending"},
    "resend": {"resend"},
    "reset": {"reset"},
    "limit": {"limit"},
    "mail receipt": {"mail_receipt"},
}
"""Each item and the names of shared/keys.py that lead to it."""

_HELPERS = {
    *("Key", "account_partition", "address_partition", "kind", "slots_between"),
    *("account_named", "address_named", "id_named"),
}
"""Names that lead to no item of their own: partitions, and what is read from any key."""

_EXAMPLES = {
    SessionKey: SessionKey(AccountId("<>"), "<>"),
    SlotPlace: SlotPlace(DistrictId("<>"), date(2026, 11, 30), 1, time(9, 20)),
    TicketId: TicketId(f"{'0' * 32}.{'0' * 16}"),
    Limit: Limit("<>", ()),
    Window: Window(1, timedelta(minutes=1)),
    datetime: datetime(2026, 11, 30, tzinfo=UTC),
}
_VARIABLE = re.compile(r"2026-11-30|0{32}(\.0{16})?|\b\d+\b|<>\.<>")
"""What the examples leave in a key."""


def _items() -> dict[str, documents.Row]:
    return {row["Item"]: row for row in documents.table(_DOCUMENT, "Items")}


def _key_functions() -> dict[str, Any]:
    return {
        name: function
        for name, function in inspect.getmembers(keys, inspect.isfunction)
        if inspect.signature(function).return_annotation is keys.Key
    }


def _pattern(function: Any) -> tuple[str, str]:  # noqa: ANN401 - functions of any arguments
    """Return a key as the document writes it, its variable parts as `<>`."""
    given = inspect.signature(function).parameters.values()
    made: keys.Key = function(*(_EXAMPLES.get(one.annotation, "<>") for one in given))
    return _VARIABLE.sub("<>", made.pk), _VARIABLE.sub("<>", made.sk)


def _documented_pattern(row: documents.Row) -> tuple[str, str]:
    (pk,), (sk,) = documents.code(row["PK"]), documents.code(row["SK"])
    return re.sub(r"<[^>]*>", "<>", pk), re.sub(r"<[^>]*>", "<>", sk)


def test_every_item_of_the_table_is_documented_with_its_key() -> None:
    made = {name: _pattern(function) for name, function in _key_functions().items()}
    documented = {row["Item"]: _documented_pattern(row) for row in _items().values()}
    assert documented == {name.replace("_", " "): key for name, key in made.items()}


def test_every_name_of_a_key_belongs_to_an_item() -> None:
    assert set().union(*ITEMS.values()) == set(modules()["shared.keys"].defined) - _HELPERS


@pytest.mark.parametrize("item", ITEMS)
def test_an_items_writers_and_readers_are_those_that_reach_its_key(item: str) -> None:
    row = _items()[item]
    wanted = {Definition("shared.keys", name) for name in ITEMS[item]}
    users = {folder for folder in folders() if wanted & reached_by_function(folder)}
    assert {*documents.code(row["Written by"]), *documents.code(row["Read by"])} == users


def test_the_keys_own_list_of_access_patterns_names_every_item_and_no_other() -> None:
    listed = re.findall(r"PK=([^,|]+?)(?:, SK=([^|]+?))? \|", keys.__doc__ or "")
    named = {(re.sub("<[^>]*>", "<>", pk), re.sub("<[^>]*>", "<>", sk)) for pk, sk in listed if sk}
    assert named == {_pattern(function) for function in _key_functions().values()}


def _functions_of_the_table() -> Iterator[tuple[str, set[str]]]:
    """Yield each public function of shared/table that reaches DynamoDB, and its operations."""
    for name, module in modules().items():
        subject = name.removeprefix("shared.table.")
        for defined, statements in module.defined.items():
            public = isinstance(statements[0], ast.FunctionDef) and not defined.startswith("_")
            if not public or subject in {name, "store"}:
                continue
            actions = cloud.actions(reached_from(Definition(name, defined)))
            found = {one.partition(":")[2] for one in actions if one.startswith("dynamodb:")}
            if found:
                yield f"{subject}.{defined}", found


def test_every_access_pattern_is_documented_with_its_operations() -> None:
    documented = {
        documents.code(row["Function"])[0]: set(documents.code(row["Operations"]))
        for row in documents.table(_DOCUMENT, "Access patterns")
    }
    assert documented == dict(_functions_of_the_table())

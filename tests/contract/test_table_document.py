"""docs/table.md names every item with its keys and users, and every access pattern."""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest

from shared import keys
from shared.accounts import AnySessionKey, DeskSessionKey, SessionKey
from shared.ids import AccountId, DeskLogin, DistrictId, TicketId
from shared.limits import Limit, Window
from shared.tickets import SlotPlace
from tests.contract import cloud, documents
from tests.contract.source import (
    Definition,
    modules,
    reached_by_function,
    reached_from,
    resolve,
)
from tests.contract.template import folder_of, folders, properties, routes

_DOCUMENT = "docs/table.md"

ITEMS = {
    "district": {"district", "all_districts"},
    "slot": {"slot", "slots_of", "slot_named"},
    "patient": {"patient"},
    "archived ticket": {"archived_ticket", "archived_tickets"},
    "account": {"account"},
    "claim": {"claim", "claim_named"},
    "session": {"session", "session_named", "sessions_of_account"},
    "desk session": {"session", "sessions_of_account"},
    "address owner": {"address_owner"},
    "pending": {"pending", "all_pending"},
    "resend": {"resend"},
    "reset": {"reset"},
    "limit": {"limit"},
    "mail receipt": {"mail_receipt"},
    "desk user": {"desk_user"},
    "audit entry": {"audit_entry", "audit_trail", "audited_at"},
    "consent": {"consent", "consents_of_patient"},
    "consent paper": {"consent_paper", "consents_of_patient"},
    "document": {"document", "documents_of_patient"},
    "dispatch": {"dispatch"},
    "chase": {"chase"},
}
"""Each item and the names of shared/keys.py that lead to it."""

INDEXES = {
    "NameIndex": {"NAME_INDEX", "name_key", "name_key_of"},
    "DueIndex": {"DUE_INDEX", "CONSENTS_DUE", "children_of"},
}
"""Each index and the names of shared/keys.py that lead to it."""

_HELPERS = {
    *("Key", "CLINIC", "account_partition", "address_partition", "desk_partition", "kind"),
    *("slots_between", "slots_from", "account_named", "address_named", "patient_named"),
    "id_named",
}
"""Names that lead to no item of their own: partitions, and what is read from any key."""

_OF_DESK = {folder_of(owner) for (_, path), owner in routes().items() if "/api/desk/" in path}
_NEVER_REACHES = {("audit entry", "release_slots"), ("audit entry", "release_district")}
"""A release carries out the desk's plan without an actor, and so without an entry."""

_DAY = date(2026, 11, 30)
_EXAMPLES: dict[Any, list[Any]] = {
    AnySessionKey: [SessionKey(AccountId("<>"), "<>"), DeskSessionKey(DeskLogin("<>"), "<>")],
    SlotPlace: [SlotPlace(DistrictId("<>"), _DAY, ordinal, time(9, 20)) for ordinal in (1, 0)],
    TicketId: [TicketId(f"{'0' * 32}.{'0' * 16}")],
    Limit: [Limit("<>", ())],
    Window: [Window(1, timedelta(minutes=1))],
    datetime: [datetime(2026, 11, 30, tzinfo=UTC)],
    date: [_DAY],
}
"""Of what a key is made; two where they make keys of two forms."""
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


Pattern = tuple[str, str]


def _patterns(function: Any) -> set[Pattern]:  # noqa: ANN401 - functions of any arguments
    """Return a function's keys as the document writes them, their variable parts as `<>`."""
    given = inspect.signature(function).parameters.values()
    made = [
        function(*some)
        for some in product(*(_EXAMPLES.get(one.annotation, ["<>"]) for one in given))
    ]
    return {(_plain(key.pk), _plain(key.sk)) for key in made}


def _plain(text: str) -> str:
    return _VARIABLE.sub("<>", re.sub(r"<[^>]*>", "<>", text))


def _documented_patterns(row: documents.Row) -> set[Pattern]:
    (pk,) = documents.code(row["PK"])
    return {(_plain(pk), _plain(sk)) for sk in documents.code(row["SK"])}


def test_every_item_of_the_table_is_documented_with_its_key() -> None:
    documented = {row["Item"]: _documented_patterns(row) for row in _items().values()}
    assert list(documented) == list(ITEMS)
    for name, function in _key_functions().items():
        items = [item for item, names in ITEMS.items() if name in names]
        told = set().union(*(documented[item] for item in items))
        assert told == _patterns(function), name
    assert not [
        one for one, other in combinations(documented, 2) if documented[one] & documented[other]
    ]


def test_every_name_of_a_key_belongs_to_an_item_or_an_index() -> None:
    named = set().union(*ITEMS.values(), *INDEXES.values())
    assert named == set(modules()["shared.keys"].defined) - _HELPERS


def test_every_index_is_documented_with_what_it_lists() -> None:
    rows = documents.table(_DOCUMENT, "Indexes")
    documented = {documents.code(row["Index"])[0]: documents.code(row["Keys"]) for row in rows}
    assert documented == {
        index["IndexName"]: [part["AttributeName"] for part in index["KeySchema"]]
        for index in properties("PortalTable")["GlobalSecondaryIndexes"]
    }
    assert set(documented) == set(INDEXES)


@pytest.mark.parametrize("index", INDEXES)
def test_an_indexs_readers_are_those_that_ask_it(index: str) -> None:
    rows = documents.table(_DOCUMENT, "Indexes")
    (row,) = [row for row in rows if documents.code(row["Index"]) == [index]]
    asking = {
        folder
        for folder in folders()
        if index in {need.of_index for need in cloud.needs(reached_by_function(folder))}
    }
    assert set(documents.code(row["Asked by"])) == asking


@cache
def _keys_used_in(definition: Definition) -> frozenset[str]:
    """Return the names of keys that a definition mentions.

    A key of which only the partition is taken, `keys.patient(patient_id).pk`, leads to other items.
    """
    module, found, passed_over = modules()[definition.module], set(), set()
    for statement in module.defined.get(definition.name, ()):
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and node.attr == "pk":
                passed_over |= {node.value.func} if isinstance(node.value, ast.Call) else set()
            target = resolve(module, node)
            if target and target.module == "shared.keys" and node not in passed_over:
                found.add(target.name)
    return frozenset(found)


def _users(item: str) -> set[str]:
    """Return the functions that reach an item's key outside shared/keys.py."""
    using = {
        folder
        for folder in folders()
        for definition in reached_by_function(folder)
        if definition.module in modules() and definition.module != "shared.keys"
        if _keys_used_in(definition) & ITEMS[item]
    }
    using -= {folder for one, folder in _NEVER_REACHES if one == item}
    return {
        "session": using - _OF_DESK,
        "desk session": using & _OF_DESK,
    }.get(item, using)


@pytest.mark.parametrize("item", ITEMS)
def test_an_items_writers_and_readers_are_those_that_reach_its_key(item: str) -> None:
    row = _items()[item]
    assert {*documents.code(row["Written by"]), *documents.code(row["Read by"])} == _users(item)


def test_the_keys_own_list_of_access_patterns_names_every_item_and_no_other() -> None:
    listed = re.findall(r"PK=([^,|]+?), SK=([^|]+?) \|", keys.__doc__ or "")
    named = {(_plain(pk), _plain(sk)) for pk, sk in listed}
    assert named == set().union(*map(_patterns, _key_functions().values()))


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

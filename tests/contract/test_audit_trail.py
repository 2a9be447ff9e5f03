"""The audit trail is only ever added to, and no function of the desk goes without it."""

import ast
from datetime import date
from typing import get_args

import pytest

from shared import keys
from shared.desk import DeskOperation
from shared.table import store
from tests.contract.source import (
    Definition,
    calls_in,
    mentioned,
    modules,
    reached_by_function,
    resolve,
)
from tests.contract.template import folder_of, folders, properties, routes

_ENTRY_LEG = Definition("shared.table.audit", "entry_leg")
_ENTRY_KEY = Definition("shared.keys", "audit_entry")
_TRAIL = Definition("shared.keys", "audit_trail")

_SHOW_NO_PATIENT = {"desk_sign_out", "list_districts"}
"""Functions of the desk that neither show nor change anything that the trail is about."""
_OF_DESK = {folder_of(owner) for (_, path), owner in routes().items() if "/api/desk/" in path}


def _who_mentions(wanted: Definition) -> set[Definition]:
    everything = (
        Definition(module.name, name) for module in modules().values() for name in module.defined
    )
    return {one for one in everything if wanted in mentioned(one) and one != wanted}


def test_the_table_lets_nobody_change_or_delete_what_the_trail_says() -> None:
    """IAM cannot tell a new item from an overwritten one; PutItem is the next tests' business."""
    (statement,) = properties("PortalTable")["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == statement["Resource"] == "*"
    assert statement["Action"] == [
        *("dynamodb:BatchWriteItem", "dynamodb:DeleteItem"),
        *("dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"),
        "dynamodb:UpdateItem",
    ]
    begins = keys.audit_trail(_day()).partition("#")[0]
    assert statement["Condition"] == {
        "ForAnyValue:StringLike": {"dynamodb:LeadingKeys": [f"{begins}#*"]}
    }


def _day() -> date:
    return date(2026, 11, 30)


def test_one_place_writes_entries_and_one_reads_them() -> None:
    assert _who_mentions(_ENTRY_KEY) == {_ENTRY_LEG}
    assert _who_mentions(_TRAIL) == {_ENTRY_KEY, Definition("shared.table.audit", "entries_of")}


def test_an_entry_is_put_where_none_stands_and_in_no_other_way() -> None:
    module = modules()[_ENTRY_LEG.module]
    leg = Definition("shared.table.store", "Leg")
    (call,) = [one for one in calls_in(_ENTRY_LEG) if resolve(module, one.func) == leg]
    assert ast.literal_eval(call.args[0]) == "Put"
    key = call.args[1]
    assert isinstance(key, ast.Call)
    assert resolve(module, key.func) == _ENTRY_KEY
    (condition,) = [given.value for given in call.keywords if given.arg == "condition"]
    assert resolve(module, condition) == Definition("shared.table.store", "IS_NEW")
    assert store.IS_NEW == "attribute_not_exists(PK)"


@pytest.mark.parametrize("folder", sorted(_OF_DESK - _SHOW_NO_PATIENT))
def test_a_function_of_the_desk_writes_down_what_it_does(folder: str) -> None:
    assert _ENTRY_LEG in reached_by_function(folder)


def test_no_other_function_writes_into_the_trail() -> None:
    """A release carries out the desk's plan, and without an actor; its own tests see no entry."""
    writing = {folder for folder in folders() if _ENTRY_LEG in reached_by_function(folder)}
    assert writing - _OF_DESK == {"release_slots", "release_district"}


def test_what_the_trail_tells_of_is_named_as_the_functions_are() -> None:
    told = {"desk_sign_in" if one == "sign_in" else one for one in get_args(DeskOperation)}
    assert told == _OF_DESK - _SHOW_NO_PATIENT

"""docs/table.md names every item with its keys, attributes and users, and every access pattern."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from shared import keyring, keys
from shared.accounts import Account, Registration, SessionKey
from shared.districts import District, Doctor
from shared.ids import AccountId, DistrictId
from shared.patients import Attachment, Person
from shared.policies import PolicyNumber
from shared.settings import settings
from shared.table import (
    accounts,
    booking,
    districts,
    patients,
    receipts,
    registrations,
    release,
    store,
)
from shared.tickets import SlotPlace
from tests.contract import cloud, documents
from tests.contract.source import Definition, modules, reached_by_function, reached_from
from tests.contract.template import environment, folders, properties

_DOCUMENT = "docs/table.md"

ITEMS = {
    "district": {"district", "CLINIC"},
    "slot": {"slot", "slots_of", "slot_named"},
    "patient": {"patient"},
    "account": {"account"},
    "claim": {"claim", "claim_named"},
    "session": {"session"},
    "address owner": {"address_owner"},
    "registration": {"registration", "registration_named"},
    "mail receipt": {"mail_receipt"},
}
"""Each item and the names of shared/keys.py that lead to it."""

_EXAMPLES = {
    SessionKey: SessionKey(AccountId("<>"), "<>"),
    SlotPlace: SlotPlace(DistrictId("<>"), date(2026, 11, 30), 1, time(9, 20)),
}


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
    return made.pk, made.sk.replace("2026-11-30#1", "<>#<>")


def _documented_pattern(row: documents.Row) -> tuple[str, str]:
    (pk,), (sk,) = documents.code(row["PK"]), documents.code(row["SK"])
    return re.sub(r"<[^>]*>", "<>", pk), re.sub(r"<[^>]*>", "<>", sk)


def test_every_item_of_the_table_is_documented_with_its_key() -> None:
    made = {name: _pattern(function) for name, function in _key_functions().items()}
    documented = {row["Item"]: _documented_pattern(row) for row in _items().values()}
    assert documented == {name.replace("_", " "): key for name, key in made.items()}


def test_every_name_of_a_key_belongs_to_an_item() -> None:
    helpers = {"Key", "account_partition", "kind", "slots_between"}
    assert set().union(*ITEMS.values()) == set(modules()["shared.keys"].defined) - helpers


@pytest.mark.parametrize("item", ITEMS)
def test_an_items_writers_and_readers_are_those_that_reach_its_key(item: str) -> None:
    row = _items()[item]
    wanted = {Definition("shared.keys", name) for name in ITEMS[item]}
    users = {folder for folder in folders() if wanted & reached_by_function(folder)}
    assert {*documents.code(row["Written by"]), *documents.code(row["Read by"])} == users


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


# What is written, seen in a table in memory.

_NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
_ANNA = Person("Иванова", "Анна", "Петровна", date(1985, 3, 27))
_POLICY = PolicyNumber("7856130840000017")


@pytest.fixture
def empty_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the template's table in memory."""
    names = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "DEFAULT_REGION": "eu-central-1"}
    for name, value in (
        environment() | {f"AWS_{name}": value for name, value in names.items()}
    ).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(keyring, "_secret", lambda _: b"a key of 256 bits that opens nothing")
    _forget()
    with mock_aws():
        schema = {
            name: properties("PortalTable")[name] for name in ("AttributeDefinitions", "KeySchema")
        }
        boto3.client("dynamodb").create_table(
            TableName=environment()["TABLE_NAME"], BillingMode="PAY_PER_REQUEST", **schema
        )
        yield
    _forget()


def _forget() -> None:
    """Make the process read its environment anew."""
    settings.cache_clear()
    store.client.cache_clear()


def _live_through_everything() -> None:
    """Make each item of the table have each attribute that it can have."""
    session = SessionKey(AccountId("a" * 32), "d" * 64)
    hours = {"mon": [time(9)], "tue": [time(9)]}
    doctor = Doctor("Врачова А. Б.", "1")
    districts.put(District(DistrictId("a1"), "adult", "Участок", doctor, hours))  # type: ignore[arg-type]
    patients.attach(Attachment(_POLICY, _ANNA, DistrictId("a1"), date(2030, 1, 1)))
    registration = Registration(
        registration_id="r" * 32,
        email_key=keyring.email_key_of("anna@example.com"),
        email="anna@example.com",
        password_hash="hash",
        patient_id=keyring.patient_id_of(_POLICY),
        person=_ANNA,
        policy_last4=_POLICY[-4:],
        address_taken=False,
        expires_at=_NOW + timedelta(hours=24),
    )
    registrations.start(registration)
    registrations.start(replace(registration, registration_id="s" * 32))
    account = Account(
        session.account_id, registration.email, "hash", holder_id=registration.patient_id
    )
    registrations.confirm(registration, account, session, _NOW)
    release.release_all(_NOW)
    place = SlotPlace(DistrictId("a1"), date(2026, 11, 23), 1, time(9))
    booking.book(session, registration.patient_id, place, _NOW)
    receipts.claim("ticket#1", _NOW)
    receipts.mark_sent("ticket#1", _NOW)
    receipts.mark_refused("ticket#1", _NOW)
    assert accounts.owner_of(registration.email_key) == account.account_id


@pytest.mark.usefixtures("empty_table")
def test_every_attribute_that_is_written_is_documented_and_no_other() -> None:
    _live_through_everything()
    seen: dict[str, set[str]] = defaultdict(set)
    for item in boto3.client("dynamodb").scan(TableName=environment()["TABLE_NAME"])["Items"]:
        kind = keys.kind(item["SK"]["S"])
        seen[kind] |= set(item) - {"PK", "SK"}
    assert seen == {
        keys.kind(documents.code(row["SK"])[0]): set(documents.code(row["Attributes"]))
        for row in _items().values()
    }

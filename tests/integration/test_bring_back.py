"""The script that brings the table back to what a restored copy holds."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from scripts import bring_back, environment
from shared import keys
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import store
from shared.table.store import Item
from tests.integration.clinic import ANNA, BORIS, attach, open_account, open_district
from tests.integration.desk import open_desk
from tests.integration.rows import Rows

RESTORED = "restored"

pytestmark = pytest.mark.usefixtures("argon")

Run = Callable[..., int]
Restore = Callable[[], None]


@pytest.fixture(name="run")
def runner(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs the script in the tests' cloud."""
    monkeypatch.setattr(environment, "enter", lambda _: None)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["bring_back", *arguments])
        return bring_back.main()

    return run


@pytest.fixture(name="restore")
def restorer() -> Iterator[Restore]:
    """Return what copies the table into another, as point-in-time recovery does."""
    client: Any = boto3.client("dynamodb")
    yield lambda: _restore(client)
    client.delete_table(TableName=RESTORED)


def _restore(client: Any) -> None:  # noqa: ANN401 - as rows.py has it
    own = client.describe_table(TableName=settings().table_name)["Table"]
    client.create_table(
        TableName=RESTORED,
        KeySchema=own["KeySchema"],
        AttributeDefinitions=own["AttributeDefinitions"],
        GlobalSecondaryIndexes=[
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in own["GlobalSecondaryIndexes"]
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for item in bring_back.read(client, settings().table_name).values():
        client.put_item(TableName=RESTORED, Item=item)


def test_what_was_changed_deleted_and_added_since_is_as_it_was(
    run: Run, restore: Restore, rows: Rows
) -> None:
    open_district("a1")
    attach(ANNA, "a1")
    before = rows.everything()
    restore()
    store.delete(keys.patient(ANNA.patient_id))
    changed = {":room": "99"}
    store.update(
        keys.district(DistrictId("a1")), "SET room = :room", changed, "attribute_exists(PK)"
    )
    attach(BORIS, "a1")
    assert run(RESTORED, "--apply") == 0
    assert rows.everything() == before


def test_without_being_told_to_nothing_is_written(
    run: Run, restore: Restore, rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    open_district("a1")
    attach(ANNA, "a1")
    restore()
    store.delete(keys.patient(ANNA.patient_id))
    after = rows.everything()
    assert run(RESTORED) == 0
    assert rows.everything() == after
    told = capsys.readouterr().out
    assert "PATIENT: 1 to write, 0 to delete" in told
    assert ANNA.patient_id not in told


def test_no_session_comes_back_and_none_stays_open(run: Run, restore: Restore, rows: Rows) -> None:
    anna = open_account(ANNA)
    restore()
    boris = open_account(BORIS)
    assert run(RESTORED, "--apply") == 0
    left = rows.everything()
    assert keys.session(anna.session) not in left
    assert keys.session(boris.session) not in left
    assert keys.account(anna.account_id) in left
    assert keys.account(boris.account_id) not in left


STAYS: dict[str, tuple[keys.Key, Item]] = {
    "the audit trail": (keys.Key("AUDIT#2026-11-23", "ENTRY"), {"login": "anna"}),
    "receipts": (keys.mail_receipt("a mail"), {"sent_at": 1}),
    "counters": (keys.Key("LIMIT#sign-in", "WINDOW"), {"count": 5}),
}


@pytest.mark.parametrize("key, item", STAYS.values(), ids=STAYS)
def test_what_must_not_go_back_in_time_stays(
    run: Run, restore: Restore, rows: Rows, key: keys.Key, item: Item
) -> None:
    open_desk()
    restore()
    store.put(key, item)
    assert run(RESTORED, "--apply") == 0
    assert key in rows.everything()


def test_the_portals_own_table_is_not_its_own_copy(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(settings().table_name, "--apply") == 1
    assert "name the restored one" in capsys.readouterr().err

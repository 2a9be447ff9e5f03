"""scripts/check_invariants: the whole table is read, and only what lasts is told."""

import sys
from collections.abc import Callable

import pytest

from scripts import check_invariants, environment
from shared import keys
from tests.integration.clinic import ANNA, SLOT, SignedIn, slot_key, take
from tests.integration.releases import release
from tests.integration.rows import Rows
from tests.unhurried import Unhurried

Run = Callable[[], tuple[int, str, str]]


@pytest.fixture(name="run")
def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the script in the tests' cloud."""
    monkeypatch.setattr(environment, "enter", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["check_invariants"])
    monkeypatch.setattr(check_invariants, "time", Unhurried())

    def run() -> tuple[int, str, str]:
        status = check_invariants.main()
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture(autouse=True)
def _ticket(anna: SignedIn) -> None:
    release()
    take(anna, SLOT)


def test_a_whole_table_is_told_to_be_whole(run: Run, rows: Rows) -> None:
    with rows.unchanged():
        status, out, err = run()
    assert (status, out) == (0, "")
    assert err.startswith("0 violations of ")


def test_a_violation_is_told_by_rule_and_key_and_nothing_else(run: Run, rows: Rows) -> None:
    rows.remove(slot_key(SLOT))
    key = keys.patient(ANNA.patient_id)
    status, out, err = run()
    assert (status, out) == (1, f"ticket_has_its_slot {key.pk} {key.sk}\n")
    assert err.startswith("1 violations of ")


def test_what_a_scan_saw_half_of_is_not_told(
    run: Run, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = rows.everything()[slot_key(SLOT)]
    rows.remove(slot_key(SLOT))
    monkeypatch.setattr(
        check_invariants, "time", Unhurried(lambda _: rows.put(slot_key(SLOT), slot))
    )
    assert run()[:2] == (0, "")


def test_every_item_is_read_once(rows: Rows) -> None:
    found = check_invariants.read_table(rows._client, rows._name)
    assert sorted((one["PK"], one["SK"]) for one in found) == sorted(map(tuple, rows.everything()))

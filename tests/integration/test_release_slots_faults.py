"""The daily release cut off anywhere, and with a store that is busy or does not answer."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from functions.release_slots import app
from shared.districts import Absence, Doctor
from shared.errors import TryAgain
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    add_relative,
    attach,
    open_account,
    open_district,
    take,
)
from tests.integration.releases import release
from tests.integration.rows import Rows
from tests.integration.wire import (
    CutOff,
    Request,
    Wire,
    cancelled,
    cut_off,
    operations,
    refused,
    timed_out,
)

# A run that ends early has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

PER_DAY = 5
WRITES = [2 * PER_DAY, 2 * PER_DAY, PER_DAY]
"""Slots of each transaction: five on each of five days, and no day is divided."""
SLOTS = sum(WRITES)
CHANGES = 4
"""Transactions of a release that finds everything changed: two of slots, two of tickets."""


def transactions(heard: list[Request]) -> int:
    return operations(heard).count("TransactWriteItems")


def run_cut_off(wire: Wire, written: int, when: str) -> None:
    """Run a release that ends before or after one of its writes."""
    plant = wire.before if when == "before" else wire.after
    plant("TransactWriteItems", *[None] * written, cut_off)
    with pytest.raises(CutOff):
        release()


@pytest.fixture(autouse=True)
def five_days(
    parameters: Callable[..., None], monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """Publish the days from Monday to Friday, and sit out no pause."""
    assert pauses == []
    parameters(HORIZON_DAYS="5")
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("written", range(len(WRITES)))
def test_a_run_cut_off_at_any_write_and_run_again_ends_like_one_clean_run(
    rows: Rows, wire: Wire, written: int, when: str
) -> None:
    open_district("c1", "child")
    nothing = rows.everything()
    assert release() == {"published": SLOTS}
    clean = rows.everything()
    for key in clean.keys() - nothing.keys():
        rows.remove(key)
    run_cut_off(wire, written, when)
    left = WRITES[written + (when == "after") :]
    with wire.listening() as heard:
        assert release() == {"published": sum(left)}
    assert transactions(heard) == len(left)
    assert rows.everything() == clean


def change_everything() -> None:
    """Leave a published district with other hours, another doctor and an absence to be followed."""
    open_district("a1")
    release()
    for citizen in (ANNA, BORIS, VERA):
        attach(citizen)
    anna = open_account(ANNA)
    take(anna, SLOT)
    take(anna, "a1.2026-11-24.2.0910", add_relative(anna, VERA))
    take(open_account(BORIS), "a1.2026-11-25.1.0900")
    open_district(
        hours={"mon": [time(9)], "wed": [time(8), time(9)], "thu": [time(9), time(9, 10)]},
        absences=(Absence(date(2026, 11, 24), date(2026, 11, 24), "учёба"),),
        doctor=Doctor("Ильина Вера Павловна", "307"),
    )


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("written", range(CHANGES))
def test_changes_and_cancellations_cut_off_at_any_write_end_like_one_clean_run_too(
    rows: Rows, wire: Wire, monkeypatch: pytest.MonkeyPatch, written: int, when: str
) -> None:
    monkeypatch.setattr("shared.table.schedule._MOST_AT_ONCE", 6)
    change_everything()
    before = rows.everything()
    with wire.listening() as heard:
        release()
    assert transactions(heard) == CHANGES
    clean = rows.everything()
    assert clean.keys() == before.keys()
    for key, item in before.items():
        rows.put(key, item)
    run_cut_off(wire, written, when)
    with wire.listening() as heard:
        release()
    assert transactions(heard) == CHANGES - written - (when == "after")
    assert rows.everything() == clean


@pytest.mark.parametrize("operation", ["TransactWriteItems", "Query"])
def test_one_busy_district_stops_no_other_but_the_run_fails_loudly(
    rows: Rows, wire: Wire, log: list[dict[str, object]], operation: str
) -> None:
    for district_id in ("a1", "a2", "a3"):
        open_district(district_id)
    busy = refused("ThrottlingException")
    wire.before(operation, *([None, None, busy] if operation == "Query" else [busy]))
    with pytest.raises(app.ReleaseUnfinished):
        release()
    slots = [key.pk for key in rows.everything() if key.pk != "CLINIC"]
    late = "a2" if operation == "Query" else "a1"
    assert sorted(set(slots)) == [f"DISTRICT#{d}" for d in ("a1", "a2", "a3") if d != late]
    assert (log[-1]["published"], log[-1]["unfinished"]) == (20, [late])
    assert release() == {"published": 10}


def test_a_throttled_district_is_left_to_the_next_run(rows: Rows, wire: Wire) -> None:
    open_district("c1", "child")
    wire.before("TransactWriteItems", None, refused("ThrottlingException"))
    with pytest.raises(app.ReleaseUnfinished):
        release()
    assert release() == {"published": SLOTS - WRITES[0]}
    assert len(rows.everything()) == 1 + SLOTS


@pytest.mark.parametrize("code", ["ThrottlingError", "TransactionConflict"])
def test_a_write_that_meets_another_one_is_tried_again_at_once(
    rows: Rows, wire: Wire, code: str
) -> None:
    open_district("c1", "child")
    wire.before("TransactWriteItems", *[cancelled("None", code)] * 3)
    assert release() == {"published": SLOTS}
    assert len(rows.everything()) == 1 + SLOTS


def test_a_write_that_always_meets_another_one_leaves_the_district_to_the_next_run(
    rows: Rows, wire: Wire
) -> None:
    open_district("c1", "child")
    wire.before("TransactWriteItems", *[cancelled("None", "TransactionConflict")] * 8)
    with rows.unchanged(), pytest.raises(app.ReleaseUnfinished):
        release()
    assert release() == {"published": SLOTS}


@pytest.mark.parametrize("planted", [refused("InternalServerError", 500), timed_out])
def test_a_lost_request_is_made_up_for_by_the_same_run(
    rows: Rows, wire: Wire, planted: Callable[[], Any]
) -> None:
    open_district("c1", "child")
    wire.before("TransactWriteItems", planted)
    with wire.listening() as heard:
        assert release() == {"published": SLOTS}
    assert transactions(heard) == len(WRITES) + 1
    assert len(rows.everything()) == 1 + SLOTS


def test_a_write_whose_answer_was_lost_is_not_repeated(rows: Rows, wire: Wire) -> None:
    open_district("c1", "child")
    wire.after("TransactWriteItems", timed_out)
    with wire.listening() as heard:
        assert release() == {"published": SLOTS - WRITES[0]}
    assert transactions(heard) == len(WRITES)
    assert len(rows.everything()) == 1 + SLOTS
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_store_that_never_answers_leaves_the_district_to_the_next_run(
    rows: Rows, wire: Wire
) -> None:
    open_district("c1", "child")
    wire.before("TransactWriteItems", *[timed_out] * len(WRITES) * 8)
    with rows.unchanged(), pytest.raises(app.ReleaseUnfinished):
        release()
    assert release() == {"published": SLOTS}


def test_without_the_list_of_districts_the_run_fails_loudly(rows: Rows, wire: Wire) -> None:
    open_district()
    wire.before("Query", refused("ThrottlingException"))
    with rows.unchanged(), pytest.raises(TryAgain):
        release()

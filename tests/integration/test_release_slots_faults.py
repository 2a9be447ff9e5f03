"""The daily release with a store that is busy or does not answer."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.release_slots import app
from shared.errors import TryAgain
from tests.integration.clinic import (
    open_district,
)
from tests.integration.releases import release
from tests.integration.rows import Rows
from tests.integration.wire import (
    Request,
    Wire,
    cancelled,
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


def transactions(heard: list[Request]) -> int:
    return operations(heard).count("TransactWriteItems")


@pytest.fixture(autouse=True)
def five_days(
    parameters: Callable[..., None], monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """Publish the days from Monday to Friday, and sit out no pause."""
    assert pauses == []
    parameters(HORIZON_DAYS="5")
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


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

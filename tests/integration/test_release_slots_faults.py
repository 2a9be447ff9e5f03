"""The daily release cut off anywhere, run twice at once, and with a busy store."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.release_slots import app
from shared.errors import TryAgain
from shared.table.release import release_all
from tests.integration.clinic import (
    BORIS,
    SLOT,
    attach,
    open_account,
    open_district,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Request, Wire, answered, operations, refused, timed_out

# A run that ends early has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

WRITES = 6
"""Two slots on each of three days."""


class CutOff(BaseException):
    """The function's time ran out, or its machine went."""


def cut_off() -> None:
    raise CutOff


def release() -> Any:  # noqa: ANN401 - what Lambda is given back
    return app.lambda_handler({}, LambdaContext())


def puts(heard: list[Request]) -> int:
    return operations(heard).count("PutItem")


@pytest.fixture(autouse=True)
def three_days(parameters: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    parameters(HORIZON_DAYS="3")
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("written", range(WRITES))
def test_a_run_cut_off_at_any_write_and_run_again_ends_like_one_clean_run(
    rows: Rows, wire: Wire, written: int, when: str
) -> None:
    open_district()
    nothing = rows.everything()
    assert release() == {"published": WRITES}
    clean = rows.everything()
    for key in clean.keys() - nothing.keys():
        rows.remove(key)
    plant = wire.before if when == "before" else wire.after
    plant("PutItem", *[None] * written, cut_off)
    with pytest.raises(CutOff):
        release()
    left = WRITES - written - (when == "after")
    with wire.listening() as heard:
        assert release() == {"published": left}
    assert puts(heard) == left
    assert rows.everything() == clean


def test_two_runs_at_once_publish_the_cap_and_no_more(rows: Rows, wire: Wire, clock: Clock) -> None:
    open_district()
    others: list[int] = []

    def another_run() -> None:
        others.append(release_all(clock.now).published)

    wire.before("PutItem", None, None, another_run)
    assert release() == {"published": 2}
    assert others == [WRITES - 2]
    assert len(rows.everything()) == 1 + WRITES
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_slot_that_is_published_and_booked_in_between_stays_booked(
    rows: Rows, wire: Wire, clock: Clock
) -> None:
    open_district()
    attach(BORIS)
    boris = open_account(BORIS)

    def published_and_booked() -> None:
        release_all(clock.now)
        take(boris, SLOT)

    wire.before("PutItem", published_and_booked)
    assert release() == {"published": 0}
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "booked"


def test_an_old_read_writes_nothing_over_what_stands(rows: Rows, wire: Wire) -> None:
    open_district()
    release()
    rows.change(slot_key(SLOT), slot_status="withdrawn")
    wire.before("Query", None, answered({"Items": []}))
    with wire.listening() as heard, rows.unchanged():
        assert release() == {"published": 0}
    assert puts(heard) == WRITES


@pytest.mark.parametrize("operation", ["PutItem", "Query"])
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
    assert (log[-1]["published"], log[-1]["unfinished"]) == (WRITES * 2, [late])
    assert release() == {"published": WRITES}


@pytest.mark.parametrize(
    "planted", [refused("ThrottlingException"), refused("InternalServerError", 500), timed_out]
)
def test_a_lost_answer_leaves_the_district_to_the_next_run(
    rows: Rows, wire: Wire, planted: Callable[[], Any]
) -> None:
    open_district()
    wire.before("PutItem", planted)
    with pytest.raises(app.ReleaseUnfinished):
        release()
    assert release() == {"published": WRITES}
    assert len(rows.everything()) == 1 + WRITES


def test_a_write_whose_answer_was_lost_is_not_repeated(rows: Rows, wire: Wire) -> None:
    open_district()
    wire.after("PutItem", timed_out)
    with pytest.raises(app.ReleaseUnfinished):
        release()
    with wire.listening() as heard:
        assert release() == {"published": WRITES - 1}
    assert puts(heard) == WRITES - 1
    assert len(rows.everything()) == 1 + WRITES


def test_without_the_list_of_districts_the_run_fails_loudly(rows: Rows, wire: Wire) -> None:
    open_district()
    wire.before("Query", refused("ThrottlingException"))
    with rows.unchanged(), pytest.raises(TryAgain):
        release()

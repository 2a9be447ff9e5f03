"""The daily release of many districts: each is handed out once, and none is dropped in silence."""

import json
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.release_slots import app
from shared import release_queue
from shared.keys import Key
from shared.settings import settings
from tests.integration.clinic import SLOT, SignedIn, open_district, take
from tests.integration.district_queue import read_all, take_all
from tests.integration.releases import release
from tests.integration.rows import Item, Rows
from tests.integration.wire import (
    CutOff,
    Planted,
    Wire,
    answered,
    cut_off,
    operations,
    refused,
    timed_out,
)

# A run that ends early has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

THREE = ["a1", "a2", "c1"]


@pytest.fixture(autouse=True)
def above_two(
    parameters: Callable[..., None], monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> Iterator[None]:
    """Publish two days, let three districts be too many, sit out no pause, and empty the queue."""
    assert pauses == []
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")
    parameters(FAN_OUT_ABOVE="2", HORIZON_DAYS="2")
    yield
    take_all()


def open_three() -> None:
    for district_id in THREE:
        open_district(district_id, "child" if district_id == "c1" else "adult")


def open_many(count: int) -> list[str]:
    """Open so many districts, and return their ids in order."""
    district_ids = [f"a{number:02}" for number in range(count)]
    for district_id in district_ids:
        open_district(district_id)
    return district_ids


def refusing(*places: str) -> Planted:
    """Let the queue refuse these entries of a batch, though it answers with 200."""
    failed = [{"Id": one, "Code": "InternalError", "SenderFault": False} for one in places]
    return answered({"Successful": [], "Failed": failed}, name="refusing")


# ---------------------------------------------------------------------- the threshold


def test_as_many_districts_as_one_function_takes_are_published_by_it(
    rows: Rows, wire: Wire
) -> None:
    open_many(2)
    with wire.listening() as heard:
        assert release() == {"published": 8}
    assert "SendMessageBatch" not in operations(heard)
    assert len(rows.everything()) == 2 + 8


def test_one_district_more_and_all_are_handed_out_and_nothing_is_written(
    rows: Rows, wire: Wire
) -> None:
    open_three()
    with wire.listening() as heard, rows.unchanged():
        assert release() == {"handed_out": 3}
    assert operations(heard) == ["Query", "SendMessageBatch"]
    assert heard[1].body == {
        "QueueUrl": settings().release_queue_url,
        "Entries": [{"Id": str(place), "MessageBody": one} for place, one in enumerate(THREE)],
    }
    assert take_all() == THREE


def test_twenty_five_districts_are_handed_out_in_three_batches_each_once(wire: Wire) -> None:
    district_ids = open_many(25)
    with wire.listening() as heard:
        assert release() == {"handed_out": 25}
    sizes = [len(one.body["Entries"]) for one in heard if one.operation == "SendMessageBatch"]
    assert sizes == [10, 10, 5]
    assert sorted(take_all()) == district_ids


def test_a_run_counts_what_it_handed_out(
    capsys: pytest.CaptureFixture[str], log: list[dict[str, object]]
) -> None:
    open_three()
    release()
    [metric] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert metric["DistrictsHandedOut"] == [3.0]
    assert "SlotsPublished" not in metric
    assert [(line["handed_out"], line["unfinished"]) for line in log] == [(3, [])]


# ------------------------------------------------------------------ what comes of it


def published_directly(rows: Rows, parameters: Callable[..., None]) -> dict[Key, Item]:
    """Return the table as one function leaves it, and set it back to what it was."""
    before = rows.everything()
    parameters(FAN_OUT_ABOVE="500")
    release()
    parameters(FAN_OUT_ABOVE="2")
    after = rows.everything()
    for key in after.keys() - before.keys():
        rows.remove(key)
    assert rows.everything() == before
    return after


def test_the_districts_that_are_handed_out_end_like_those_of_one_function(
    rows: Rows, parameters: Callable[..., None]
) -> None:
    open_three()
    clean = published_directly(rows, parameters)
    release()
    read_all(*take_all())
    assert rows.everything() == clean
    release()
    with rows.unchanged():
        read_all(*take_all())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("sent", range(3))
def test_a_run_cut_off_while_it_hands_out_and_run_again_ends_like_one_clean_run(
    rows: Rows, wire: Wire, monkeypatch: pytest.MonkeyPatch, sent: int, when: str
) -> None:
    monkeypatch.setattr(release_queue, "_MOST_AT_ONCE", 2)
    district_ids = open_many(5)
    plant = wire.before if when == "before" else wire.after
    plant("SendMessageBatch", *[None] * sent, cut_off)
    with pytest.raises(CutOff):
        release()
    assert release() == {"handed_out": 5}
    told = take_all()
    assert set(told) == set(district_ids)
    assert len(told) == 5 + [0, 2, 4, 5][sent + (when == "after")]
    read_all(*told)
    assert len(rows.everything()) == 5 + 5 * 4


def test_slots_that_are_booked_stay_booked_when_their_district_is_handed_out_again(
    anna: SignedIn, rows: Rows
) -> None:
    open_three()
    release()
    read_all(*take_all())
    take(anna, SLOT)
    release()
    with rows.unchanged():
        read_all(*take_all())


# ------------------------------------------------------------------- what goes wrong


def test_what_the_queue_refuses_is_sent_again_and_nothing_else_is(
    wire: Wire, log: list[dict[str, object]]
) -> None:
    open_three()
    wire.before("SendMessageBatch", refusing("0", "2"))
    with wire.listening() as heard:
        assert release() == {"handed_out": 3}
    again = [{"Id": "0", "MessageBody": "a1"}, {"Id": "1", "MessageBody": "c1"}]
    assert [one.body["Entries"] for one in heard[2:]] == [again]
    assert [line["errors"] for line in log if line["level"] == "WARNING"] == [["InternalError"]]


def test_what_the_queue_always_refuses_fails_the_run_loudly_and_stops_no_other(
    wire: Wire, log: list[dict[str, object]]
) -> None:
    district_ids = open_many(12)
    wire.before("SendMessageBatch", refusing("3"), *[refusing("0")] * 7)
    with pytest.raises(app.ReleaseUnfinished):
        release()
    assert (log[-1]["handed_out"], log[-1]["unfinished"]) == (11, ["a03"])
    # The first batch was answered in the queue's place, and so only the second one lies there.
    assert take_all() == district_ids[10:]
    assert release() == {"handed_out": 12}
    assert sorted(take_all()) == district_ids


@pytest.mark.parametrize(
    "planted, error",
    [
        (timed_out, ReadTimeoutError),
        (refused("InternalError", 500), ClientError),
        (refused("AWS.SimpleQueueService.NonExistentQueue"), ClientError),
    ],
)
def test_a_queue_out_of_reach_ends_the_run_loudly_and_the_next_one_sends_everything(
    wire: Wire, planted: Planted, error: type[Exception]
) -> None:
    district_ids = open_many(12)
    wire.before("SendMessageBatch", None, planted)
    with pytest.raises(error):
        release()
    assert take_all() == district_ids[:10]
    assert release() == {"handed_out": 12}
    assert sorted(take_all()) == district_ids

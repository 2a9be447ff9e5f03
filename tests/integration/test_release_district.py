"""The districts of a release that was handed out: each is published once, whatever comes twice."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.release_district import app
from shared.ids import DistrictId
from shared.table import districts, schedule
from tests.integration.clinic import BORIS, SLOT, attach, open_account, open_district, take
from tests.integration.conftest import Clock
from tests.integration.district_queue import DONE, failed, message, messages, read
from tests.integration.family_people import Meanwhile
from tests.integration.releases import (
    HALF_PAST_EIGHT,
    WORKING_DAYS,
    another_release,
    standing,
)
from tests.integration.rows import Rows
from tests.integration.wire import CutOff, Planted, Wire, cut_off, operations, refused, timed_out

# A batch of which nothing could be published has nothing to count.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

A1, A2 = messages("a1", "a2")
PUBLISHED = {day: ["1 06:00", "2 06:10"] for day in WORKING_DAYS[:3]}
"""What stands of an adult district."""


@pytest.fixture(autouse=True)
def three_days(
    parameters: Callable[..., None], monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """Publish the days from Monday to Wednesday, each by a transaction, and sit out no pause."""
    assert pauses == []
    parameters(HORIZON_DAYS="3")
    monkeypatch.setattr(schedule, "_MOST_AT_ONCE", 2)
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


def counted(capsys: pytest.CaptureFixture[str]) -> list[list[float]]:
    """Return what each batch so far has counted as published."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    return [line["SlotsPublished"] for line in lines]


def errors(log: list[dict[str, object]]) -> list[tuple[object, object]]:
    """Return the message and the error of each failure that was logged."""
    said = [line for line in log if line["message"] == "district not released"]
    assert {line["level"] for line in said} <= {"ERROR"}
    return [(line["message_id"], line["error"]) for line in said]


def test_the_district_that_a_message_names_is_published_and_no_other(
    rows: Rows, wire: Wire, log: list[dict[str, object]]
) -> None:
    open_district()
    open_district("a2")
    with wire.listening() as heard:
        assert read(A1) == DONE
    assert operations(heard) == ["GetItem", "Query", *["TransactWriteItems"] * 3]
    assert standing(rows) == PUBLISHED
    assert standing(rows, "a2") == {}
    assert [(line["district_id"], line["published"]) for line in log] == [("a1", 6)]


def test_a_batch_counts_what_its_districts_offer_that_was_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_district()
    open_district("c1", "child")
    read(*messages("a1", "c1", "a1"))
    read(A1)
    assert counted(capsys) == [[6.0, 15.0, 0.0], [0.0]]


def test_a_message_that_comes_twice_writes_nothing_more(rows: Rows, wire: Wire) -> None:
    open_district()
    read(A1)
    with wire.listening() as heard, rows.unchanged():
        assert read(A1, message("a1", 2)) == DONE
    assert operations(heard) == ["GetItem", "Query"] * 2


def test_a_message_that_comes_late_publishes_what_is_missing_by_then(
    rows: Rows, clock: Clock
) -> None:
    open_district(hours={"tue": HALF_PAST_EIGHT, "thu": HALF_PAST_EIGHT})
    clock.move(days=1, hours=1)
    assert read(A1) == DONE
    assert standing(rows) == {"2026-11-26": ["1 05:30"]}


def test_a_message_that_meets_another_release_adds_nothing_to_it(rows: Rows, wire: Wire) -> None:
    open_district()
    faster = Meanwhile(rows, another_release)
    wire.before("TransactWriteItems", faster)
    assert read(A1) == DONE
    assert rows.everything() == faster.table


def test_a_district_that_the_desk_changes_meanwhile_is_published_as_it_is_then(
    rows: Rows, wire: Wire
) -> None:
    open_district()

    def changed() -> None:
        found = districts.find(DistrictId("a1"))
        assert found is not None
        districts.put(replace(found, hours={"tue": HALF_PAST_EIGHT}))

    wire.before("TransactWriteItems", changed)
    assert read(A1) == DONE
    assert standing(rows) == {"2026-11-24": ["1 05:30"]}


def test_booked_slots_are_left_alone(rows: Rows) -> None:
    open_district()
    read(A1)
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    with rows.unchanged():
        assert read(A1) == DONE


# ------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("planted", [refused("ThrottlingException"), refused("Unforeseen")])
def test_a_district_that_could_not_be_published_is_reported_alone_and_done_the_next_time(
    rows: Rows, wire: Wire, log: list[dict[str, object]], planted: Planted
) -> None:
    open_district()
    open_district("a2")
    wire.before("TransactWriteItems", planted)
    assert read(A1, A2) == failed(A1)
    assert standing(rows) == {}
    assert standing(rows, "a2") == PUBLISHED
    assert [message_id for message_id, _ in errors(log)] == [A1["messageId"]]
    assert read(A1) == DONE
    assert standing(rows) == PUBLISHED


def test_what_was_published_before_a_district_failed_stays_and_is_not_published_twice(
    rows: Rows, wire: Wire, capsys: pytest.CaptureFixture[str]
) -> None:
    open_district()
    wire.before("TransactWriteItems", None, refused("ThrottlingException"))
    assert read(A1) == failed(A1)
    assert list(standing(rows)) == WORKING_DAYS[:1]
    assert read(A1) == DONE
    assert counted(capsys) == [[4.0]]
    assert standing(rows) == PUBLISHED


def test_where_all_of_a_batch_fails_all_of_it_is_reported(wire: Wire) -> None:
    open_district()
    open_district("a2")
    wire.before("GetItem", timed_out, timed_out)
    assert read(A1, A2) == failed(A1, A2)


@pytest.mark.parametrize("body", ["a3", '{"district_id": "a1"}', "участок", "a1 "])
def test_a_message_that_names_no_district_is_reported_and_the_others_are_done(
    rows: Rows, log: list[dict[str, object]], body: str
) -> None:
    open_district()
    poison = message(body, 7)
    assert read(poison, A1) == failed(poison)
    assert standing(rows) == PUBLISHED
    assert errors(log) == [(poison["messageId"], "DistrictUnknown")]
    assert body not in json.dumps([line for line in log if line["level"] == "ERROR"])


@pytest.mark.parametrize("written", [0, 2, 3, 5])
def test_a_batch_that_is_cut_off_and_comes_again_ends_like_one_clean_run(
    rows: Rows, wire: Wire, written: int
) -> None:
    open_district()
    open_district("a2")
    wire.after("TransactWriteItems", *[None] * written, cut_off)
    with pytest.raises(CutOff):
        read(A1, A2)
    assert read(A1, A2) == DONE
    assert standing(rows) == standing(rows, "a2") == PUBLISHED

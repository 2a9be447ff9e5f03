"""The daily release: which slots stand afterwards, and how little a second run does."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.release_slots import app
from shared import keys
from shared.districts import Absence
from tests.integration.clinic import (
    SLOT,
    open_district,
    publish,
    slot_key,
)
from tests.integration.conftest import Clock
from tests.integration.releases import HALF_PAST_EIGHT, WORKING_DAYS, legs, release, standing
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations


@pytest.fixture(autouse=True)
def metrics_have_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the metrics go where the environment says, whoever imported the function first."""
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


def test_an_adult_district_has_two_tickets_a_working_day(rows: Rows) -> None:
    open_district()
    assert release() == {"published": 20}
    assert standing(rows) == {day: ["1 06:00", "2 06:10"] for day in WORKING_DAYS}
    assert rows.everything()[slot_key(SLOT)] == {
        "starts_at": "2026-11-24T06:00:00Z",
        "doctor": "Кузнецова Мария Ильинична",
        "room": "214",
        "slot_status": "free",
    }


def test_a_child_district_has_five_tickets_a_working_day(rows: Rows) -> None:
    open_district("c1", "child")
    assert release() == {"published": 50}
    five = ["1 06:00", "2 06:10", "3 06:20", "4 06:30", "5 06:40"]
    assert standing(rows, "c1") == dict.fromkeys(WORKING_DAYS, five)


def test_where_the_doctor_sees_fewer_patients_fewer_tickets_stand(rows: Rows) -> None:
    open_district(hours={"tue": HALF_PAST_EIGHT, "sun": HALF_PAST_EIGHT})
    assert release() == {"published": 2}
    assert standing(rows) == {"2026-11-24": ["1 05:30"], "2026-12-01": ["1 05:30"]}


def test_a_second_run_asks_once_a_district_and_writes_nothing(rows: Rows, wire: Wire) -> None:
    for district_id in ("a1", "a2"):
        open_district(district_id)
    open_district("c1", "child")
    release()
    with wire.listening() as heard, rows.unchanged():
        assert release() == {"published": 0}
    assert operations(heard) == ["Query"] * 4
    asked = [request.body["ExpressionAttributeValues"][":pk"]["S"] for request in heard]
    assert asked == ["CLINIC", "DISTRICT#a1", "DISTRICT#a2", "DISTRICT#c1"]


def test_the_first_run_is_a_transaction_for_some_days_each_slot_with_its_conditions(
    wire: Wire,
) -> None:
    open_district()
    with wire.listening() as heard:
        release()
    assert operations(heard) == ["Query", "Query", *["TransactWriteItems"] * 2]
    assert legs(heard[2]) == [
        ("ConditionCheck", "DISTRICT#a1"),
        *(
            leg
            for day in WORKING_DAYS[:6]
            for ordinal, at in ((1, "0900"), (2, "0910"))
            for leg in (
                ("Put", f"SLOT#{day}#{ordinal}"),
                ("ConditionCheck", f"SLOT#{day}#0#{at}"),
            )
        ),
    ]
    assert len(legs(heard[3])) == 1 + 4 * 4
    puts = [one["Put"] for one in heard[2].body["TransactItems"] if "Put" in one]
    assert {put["ConditionExpression"] for put in puts} == {"attribute_not_exists(PK)"}


def test_where_a_day_has_fewer_hours_than_the_cap_the_other_ordinals_are_looked_at(
    wire: Wire,
) -> None:
    open_district(hours={"tue": HALF_PAST_EIGHT})
    with wire.listening() as heard:
        release()
    days = ("2026-11-24", "2026-12-01")
    assert legs(heard[2]) == [
        ("ConditionCheck", "DISTRICT#a1"),
        *(
            leg
            for day in days
            for leg in (("Put", f"SLOT#{day}#1"), ("ConditionCheck", f"SLOT#{day}#0#0830"))
        ),
        *(("ConditionCheck", f"SLOT#{day}#2") for day in days),
    ]


def test_the_next_day_only_the_windows_new_day_is_published(rows: Rows, clock: Clock) -> None:
    open_district()
    release()
    clock.move(days=1)
    assert release() == {"published": 2}
    assert standing(rows)["2026-12-07"] == ["1 06:00", "2 06:10"]


def test_times_that_have_come_are_not_published(rows: Rows, clock: Clock) -> None:
    open_district()
    clock.move(hours=1)
    assert release() == {"published": 19}
    assert standing(rows)["2026-11-23"] == ["1 06:10"]


def test_a_window_of_one_day_is_the_clinics_own_day(
    rows: Rows, clock: Clock, parameters: Callable[..., None]
) -> None:
    parameters(HORIZON_DAYS="1")
    open_district()
    clock.move(hours=16)
    assert release() == {"published": 2}
    assert list(standing(rows)) == ["2026-11-24"]


# ------------------------------------------------------------------ days without


def test_a_district_without_a_doctor_has_no_tickets_online(rows: Rows) -> None:
    open_district(doctor=None)
    with rows.unchanged():
        assert release() == {"published": 0}


def test_for_the_days_of_an_absence_nothing_is_published(rows: Rows) -> None:
    away = Absence(date(2026, 11, 24), date(2026, 12, 3), "отпуск")
    open_district(absences=(away, Absence(date(2026, 12, 4), date(2026, 12, 4), "учёба")))
    assert release() == {"published": 2}
    assert list(standing(rows)) == ["2026-11-23"]


def test_over_the_new_year_holidays_nothing_is_published(rows: Rows, clock: Clock) -> None:
    open_district()
    clock.now = datetime(2026, 12, 29, 4, tzinfo=UTC)
    assert release() == {"published": 6}
    assert list(standing(rows)) == ["2026-12-29", "2026-12-30", "2027-01-11"]


def test_a_decreed_working_saturday_has_tickets_and_other_saturdays_have_none(
    rows: Rows, clock: Clock
) -> None:
    open_district(hours={"sat": HALF_PAST_EIGHT, "mon": HALF_PAST_EIGHT})
    clock.now = datetime(2025, 10, 30, 4, tzinfo=UTC)
    release()
    assert list(standing(rows)) == ["2025-11-01", "2025-11-10"]


def test_without_any_district_nothing_is_published(rows: Rows) -> None:
    with rows.unchanged():
        assert release() == {"published": 0}


# ---------------------------------------------------------------------- the run


def _counted(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]


def test_a_run_counts_what_it_published(
    capsys: pytest.CaptureFixture[str], log: list[dict[str, object]]
) -> None:
    open_district()
    release()
    [metric] = _counted(capsys)
    assert metric["SlotsPublished"] == metric["SlotsStanding"] == [20.0]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "PatientAccount"
    said = [(line["published"], line["unfinished"]) for line in log]
    assert said == [(20, [])]


def test_a_run_counts_what_stands_whoever_published_it(
    capsys: pytest.CaptureFixture[str], clock: Clock
) -> None:
    open_district()
    open_district("a2", doctor=None)
    release()
    clock.move(hours=1)
    release()
    assert [(one["SlotsPublished"], one["SlotsStanding"]) for one in _counted(capsys)] == [
        ([20.0], [20.0]),
        ([0.0], [19.0]),
    ]


def test_where_nothing_can_be_published_a_run_says_that_nothing_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_district(doctor=None)
    release()
    [metric] = _counted(capsys)
    assert metric["SlotsStanding"] == [0.0]


def test_slots_are_found_page_by_page(rows: Rows, wire: Wire) -> None:
    open_district("c1", "child")
    release()
    wire.pages_of(7)
    with wire.listening() as heard, rows.unchanged():
        assert release() == {"published": 0}
    assert operations(heard) == ["Query"] * 9


def test_districts_are_found_page_by_page(rows: Rows, wire: Wire) -> None:
    for number in range(5):
        open_district(f"a{number}", hours={"tue": HALF_PAST_EIGHT})
    wire.pages_of(2)
    assert release() == {"published": 10}
    kinds = [keys.kind(key.sk) for key in rows.everything()]
    assert kinds.count("SLOT") == 10


def test_a_slot_of_yesterday_and_one_beyond_the_window_are_nobodys_concern(rows: Rows) -> None:
    open_district()
    release()
    publish("a1.2026-11-20.1.0900", "a1.2026-12-31.1.0900")
    with rows.unchanged():
        assert release() == {"published": 0}

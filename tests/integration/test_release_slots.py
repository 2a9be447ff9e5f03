"""The daily release: which slots stand afterwards, and how little a second run does."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.release_slots import app
from shared import keys
from shared.districts import Absence
from tests.integration.clinic import (
    BORIS,
    SLOT,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

WORKING_DAYS = [
    *("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"),
    *("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"),
]
HALF_PAST_EIGHT = [time(8, 30)]


def release() -> Any:  # noqa: ANN401 - what Lambda is given back
    return app.lambda_handler({}, LambdaContext())


def standing(rows: Rows, district_id: str = "a1") -> dict[str, list[str]]:
    """Return a district's slots: by day, the ordinals with their moments."""
    found: dict[str, list[str]] = {}
    for key, item in rows.everything().items():
        if key.pk == f"DISTRICT#{district_id}":
            _, day, ordinal = key.sk.split("#")
            found.setdefault(day, []).append(f"{ordinal} {item['starts_at'][11:16]}")
    return found


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


def test_the_first_run_is_one_put_a_slot_each_with_its_condition(wire: Wire) -> None:
    open_district()
    with wire.listening() as heard:
        release()
    assert operations(heard) == ["Query", "Query", *["PutItem"] * 20]
    conditions = {request.body["ConditionExpression"] for request in heard[2:]}
    assert conditions == {"attribute_not_exists(PK)"}


def test_the_next_day_only_the_windows_new_day_is_published(rows: Rows, clock: Clock) -> None:
    open_district()
    release()
    clock.move(days=1)
    assert release() == {"published": 2}
    assert standing(rows)["2026-12-07"] == ["1 06:00", "2 06:10"]


def test_booked_and_withdrawn_slots_are_left_alone(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    rows.change(slot_key("a1.2026-11-24.2.0910"), slot_status="withdrawn")
    with rows.unchanged():
        assert release() == {"published": 0}


def test_changed_hours_do_not_move_what_stands(rows: Rows) -> None:
    open_district()
    release()
    open_district(hours={"mon": HALF_PAST_EIGHT, "tue": HALF_PAST_EIGHT})
    with rows.unchanged():
        assert release() == {"published": 0}


def test_after_changed_hours_no_time_is_published_twice(rows: Rows) -> None:
    open_district(hours={"tue": [time(9)]})
    release()
    open_district(hours={"tue": [time(8, 40), time(9)]})
    assert release() == {"published": 0}
    assert standing(rows) == {"2026-11-24": ["1 06:00"], "2026-12-01": ["1 06:00"]}


def test_a_lowered_cap_publishes_nothing_more_and_takes_nothing_away(
    rows: Rows, parameters: Callable[..., None]
) -> None:
    open_district("c1", "child")
    release()
    parameters(CHILD_CAP="1", ADULT_CAP="0")
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_raised_cap_publishes_the_ordinals_that_are_missing(
    rows: Rows, parameters: Callable[..., None]
) -> None:
    open_district()
    release()
    parameters(ADULT_CAP="3")
    assert release() == {"published": 10}
    assert standing(rows)["2026-11-24"] == ["1 06:00", "2 06:10", "3 06:20"]


def test_a_gap_is_filled_with_its_own_ordinal(rows: Rows) -> None:
    open_district("c1", "child")
    release()
    before = rows.everything()
    rows.remove(slot_key("c1.2026-11-25.3.0920"))
    assert release() == {"published": 1}
    assert rows.everything() == before


def test_times_that_have_come_are_not_published(rows: Rows, clock: Clock) -> None:
    open_district()
    clock.move(hours=1)
    assert release() == {"published": 19}
    assert standing(rows)["2026-11-23"] == ["2 06:10"]


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


def test_a_doctor_who_left_takes_no_published_slot_along(rows: Rows) -> None:
    open_district()
    release()
    open_district(doctor=None)
    with rows.unchanged():
        assert release() == {"published": 0}


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


def test_a_run_counts_what_it_published(
    capsys: pytest.CaptureFixture[str], log: list[dict[str, object]]
) -> None:
    open_district()
    release()
    [metric] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert metric["SlotsPublished"] == [20.0]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "PatientAccount"
    said = [(line["published"], line["unfinished"]) for line in log]
    assert said == [(20, [])]


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

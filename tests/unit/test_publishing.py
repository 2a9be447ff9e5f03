"""R8 and R10: which times are published on which days, and why there are none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from shared.districts import WEEKDAYS, Absence, District, Weekday
from shared.publishing import cap_of, next_release, slots_to_publish, why_offline, window
from tests.unit.builders import DISTRICT, DOCTOR, MONDAY, MOSCOW, NOW, PLACE, STARTS_AT

LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
WEEK = [MONDAY + timedelta(days=ahead) for ahead in range(7)]


def _published(
    days: Sequence[date], cap: int = 2, now: datetime = LONG_AGO, chosen: District = DISTRICT
) -> list[str]:
    return [slot.place.slot_id for slot in slots_to_publish(chosen, days, cap, now, MOSCOW)]


def test_an_adult_district_has_the_adult_cap_and_a_child_district_the_childs() -> None:
    assert cap_of(replace(DISTRICT, kind="adult"), 2, 5) == 2
    assert cap_of(replace(DISTRICT, kind="child"), 2, 5) == 5


def test_the_days_first_times_are_published_as_ordinals_1_to_the_cap() -> None:
    assert _published([MONDAY]) == ["a1.2026-11-30.1.0900", "a1.2026-11-30.2.0910"]
    assert _published([MONDAY], cap=5)[-1] == "a1.2026-11-30.5.0940"


def test_a_published_slot_is_free_and_says_when_it_begins_and_who_sees_the_patient() -> None:
    hours: dict[Weekday, list[time]] = {"mon": [PLACE.time]}
    (slot,) = slots_to_publish(replace(DISTRICT, hours=hours), [MONDAY], 2, NOW, MOSCOW)
    assert (slot.place, slot.starts_at, slot.doctor) == (PLACE, STARTS_AT, DOCTOR)
    assert (slot.status, slot.ticket_id) == ("free", None)


def test_fewer_hours_than_the_cap_give_fewer_tickets() -> None:
    assert _published([MONDAY], cap=5, chosen=replace(DISTRICT, hours={"mon": [time(15, 0)]})) == [
        "a1.2026-11-30.1.1500"
    ]


def test_a_weekday_without_hours_gives_none() -> None:
    assert _published(WEEK, chosen=replace(DISTRICT, hours={"wed": [time(15, 0)]})) == [
        "a1.2026-12-02.1.1500"
    ]
    assert _published([MONDAY], chosen=replace(DISTRICT, hours={"mon": []})) == []
    assert _published([MONDAY], chosen=replace(DISTRICT, hours={})) == []


@given(st.lists(st.times(), unique=True, max_size=8).map(sorted), st.integers(1, 5))
def test_no_day_ever_has_more_tickets_than_the_cap(hours: list[time], cap: int) -> None:
    always = dict.fromkeys(WEEKDAYS, hours)
    of_week = list(slots_to_publish(replace(DISTRICT, hours=always), WEEK, cap, LONG_AGO, MOSCOW))
    for day in WEEK:
        ordinals = [slot.place.ordinal for slot in of_week if slot.place.day == day]
        assert ordinals == list(range(1, len(ordinals) + 1))
        assert len(ordinals) in {0, min(cap, len(hours))}


@pytest.mark.parametrize(
    "day, is_published",
    [
        (date(2025, 10, 31), True),
        (date(2025, 11, 1), True),  # A Saturday, worked in place of Monday the 3rd.
        (date(2025, 11, 2), False),
        (date(2025, 11, 3), False),
        (date(2025, 11, 4), False),
        (date(2025, 11, 5), True),
        (date(2026, 11, 28), False),
        (date(2026, 12, 31), False),
        (date(2027, 1, 8), False),
        (date(2027, 1, 11), True),
        (date(2027, 2, 20), True),  # A Saturday, worked in place of Monday the 22nd.
        (date(2027, 2, 22), False),
    ],
)
def test_only_working_days_are_published_decreed_saturdays_among_them(
    day: date, *, is_published: bool
) -> None:
    assert len(_published([day])) == (2 if is_published else 0)


def test_nothing_is_published_for_the_days_of_an_absence_both_ends_included() -> None:
    away = Absence(MONDAY + timedelta(days=1), MONDAY + timedelta(days=3), "отпуск")
    slots = slots_to_publish(replace(DISTRICT, absences=(away,)), WEEK, 1, LONG_AGO, MOSCOW)
    assert [slot.place.day for slot in slots] == [MONDAY, MONDAY + timedelta(days=4)]


def test_nothing_is_published_without_a_doctor() -> None:
    assert _published(WEEK, chosen=replace(DISTRICT, doctor=None)) == []


def test_times_that_have_come_are_left_out_and_the_others_keep_their_ordinals() -> None:
    at_nine = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    assert _published([MONDAY], now=at_nine) == ["a1.2026-11-30.2.0910"]
    assert len(_published([MONDAY], now=at_nine - timedelta(seconds=1))) == 2
    assert _published([MONDAY], now=at_nine + timedelta(minutes=10)) == []


@pytest.mark.parametrize(
    "now, zone, first_on",
    [
        ("2026-11-29T20:59:59Z", "Europe/Moscow", date(2026, 11, 29)),
        ("2026-11-29T21:00:00Z", "Europe/Moscow", date(2026, 11, 30)),
        ("2026-12-31T20:59:59Z", "Europe/Moscow", date(2026, 12, 31)),
        ("2026-12-31T21:00:00Z", "Europe/Moscow", date(2027, 1, 1)),
        ("2027-01-01T04:59:59Z", "America/New_York", date(2026, 12, 31)),
        ("2027-01-01T05:00:00Z", "America/New_York", date(2027, 1, 1)),
    ],
)
def test_the_window_begins_with_the_clinics_own_today(now: str, zone: str, first_on: date) -> None:
    days = list(window(datetime.fromisoformat(now), 14, ZoneInfo(zone)))
    assert days == [first_on + timedelta(days=ahead) for ahead in range(14)]


_SEASON_AWAY = (Absence(date(2026, 11, 1), date(2027, 1, 31), "отпуск"),)
_WEEK_AWAY = (Absence(WEEK[0], WEEK[4], "учёба"),)


@pytest.mark.parametrize(
    "chosen, reason",
    [
        (None, "no_permanent_doctor"),
        (replace(DISTRICT, doctor=None), "no_permanent_doctor"),
        (replace(DISTRICT, doctor=None, absences=_SEASON_AWAY), "no_permanent_doctor"),
        (replace(DISTRICT, absences=_SEASON_AWAY), "doctor_absent"),
        (replace(DISTRICT, absences=_WEEK_AWAY), "doctor_absent"),
        (replace(DISTRICT, absences=(Absence(WEEK[0], WEEK[3], "учёба"),)), None),
        (replace(DISTRICT, hours={}, absences=_SEASON_AWAY), None),
        (DISTRICT, None),
    ],
)
def test_the_reason_why_a_week_has_no_online_tickets_is_told(
    chosen: District | None, reason: str | None
) -> None:
    assert why_offline(chosen, WEEK, LONG_AGO, MOSCOW) == reason


def test_hours_that_are_over_do_not_hide_that_the_doctor_is_away() -> None:
    away = replace(DISTRICT, absences=(Absence(WEEK[1], WEEK[-1], "отпуск"),))
    evening = datetime.combine(WEEK[0], time(22), MOSCOW)
    assert why_offline(away, WEEK, LONG_AGO, MOSCOW) is None
    assert why_offline(away, WEEK, evening, MOSCOW) == "doctor_absent"


def test_a_short_window_does_not_hide_the_next_release_behind_a_weekend() -> None:
    friday_noon = datetime.combine(WEEK[4], time(12), MOSCOW)
    monday_morning = datetime.combine(WEEK[0] + timedelta(days=7), time(7), MOSCOW)
    assert next_release(DISTRICT, friday_noon, 1, 7, MOSCOW) == monday_morning


def test_holidays_alone_are_no_absence() -> None:
    new_year = [date(2027, 1, day) for day in range(1, 8)]
    assert why_offline(replace(DISTRICT, absences=_SEASON_AWAY), new_year, LONG_AGO, MOSCOW) is None


def _clinic_time(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=MOSCOW)


# At 07:00 a run publishes the day that lies 13 days ahead; 30 November 2026 is a Monday.
@pytest.mark.parametrize(
    "now, release_at",
    [
        (_clinic_time(2026, 12, 1, 6, 59), _clinic_time(2026, 12, 1, 7)),
        (_clinic_time(2026, 12, 1, 7, 0), _clinic_time(2026, 12, 2, 7)),
        # The runs of the 6th and 7th would publish the 19th and 20th, a weekend.
        (_clinic_time(2026, 12, 5, 7, 0), _clinic_time(2026, 12, 8, 7)),
        # From 31 December to 10 January nobody works.
        (_clinic_time(2026, 12, 17, 7, 0), _clinic_time(2026, 12, 29, 7)),
        (_clinic_time(2026, 12, 31, 23, 59), _clinic_time(2027, 1, 1, 7)),
    ],
)
def test_the_next_release_is_the_next_run_that_adds_a_day(
    now: datetime, release_at: datetime
) -> None:
    assert next_release(DISTRICT, now, 14, 7, MOSCOW) == release_at


def test_the_next_release_skips_days_without_hours_and_days_of_absence() -> None:
    now = _clinic_time(2026, 12, 1, 8)
    fridays = replace(DISTRICT, hours={"fri": [time(9, 0)]})
    away = replace(DISTRICT, absences=(Absence(date(2026, 12, 14), date(2026, 12, 16), "учёба"),))
    assert next_release(fridays, now, 14, 7, MOSCOW) == _clinic_time(2026, 12, 5, 7)
    assert next_release(away, now, 14, 7, MOSCOW) == _clinic_time(2026, 12, 4, 7)


@pytest.mark.parametrize(
    "offline",
    [
        replace(DISTRICT, doctor=None),
        replace(DISTRICT, hours={}),
        replace(DISTRICT, absences=_SEASON_AWAY),
    ],
)
def test_no_release_is_promised_where_none_is_due_within_a_window(offline: District) -> None:
    assert next_release(offline, NOW, 14, 7, MOSCOW) is None


def test_the_release_hour_is_the_clinics_in_summer_and_in_winter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    winter = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    summer = datetime(2026, 3, 30, 0, 0, tzinfo=UTC)
    assert next_release(DISTRICT, winter, 2, 7, berlin) == winter.replace(hour=6)
    assert next_release(DISTRICT, summer, 2, 7, berlin) == summer.replace(hour=5)

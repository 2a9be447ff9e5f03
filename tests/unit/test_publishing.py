"""R8 and R10: which times are published on which days, and why there are none."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.districts import Absence, District
from shared.publishing import next_release, publishes_on, why_offline, window
from tests.unit.builders import DISTRICT, MONDAY, MOSCOW, NOW

LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
WEEK = [MONDAY + timedelta(days=ahead) for ahead in range(7)]


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
    assert publishes_on(DISTRICT, day) is is_published


def test_nothing_is_published_for_the_days_of_an_absence_both_ends_included() -> None:
    away = replace(DISTRICT, absences=(Absence(WEEK[1], WEEK[3], "отпуск"),))
    assert [day for day in WEEK if publishes_on(away, day)] == [WEEK[0], WEEK[4]]


def test_nothing_is_published_without_a_doctor() -> None:
    assert not any(publishes_on(replace(DISTRICT, doctor=None), day) for day in WEEK)


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

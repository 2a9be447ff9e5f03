"""The production calendar: decreed every year, and missing until somebody updates a package."""

from datetime import date, datetime, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given, strategies as st

from shared import working_days
from shared.working_days import due_on, is_working_day, next_working_day, working_days_left
from tests.unit.builders import MOSCOW


def _years_needed(today: date) -> set[int]:
    """Say which calendars must be there: next year's from 1 December on."""
    return {today.year, (today + timedelta(days=31)).year}


def _is_decreed(year: int) -> bool:
    return year in working_days._calendar().special_public_holidays


@pytest.mark.parametrize(
    "year, working_days_in_all",
    [(2023, 247), (2024, 248), (2025, 247), (2026, 247), (2027, 247)],
)
def test_a_years_calendar_has_as_many_working_days_as_were_decreed(
    year: int, working_days_in_all: int
) -> None:
    days = [date(year, 1, 1) + timedelta(days=ahead) for ahead in range(366)]
    assert _is_decreed(year)
    assert sum(is_working_day(day) for day in days if day.year == year) == working_days_in_all


def test_a_year_that_nobody_has_decreed_is_known_to_be_missing() -> None:
    assert not _is_decreed(2100)


def test_next_years_calendar_is_there_from_december_on() -> None:
    """The one test that asks for the real date, so that it fails in time.

    The remedy is a newer `holidays` package: `make lock UPGRADE=1`.
    """
    needed = _years_needed(datetime.now(MOSCOW).date())
    assert [year for year in sorted(needed) if not _is_decreed(year)] == []


@pytest.mark.parametrize(
    "today, needed",
    [
        (date(2026, 1, 1), {2026}),
        (date(2026, 11, 30), {2026}),
        (date(2026, 12, 1), {2026, 2027}),
        (date(2026, 12, 31), {2026, 2027}),
    ],
)
def test_december_is_when_next_years_calendar_is_needed(today: date, needed: set[int]) -> None:
    assert _years_needed(today) == needed


@pytest.mark.parametrize(
    "day, is_worked",
    [
        (date(2024, 4, 27), True),
        (date(2024, 4, 29), False),
        (date(2025, 11, 1), True),
        (date(2025, 11, 3), False),
        (date(2026, 1, 9), False),
        (date(2026, 2, 23), False),
        (date(2026, 11, 29), False),
        (date(2026, 11, 30), True),
        (date(2026, 12, 31), False),
        (date(2027, 2, 20), True),
        (date(2027, 2, 22), False),
    ],
)
def test_decreed_days_off_and_decreed_saturdays_are_known(day: date, *, is_worked: bool) -> None:
    assert is_working_day(day) is is_worked


_EVERY_DAY = [date(2023, 1, 1) + timedelta(days=ahead) for ahead in range(5 * 365 + 1)]
"""All days of the five years of which the package knows the decrees, but the last ones."""


def _counted_otherwise(handed_in_on: date) -> date:
    """Find the third working day as a clerk would: cross out days on a calendar of the wall."""
    decreed = country_holidays("RU", years=range(2023, 2029))
    days_off, worked = set(decreed), set(decreed.weekend_workdays)
    crossed_out = 0
    day = handed_in_on
    while crossed_out < 3:
        day = date.fromordinal(day.toordinal() + 1)
        is_weekend = day.isoweekday() in {6, 7}
        if day in worked or (day not in days_off and not is_weekend):
            crossed_out += 1
    return day


def test_the_due_day_of_every_day_of_five_years_is_what_a_clerk_would_count() -> None:
    assert _EVERY_DAY[-1] == date(2027, 12, 31)
    wrong = [day for day in _EVERY_DAY if due_on(day) != _counted_otherwise(day)]
    assert wrong == []


@pytest.mark.parametrize(
    "handed_in_on, third_day",
    [
        pytest.param(date(2026, 11, 23), date(2026, 11, 26), id="a week without a day off"),
        pytest.param(date(2026, 11, 26), date(2026, 12, 1), id="over a weekend"),
        pytest.param(date(2026, 11, 28), date(2026, 12, 2), id="brought on a Saturday"),
        pytest.param(date(2024, 4, 25), date(2024, 5, 2), id="over a Saturday that was worked"),
        pytest.param(date(2024, 4, 27), date(2024, 5, 6), id="brought on a worked Saturday"),
        pytest.param(date(2024, 10, 31), date(2024, 11, 5), id="over Saturday 02.11.2024"),
        pytest.param(date(2024, 12, 26), date(2025, 1, 9), id="over Saturday 28.12.2024"),
        pytest.param(date(2025, 10, 30), date(2025, 11, 5), id="over Saturday 01.11.2025"),
        pytest.param(date(2025, 11, 1), date(2025, 11, 7), id="brought on Saturday 01.11.2025"),
        pytest.param(date(2025, 12, 29), date(2026, 1, 13), id="over the New Year of 2026"),
        pytest.param(date(2026, 1, 1), date(2026, 1, 14), id="brought on New Year's Day"),
        pytest.param(date(2026, 2, 19), date(2026, 2, 25), id="over 23 February"),
        pytest.param(date(2026, 12, 29), date(2027, 1, 12), id="over the New Year of 2027"),
    ],
)
def test_three_working_days_are_counted_over_weekends_and_transfers(
    handed_in_on: date, third_day: date
) -> None:
    assert due_on(handed_in_on) == third_day


@pytest.mark.parametrize(
    "day, following",
    [
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2025, 10, 31), date(2025, 11, 1)),
        (date(2025, 11, 1), date(2025, 11, 5)),
        (date(2026, 12, 30), date(2027, 1, 11)),
    ],
)
def test_the_next_working_day_is_never_the_day_itself(day: date, following: date) -> None:
    assert next_working_day(day) == following


@pytest.mark.parametrize(
    "today, left",
    [
        (date(2025, 10, 30), 3),
        (date(2025, 10, 31), 2),
        (date(2025, 11, 1), 1),
        (date(2025, 11, 2), 1),
        (date(2025, 11, 4), 1),
        (date(2025, 11, 5), 0),
        (date(2025, 11, 6), 0),
    ],
)
def test_the_days_that_are_left_become_fewer_up_to_the_due_day(today: date, left: int) -> None:
    assert working_days_left(today, date(2025, 11, 5)) == left


@given(day=st.sampled_from(_EVERY_DAY))
def test_of_a_paper_of_today_three_days_are_left(day: date) -> None:
    assert working_days_left(day, due_on(day)) == 3

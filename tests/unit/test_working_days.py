"""The production calendar: decreed every year, and missing until somebody updates a package."""

from datetime import date, datetime, timedelta
from itertools import count

import pytest

from shared import working_days
from shared.working_days import is_working_day
from tests.unit.builders import MOSCOW


def _years_needed(today: date) -> set[int]:
    """Say which calendars must be there: next year's from 1 December on."""
    return {today.year, (today + timedelta(days=31)).year}


def _is_decreed(year: int) -> bool:
    return year in working_days._calendar().special_public_holidays


def _working_day_after(day: date, how_many: int) -> date:
    days = (day + timedelta(days=ahead) for ahead in count(1))
    worked = filter(is_working_day, days)
    return [next(worked) for _ in range(how_many)][-1]


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


@pytest.mark.parametrize(
    "handed_in_on, third_day",
    [
        (date(2025, 10, 30), date(2025, 11, 5)),
        (date(2026, 12, 29), date(2027, 1, 12)),
    ],
)
def test_three_working_days_are_counted_over_weekends_and_the_new_year(
    handed_in_on: date, third_day: date
) -> None:
    assert _working_day_after(handed_in_on, 3) == third_day

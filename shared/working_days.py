"""The Russian production calendar: transfers of days off are decreed yearly and cannot be computed.

The `holidays` package carries the decrees: docs/decisions/0010-the-production-calendar.md.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count, islice, takewhile

from holidays import country_holidays
from holidays.holiday_base import HolidayBase

CONFIRMATION_DAYS = 3
"""Working days in which the desk confirms a profile, the day of the paper not counted (R11)."""


@cache
def _calendar() -> HolidayBase:
    return country_holidays("RU")


def is_working_day(day: date) -> bool:
    """Tell whether the clinic works that day, decreed working Saturdays included."""
    return bool(_calendar().is_working_day(day))


def next_working_day(day: date) -> date:
    """Return the first working day after a day."""
    return next(_working_days_after(day))


def due_on(received_on: date) -> date:
    """Return the day by which the profile is confirmed whose paper came on a day (R11)."""
    return next(islice(_working_days_after(received_on), CONFIRMATION_DAYS - 1, None))


def working_days_left(today: date, last_on: date) -> int:
    """Return how many working days there are after today, up to the last one; 0 on that day."""
    return sum(1 for _ in takewhile(lambda day: day <= last_on, _working_days_after(today)))


def _working_days_after(day: date) -> Iterator[date]:
    return filter(is_working_day, (day + timedelta(days=ahead) for ahead in count(1)))

"""The Russian production calendar: transfers of days off are decreed yearly and cannot be computed.

The `holidays` package carries the decrees: docs/decisions/0010-the-production-calendar.md.
"""

from datetime import date
from functools import cache

from holidays import country_holidays
from holidays.holiday_base import HolidayBase


@cache
def _calendar() -> HolidayBase:
    return country_holidays("RU")


def is_working_day(day: date) -> bool:
    """Tell whether the clinic works that day, decreed working Saturdays included."""
    return bool(_calendar().is_working_day(day))

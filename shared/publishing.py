"""Publishing: which slots stand online on which day, and why there are none (R8, R10)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.districts import District
from shared.working_days import is_working_day

_DAYS_AHEAD = 31

WhyOffline = Literal["no_permanent_doctor", "doctor_absent", "not_attached"]


def publishes_on(district: District, day: date) -> bool:
    """Tell whether anything may be published for that day (R10): a working day, a doctor, present.

    Hours on a Saturday count only for the working Saturdays that are decreed.
    """
    return district.doctor is not None and not district.is_absent_on(day) and is_working_day(day)


def window(now: datetime, horizon_days: int, zone: ZoneInfo) -> Iterator[date]:
    """List the days whose slots are published: today in the clinic and the days after it."""
    today = now.astimezone(zone).date()
    return (today + timedelta(days=ahead) for ahead in range(horizon_days))


def why_offline(
    district: District | None, days: Iterable[date], now: datetime, zone: ZoneInfo
) -> WhyOffline | None:
    """Say why the district has no online tickets in these days, or None where it has (R10)."""
    if district is None or district.doctor is None:
        return "no_permanent_doctor"
    worked = [day for day in days if is_working_day(day) and _has_hours(district, day, now, zone)]
    if worked and all(district.is_absent_on(day) for day in worked):
        return "doctor_absent"
    return None


def _has_hours(district: District, day: date, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether any of the day's hours is still to come."""
    return any(datetime.combine(day, at, zone) > now for at in district.hours_on(day))


def next_release(
    district: District, now: datetime, horizon_days: int, release_hour: int, zone: ZoneInfo
) -> datetime | None:
    """Return when the next day's tickets of this district are published, in UTC.

    A run publishes the window's last day; a run whose last day is not worked adds nothing. None
    when nothing comes within a month (no doctor, or a long absence).
    """
    today = now.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD):
        release_on = today + timedelta(days=ahead)
        release_at = datetime.combine(release_on, time(release_hour), zone).astimezone(UTC)
        day = release_on + timedelta(days=horizon_days - 1)
        if release_at > now and publishes_on(district, day) and district.hours_on(day):
            return release_at
    return None

"""How moments stand in items: exact to the second, and in the order of time."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from shared.table import moments
from tests.unit.builders import MOSCOW, STARTS_AT

_moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    datetime(2099, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, MOSCOW, ZoneInfo("Asia/Kolkata")]),
).map(lambda moment: moment.replace(microsecond=0))


def test_a_moment_is_written_in_utc() -> None:
    assert moments.text(STARTS_AT.astimezone(MOSCOW)) == "2026-11-30T06:20:00Z"
    assert moments.epoch(STARTS_AT) == 1796019600


@given(_moments)
def test_a_moment_is_read_back(moment: datetime) -> None:
    in_utc = moment.astimezone(UTC)  # An hour that clocks repeat equals nothing in another zone.
    assert moments.parse(moments.text(moment)) == in_utc
    assert moments.from_epoch(moments.epoch(moment)) == in_utc
    assert moments.from_epoch(Decimal(moments.epoch(moment))) == in_utc
    assert moments.parse(moments.text(moment)).utcoffset() == UTC.utcoffset(None)


@given(_moments, _moments)
def test_the_order_of_the_texts_is_the_order_of_the_moments(one: datetime, other: datetime) -> None:
    assert (moments.text(one) < moments.text(other)) is (
        one.astimezone(UTC) < other.astimezone(UTC)
    )


def test_a_day_may_be_absent() -> None:
    assert moments.day("2026-11-30") == date(2026, 11, 30)
    assert moments.day(None) is None

"""How slots are named, what no slot is called, and when a slot begins."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from shared.errors import SlotUnknown
from shared.ids import DistrictId
from shared.tickets import SlotPlace
from tests.unit.builders import PLACE

_places = st.builds(
    SlotPlace,
    st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True).map(DistrictId),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 99),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)


def test_a_slots_id_says_where_it_stands() -> None:
    assert PLACE.slot_id == "a1.2026-11-30.1.0920"


@given(_places)
def test_every_slots_id_is_read_back(place: SlotPlace) -> None:
    assert SlotPlace.parse(place.slot_id) == place


@pytest.mark.parametrize(
    "slot_id",
    [
        "",
        "a1",
        "a1.2026-11-30.1",
        "a1.2026-11-30.1.0920.1",
        "a1.2026-02-30.1.0920",
        "a1.2025-02-29.1.0920",
        "a1.2026-13-01.1.0920",
        "a1.2026-00-10.1.0920",
        "a1.0000-01-01.1.0920",
        "a1.0001-01-01.1.0000",
        "a1.1999-12-31.1.0920",
        "a1.2100-01-01.1.0920",
        "a1.9999-12-31.1.2359",
        "a1.20261130.1.0920",
        "a1.2026-W49-1.1.0920",
        "a1.2026-11-30.0.0920",
        "a1.2026-11-30.01.0920",
        "a1.2026-11-30.100.0920",
        "a1.2026-11-30.-1.0920",
        "a1.2026-11-30.1.2400",
        "a1.2026-11-30.1.0960",
        "a1.2026-11-30.1.920",
        "a1.2026-11-30.1.09:20",
        "A1.2026-11-30.1.0920",
        "у1.2026-11-30.1.0920",
        "a#1.2026-11-30.1.0920",
        ".2026-11-30.1.0920",
        f"{'a' * 21}.2026-11-30.1.0920",
        " a1.2026-11-30.1.0920",
        "a1.2026-11-30.1.0920\n",
        "a1.2026-11-30.1.0920\0",
        "a1.٢٠٢٦-١١-٣٠.1.0920",
    ],
)
def test_what_no_slot_is_called_is_an_unknown_slot(slot_id: str) -> None:
    with pytest.raises(SlotUnknown):
        SlotPlace.parse(slot_id)


@given(st.text())
def test_no_text_fails_in_any_other_way(text: str) -> None:
    with pytest.raises(SlotUnknown):
        SlotPlace.parse(text)


@pytest.mark.parametrize(
    "zone, clinic_time, starts_at",
    [
        ("Europe/Moscow", "2026-11-30 09:20", "2026-11-30T06:20Z"),
        ("Europe/Moscow", "2026-11-30 02:00", "2026-11-29T23:00Z"),
        ("Europe/Moscow", "2027-01-01 00:00", "2026-12-31T21:00Z"),
        ("America/New_York", "2026-12-31 20:00", "2027-01-01T01:00Z"),
        ("Asia/Kolkata", "2026-11-30 09:20", "2026-11-30T03:50Z"),
        # Berlin puts its clocks forward on 29 March and back on 25 October 2026.
        ("Europe/Berlin", "2026-03-28 09:20", "2026-03-28T08:20Z"),
        ("Europe/Berlin", "2026-03-29 09:20", "2026-03-29T07:20Z"),
        ("Europe/Berlin", "2026-10-24 09:20", "2026-10-24T07:20Z"),
        ("Europe/Berlin", "2026-10-25 09:20", "2026-10-25T08:20Z"),
        # An hour that is struck twice is the first of the two, one that is skipped comes after.
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30Z"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30Z"),
    ],
)
def test_a_slot_begins_at_its_time_on_the_clinics_clock(
    zone: str, clinic_time: str, starts_at: str
) -> None:
    at = datetime.fromisoformat(clinic_time)
    place = SlotPlace(DistrictId("a1"), at.date(), 1, at.time())
    assert place.starts_at(ZoneInfo(zone)) == datetime.fromisoformat(starts_at)
    assert place.starts_at(ZoneInfo(zone)).tzinfo is UTC

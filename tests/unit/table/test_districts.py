"""The districts as shown: read lately enough, and anew where one is missing."""

import time
from dataclasses import replace
from typing import Any

import pytest

from shared.districts import District
from shared.ids import DistrictId
from shared.table import districts, wire
from tests.unit.builders import DISTRICT
from tests.unit.table.fake_client import FakeClient

A1, A2 = DistrictId("a1"), DistrictId("a2")
OTHER = replace(DISTRICT, district_id=A2, doctor=None, kind="child", hours={})


def _page(*shown: District) -> dict[str, Any]:
    return {"Items": [wire.to_wire(districts._to_item(district)) for district in shown]}


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the test a clock of its own: the last number is the present."""
    passed = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[-1])
    return passed


def test_a_district_is_written_and_read_back(fake: FakeClient) -> None:
    hours = {day: tuple(of_day) for day, of_day in DISTRICT.hours.items()}
    kept = replace(DISTRICT, hours=hours)
    fake.answers(_page(kept, OTHER))
    assert list(districts.all_districts()) == [kept, OTHER]
    assert fake.requests[0][1]["ConsistentRead"] is True


def test_districts_are_shown_from_memory_for_as_long_as_is_set(
    seconds: list[float], fake: FakeClient
) -> None:
    fake.answers(_page(DISTRICT), _page(DISTRICT))
    for passed, requests in [(1000.0, 1), (1059.9, 1), (1060.0, 2), (1119.9, 2)]:
        seconds.append(passed)
        assert districts.shown_districts({A1}).keys() == {A1}
        assert len(fake.requests) == requests


def test_a_district_that_is_not_known_is_looked_for_at_most_once_a_second(
    seconds: list[float], fake: FakeClient
) -> None:
    fake.answers(_page(DISTRICT), _page(DISTRICT, OTHER))
    for passed, shown in [(1000.0, {A1}), (1000.9, {A1}), (1001.0, {A1, A2}), (1001.1, {A1, A2})]:
        seconds.append(passed)
        assert districts.shown_districts({A1, A2}).keys() == shown
    assert len(fake.requests) == 2

"""A release meets a store that is too busy, which no emulator can show."""

from dataclasses import replace
from datetime import datetime

import pytest

from shared.districts import District
from shared.errors import TryAgain
from shared.ids import DistrictId
from shared.table import release
from shared.table.schedule import Done
from tests.unit.builders import DISTRICT, NOW

BUSY = DistrictId("a2")


def test_a_district_that_cannot_be_published_is_named_and_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def release_district(district: District, _now: datetime) -> Done:
        if district.district_id == BUSY:
            raise TryAgain
        return Done(offered=10, standing=15)

    monkeypatch.setattr(release, "release_district", release_district)
    three = [replace(DISTRICT, district_id=DistrictId(f"a{n}")) for n in (1, 2, 3)]
    assert release.release_all(three, NOW) == release.Release(20, 30, unfinished=(BUSY,))

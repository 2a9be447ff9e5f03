"""The clinic's districts: few, and cached for display only."""

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time as clock_time

from shared import keys
from shared.districts import Absence, District, Doctor
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import store
from shared.table.store import Item

_NEW_DISTRICT_SECONDS = 1.0
"""How often a district that is not known is looked for: anybody may name one."""


class _Cache:
    """What was last read for display, and when (monotonic seconds)."""

    districts: Mapping[DistrictId, District] = {}
    read_at: float = -math.inf


def all_districts() -> Iterator[District]:
    """Yield every district as it stands now, in the order of their ids: one query."""
    return map(from_item, store.query(keys.CLINIC, consistent=True))


def shown_districts(needed: Iterable[DistrictId]) -> Mapping[DistrictId, District]:
    """Return the districts for display, read lately enough; no decision is taken from them.

    They are read anew once they are `district_cache_seconds` old, and sooner where a needed one is
    missing: it may be new.
    """
    known = _Cache.districts.keys() >= set(needed)
    longest = settings().district_cache_seconds
    good_for = longest if known else min(longest, _NEW_DISTRICT_SECONDS)
    if time.monotonic() - _Cache.read_at >= good_for:
        found = map(from_item, store.query(keys.CLINIC))
        _Cache.districts = {district.district_id: district for district in found}
        _Cache.read_at = time.monotonic()
    return _Cache.districts


def forget_shown_districts() -> None:
    """Make the next display read the districts anew."""
    _Cache.districts, _Cache.read_at = {}, -math.inf


def put(district: District) -> None:
    """Write a district whole."""
    store.put(keys.district(district.district_id), _to_item(district))


def _to_item(district: District) -> Item:
    doctor = district.doctor
    return {
        "district_id": district.district_id,
        "kind": district.kind,
        "name": district.name,
        "doctor": {"name": doctor.name, "room": doctor.room} if doctor else None,
        "hours": {day: [f"{at:%H:%M}" for at in hours] for day, hours in district.hours.items()},
        "absences": [
            {"from": str(away.first_on), "to": str(away.last_on), "reason": away.reason}
            for away in district.absences
        ],
    }


def from_item(item: Item) -> District:
    """Read a district back; the demo's districts are written in the same form."""
    doctor = item["doctor"]
    return District(
        district_id=DistrictId(item["district_id"]),
        kind=item["kind"],
        name=item["name"],
        doctor=Doctor(doctor["name"], doctor["room"]) if doctor else None,
        hours={
            day: tuple(clock_time.fromisoformat(at) for at in hours)
            for day, hours in item["hours"].items()
        },
        absences=tuple(
            Absence(
                date.fromisoformat(away["from"]), date.fromisoformat(away["to"]), away["reason"]
            )
            for away in item["absences"]
        ),
    )

"""The clinic's districts: few, and cached for display only."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time as clock_time

from shared import clock, keys
from shared.desk import Actor, DeskOperation
from shared.districts import Absence, District, Doctor
from shared.errors import Refusal, TryAgain
from shared.ids import DistrictId
from shared.settings import settings
from shared.table import audit, store
from shared.table.store import Item, Leg, OutcomeUnknown

_IS_AS_READ = (
    "attribute_exists(PK) AND (revision = :read_revision OR attribute_not_exists(revision))"
)
"""A row that an earlier version wrote has no revision until the desk changes it."""
_NEW_DISTRICT_SECONDS = 1.0
"""How often a district that is not known is looked for: anybody may name one."""


class DistrictChanged(Refusal):
    """The district is not what it was when the transaction was put together."""


class _Cache:
    """What was last read for display, and when (monotonic seconds)."""

    districts: Mapping[DistrictId, District] = {}
    read_at: float = -math.inf


def all_districts() -> Iterator[District]:
    """Yield every district as it stands now, in the order of their ids: one query."""
    return map(from_item, store.query(keys.CLINIC, keys.all_districts(), consistent=True))


def shown_districts(needed: Iterable[DistrictId]) -> Mapping[DistrictId, District]:
    """Return the districts for display, read lately enough; no decision is taken from them.

    They are read anew once they are `district_cache_seconds` old, and sooner where a needed one is
    missing: it may be new.
    """
    known = _Cache.districts.keys() >= set(needed)
    longest = settings().district_cache_seconds
    good_for = longest if known else min(longest, _NEW_DISTRICT_SECONDS)
    if time.monotonic() - _Cache.read_at >= good_for:
        found = map(from_item, store.query(keys.CLINIC, keys.all_districts()))
        _Cache.districts = {district.district_id: district for district in found}
        _Cache.read_at = time.monotonic()
    return _Cache.districts


def forget_shown_districts() -> None:
    """Make the next display read the districts anew."""
    _Cache.districts, _Cache.read_at = {}, -math.inf


def find(district_id: DistrictId) -> District | None:
    """Return a district, read consistently."""
    item = store.get(keys.district(district_id))
    return from_item(item) if item else None


def put(district: District) -> None:
    """Write a new district, or one over what stood there."""
    leg = put_leg(district)
    store.put(leg.key, leg.item or {})


def put_leg(after: District, before: District | None = None) -> Leg:
    """Write a district, if it is as it was read. Refused with DistrictChanged."""
    drawn = {"revision": clock.new_revision()}
    return Leg(
        "Put",
        keys.district(after.district_id),
        condition=_IS_AS_READ if before else store.IS_NEW,
        refusal=lambda _: DistrictChanged(),
        values={":read_revision": before.revision} if before else None,
        item={**_to_item(after), **drawn},
    )


def unchanged_leg(district: District) -> Leg:
    """Demand that a district is as it was read. Refused with DistrictChanged.

    Only publishing and the desk may ask: a booking never looks at the district, or all of them
    would stand in each other's way.
    """
    return Leg(
        "ConditionCheck",
        keys.district(district.district_id),
        condition=_IS_AS_READ,
        refusal=lambda _: DistrictChanged(),
        values={":read_revision": district.revision},
    )


def change(
    actor: Actor,
    operation: DeskOperation,
    district_id: DistrictId,
    changed: Callable[[District | None], District],
    now: datetime,
) -> District:
    """Change a district as the desk says, and return it as it is after.

    `changed` is given the district as it stands, and may refuse. Raises SessionRequired, TryAgain,
    and what `changed` raises.
    """
    for _ in store.pauses():
        before = find(district_id)
        after = changed(before)
        leg = put_leg(after, before)
        written = from_item(leg.item or {})
        guard = audit.guard_legs(actor, operation, now, about=district_id)
        try:
            store.transact([*guard, leg])
        except DistrictChanged:
            continue
        except OutcomeUnknown:
            if find(district_id) != written:
                raise
        return written
    raise TryAgain


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
        "revision": district.revision,
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
        revision=item.get("revision", "new"),
    )

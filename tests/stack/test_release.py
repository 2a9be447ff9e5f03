"""The release as the schedule runs it: at once, again, and beside bookings."""

from collections import Counter
from itertools import islice

from shared import clock
from shared.districts import District
from shared.publishing import publishes_on, window
from shared.schedules import Terms, plan_of
from shared.settings import settings
from shared.table import slots, store
from tests.stack import portal
from tests.stack.running import RunningStack

DISTRICTS = 50


def assert_each_cap_exactly(district: District) -> None:
    """Check all days of the window but its ends: a test may live through the clinic's midnight."""
    clinic = settings()
    cap = clinic.child_cap if district.kind == "child" else clinic.adult_cap
    days = list(window(clock.now(), clinic.horizon_days, clinic.zone))[1:-1]
    found = Counter(slot.place.day for slot in portal.slots_of(district))
    assert {day: found[day] for day in days} == {
        day: cap if publishes_on(district, day) else 0 for day in days
    }
    assert max(found.values()) == cap


def test_four_releases_at_once_publish_each_cap_exactly_and_touch_no_booked_slot(
    stack: RunningStack,
) -> None:
    portal.run_release(stack)  # What other tests left to publish is not counted below.
    kinds = ["adult", "child"] * (DISTRICTS // 2)
    made = [portal.new_district(kind, published=False) for kind in kinds]  # type: ignore[arg-type]
    early = portal.new_district()
    slot = portal.last_day(early)[0]
    status, ticket_id = portal.book(stack, portal.new_signed_in(early), slot.place.slot_id)
    assert status == 201

    runs = portal.at_once(lambda _: portal.run_release(stack), range(4), 4)

    slots_made = 0
    for district in made:
        assert_each_cap_exactly(district)
        standing = portal.slots_of(district)
        assert all(slot.status == "free" for slot in standing)
        slots_made += len(standing)
    assert sum(run["published"] for run in runs) == slots_made
    booked = [one for one in portal.slots_of(early) if one.status == "booked"]
    assert [one.ticket_id for one in booked] == [ticket_id]

    before = portal.lasting_items(stack)
    assert portal.run_release(stack) == {"published": 0}
    assert portal.lasting_items(stack) == before


def test_a_release_finishes_what_a_run_that_was_cut_off_left(stack: RunningStack) -> None:
    district = portal.new_district("child", published=False)
    _publish_some(district, 7)
    assert len(portal.slots_of(district)) == 7

    portal.run_release(stack)

    assert_each_cap_exactly(district)


def _publish_some(district: District, count: int) -> None:
    """Publish as a run does that is killed after some of its writes."""
    clinic = settings()
    now = clock.now()
    days = window(now, clinic.horizon_days, clinic.zone)
    wanted = plan_of(district, days, [], Terms(clinic.child_cap, now, clinic.zone)).publish
    for slot in islice(wanted, count):
        store.transact([slots.publish_leg(slot)])

"""The daily release once the district has changed: which slots follow, and which stay."""

from collections.abc import Callable
from datetime import date, time

import pytest

from shared import clock, keys
from shared.districts import WEEKDAYS, Absence, Doctor
from shared.errors import SlotWithdrawn
from shared.ids import DistrictId
from shared.table import tickets
from tests.integration.clinic import (
    BORIS,
    SLOT,
    attach,
    open_account,
    open_district,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.releases import HALF_PAST_EIGHT, WORKING_DAYS, release, standing
from tests.integration.rows import Rows


def test_booked_slots_are_left_alone(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_withdrawn_slot_of_a_day_that_is_worked_is_offered_again(rows: Rows) -> None:
    open_district()
    release()
    before = rows.everything()
    rows.change(slot_key(SLOT), slot_status="withdrawn", ticket_id=f"{'a' * 32}.{'b' * 16}")
    assert release() == {"published": 1}
    assert rows.everything() == before


def test_changed_hours_move_what_nobody_holds_and_leave_what_is_booked(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    ticket_id = take(open_account(BORIS), SLOT)
    open_district(hours={"mon": HALF_PAST_EIGHT, "tue": [*HALF_PAST_EIGHT, time(8, 50)]})
    assert release() == {"published": 5}
    standing_now = standing(rows)
    assert standing_now["2026-11-24"] == ["1 06:00 booked", "2 05:30"]
    assert standing_now["2026-12-01"] == ["1 05:30", "2 05:50"]
    assert standing_now["2026-11-23"] == ["1 05:30", "2 06:10 withdrawn"]
    assert standing_now["2026-11-25"] == ["1 06:00 withdrawn", "2 06:10 withdrawn"]
    booked = rows.everything()[slot_key(SLOT)]
    assert (booked["slot_status"], booked["ticket_id"]) == ("booked", ticket_id)
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_ticket_that_is_given_back_leaves_no_time_that_the_hours_have_not(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    boris = open_account(BORIS)
    ticket_id = take(boris, SLOT)
    open_district(doctor=None)
    release()
    tickets.cancel(boris.session, ticket_id, clock.now())
    freed = rows.everything()[slot_key(SLOT)]
    assert freed["slot_status"] == "withdrawn"
    assert freed.keys().isdisjoint({"ticket_id", "when_freed"})
    with pytest.raises(SlotWithdrawn):
        take(boris, SLOT)


def test_a_ticket_that_is_given_back_in_its_hours_is_free_for_others(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    boris = open_account(BORIS)
    ticket_id = take(boris, SLOT)
    open_district(doctor=None)
    release()
    open_district()
    release()
    tickets.cancel(boris.session, ticket_id, clock.now())
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


@pytest.mark.usefixtures("rows")
def test_one_transaction_never_has_more_actions_than_the_store_takes(
    parameters: Callable[..., None],
) -> None:
    """With the largest cap, one changed time a day is a transaction of few days."""
    parameters(CHILD_CAP="20", HORIZON_DAYS="20")
    hours = {day: [time(8 + at // 6, at % 6 * 10) for at in range(20)] for day in WEEKDAYS}
    open_district(kind="child", hours=hours)
    release()
    open_district(kind="child", hours={day: [*at[:19], time(22)] for day, at in hours.items()})
    assert release()["published"] > 12


def test_after_changed_hours_no_time_is_published_twice(rows: Rows) -> None:
    open_district(hours={"tue": [time(9)]})
    release()
    open_district(hours={"tue": [time(8, 40), time(9)]})
    assert release() == {"published": 2}
    both = ["1 06:00", "2 05:40"]
    assert standing(rows) == {"2026-11-24": both, "2026-12-01": both}


def test_a_slot_that_got_another_time_cannot_be_taken_at_the_old_one(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    boris = open_account(BORIS)
    open_district(hours={"tue": HALF_PAST_EIGHT})
    release()
    with rows.unchanged(), pytest.raises(SlotWithdrawn):
        take(boris, SLOT)
    take(boris, "a1.2026-11-24.1.0830")


def test_a_lowered_cap_withdraws_what_is_beyond_it_and_nobody_holds(
    rows: Rows, parameters: Callable[..., None]
) -> None:
    open_district("c1", "child")
    release()
    attach(BORIS, "c1")
    take(open_account(BORIS), "c1.2026-11-24.4.0930")
    parameters(CHILD_CAP="2")
    assert release() == {"published": 0}
    beyond = ["3 06:20 withdrawn", "4 06:30 withdrawn", "5 06:40 withdrawn"]
    assert standing(rows, "c1")["2026-11-25"] == ["1 06:00", "2 06:10", *beyond]
    with_ticket = ["2 06:10 withdrawn", "3 06:20 withdrawn", "4 06:30 booked", "5 06:40 withdrawn"]
    assert standing(rows, "c1")["2026-11-24"] == ["1 06:00", *with_ticket]


def test_a_raised_cap_publishes_the_ordinals_that_are_missing(
    rows: Rows, parameters: Callable[..., None]
) -> None:
    open_district()
    release()
    parameters(ADULT_CAP="3")
    assert release() == {"published": 10}
    assert standing(rows)["2026-11-24"] == ["1 06:00", "2 06:10", "3 06:20"]


def test_a_gap_is_filled_with_its_own_ordinal(rows: Rows) -> None:
    open_district("c1", "child")
    release()
    before = rows.everything()
    rows.remove(slot_key("c1.2026-11-25.3.0920"))
    assert release() == {"published": 1}
    assert rows.everything() == before


def test_a_doctor_who_left_takes_all_times_along_but_those_that_are_booked(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    before = rows.everything()
    open_district(doctor=None)
    assert release() == {"published": 0}
    gone = {day: ["1 06:00 withdrawn", "2 06:10 withdrawn"] for day in WORKING_DAYS}
    assert standing(rows) == gone | {"2026-11-24": ["1 06:00 booked", "2 06:10 withdrawn"]}
    open_district()
    assert release() == {"published": 19}
    after, district = rows.everything(), keys.district(DistrictId("a1"))
    assert {key: after[key] for key in after if key != district} == {
        key: before[key] for key in before if key != district
    }


def test_a_new_doctor_is_named_on_every_slot_to_come_and_nothing_counts_as_published(
    rows: Rows, clock: Clock
) -> None:
    open_district()
    release()
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    clock.move(hours=1)
    open_district(doctor=Doctor("Ильина Вера Павловна", "307"))
    assert release() == {"published": 0}
    by_slot = {
        key.sk: (item["doctor"], item["room"], item["slot_status"])
        for key, item in rows.everything().items()
        if keys.kind(key.sk) == "SLOT"
    }
    assert by_slot.pop("SLOT#2026-11-23#1") == ("Кузнецова Мария Ильинична", "214", "free")
    assert by_slot.pop("SLOT#2026-11-24#1") == ("Ильина Вера Павловна", "307", "booked")
    assert set(by_slot.values()) == {("Ильина Вера Павловна", "307", "free")}


def test_a_declaration_that_was_cut_off_is_brought_to_its_end(rows: Rows) -> None:
    open_district()
    release()
    attach(BORIS)
    boris = open_account(BORIS)
    ticket_id = take(boris, SLOT)
    open_district(absences=(Absence(date(2026, 11, 24), date(2026, 11, 24), "учёба"),))
    assert release() == {"published": 0}
    assert standing(rows)["2026-11-24"] == ["1 06:00 withdrawn", "2 06:10 withdrawn"]
    held = rows.everything()[keys.patient(boris.patient_id)]["ticket"]
    assert (held["ticket_id"], held["ticket_status"], held["sequence"]) == (
        ticket_id,
        "withdrawn",
        1,
    )
    assert rows.everything()[slot_key(SLOT)]["ticket_id"] == ticket_id
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_district_that_an_earlier_version_wrote_is_published_as_well(rows: Rows) -> None:
    open_district()
    key = keys.district(DistrictId("a1"))
    row = rows.everything()[key]
    rows.put(key, {name: row[name] for name in row if name != "revision"})
    assert release() == {"published": 20}

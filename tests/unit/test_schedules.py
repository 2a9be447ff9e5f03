"""R8 and R10: what a district's slots have to become to be what the district says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from shared.districts import WEEKDAYS, Absence, District, Doctor, Weekday
from shared.schedules import Plan, Terms, plan_of
from shared.tickets import Slot
from tests.unit.builders import DISTRICT, DOCTOR, MONDAY, MOSCOW, PLACE, STARTS_AT, TICKET
from tests.unit.standing import slot

LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
AT_NINE = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
WEEK = [MONDAY + timedelta(days=ahead) for ahead in range(7)]
TUESDAY, SATURDAY = WEEK[1], WEEK[5]
SUCCESSOR = Doctor("Ильина Вера Павловна", "307")
AWAY_ON_MONDAY = (Absence(MONDAY, MONDAY, "учёба"),)
LATER = [time(15), time(15, 10)]


def with_hours(*on_monday: time, **changes: object) -> District:
    """Return the district with these times on Mondays, and what else is changed."""
    hours: Mapping[Weekday, Sequence[time]] = {"mon": on_monday}
    return replace(DISTRICT, hours=hours, **changes)  # type: ignore[arg-type]


def planned(
    *standing: Slot,
    district: District = DISTRICT,
    days: Iterable[date] = (MONDAY,),
    cap: int = 2,
    now: datetime = LONG_AGO,
) -> Plan:
    return plan_of(district, days, standing, Terms(cap, now, MOSCOW))


def published(plan: Plan) -> list[str]:
    return [one.place.slot_id for one in plan.publish]


def changed(plan: Plan) -> list[str]:
    """Return the changes, such as `1 09:00 free -> 15:00 free`."""
    return [
        f"{one.before.place.ordinal} {one.before.place.time:%H:%M} {_standing(one.before)}"
        f" -> {one.after.place.time:%H:%M} {_standing(one.after)}"
        for one in plan.change
    ]


def _standing(slot: Slot) -> str:
    return slot.status + ("" if slot.when_freed == "free" else f" then {slot.when_freed}")


# ------------------------------------------------------------ what is published


def test_the_days_first_times_are_published_as_ordinals_1_to_the_cap() -> None:
    assert published(planned()) == ["a1.2026-11-30.1.0900", "a1.2026-11-30.2.0910"]
    assert published(planned(cap=5))[-1] == "a1.2026-11-30.5.0940"


def test_a_published_slot_is_free_and_says_when_it_begins_and_who_sees_the_patient() -> None:
    (one,) = planned(district=with_hours(PLACE.time)).publish
    assert one == Slot(PLACE, STARTS_AT, DOCTOR, "free", None)


def test_fewer_hours_than_the_cap_give_fewer_tickets() -> None:
    plan = planned(district=with_hours(time(15)), cap=5)
    assert published(plan) == ["a1.2026-11-30.1.1500"]


def test_what_stands_afterwards_is_what_is_offered_and_what_is_booked_online() -> None:
    booked, given = slot(1, "09:00", "booked"), slot(0, "11:00", "booked")
    assert planned().standing == planned(slot(1, "09:00")).standing == 2
    assert planned(booked).standing == planned(booked, given).standing == 2
    assert planned(booked, now=AT_NINE).standing == 1
    assert planned(booked, district=replace(DISTRICT, absences=AWAY_ON_MONDAY)).standing == 0


def test_a_weekday_without_hours_gives_none() -> None:
    wednesdays = replace(DISTRICT, hours={"wed": [time(15, 0)]})
    assert published(planned(district=wednesdays, days=WEEK)) == ["a1.2026-12-02.1.1500"]
    assert published(planned(district=with_hours())) == []
    assert published(planned(district=replace(DISTRICT, hours={}))) == []


@given(st.lists(st.times(), unique=True, max_size=8).map(sorted), st.integers(1, 5))
def test_no_day_ever_has_more_tickets_than_the_cap(hours: list[time], cap: int) -> None:
    whole = [at.replace(second=0, microsecond=0) for at in hours]
    always = replace(DISTRICT, hours=dict.fromkeys(WEEKDAYS, whole))
    of_week = planned(district=always, days=WEEK, cap=cap).publish
    for day in WEEK:
        ordinals = [one.place.ordinal for one in of_week if one.place.day == day]
        assert ordinals == list(range(1, len(ordinals) + 1))
        assert len(ordinals) in {0, min(cap, len(set(whole)))}


@pytest.mark.parametrize(
    "day, is_published",
    [
        (date(2025, 11, 1), True),  # A Saturday, worked in place of Monday the 3rd.
        (date(2025, 11, 2), False),
        (date(2025, 11, 3), False),
    ],
)
def test_only_working_days_are_published_decreed_saturdays_among_them(
    day: date, *, is_published: bool
) -> None:
    assert len(planned(days=[day]).publish) == (2 if is_published else 0)


def test_nothing_is_published_for_the_days_of_an_absence_both_ends_included() -> None:
    away = Absence(MONDAY + timedelta(days=1), MONDAY + timedelta(days=3), "отпуск")
    plan = planned(district=replace(DISTRICT, absences=(away,)), days=WEEK, cap=1)
    assert [one.place.day for one in plan.publish] == [MONDAY, MONDAY + timedelta(days=4)]


def test_nothing_is_published_without_a_doctor() -> None:
    assert planned(district=replace(DISTRICT, doctor=None), days=WEEK) == Plan()


def test_times_that_have_come_are_not_published_and_nothing_comes_in_their_place() -> None:
    assert published(planned(now=AT_NINE)) == ["a1.2026-11-30.1.0910"]
    assert len(planned(now=AT_NINE - timedelta(seconds=1)).publish) == 2
    assert planned(now=AT_NINE + timedelta(minutes=10)) == Plan()


def test_no_later_time_comes_in_the_place_of_one_that_is_past_and_was_never_published() -> None:
    assert planned(slot(2, "09:10", "booked"), now=AT_NINE) == Plan()


def test_what_stands_already_needs_nothing() -> None:
    assert planned(slot(1, "09:00"), slot(2, "09:10", "booked")) == Plan()


def test_an_ordinal_that_is_missing_gets_the_time_that_is_missing() -> None:
    plan = planned(slot(1, "09:00"), slot(3, "09:20"), cap=3)
    assert published(plan) == ["a1.2026-11-30.2.0910"]
    assert plan.change == []


def test_other_days_than_those_that_are_published_get_nothing_new() -> None:
    plan = planned(slot(1, "09:00", day=TUESDAY), days=[])
    assert plan == Plan()


# --------------------------------------------------------------- changed hours


def test_free_slots_get_the_new_times_of_their_day() -> None:
    plan = planned(slot(1, "09:00"), slot(2, "09:10"), district=with_hours(*LATER))
    assert changed(plan) == ["1 09:00 free -> 15:00 free", "2 09:10 free -> 15:10 free"]
    assert plan.publish == plan.cancel == []


def test_a_slot_whose_time_is_still_offered_keeps_it() -> None:
    plan = planned(slot(1, "09:00"), slot(2, "09:10"), district=with_hours(time(8), time(9, 10)))
    assert changed(plan) == ["1 09:00 free -> 08:00 free"]


def test_where_the_new_hours_are_fewer_the_slots_left_over_are_withdrawn() -> None:
    plan = planned(slot(1, "09:00"), slot(2, "09:10"), district=with_hours(time(15)))
    assert changed(plan) == ["1 09:00 free -> 15:00 free", "2 09:10 free -> 09:10 withdrawn"]


def test_a_booked_ticket_stays_at_its_time_and_counts_whatever_becomes_of_the_hours() -> None:
    standing = (slot(1, "09:00", "booked"), slot(2, "09:10"))
    plan = planned(*standing, district=with_hours(*LATER))
    assert changed(plan) == [_LAST_TICKET_OF_ITS_TIME, "2 09:10 free -> 15:00 free"]
    assert planned(*standing, district=with_hours()).cancel == []


_LAST_TICKET_OF_ITS_TIME = "1 09:00 booked -> 09:00 booked then withdrawn"


def test_a_booked_time_that_is_offered_again_goes_back_to_the_pool_again() -> None:
    held = replace(slot(1, "09:00", "booked"), when_freed="withdrawn")
    assert changed(planned(held, slot(2, "09:10"))) == [
        "1 09:00 booked then withdrawn -> 09:00 booked"
    ]
    given = slot(0, "21:00", "booked")
    assert changed(planned(given, slot(1, "09:00"), slot(2, "09:10"))) == []


def test_a_past_time_counts_as_well_whether_somebody_took_it_or_not() -> None:
    standing = (slot(1, "09:00"), slot(2, "09:10"))
    plan = planned(*standing, district=with_hours(*LATER), now=AT_NINE)
    assert changed(plan) == ["2 09:10 free -> 15:00 free"]
    nothing_left = AT_NINE + timedelta(minutes=10)
    assert planned(*standing, district=with_hours(*LATER), now=nothing_left) == Plan()


def test_a_withdrawn_slot_is_offered_again_once_its_day_is_worked() -> None:
    ticket = TICKET.ticket_id
    standing = (slot(1, "09:00", "withdrawn", ticket=ticket), slot(2, "09:10", "withdrawn"))
    plan = planned(*standing)
    assert changed(plan) == ["1 09:00 withdrawn -> 09:00 free", "2 09:10 withdrawn -> 09:10 free"]
    assert [one.after.ticket_id for one in plan.change] == [None, None]


def test_a_withdrawn_slot_whose_time_has_passed_stays_withdrawn() -> None:
    assert planned(slot(1, "09:00", "withdrawn"), slot(2, "09:10"), now=AT_NINE) == Plan()


def test_a_lowered_cap_withdraws_free_slots_beyond_it_and_no_booked_one() -> None:
    standing = [slot(n, f"09:{n - 1}0", "booked" if n == 5 else "free") for n in range(1, 6)]
    plan = planned(*standing, cap=2)
    assert changed(plan) == [f"{n} 09:{n - 1}0 free -> 09:{n - 1}0 withdrawn" for n in (2, 3, 4)]
    assert plan.cancel == []


def test_where_more_are_booked_than_a_lowered_cap_allows_nothing_is_offered() -> None:
    booked = [slot(n, f"09:{n - 1}0", "booked") for n in (3, 4, 5)]
    assert planned(*booked, slot(1, "09:00", "withdrawn"), cap=2) == Plan()


def test_a_withdrawn_slot_that_is_past_counts_neither_against_a_lowered_cap() -> None:
    past = slot(3, "09:00", "withdrawn")
    plan = planned(past, district=with_hours(*LATER), now=AT_NINE)
    assert published(plan) == ["a1.2026-11-30.1.1500", "a1.2026-11-30.2.1510"]


def test_of_two_slots_at_one_time_one_gets_another() -> None:
    plan = planned(slot(1, "09:00", "withdrawn"), slot(2, "09:00"))
    assert changed(plan) == ["1 09:00 withdrawn -> 09:00 free", "2 09:00 free -> 09:10 free"]


# ----------------------------------------------------------------- the doctor


def test_with_the_doctor_go_all_slots_that_nobody_holds() -> None:
    plan = planned(
        slot(1, "09:00", "booked"), slot(2, "09:10"), district=replace(DISTRICT, doctor=None)
    )
    assert changed(plan) == [_LAST_TICKET_OF_ITS_TIME, "2 09:10 free -> 09:10 withdrawn"]
    assert plan.cancel == []


def test_a_new_doctor_is_named_on_every_slot_to_come_booked_ones_and_later_days_included() -> None:
    standing = (
        *(slot(1, "09:00", "booked"), slot(2, "09:10")),
        *(slot(0, "09:50", "booked"), slot(1, "09:00", "booked", TUESDAY)),
    )
    plan = planned(*standing, district=replace(DISTRICT, doctor=SUCCESSOR))
    after = {one.before: one.after for one in plan.change}
    assert after == {one: replace(one, doctor=SUCCESSOR) for one in standing}


def test_of_what_has_begun_the_doctor_is_the_one_who_was_there() -> None:
    standing = (slot(1, "09:00", "booked"), slot(2, "09:10", "booked"))
    plan = planned(*standing, district=replace(DISTRICT, doctor=SUCCESSOR), now=AT_NINE)
    assert [one.before for one in plan.change] == [standing[1]]


# --------------------------------------------------------------------- absences


def test_on_a_day_of_absence_free_slots_are_withdrawn_and_booked_ones_cancelled() -> None:
    free, booked, given = (slot(1, "09:00"), slot(2, "09:10", "booked"), slot(0, "10:00", "booked"))
    away = replace(DISTRICT, absences=AWAY_ON_MONDAY)
    plan = planned(free, booked, given, slot(1, "09:00", day=TUESDAY), district=away)
    assert changed(plan) == ["1 09:00 free -> 09:00 withdrawn"]
    assert plan.cancel == [booked, given]


def test_an_absence_beyond_the_published_days_cancels_there_too() -> None:
    booked = slot(1, "09:00", "booked", SATURDAY)
    away = replace(DISTRICT, absences=(Absence(SATURDAY, SATURDAY, "учёба"),))
    assert planned(booked, slot(2, "09:10", day=SATURDAY), district=away).cancel == [booked]
    assert changed(planned(slot(2, "09:10", day=SATURDAY), district=away)) == [
        "2 09:10 free -> 09:10 withdrawn"
    ]


def test_an_absence_leaves_alone_what_has_begun() -> None:
    standing = (slot(1, "09:00", "booked"), slot(2, "09:10", "booked"), slot(3, "08:50"))
    plan = planned(*standing, district=replace(DISTRICT, absences=AWAY_ON_MONDAY), now=AT_NINE)
    assert plan == Plan(cancel=[standing[1]])


# ---------------------------------------------------------- times the desk gave


def test_a_time_that_the_desk_gave_is_not_published_and_the_next_one_is() -> None:
    plan = planned(slot(0, "09:00", "booked"))
    assert published(plan) == ["a1.2026-11-30.1.0910", "a1.2026-11-30.2.0920"]


def test_what_the_desk_gave_does_not_count_against_the_cap() -> None:
    given = [slot(0, at, "booked") for at in ("08:00", "08:10", "18:00")]
    assert planned(*given, slot(1, "09:00", "booked"), slot(2, "09:10")) == Plan()


def test_a_time_that_was_withdrawn_from_the_desks_patient_may_be_published_but_stays() -> None:
    given = slot(0, "09:00", "withdrawn", ticket=TICKET.ticket_id)
    plan = planned(given)
    assert published(plan) == ["a1.2026-11-30.1.0900", "a1.2026-11-30.2.0910"]
    assert plan.change == []

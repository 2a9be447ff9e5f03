"""R8 and R10, whatever a district becomes and whatever stands: what always holds of its slots."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, strategies as st

from shared.districts import Absence, District, Doctor
from shared.publishing import publishes_on
from shared.schedules import Plan, Terms, plan_of
from shared.tickets import Slot
from tests.unit.builders import DISTRICT, DOCTOR, MONDAY, MOSCOW
from tests.unit.standing import Key, applied, key_of, slot

LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
AT_NINE = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
SUCCESSOR = Doctor("Ильина Вера Павловна", "307")
TUESDAY, SATURDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=5)
TIMES = [time(9, minute) for minute in (0, 10, 20, 30)]
DAYS = [MONDAY, TUESDAY, SATURDAY]
"""Two that are worked, and one that is not."""
MOMENTS = [
    *(LONG_AGO, AT_NINE, AT_NINE + timedelta(minutes=25), AT_NINE + timedelta(hours=3)),
    AT_NINE + timedelta(days=1, minutes=15),
]
hours = st.lists(st.sampled_from(TIMES), max_size=4)
absences = st.lists(
    st.tuples(st.sampled_from(DAYS), st.integers(0, 2)).map(
        lambda one: Absence(one[0], one[0] + timedelta(days=one[1]), "отпуск")
    ),
    max_size=2,
).map(tuple)
districts = st.builds(
    District,
    st.just(DISTRICT.district_id),
    st.just("adult"),
    st.just("Участок"),
    st.sampled_from([DOCTOR, DOCTOR, SUCCESSOR, None]),
    st.fixed_dictionaries({"mon": hours, "tue": hours, "sat": hours}),
    absences,
)
terms = st.builds(Terms, st.integers(1, 4), st.sampled_from(MOMENTS), st.just(MOSCOW))
published_days = st.sampled_from([DAYS, DAYS[:1]])
_one = st.builds(
    lambda day, ordinal, at, status: slot(ordinal, f"{at:%H:%M}", status, day),
    st.sampled_from([MONDAY, MONDAY, TUESDAY, SATURDAY]),
    st.integers(0, 4),
    st.sampled_from(TIMES),
    st.sampled_from(["free", "booked", "withdrawn"]),
)


def _possible(drawn: list[Slot]) -> list[Slot]:
    """Let slots stand as they can: no key twice, no time twice, nothing given but with a ticket."""
    found: dict[Key, Slot] = {}
    times: set[datetime] = set()
    for one in drawn:
        is_given_free = one.place.is_given_by_desk and one.status == "free"
        if is_given_free or key_of(one) in found:
            continue
        offers = one.status != "withdrawn"
        if offers and one.starts_at in times:
            continue
        found[key_of(one)] = one
        times |= {one.starts_at} if offers else set()
    return list(found.values())


slots = st.lists(_one, max_size=14).map(_possible)


def _online(standing: Iterable[Slot]) -> Counter[date]:
    """Count the online tickets of each day, free, booked and past."""
    return Counter(
        one.place.day
        for one in standing
        if one.status != "withdrawn" and not one.place.is_given_by_desk
    )


@given(districts, published_days, slots, terms)
def test_a_plan_never_exceeds_the_cap_unless_by_what_is_booked_or_past(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    held = [one for one in standing if one.status == "booked" or not terms.is_to_come(one.place)]
    after = _online(applied(standing, plan_of(district, days, standing, terms)))
    fixed = _online(held)
    assert all(after[day] <= max(terms.cap, fixed[day]) for day in days)


@given(districts, published_days, slots, terms)
def test_a_plan_never_offers_a_time_twice_those_that_the_desk_gave_included(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    after = applied(standing, plan_of(district, days, standing, terms))
    moments = Counter(one.starts_at for one in after if one.status != "withdrawn")
    assert set(moments.values()) <= {1}


@given(districts, published_days, slots, terms)
def test_a_booked_ticket_is_neither_moved_nor_withdrawn_but_by_an_absence(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    after = {
        key_of(one): one for one in applied(standing, plan_of(district, days, standing, terms))
    }
    for one in standing:
        if one.status != "booked":
            continue
        left = after[key_of(one)]
        assert (left.place, left.starts_at, left.ticket_id) == (
            one.place,
            one.starts_at,
            one.ticket_id,
        )
        is_away = district.is_absent_on(one.place.day) and terms.is_to_come(one.place)
        assert left.status == ("withdrawn" if is_away else "booked")


@given(districts, published_days, slots, terms)
def test_a_plan_that_is_carried_out_leaves_nothing_to_plan_and_what_it_said_would_stand(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    plan = plan_of(district, days, standing, terms)
    after = applied(standing, plan)
    assert plan_of(district, days, after, terms) == Plan()
    assert plan.standing == sum(
        one.status != "withdrawn"
        and one.place.day in days
        and terms.is_to_come(one.place)
        and not one.place.is_given_by_desk
        for one in after
    )


@given(districts, published_days, slots, terms)
def test_a_plan_leaves_alone_what_has_begun(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    plan = plan_of(district, days, standing, terms)
    touched = [*plan.publish, *plan.cancel]
    touched += [one for change in plan.change for one in (change.before, change.after)]
    assert all(terms.is_to_come(one.place) for one in touched)


@given(districts, published_days, slots, terms)
def test_on_an_absent_day_nothing_to_come_is_left_free_or_booked(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    left = [
        one
        for one in applied(standing, plan_of(district, days, standing, terms))
        if district.is_absent_on(one.place.day) and terms.is_to_come(one.place)
    ]
    assert {one.status for one in left} <= {"withdrawn"}


@given(districts, published_days, slots, terms)
def test_what_is_offered_is_worked_by_the_districts_doctor_at_an_hour_of_theirs(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    for one in applied(standing, plan_of(district, days, standing, terms)):
        if one.status == "free" and terms.is_to_come(one.place) and one.place.day in days:
            assert publishes_on(district, one.place.day)
            assert one.place.time in district.hours_on(one.place.day)
            assert one.doctor == district.doctor
            assert one.ticket_id is None
            assert 1 <= one.place.ordinal <= terms.cap


@given(districts, slots, terms)
def test_a_worked_day_offers_as_many_tickets_as_its_hours_and_the_cap_allow(
    district: District, standing: list[Slot], terms: Terms
) -> None:
    """None is kept back but for what is past: a slot withdrawn then keeps its ordinal."""
    now = replace(terms, now=LONG_AGO)
    for day in DAYS:
        of_day = [one for one in standing if one.place.day == day]
        after = applied(of_day, plan_of(district, [day], of_day, now))
        booked = [one for one in of_day if one.status == "booked"]
        online = [one for one in booked if not one.place.is_given_by_desk]
        taken = {one.place.time for one in booked}
        given_times = {one.place.time for one in booked if one.place.is_given_by_desk}
        wanted = [at for at in district.hours_on(day) if at not in given_times][: now.cap]
        room = max(0, now.cap - len(online))
        expected = min(room, len([at for at in wanted if at not in taken]))
        free = [one for one in after if one.status == "free"]
        assert len(free) == (expected if publishes_on(district, day) else 0)


@given(districts, published_days, slots, terms)
def test_a_ticket_that_is_given_back_leaves_no_time_that_is_not_offered(
    district: District, days: list[date], standing: list[Slot], terms: Terms
) -> None:
    for one in applied(standing, plan_of(district, days, standing, terms)):
        if one.status == "booked" and terms.is_to_come(one.place):
            is_worked = publishes_on(district, one.place.day)
            is_offered = is_worked and one.place.time in district.hours_on(one.place.day)
            is_kept = is_offered or one.place.is_given_by_desk
            assert one.when_freed == ("free" if is_kept else "withdrawn")

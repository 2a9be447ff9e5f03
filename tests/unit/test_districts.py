"""A district's hours by weekday, and the days of its doctor's absence."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from shared.districts import Absence, cap_of
from tests.unit.builders import DISTRICT, MONDAY

AWAY = Absence(MONDAY, MONDAY + timedelta(days=2), "отпуск")


def test_the_hours_of_a_day_are_those_of_its_weekday() -> None:
    district = replace(DISTRICT, hours={"mon": [time(9, 0)], "sun": [time(15, 0)]})
    of_week = [district.hours_on(MONDAY + timedelta(days=ahead)) for ahead in range(7)]
    assert of_week == [[time(9, 0)], [], [], [], [], [], [time(15, 0)]]


def test_a_time_that_is_listed_twice_or_out_of_order_is_one_time_in_its_place() -> None:
    district = replace(DISTRICT, hours={"mon": [time(9, 20), time(9, 0), time(9, 20)]})
    assert district.hours_on(MONDAY) == [time(9, 0), time(9, 20)]


@pytest.mark.parametrize("ahead, is_absent", [(-1, False), (0, True), (2, True), (3, False)])
def test_an_absence_covers_its_first_and_its_last_day(ahead: int, *, is_absent: bool) -> None:
    day = MONDAY + timedelta(days=ahead)
    assert AWAY.covers(day) is is_absent
    assert replace(DISTRICT, absences=(AWAY,)).is_absent_on(day) is is_absent


def test_any_of_several_absences_counts() -> None:
    later = Absence(date(2027, 1, 11), date(2027, 1, 11), "учёба")
    district = replace(DISTRICT, absences=(AWAY, later))
    assert district.is_absent_on(MONDAY)
    assert district.is_absent_on(date(2027, 1, 11))
    assert not DISTRICT.is_absent_on(MONDAY)


# ---------------------------------------------------------- declared, taken back

LATER = Absence(date(2027, 1, 11), date(2027, 1, 12), "учёба")
LONG_BEFORE = MONDAY - timedelta(days=30)


def test_absences_are_kept_in_the_order_of_their_days() -> None:
    district = DISTRICT.with_absence(LATER, LONG_BEFORE).with_absence(AWAY, LONG_BEFORE)
    assert district == replace(DISTRICT, absences=(AWAY, LATER))


def test_an_absence_that_begins_on_the_same_day_takes_the_others_place() -> None:
    shorter = Absence(MONDAY, MONDAY, "учёба")
    district = replace(DISTRICT, absences=(AWAY, LATER))
    assert district.with_absence(shorter, LONG_BEFORE).absences == (shorter, LATER)


def test_absences_may_overlap() -> None:
    overlapping = Absence(AWAY.last_on, LATER.first_on, "отпуск")
    district = replace(DISTRICT, absences=(AWAY, LATER))
    assert district.with_absence(overlapping, LONG_BEFORE).absences == (AWAY, overlapping, LATER)


@pytest.mark.parametrize("absences", [(AWAY, LATER), (LATER,)])
def test_an_absence_is_taken_back_by_its_first_day_whether_it_stands_or_not(
    absences: tuple[Absence, ...],
) -> None:
    district = replace(DISTRICT, absences=absences)
    assert district.without_absence(MONDAY, LONG_BEFORE).absences == (LATER,)


@pytest.mark.parametrize("days_later, kept", [(0, True), (1, False)])
def test_an_absence_is_forgotten_once_its_last_day_is_over(days_later: int, *, kept: bool) -> None:
    today = AWAY.last_on + timedelta(days=days_later)
    district = replace(DISTRICT, absences=(AWAY,))
    left = (AWAY, LATER) if kept else (LATER,)
    assert district.with_absence(LATER, today).absences == left
    assert district.without_absence(LATER.first_on, today).absences == left[:-1]


def test_an_adult_district_has_the_adult_cap_and_a_child_district_the_childs() -> None:
    assert cap_of(replace(DISTRICT, kind="adult"), 2, 5) == 2
    assert cap_of(replace(DISTRICT, kind="child"), 2, 5) == 5

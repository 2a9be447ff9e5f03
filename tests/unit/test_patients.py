"""R2, R5, R7: whose names match, who has a say until when, and what a move to a district costs."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import example, given, strategies as st

from shared.ids import AccountId, DistrictId
from shared.patients import Attachment, adult_born_by, is_child, lost_by_transfer
from shared.tickets import Ticket, TicketStatus
from tests.unit.builders import (
    ACCOUNT_ID,
    ANNA,
    MOSCOW,
    NOW,
    PATIENT,
    POLICY,
    STRANGER_ID,
    TICKET,
)

NOBODY: frozenset[AccountId] = frozenset()
TODAY = NOW.date()


@pytest.mark.parametrize(
    "ours, theirs",
    [
        ("Иванова", "ИВАНОВА"),
        ("Королёва", "Королева"),
        ("КОРОЛЁВА", "королева"),
        ("Цой", "Цои\u0306"),
        ("Иванова", "  Иванова\t"),
        ("Салтыкова Щедрина", "Салтыкова \u00a0  Щедрина"),
        ("Салтыкова-Щедрина", "Салтыкова - Щедрина"),
        ("Салтыкова-Щедрина", "САЛТЫКОВА –Щедрина"),
        ("Оглы-Заде", "Оглы\u2011Заде"),
        ("Weiß", "WEISS"),
    ],
)
@pytest.mark.parametrize("field", ["last_name", "first_name", "middle_name"])
def test_names_match_whatever_the_case_the_yo_the_blanks_and_the_hyphens(
    field: str, ours: str, theirs: str
) -> None:
    changes: list[dict[str, Any]] = [{field: ours}, {field: theirs}]
    one, other = (replace(ANNA, **change) for change in changes)
    assert one.matches(other)
    assert other.matches(one)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_name": "Иванов"},
        {"last_name": "Ива нова"},
        {"last_name": "Ива-нова"},
        {"first_name": "Яна"},
        {"first_name": "Сергеевна", "middle_name": "Анна"},
        {"middle_name": None},
        {"middle_name": "Петровна"},
        {"birth_date": date(1985, 3, 28)},
        {"last_name": "Ив\u0061нова"},  # A Latin letter in the midst.
    ],
    ids=str,
)
def test_other_data_do_not_match(changes: dict[str, Any]) -> None:
    assert not ANNA.matches(replace(ANNA, **changes))
    assert not replace(ANNA, **changes).matches(ANNA)


def test_a_short_i_is_not_taken_for_an_i() -> None:
    assert not replace(ANNA, last_name="Чайка").matches(replace(ANNA, last_name="Чаика"))


@pytest.mark.parametrize("absent", [None, "", " "])
def test_two_people_without_a_patronymic_match(absent: str | None) -> None:
    assert replace(ANNA, middle_name=None).matches(replace(ANNA, middle_name=absent))


@given(st.text(), st.text())
def test_every_person_matches_themselves_and_the_order_makes_no_difference(
    one: str, other: str
) -> None:
    assert replace(ANNA, last_name=one).matches(replace(ANNA, last_name=one))
    there = replace(ANNA, last_name=one).matches(replace(ANNA, last_name=other))
    assert there == replace(ANNA, last_name=other).matches(replace(ANNA, last_name=one))


# ------------------------------------------------------------------ who may act


@pytest.mark.parametrize(
    "account_id, has_say", [(ACCOUNT_ID, True), (STRANGER_ID, False)], ids=["guardian", "stranger"]
)
def test_a_guardian_has_a_say_and_nobody_else_has(account_id: AccountId, *, has_say: bool) -> None:
    assert PATIENT.is_guarded_by(account_id, TODAY) is has_say


def test_who_only_typed_the_number_has_no_say() -> None:
    claimed = replace(PATIENT, claimants=frozenset({ACCOUNT_ID, STRANGER_ID}))
    assert not claimed.is_guarded_by(STRANGER_ID, TODAY)


@pytest.mark.parametrize(
    "born, comes_of_age",
    [
        (date(2008, 11, 30), date(2026, 11, 30)),
        (date(2010, 1, 1), date(2028, 1, 1)),
        (date(2009, 12, 31), date(2027, 12, 31)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2010, 2, 28), date(2028, 2, 28)),
        (date(2010, 3, 1), date(2028, 3, 1)),
    ],
)
def test_a_childs_guardian_has_a_say_until_the_day_before_the_child_is_18(
    born: date, comes_of_age: date
) -> None:
    child = replace(
        PATIENT,
        person=replace(ANNA, birth_date=born),
        guardians=NOBODY,
        child_guardians=frozenset({ACCOUNT_ID}),
    )
    for days, has_say in [(-400, True), (-1, True), (0, False), (1, False), (400, False)]:
        assert child.is_guarded_by(ACCOUNT_ID, comes_of_age + timedelta(days=days)) is has_say
    assert not child.is_guarded_by(STRANGER_ID, born)


def test_a_childs_guardian_has_no_say_where_the_register_knows_no_child() -> None:
    unknown = replace(
        PATIENT, person=None, guardians=NOBODY, child_guardians=frozenset({ACCOUNT_ID})
    )
    assert not unknown.is_guarded_by(ACCOUNT_ID, TODAY)


def test_an_adults_guardian_keeps_the_say_whatever_the_age() -> None:
    both = replace(PATIENT, child_guardians=frozenset({ACCOUNT_ID}))
    assert both.is_guarded_by(ACCOUNT_ID, TODAY)


def _eighteenth_birthday(born: date) -> date:
    """Count as a person would: a day that does not come is awaited until the next."""
    with suppress(ValueError):
        return date(born.year + 18, born.month, born.day)
    return date(born.year + 18, 3, 1)


_days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_leap_days = st.sampled_from([date(year, 2, 29) for year in range(1904, 2100, 4)])


@given(_days | _leap_days, _days | _leap_days)
@example(date(2008, 2, 29), date(2026, 2, 28))
@example(date(2008, 2, 29), date(2026, 3, 1))
@example(date(2006, 2, 28), date(2024, 2, 29))
@example(date(2006, 3, 1), date(2024, 2, 29))
@example(date(2082, 2, 28), date(2100, 2, 28))
@example(date(2082, 3, 1), date(2100, 3, 1))
def test_the_two_ways_to_tell_a_child_agree_with_the_calendar_on_every_day(
    born: date, today: date
) -> None:
    child = today < _eighteenth_birthday(born)
    assert is_child(born, today) is child
    assert (born > adult_born_by(today)) is child


@given(_days | _leap_days)
def test_somebody_comes_of_age_on_one_day_and_stays_so(born: date) -> None:
    birthday = _eighteenth_birthday(born)
    assert is_child(born, birthday - timedelta(days=1))
    assert not is_child(born, birthday)


# ------------------------------------------------------------------- the newest ticket


def test_a_patient_without_a_ticket_has_none_upcoming() -> None:
    assert PATIENT.upcoming(NOW) is None


@pytest.mark.parametrize("status", get_args(TicketStatus))
def test_only_a_standing_ticket_is_upcoming_and_only_until_its_time(status: TicketStatus) -> None:
    ticket = replace(TICKET, status=status)
    holding = replace(PATIENT, ticket=ticket)
    a_second_before = TICKET.starts_at - timedelta(seconds=1)
    assert holding.upcoming(a_second_before) == (ticket if status == "booked" else None)
    assert holding.upcoming(TICKET.starts_at) is None


# ----------------------------------------------------------- another district


def _moved(ticket: Ticket | None, to: str, now: datetime = NOW) -> Ticket | None:
    held = replace(PATIENT, ticket=ticket)
    return lost_by_transfer(held, DistrictId(to), now, now.astimezone(MOSCOW).date())


def test_who_moves_to_another_district_loses_an_upcoming_ticket_of_a_later_day() -> None:
    assert _moved(TICKET, "a2") == TICKET
    assert _moved(TICKET, "a1") is None
    assert _moved(None, "a2") is None


def test_a_ticket_of_the_clinics_today_stays_for_the_patient_may_be_on_the_way() -> None:
    a_minute_to_midnight = datetime(2026, 11, 29, 20, 59, tzinfo=UTC)
    assert _moved(TICKET, "a2", a_minute_to_midnight) == TICKET
    assert _moved(TICKET, "a2", a_minute_to_midnight + timedelta(minutes=1)) is None


@pytest.mark.parametrize("status", sorted(set(get_args(TicketStatus)) - {"booked"}))
def test_a_ticket_that_no_longer_stands_is_not_lost_again(status: TicketStatus) -> None:
    assert _moved(replace(TICKET, status=status), "a2") is None


@given(_days | _leap_days)
def test_a_line_about_a_child_district_says_from_when_it_no_longer_is_theirs(born: date) -> None:
    person = replace(ANNA, birth_date=born)
    line = Attachment(POLICY, person, DistrictId("c1"), "child", None)
    assert line.adult_on == _eighteenth_birthday(born)
    assert replace(line, kind="adult").adult_on is None

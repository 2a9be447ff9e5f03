"""R2, R5-R7: whose names match, who may book for whom, and the lines of the attachment list."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from shared.errors import (
    NotAttached,
    PatientUnknown,
    PolicyExpired,
    Refusal,
    TicketLimitReached,
    WrongDistrict,
)
from shared.ids import DistrictId
from shared.patients import Attachment, booking_refusal, read_attachment_line
from shared.policies import PolicyNumberRefused
from tests.unit.builders import (
    ACCOUNT_ID,
    ANNA,
    MONDAY,
    NOW,
    PATIENT,
    PLACE,
    POLICY,
    STRANGER_ID,
    TICKET,
)

NOBODY: frozenset[str] = frozenset()


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


def test_a_guardian_may_book_in_the_patients_district() -> None:
    assert booking_refusal(PATIENT, ACCOUNT_ID, PLACE, NOW) is None


_FOREIGN: dict[str, Any] = {
    "claimants": frozenset({STRANGER_ID}),
    "guardians": frozenset({STRANGER_ID}),
}
_UNMATCHED = {"guardians": NOBODY}
_DETACHED = {"district_id": None}
_MOVED = {"district_id": DistrictId("a2")}
_EXPIRED = {"valid_until": MONDAY - timedelta(days=1)}
_HOLDING = {"ticket": TICKET}


@pytest.mark.parametrize(
    "changes, refusal",
    [
        (_FOREIGN, PatientUnknown),
        (_UNMATCHED, NotAttached),
        (_DETACHED, NotAttached),
        (_MOVED, WrongDistrict),
        (_EXPIRED, PolicyExpired),
        (_HOLDING, TicketLimitReached),
    ],
)
def test_each_reason_not_to_book_is_told(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    assert isinstance(booking_refusal(replace(PATIENT, **changes), ACCOUNT_ID, PLACE, NOW), refusal)


@pytest.mark.parametrize(
    "reasons, refusal",
    [
        ([_EXPIRED, _HOLDING], PolicyExpired),
        ([_MOVED, _EXPIRED, _HOLDING], WrongDistrict),
        ([_DETACHED, _EXPIRED, _HOLDING], NotAttached),
        ([_UNMATCHED, _MOVED, _EXPIRED, _HOLDING], NotAttached),
        ([_FOREIGN, _DETACHED, _EXPIRED, _HOLDING], PatientUnknown),
        ([_FOREIGN, _MOVED], PatientUnknown),
    ],
)
def test_of_several_reasons_the_one_is_told_that_says_least_about_the_patient(
    reasons: list[dict[str, Any]], refusal: type[Refusal]
) -> None:
    changes: dict[str, Any] = {}
    for reason in reasons:
        changes |= reason
    assert isinstance(booking_refusal(replace(PATIENT, **changes), ACCOUNT_ID, PLACE, NOW), refusal)


def test_a_missing_patient_and_a_foreign_one_are_refused_alike() -> None:
    missing = booking_refusal(None, ACCOUNT_ID, PLACE, NOW)
    foreign = booking_refusal(replace(PATIENT, **_FOREIGN), ACCOUNT_ID, PLACE, NOW)
    assert type(missing) is type(foreign) is PatientUnknown


@pytest.mark.parametrize("valid_until", [None, MONDAY, MONDAY + timedelta(days=1)])
def test_a_policy_valid_through_the_slots_day_books(valid_until: date | None) -> None:
    assert (
        booking_refusal(replace(PATIENT, valid_until=valid_until), ACCOUNT_ID, PLACE, NOW) is None
    )


def test_a_ticket_stands_in_the_way_until_its_time_has_come() -> None:
    holding = replace(PATIENT, ticket=TICKET)
    a_second_before = TICKET.starts_at - timedelta(seconds=1)
    refused = booking_refusal(holding, ACCOUNT_ID, PLACE, a_second_before)
    assert isinstance(refused, TicketLimitReached)
    assert booking_refusal(holding, ACCOUNT_ID, PLACE, TICKET.starts_at) is None


_LINE = {
    "policy_number": "7856130840000017",
    "policy_series": "",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Сергеевна",
    "birth_date": "1985-03-27",
    "district_id": "a1",
    "policy_valid_until": "2027-06-30",
}
_ATTACHMENT = Attachment(POLICY, ANNA, DistrictId("a1"), date(2027, 6, 30))


def test_a_line_of_the_attachment_list_is_read() -> None:
    assert read_attachment_line(_LINE) == _ATTACHMENT


def test_blanks_round_a_lines_values_make_no_difference() -> None:
    assert read_attachment_line({name: f" {value} " for name, value in _LINE.items()}) == (
        _ATTACHMENT
    )


def test_a_line_may_lack_the_patronymic_and_the_policys_last_day() -> None:
    read = read_attachment_line(_LINE | {"middle_name": " ", "policy_valid_until": " "})
    assert read == Attachment(POLICY, replace(ANNA, middle_name=None), DistrictId("a1"), None)


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"policy_number": "7856130840000018"}, PolicyNumberRefused),
        ({"policy_number": ""}, ValueError),
        ({"policy_number": None}, ValueError),
        ({"last_name": " "}, ValueError),
        ({"district_id": ""}, ValueError),
        ({"birth_date": "1985-02-30"}, ValueError),
        ({"birth_date": "27.03.1985"}, ValueError),
        ({"birth_date": ""}, ValueError),
        ({"policy_valid_until": "2027-13-01"}, ValueError),
    ],
    ids=str,
)
def test_a_line_that_cannot_be_read_is_refused(
    changes: dict[str, str | None], error: type[ValueError]
) -> None:
    with pytest.raises(error):
        read_attachment_line(_LINE | changes)

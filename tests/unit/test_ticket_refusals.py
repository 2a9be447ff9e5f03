"""R1, R6-R8: who may take or move a ticket to which place, and why somebody may not."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from shared.errors import (
    NotAttached,
    PatientUnknown,
    PolicyExpired,
    Refusal,
    SlotWithdrawn,
    TicketLimitReached,
    TooLate,
    WrongDistrict,
)
from shared.ids import AccountId, DistrictId, TicketId
from shared.patients import Patient, booking_refusal, move_refusal, place_refusal
from shared.tickets import SlotPlace
from tests.unit.builders import (
    ACCOUNT_ID,
    ANNA,
    MONDAY,
    NOW,
    PATIENT,
    PATIENT_ID,
    PLACE,
    STRANGER_ID,
    TICKET,
)

NOBODY: frozenset[AccountId] = frozenset()
OTHERS_TICKET = replace(TICKET, ticket_id=TicketId(f"{PATIENT_ID}.{'f' * 16}"))
A_SECOND_BEFORE = TICKET.starts_at - timedelta(seconds=1)
COMES_OF_AGE = NOW.date()


def _booking(patient: Patient | None, now: datetime = NOW) -> type[Refusal] | None:
    """Return why ACCOUNT_ID may not book, having seen that it is no more than that."""
    refusal = booking_refusal(patient, ACCOUNT_ID, PLACE, now, COMES_OF_AGE)
    assert refusal is None or vars(refusal) == {}
    return None if refusal is None else type(refusal)


def test_a_guardian_may_book_in_the_patients_district() -> None:
    assert _booking(PATIENT) is None


def _of_child(born: date) -> dict[str, Any]:
    return {
        "person": replace(ANNA, birth_date=born),
        "guardians": NOBODY,
        "child_guardians": frozenset({ACCOUNT_ID}),
    }


_FOREIGN: dict[str, Any] = {
    "claimants": frozenset({STRANGER_ID}),
    "guardians": frozenset({STRANGER_ID}),
}
_UNMATCHED = {"guardians": NOBODY}
_GROWN_UP = _of_child(COMES_OF_AGE.replace(year=COMES_OF_AGE.year - 18))
_DETACHED = {"district_id": None}
_MOVED = {"district_id": DistrictId("a2")}
_EXPIRED = {"valid_until": MONDAY - timedelta(days=1)}
_HOLDING = {"ticket": TICKET}


@pytest.mark.parametrize(
    "changes, refusal",
    [
        (_FOREIGN, PatientUnknown),
        (_UNMATCHED, NotAttached),
        (_GROWN_UP, PatientUnknown),
        (_DETACHED, NotAttached),
        (_MOVED, WrongDistrict),
        (_EXPIRED, PolicyExpired),
        (_HOLDING, TicketLimitReached),
    ],
)
def test_each_reason_not_to_book_is_told(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    assert _booking(replace(PATIENT, **changes)) is refusal


@pytest.mark.parametrize(
    "reasons, refusal",
    [
        ([_EXPIRED, _HOLDING], PolicyExpired),
        ([_MOVED, _EXPIRED, _HOLDING], WrongDistrict),
        ([_DETACHED, _EXPIRED, _HOLDING], NotAttached),
        ([_UNMATCHED, _MOVED, _EXPIRED, _HOLDING], NotAttached),
        ([_GROWN_UP, _DETACHED, _EXPIRED, _HOLDING], PatientUnknown),
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
    assert _booking(replace(PATIENT, **changes)) is refusal


def test_a_missing_patient_and_a_foreign_one_are_refused_alike() -> None:
    assert _booking(None) is _booking(replace(PATIENT, **_FOREIGN)) is PatientUnknown


def test_a_parent_may_book_until_the_day_on_which_the_child_is_18() -> None:
    birthday = COMES_OF_AGE.replace(year=COMES_OF_AGE.year - 18)
    assert _booking(replace(PATIENT, **_of_child(birthday + timedelta(days=1)))) is None
    assert _booking(replace(PATIENT, **_of_child(birthday))) is PatientUnknown


@pytest.mark.parametrize("valid_until", [None, MONDAY, MONDAY + timedelta(days=1)])
def test_a_policy_valid_through_the_slots_day_books(valid_until: date | None) -> None:
    assert _booking(replace(PATIENT, valid_until=valid_until)) is None


def test_a_ticket_stands_in_the_way_until_its_time_has_come() -> None:
    holding = replace(PATIENT, ticket=TICKET)
    assert _booking(holding, A_SECOND_BEFORE) is TicketLimitReached
    assert _booking(holding, TICKET.starts_at) is None


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "arrived", "no_show"])
def test_a_ticket_that_no_longer_stands_is_in_nobodys_way(status: Any) -> None:  # noqa: ANN401
    assert _booking(replace(PATIENT, ticket=replace(TICKET, status=status))) is None


# ------------------------------------------------------------------------- the place


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({}, None),
        (_DETACHED, NotAttached),
        (_MOVED, WrongDistrict),
        (_EXPIRED, PolicyExpired),
        (_MOVED | _EXPIRED, WrongDistrict),
        (_DETACHED | _EXPIRED, NotAttached),
        (_HOLDING, None),
        (_UNMATCHED, None),
    ],
)
def test_a_place_is_refused_for_what_the_register_says_whoever_asks(
    changes: dict[str, Any], refusal: type[Refusal] | None
) -> None:
    found = place_refusal(replace(PATIENT, **changes), PLACE)
    assert (None if found is None else type(found)) is refusal


# -------------------------------------------------------------------------- the move


def _move(patient: Patient, now: datetime = NOW) -> type[Refusal] | None:
    refusal = move_refusal(patient, TICKET, replace(PLACE, ordinal=2), now)
    return None if refusal is None else type(refusal)


def test_an_upcoming_ticket_may_be_moved_within_the_district() -> None:
    assert _move(replace(PATIENT, ticket=TICKET), A_SECOND_BEFORE) is None


_CANCELLED = {"ticket": replace(TICKET, status="cancelled")}
_WITHDRAWN = {"ticket": replace(TICKET, status="withdrawn")}
_HOLDING_ANOTHER: dict[str, Any] = {"ticket": OTHERS_TICKET}


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({}, TooLate),
        (_CANCELLED, TooLate),
        (_WITHDRAWN, TooLate),
        (_HOLDING_ANOTHER, TicketLimitReached),
        (_HOLDING | _DETACHED, NotAttached),
        (_HOLDING | _MOVED, WrongDistrict),
        (_HOLDING | _EXPIRED, PolicyExpired),
        (_HOLDING | _MOVED | _EXPIRED, WrongDistrict),
        (_CANCELLED | _MOVED, TooLate),
        (_HOLDING_ANOTHER | _DETACHED, TicketLimitReached),
    ],
)
def test_each_reason_not_to_move_is_told_and_that_of_the_ticket_comes_first(
    changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    assert _move(replace(PATIENT, **changes)) is refusal


@pytest.mark.parametrize(
    "place, refusal",
    [
        (replace(PLACE, time=time(15, 40)), SlotWithdrawn),
        (replace(PLACE, ordinal=2), None),
        (replace(PLACE, ordinal=2, time=time(15, 40)), None),
        (replace(PLACE, day=MONDAY + timedelta(days=1)), None),
        (replace(PLACE, district_id=DistrictId("a2"), time=time(15, 40)), WrongDistrict),
    ],
    ids=["other time", "other ordinal", "both", "other day", "other district"],
)
def test_the_slot_that_the_ticket_holds_is_offered_at_no_other_time(
    place: SlotPlace, refusal: type[Refusal] | None
) -> None:
    found = move_refusal(replace(PATIENT, ticket=TICKET), TICKET, place, NOW)
    assert (None if found is None else type(found)) is refusal


def test_a_ticket_whose_time_has_come_stays_where_it_is() -> None:
    assert _move(replace(PATIENT, ticket=TICKET), TICKET.starts_at) is TooLate
    assert _move(replace(PATIENT, **_HOLDING_ANOTHER), TICKET.starts_at) is TooLate

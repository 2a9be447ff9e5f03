"""A child's guardians lose their say on the eighteenth birthday, everywhere and at midnight."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.integration.answers import Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    LATER_SLOT,
    LEV,
    NO_CONTENT,
    NOT_FOUND,
    ZOYA,
    accept,
    add,
    book,
    cancel,
    claim_in,
    guardians,
    invitation,
    members,
    move,
    parents_of,
    patient_in,
    relatives,
    remove,
    set_clock,
    slots,
    tickets,
)
from tests.integration.rows import Rows

PATIENT_UNKNOWN = problem(404, "patient_unknown")
ANOTHER_SLOT = "a1.2026-11-26.1.0900"
NOTHING = Answer(200, {"upcoming": [], "past": []})


@pytest.fixture(autouse=True)
def published() -> None:
    publish(LATER_SLOT, ANOTHER_SLOT)


def calendar(who: SignedIn, ticket_id: str) -> int:
    """Return the status of the ticket's calendar file."""
    path = f"/api/tickets/{ticket_id}/calendar"
    try:
        return call("ticket_calendar", "GET", path, cookie=who.cookie).status
    except ValueError:  # What is no JSON is the file.
        return 200


@dataclass(frozen=True)
class Childhood:
    """A mother with her child's ticket, on the eve of the eighteenth birthday."""

    mother: SignedIn
    ticket_id: str
    clock: Clock

    def last_second(self) -> SignedIn:
        """Let the mother come at the last second of childhood."""
        set_clock(self.clock, 2026, 11, 23, 20, 59, 59)
        return open_session(self.mother)

    def birthday(self) -> SignedIn:
        """Let the mother come at the clinic's midnight."""
        set_clock(self.clock, 2026, 11, 23, 21)
        return open_session(self.mother)


@pytest.fixture
def childhood(anna: SignedIn, clock: Clock) -> Childhood:
    attach(LEV)
    add_relative(anna, LEV)
    return Childhood(anna, take(anna, LATER_SLOT, LEV.patient_id), clock)


# ------------------------------------------------------------------- every operation


def test_until_midnight_the_mother_does_everything(childhood: Childhood) -> None:
    mother = childhood.last_second()
    assert members(mother)[1] == (LEV.patient_id, True, True)
    assert slots(mother, LEV.patient_id).body["online"] is True
    assert len(tickets(mother).body["upcoming"]) == 1
    assert calendar(mother, childhood.ticket_id) == 200
    assert move(mother, childhood.ticket_id, ANOTHER_SLOT).status == 200
    assert cancel(mother, childhood.ticket_id) == NO_CONTENT
    assert book(mother, LATER_SLOT, LEV.patient_id).status == 201


def test_from_midnight_she_sees_and_does_nothing(childhood: Childhood, rows: Rows) -> None:
    mother = childhood.birthday()
    with rows.unchanged():
        assert members(mother) == [(ANNA.patient_id, True, False)]
        assert slots(mother, LEV.patient_id) == PATIENT_UNKNOWN
        assert tickets(mother) == NOTHING
        assert calendar(mother, childhood.ticket_id) == 404
        assert move(mother, childhood.ticket_id, ANOTHER_SLOT) == NOT_FOUND
        assert cancel(mother, childhood.ticket_id) == NOT_FOUND
        assert book(mother, ANOTHER_SLOT, LEV.patient_id) == PATIENT_UNKNOWN
        assert book(mother, LATER_SLOT, LEV.patient_id) == PATIENT_UNKNOWN


@pytest.mark.parametrize("days", [0, 1])
def test_from_midnight_the_booking_itself_knows_that_the_child_has_come_of_age(
    anna: SignedIn, clock: Clock, rows: Rows, days: int
) -> None:
    attach(LEV)
    add_relative(anna, LEV)
    set_clock(clock, 2026, 11, 23 + days, 21)
    grown_up = open_session(anna)
    with rows.unchanged():
        assert book(grown_up, LATER_SLOT, LEV.patient_id) == PATIENT_UNKNOWN
    set_clock(clock, 2026, 11, 23, 20, 59, 59)
    assert book(grown_up, LATER_SLOT, LEV.patient_id).status == 201


def test_the_grown_child_does_all_that_the_mother_did(childhood: Childhood) -> None:
    childhood.birthday()
    lev = open_account(LEV)
    assert tickets(lev).body["upcoming"][0]["ticket_id"] == childhood.ticket_id
    assert cancel(lev, childhood.ticket_id) == NO_CONTENT
    assert guardians(lev) == Answer(200, {"guardians": []})


def test_midnight_is_the_clinics_own(
    anna: SignedIn, clock: Clock, parameters: Callable[..., None]
) -> None:
    parameters(CLINIC_TIME_ZONE="Asia/Vladivostok")
    attach(LEV)
    add_relative(anna, LEV)
    set_clock(clock, 2026, 11, 23, 13, 59, 59)
    assert relatives(open_session(anna)) == [LEV.patient_id]
    set_clock(clock, 2026, 11, 23, 14)
    assert relatives(open_session(anna)) == []


def test_who_was_born_on_a_leap_day_is_a_child_until_the_first_of_march(clock: Clock) -> None:
    set_clock(clock, 2026, 2, 28, 20, 59, 59)
    publish("a1.2026-03-02.1.0900")
    open_district()
    for citizen in (ANNA, ZOYA):
        attach(citizen)
    anna = open_account(ANNA)
    assert add(anna, ZOYA).status == 202
    ticket_id = take(anna, "a1.2026-03-02.1.0900", ZOYA.patient_id)
    assert relatives(anna) == [ZOYA.patient_id]
    set_clock(clock, 2026, 2, 28, 21)
    assert relatives(anna) == []
    assert cancel(anna, ticket_id) == NOT_FOUND


# --------------------------------------------------------------------- and afterwards


def test_imports_do_not_bring_the_say_back(childhood: Childhood, rows: Rows) -> None:
    mother = childhood.birthday()
    attach(LEV, "a2")
    attach(LEV)
    assert relatives(mother) == []
    assert "guardians" not in patient_in(rows, LEV.patient_id)


def test_a_claim_on_a_child_who_is_attached_as_an_adult_gives_no_say(
    anna: SignedIn, clock: Clock
) -> None:
    add_relative(anna, LEV)
    set_clock(clock, 2026, 11, 23, 21)
    attach(LEV)
    later = open_session(anna)
    assert relatives(later) == []
    add(later, LEV)
    assert relatives(later) == [LEV.patient_id]


def test_only_the_parent_who_adds_the_grown_child_again_has_a_say_again(
    clock: Clock, rows: Rows
) -> None:
    parents = parents_of(LEV)
    set_clock(clock, 2026, 11, 23, 21)
    anna, boris = open_session(parents.anna), open_session(parents.boris)
    assert add(anna, LEV).status == 202
    assert (relatives(anna), relatives(boris)) == ([LEV.patient_id], [])
    row = patient_in(rows, LEV.patient_id)
    assert row["guardians"] == {anna.account_id}
    assert row["child_guardians"] == {boris.account_id}
    attach(LEV, "a2")
    attach(LEV)
    assert (relatives(anna), relatives(boris)) == ([LEV.patient_id], [])


def test_a_grown_child_with_an_account_is_asked(childhood: Childhood, rows: Rows) -> None:
    mother = childhood.birthday()
    lev = open_account(LEV)
    add(mother, LEV)
    assert relatives(mother) == []
    assert accept(lev, invitation(rows, mother, LEV.patient_id)) == NO_CONTENT
    assert relatives(mother) == [LEV.patient_id]
    assert len(guardians(lev).body["guardians"]) == 1


def test_imports_ask_a_grown_child_nothing_about_the_parents_of_its_childhood(
    childhood: Childhood, rows: Rows
) -> None:
    mother = childhood.birthday()
    open_account(LEV)
    attach(LEV, "a2")
    attach(LEV)
    claim = claim_in(rows, mother.account_id, LEV.patient_id)
    assert claim is not None
    assert "invitation_id" not in claim
    assert relatives(mother) == []


def test_a_child_with_an_account_is_still_the_parents_until_then(
    anna: SignedIn, clock: Clock
) -> None:
    attach(LEV)
    lev = open_account(LEV)
    add_relative(anna, LEV)
    ticket_id = take(anna, LATER_SLOT, LEV.patient_id)
    assert tickets(lev).body["upcoming"][0]["ticket_id"] == ticket_id
    set_clock(clock, 2026, 11, 23, 21)
    assert relatives(open_session(anna)) == []
    assert members(open_session(lev)) == [(LEV.patient_id, True, True)]


def test_a_grown_child_who_is_listed_no_more_can_still_be_given_up(
    childhood: Childhood, rows: Rows
) -> None:
    mother = childhood.birthday()
    assert remove(mother, LEV.patient_id) == NO_CONTENT
    row = patient_in(rows, LEV.patient_id)
    assert row.keys() == {"person", "policy_last4", "district_id", "ticket"}

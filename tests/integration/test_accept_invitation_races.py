"""POST /api/invitation-acceptances beside other changes, and when the store is in trouble."""

import pytest

from shared import clock as shared_clock
from shared.table import family, sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, problem
from tests.integration.clinic import SignedIn, add_relative, attach, open_account
from tests.integration.family_people import (
    GALINA,
    NO_CONTENT,
    Meanwhile,
    accept,
    invitation,
    patient_in,
    relatives,
    renamed,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, cancelled, timed_out

EXPIRED = problem(410, "invitation_expired")


@pytest.fixture
def galina(anna: SignedIn) -> SignedIn:
    """Open the grandmother's own account, and let Anna ask to act for her."""
    attach(GALINA)
    opened = open_account(GALINA)
    add_relative(anna, GALINA)
    return opened


@pytest.fixture
def told(galina: SignedIn, anna: SignedIn, rows: Rows) -> str:
    """Return the token that was mailed to the grandmother."""
    return invitation(rows, anna, galina.patient_id)


def test_a_session_that_ends_in_between_accepts_nothing(
    galina: SignedIn, told: str, rows: Rows, wire: Wire
) -> None:
    gone = Meanwhile(rows, lambda: sessions.end(galina.session, shared_clock.now()))
    wire.before("TransactWriteItems", gone)
    assert accept(galina, told) == SESSION_REQUIRED
    assert rows.everything() == gone.table


def test_a_claim_that_is_taken_back_in_between_stays_so(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows, wire: Wire
) -> None:
    back = Meanwhile(
        rows, lambda: family.remove(anna.session, galina.patient_id, shared_clock.now())
    )
    wire.before("TransactWriteItems", back)
    assert accept(galina, told) == EXPIRED
    assert rows.everything() == back.table


def test_a_new_invitation_in_between_ends_this_one(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows, wire: Wire
) -> None:
    newer = Meanwhile(rows, lambda: add_relative(anna, GALINA))
    wire.before("TransactWriteItems", newer)
    assert accept(galina, told) == EXPIRED
    assert rows.everything() == newer.table


def test_a_register_that_changes_in_between_makes_nobody_a_guardian(
    galina: SignedIn, told: str, rows: Rows, wire: Wire
) -> None:
    imported = Meanwhile(rows, lambda: attach(GALINA, person=renamed(GALINA)))
    wire.before("TransactWriteItems", imported)
    assert accept(galina, told) == EXPIRED
    assert rows.everything() == imported.table


def test_another_change_of_the_row_in_between_is_kept(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: attach(GALINA, "a2")))
    assert accept(galina, told) == NO_CONTENT
    row = patient_in(rows, galina.patient_id)
    assert row["guardians"] == {anna.account_id, galina.account_id}
    assert row["district_id"] == "a2"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_made_sure_of(
    anna: SignedIn, galina: SignedIn, told: str, wire: Wire, when: str
) -> None:
    getattr(wire, when)("TransactWriteItems", timed_out)
    assert accept(galina, told) == NO_CONTENT
    assert relatives(anna) == [galina.patient_id]


def test_a_conflict_that_does_not_end_says_try_again(
    galina: SignedIn, told: str, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    conflict = cancelled("None", "TransactionConflict", "None")
    wire.before("TransactWriteItems", *[conflict] * 100)
    with rows.unchanged():
        assert accept(galina, told) == TRY_AGAIN
    assert len(pauses) == 7

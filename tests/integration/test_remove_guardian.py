"""DELETE /api/guardians/{guardian_id}: an adult's word ends another account's say at once."""

import pytest

from shared import clock as shared_clock, keys
from shared.table import family, sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, call, problem
from tests.integration.clinic import (
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    NO_CONTENT,
    NOT_FOUND,
    Meanwhile,
    accept,
    add,
    book,
    claim_in,
    dismiss,
    guardians,
    invitation,
    patient_in,
    relatives,
    renamed,
    ticket_in,
    tickets,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, cancelled, operations, timed_out


@pytest.fixture
def galina(anna: SignedIn, rows: Rows) -> SignedIn:
    """Open the grandmother's account and let Anna act for her."""
    attach(GALINA)
    opened = open_account(GALINA)
    add_relative(anna, GALINA)
    accept(opened, invitation(rows, anna, GALINA.patient_id))
    return opened


def test_a_dismissed_guardian_loses_the_claim_and_the_say_and_nothing_else_changes(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    before = rows.everything()
    assert dismiss(galina, anna.account_id) == NO_CONTENT
    patient = keys.patient(galina.patient_id)
    del before[keys.claim(anna.account_id, galina.patient_id)]
    left = before[patient] | {
        "claimants": {galina.account_id},
        "guardians": {galina.account_id},
        "revision": rows.everything()[patient]["revision"],
    }
    assert rows.everything() == before | {patient: left}
    assert relatives(anna) == []


def test_a_ticket_that_the_guardian_took_stays_with_the_patient(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    take(anna, SLOT, galina.patient_id)
    held = ticket_in(rows, galina.patient_id)
    dismiss(galina, anna.account_id)
    assert ticket_in(rows, galina.patient_id) == held
    assert len(tickets(galina).body["upcoming"]) == 1
    assert tickets(anna).body == {"upcoming": [], "past": []}
    assert book(anna, SLOT, galina.patient_id) == problem(404, "patient_unknown")


def test_imports_do_not_bring_a_dismissed_guardian_back(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    dismiss(galina, anna.account_id)
    attach(GALINA, "a2")
    attach(GALINA, person=renamed(GALINA))
    attach(GALINA)
    assert relatives(anna) == []
    assert patient_in(rows, galina.patient_id)["guardians"] == {galina.account_id}


def test_a_dismissed_guardian_who_asks_again_must_be_accepted_again(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    dismiss(galina, anna.account_id)
    add(anna, GALINA)
    assert relatives(anna) == []
    assert accept(galina, invitation(rows, anna, galina.patient_id)) == NO_CONTENT
    assert relatives(anna) == [galina.patient_id]


def test_a_guardian_from_before_the_account_can_be_dismissed(anna: SignedIn) -> None:
    attach(GALINA)
    add(anna, GALINA)
    galina = open_account(GALINA)
    assert dismiss(galina, anna.account_id) == NO_CONTENT
    assert relatives(anna) == []


# ------------------------------------------------------------------------ refusals


def test_the_same_dismissal_again_finds_nothing(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    dismiss(galina, anna.account_id)
    with rows.unchanged():
        assert dismiss(galina, anna.account_id) == NOT_FOUND


def test_nobody_is_dismissed_who_is_no_guardian(galina: SignedIn, rows: Rows) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, GALINA)
    with rows.unchanged():
        answers = [dismiss(galina, one) for one in (boris.account_id, galina.account_id, "x")]
    assert answers == [NOT_FOUND] * 3


def test_a_guardian_cannot_dismiss_the_holder_or_another_guardian(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, GALINA)
    accept(galina, invitation(rows, boris, galina.patient_id))
    with rows.unchanged():
        assert dismiss(anna, galina.account_id) == NOT_FOUND
        assert dismiss(anna, boris.account_id) == NOT_FOUND


def test_a_child_cannot_dismiss_its_parents(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    vera = open_account(VERA)
    add_relative(anna, VERA)
    with rows.unchanged():
        assert dismiss(vera, anna.account_id) == NOT_FOUND


def test_a_holder_whom_the_register_does_not_confirm_dismisses_nobody(
    anna: SignedIn, rows: Rows
) -> None:
    attach(GALINA)
    add_relative(anna, GALINA)
    stranger = open_account(GALINA, person=renamed(GALINA))
    with rows.unchanged():
        assert dismiss(stranger, anna.account_id) == NOT_FOUND


def test_without_an_open_session_nobody_is_dismissed(
    anna: SignedIn, galina: SignedIn, clock: Clock, rows: Rows
) -> None:
    path = f"/api/guardians/{anna.account_id}"
    clock.move(minutes=30)
    with rows.unchanged():
        assert dismiss(galina, anna.account_id) == SESSION_REQUIRED
        assert call("remove_guardian", "DELETE", path) == SESSION_REQUIRED


# ------------------------------------------------------------------ races and faults


def test_a_dismissal_is_four_requests(anna: SignedIn, galina: SignedIn, wire: Wire) -> None:
    with wire.listening() as heard:
        dismiss(galina, anna.account_id)
    assert operations(heard) == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 3


def test_a_session_that_ends_in_between_dismisses_nobody(
    anna: SignedIn, galina: SignedIn, rows: Rows, wire: Wire
) -> None:
    ended = Meanwhile(rows, lambda: sessions.end(galina.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert dismiss(galina, anna.account_id) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_a_guardian_who_leaves_in_between_is_gone(
    anna: SignedIn, galina: SignedIn, rows: Rows, wire: Wire
) -> None:
    left = Meanwhile(
        rows, lambda: family.remove(anna.session, galina.patient_id, shared_clock.now())
    )
    wire.before("TransactWriteItems", left)
    assert dismiss(galina, anna.account_id) == NO_CONTENT
    assert rows.everything() == left.table


def test_a_guardian_who_asks_again_in_between_is_dismissed_all_the_same(
    anna: SignedIn, galina: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: attach(GALINA, "a2")))
    assert dismiss(galina, anna.account_id) == NO_CONTENT
    assert claim_in(rows, anna.account_id, galina.patient_id) is None
    assert guardians(galina).body == {"guardians": []}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_made_sure_of(
    anna: SignedIn, galina: SignedIn, wire: Wire, when: str
) -> None:
    getattr(wire, when)("TransactWriteItems", timed_out)
    assert dismiss(galina, anna.account_id) == NO_CONTENT
    assert relatives(anna) == []


def test_a_conflict_that_does_not_end_says_try_again(
    anna: SignedIn, galina: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    conflict = cancelled("None", "None", "TransactionConflict")
    wire.before("TransactWriteItems", *[conflict] * 100)
    with rows.unchanged():
        assert dismiss(galina, anna.account_id) == TRY_AGAIN
    assert len(pauses) == 7

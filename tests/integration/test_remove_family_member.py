"""DELETE /api/family/{patient_id}: a relative is given up, and others keep them."""

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
    LATER_SLOT,
    NO_CONTENT,
    NOT_FOUND,
    Family,
    Meanwhile,
    add,
    book,
    claim_in,
    move,
    parents_of,
    patient_in,
    relatives,
    remove,
    renamed,
    slots,
    ticket_in,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, cancelled, operations, timed_out


@pytest.fixture
def parents() -> Family:
    publish(SLOT, LATER_SLOT)
    return parents_of(VERA)


def test_who_gives_a_child_up_has_no_part_in_it_and_nothing_else_changes(
    parents: Family, rows: Rows
) -> None:
    before = rows.everything()
    assert remove(parents.anna, parents.child) == NO_CONTENT
    patient, anna, boris = keys.patient(parents.child), parents.anna, parents.boris
    del before[keys.claim(anna.account_id, parents.child)]
    left = before[patient] | {
        "claimants": {boris.account_id},
        "child_guardians": {boris.account_id},
        "revision": rows.everything()[patient]["revision"],
    }
    assert rows.everything() == before | {patient: left}
    assert left["revision"] != before[patient]["revision"]


def test_the_other_parent_keeps_the_child_and_its_ticket(parents: Family, rows: Rows) -> None:
    ticket_id = take(parents.anna, SLOT, parents.child)
    held = ticket_in(rows, parents.child)
    assert remove(parents.anna, parents.child) == NO_CONTENT
    assert ticket_in(rows, parents.child) == held
    assert relatives(parents.anna) == []
    assert relatives(parents.boris) == [parents.child]
    assert book(parents.boris, LATER_SLOT, parents.child) == problem(409, "ticket_limit_reached")
    assert move(parents.boris, ticket_id, LATER_SLOT).status == 200


def test_two_parents_of_one_child_share_its_one_ticket(parents: Family) -> None:
    first = book(parents.anna, SLOT, parents.child)
    assert book(parents.boris, LATER_SLOT, parents.child) == problem(409, "ticket_limit_reached")
    again = book(parents.boris, SLOT, parents.child)
    assert (again.status, again.body) == (200, first.body)


def test_who_gave_a_child_up_can_do_nothing_for_it(parents: Family, rows: Rows) -> None:
    remove(parents.anna, parents.child)
    unknown = problem(404, "patient_unknown")
    with rows.unchanged():
        assert book(parents.anna, SLOT, parents.child) == unknown
        assert slots(parents.anna, parents.child) == unknown


def test_the_last_guardians_farewell_leaves_the_register_and_the_ticket(
    anna: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    attach(VERA)
    vera = add_relative(anna, VERA)
    take(anna, SLOT, vera)
    assert remove(anna, vera) == NO_CONTENT
    row = patient_in(rows, vera)
    assert row.keys() == {"person", "policy_last4", "district_id", "ticket"}


def test_of_somebody_whom_nobody_else_knows_no_row_is_left(anna: SignedIn, rows: Rows) -> None:
    before = rows.everything()
    add_relative(anna, GALINA)
    assert remove(anna, GALINA.patient_id) == NO_CONTENT
    assert rows.everything().keys() == before.keys()


def test_a_relative_given_up_does_not_come_back_by_an_import(anna: SignedIn) -> None:
    attach(GALINA)
    add_relative(anna, GALINA)
    remove(anna, GALINA.patient_id)
    attach(GALINA, "a2")
    attach(GALINA, person=renamed(GALINA))
    attach(GALINA)
    assert relatives(anna) == []


def test_a_relative_given_up_can_be_added_again(parents: Family) -> None:
    remove(parents.anna, parents.child)
    assert add(parents.anna, VERA).status == 202
    assert relatives(parents.anna) == [parents.child]


# ------------------------------------------------------------------------ refusals


def test_the_same_removal_again_finds_nothing(parents: Family, rows: Rows) -> None:
    remove(parents.anna, parents.child)
    with rows.unchanged():
        assert remove(parents.anna, parents.child) == NOT_FOUND


def test_oneself_cannot_be_removed(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        assert remove(anna, anna.patient_id) == NOT_FOUND


@pytest.mark.parametrize("patient_id", ["x", "f" * 32])
def test_a_foreign_person_and_a_missing_one_are_not_found(
    anna: SignedIn, rows: Rows, patient_id: str
) -> None:
    attach(BORIS)
    open_account(BORIS)
    with rows.unchanged():
        assert remove(anna, BORIS.patient_id) == remove(anna, patient_id) == NOT_FOUND


def test_without_an_open_session_nothing_is_removed(
    parents: Family, clock: Clock, rows: Rows
) -> None:
    path = f"/api/family/{parents.child}"
    clock.move(minutes=30)
    with rows.unchanged():
        assert remove(parents.anna, parents.child) == SESSION_REQUIRED
        assert call("remove_family_member", "DELETE", path) == SESSION_REQUIRED


# ------------------------------------------------------------------ races and faults


def test_a_removal_is_three_requests(parents: Family, wire: Wire) -> None:
    with wire.listening() as heard:
        remove(parents.anna, parents.child)
    assert operations(heard) == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 3


def test_a_session_that_ends_in_between_removes_nothing(
    parents: Family, rows: Rows, wire: Wire
) -> None:
    anna = parents.anna
    ended = Meanwhile(rows, lambda: sessions.end(anna.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert remove(anna, parents.child) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_both_parents_farewells_at_once_leave_nobody(
    parents: Family, rows: Rows, wire: Wire
) -> None:
    boris = parents.boris
    farewell = Meanwhile(
        rows, lambda: family.remove(boris.session, parents.child, shared_clock.now())
    )
    wire.before("TransactWriteItems", farewell)
    assert remove(parents.anna, parents.child) == NO_CONTENT
    row = patient_in(rows, parents.child)
    assert row.keys() == {"person", "policy_last4", "district_id"}


def test_an_import_in_between_does_not_bring_the_claim_back(
    parents: Family, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: attach(VERA, "a2")))
    assert remove(parents.anna, parents.child) == NO_CONTENT
    attach(VERA)
    row = patient_in(rows, parents.child)
    assert row["claimants"] == row["child_guardians"] == {parents.boris.account_id}


def test_an_import_that_read_before_the_farewell_does_not_undo_it(
    parents: Family, rows: Rows, wire: Wire
) -> None:
    anna = parents.anna
    farewell = Meanwhile(
        rows, lambda: family.remove(anna.session, parents.child, shared_clock.now())
    )
    wire.before("TransactWriteItems", farewell)
    attach(VERA, "a2")
    row = patient_in(rows, parents.child)
    assert row["claimants"] == row["child_guardians"] == {parents.boris.account_id}
    assert row["district_id"] == "a2"


def test_a_ticket_taken_in_between_stays(parents: Family, rows: Rows, wire: Wire) -> None:
    wire.before(
        "TransactWriteItems", Meanwhile(rows, lambda: take(parents.anna, SLOT, parents.child))
    )
    assert remove(parents.anna, parents.child) == NO_CONTENT
    assert ticket_in(rows, parents.child) is not None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_made_sure_of(
    parents: Family, rows: Rows, wire: Wire, pauses: list[float], when: str
) -> None:
    getattr(wire, when)("TransactWriteItems", timed_out)
    assert remove(parents.anna, parents.child) == NO_CONTENT
    assert claim_in(rows, parents.anna.account_id, parents.child) is None
    assert len(pauses) == 1


def test_a_conflict_that_does_not_end_says_try_again_and_nothing_is_removed(
    parents: Family, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    conflict = cancelled("None", "None", "TransactionConflict")
    wire.before("TransactWriteItems", *[conflict] * 100)
    with rows.unchanged():
        assert remove(parents.anna, parents.child) == TRY_AGAIN
    assert len(pauses) == 7

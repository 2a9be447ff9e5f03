"""DELETE /api/tickets/{ticket_id}: a ticket goes back to the pool, once, and its costs."""

import pytest

from shared import keys
from shared.ids import PatientId
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_session,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    LATER_SLOT,
    NO_CONTENT,
    NOT_FOUND,
    archive,
    book,
    cancel,
    parents_of,
    remove,
    renamed,
    ticket_in,
)
from tests.integration.rows import Rows
from tests.integration.stream import Stream
from tests.integration.wire import Wire, operations

TOO_LATE = problem(409, "too_late")
IDLE_AT = 1795411800
"""Half an hour after the tests' now, in epoch seconds."""


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, LATER_SLOT)


def finish(rows: Rows, patient_id: PatientId, status: str) -> None:
    """Let the ticket in a patient's row stand in another state."""
    key = keys.patient(patient_id)
    rows.change(key, ticket=rows.everything()[key]["ticket"] | {"ticket_status": status})


def test_a_cancelled_ticket_leaves_a_free_slot_and_its_trace(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    before = rows.everything()
    assert cancel(anna, ticket_id) == NO_CONTENT
    patient = keys.patient(anna.patient_id)
    free = {
        "starts_at": "2026-11-24T06:00:00Z",
        "doctor": DOCTOR.name,
        "room": DOCTOR.room,
        "slot_status": "free",
    }
    ended = {
        "ticket_id": ticket_id,
        "slot_id": SLOT,
        "starts_at": "2026-11-24T06:00:00Z",
        "ticket_status": "cancelled",
        "sequence": 1,
        "booked_by": anna.account_id,
    }
    assert rows.everything() == before | {
        slot_key(SLOT): free,
        patient: before[patient] | {"ticket": ended},
    }


def test_a_cancellation_is_two_requests_and_a_transaction_of_three_guarded_updates(
    anna: SignedIn, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    with wire.listening() as heard:
        assert cancel(anna, ticket_id).status == 204
    assert operations(heard) == ["BatchGetItem", "TransactWriteItems"]
    actions = heard[1].body["TransactItems"]
    assert [list(action) for action in actions] == [["Update"]] * 3
    updates = [action["Update"] for action in actions]
    assert [(update["Key"]["PK"]["S"], update["Key"]["SK"]["S"]) for update in updates] == [
        keys.session(anna.session),
        keys.patient(anna.patient_id),
        slot_key(SLOT),
    ]
    assert all(update["ConditionExpression"] for update in updates)


def test_the_same_cancellation_again_says_the_same_and_writes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    cancel(anna, ticket_id)
    with rows.unchanged(), wire.listening() as heard:
        assert [cancel(anna, ticket_id) for _ in range(3)] == [NO_CONTENT] * 3
    assert operations(heard) == ["BatchGetItem"] * 3


def test_a_repeated_cancellation_does_not_free_the_slot_of_whoever_came_next(
    anna: SignedIn, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    cancel(anna, ticket_id)
    attach(BORIS)
    boris = open_account(BORIS)
    take(boris, SLOT)
    with rows.unchanged():
        assert cancel(anna, ticket_id) == NO_CONTENT


def test_a_cancelled_slot_can_be_taken_again_by_the_same_patient_with_a_new_ticket(
    anna: SignedIn, rows: Rows
) -> None:
    first = take(anna, SLOT)
    cancel(anna, first)
    answer = book(anna, SLOT)
    assert answer.status == 201
    assert answer.body["ticket_id"] != first
    assert rows.everything()[slot_key(SLOT)]["ticket_id"] == answer.body["ticket_id"]


def test_a_ticket_that_was_cancelled_replaced_and_archived_is_still_cancelled(
    anna: SignedIn, rows: Rows
) -> None:
    first = take(anna, SLOT)
    cancel(anna, first)
    stream = Stream(rows)
    take(anna, LATER_SLOT)
    archive(*stream.records())
    with rows.unchanged():
        assert cancel(anna, first) == NO_CONTENT


def test_a_ticket_that_the_clinic_withdrew_needs_no_cancelling(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    finish(rows, anna.patient_id, "withdrawn")
    with rows.unchanged():
        assert cancel(anna, ticket_id) == NO_CONTENT


def test_either_parent_cancels_a_childs_ticket(rows: Rows) -> None:
    family = parents_of(VERA)
    ticket_id = take(family.anna, SLOT, family.child)
    assert cancel(family.boris, ticket_id) == NO_CONTENT
    held = ticket_in(rows, family.child)
    assert held is not None
    assert (held["ticket_status"], held["booked_by"]) == ("cancelled", family.anna.account_id)


# ------------------------------------------------------------------------ time


def test_a_ticket_can_be_cancelled_until_the_second_it_begins(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    clock.move(hours=25)
    later = open_session(anna)
    with rows.unchanged():
        assert cancel(later, ticket_id) == TOO_LATE
    clock.move(seconds=-1)
    assert cancel(later, ticket_id) == NO_CONTENT


@pytest.mark.parametrize("status", ["arrived", "no_show"])
def test_a_visit_that_was_noted_cannot_be_cancelled(
    anna: SignedIn, rows: Rows, status: str
) -> None:
    ticket_id = take(anna, SLOT)
    finish(rows, anna.patient_id, status)
    with rows.unchanged():
        assert cancel(anna, ticket_id) == TOO_LATE


def test_an_archived_past_ticket_cannot_be_cancelled(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    first = take(anna, SLOT)
    clock.move(hours=30)
    later = open_session(anna)
    stream = Stream(rows)
    take(later, LATER_SLOT)
    archive(*stream.records())
    with rows.unchanged():
        assert cancel(later, first) == TOO_LATE


# ------------------------------------------------------------------- who may not


def test_without_an_open_session_nothing_is_cancelled(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    clock.move(minutes=30)
    with rows.unchanged():
        assert cancel(anna, ticket_id) == SESSION_REQUIRED
        path = f"/api/tickets/{ticket_id}"
        assert call("cancel_ticket", "DELETE", path) == SESSION_REQUIRED


@pytest.mark.parametrize(
    "ticket_id",
    ["x", "f" * 32, f"{'f' * 32}.{'0' * 16}", f"{'F' * 32}.{'0' * 16}", f"{'f' * 32}.{'0' * 17}"],
)
def test_a_ticket_that_does_not_exist_is_not_found(
    anna: SignedIn, rows: Rows, ticket_id: str
) -> None:
    with rows.unchanged():
        assert cancel(anna, ticket_id) == NOT_FOUND


def test_another_ticket_of_ones_own_patient_is_not_found(anna: SignedIn, rows: Rows) -> None:
    take(anna, SLOT)
    with rows.unchanged():
        assert cancel(anna, f"{anna.patient_id}.{'f' * 16}") == NOT_FOUND


def test_a_foreign_ticket_is_not_found_in_the_row_or_in_the_archive(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    first = take(boris, SLOT)
    cancel(boris, first)
    stream = Stream(rows)
    second = take(boris, SLOT)
    archive(*stream.records())
    with rows.unchanged():
        assert [cancel(anna, one) for one in (first, second)] == [NOT_FOUND] * 2


def test_a_claimant_whose_data_do_not_match_cancels_nothing(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    ticket_id = take(anna, SLOT, vera)
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, VERA, renamed(VERA))
    with rows.unchanged():
        assert cancel(boris, ticket_id) == NOT_FOUND


def test_a_parent_who_removed_the_child_cancels_nothing(rows: Rows) -> None:
    family = parents_of(VERA)
    ticket_id = take(family.anna, SLOT, family.child)
    remove(family.anna, family.child)
    with rows.unchanged():
        assert cancel(family.anna, ticket_id) == NOT_FOUND
    assert cancel(family.boris, ticket_id) == NO_CONTENT


def test_another_sites_request_cancels_nothing(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        answer: Answer = call(
            "cancel_ticket",
            "DELETE",
            f"/api/tickets/{ticket_id}",
            cookie=anna.cookie,
            headers={"sec-fetch-site": "cross-site"},
        )
    assert answer == problem(400, "malformed_request")


def test_a_holder_whose_data_no_longer_agree_with_the_register_cancels_nothing(
    anna: SignedIn, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    attach(ANNA, person=renamed(ANNA))
    with rows.unchanged():
        assert cancel(anna, ticket_id) == NOT_FOUND


def test_a_cancellation_keeps_the_session_open(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    clock.move(minutes=4)
    cancel(anna, ticket_id)
    session = rows.everything()[keys.session(anna.session)]
    assert session["idle_at"] == IDLE_AT + 4 * 60

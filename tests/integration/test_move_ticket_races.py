"""PUT /api/tickets/{ticket_id} when others are faster, and when the store is in trouble."""

from datetime import date
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.table import family, sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.family_people import (
    LATER_SLOT,
    NEXT_SLOT,
    NOT_FOUND,
    Meanwhile,
    cancel,
    move,
    parents_of,
    ticket_in,
)
from tests.integration.rows import Rows
from tests.integration.wire import Planted, Wire, cancelled, operations, refused, timed_out

CONFLICT = cancelled("None", "None", "TransactionConflict", "None")


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, NEXT_SLOT, LATER_SLOT)


# ---------------------------------------------------------------------- guards


def test_a_session_that_ends_in_between_moves_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    ended = Meanwhile(rows, lambda: sessions.end(anna.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert move(anna, ticket_id, LATER_SLOT) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_a_parent_who_loses_the_child_in_between_moves_nothing(rows: Rows, wire: Wire) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)
    boris = parents.boris
    removed = Meanwhile(
        rows, lambda: family.remove(boris.session, parents.child, shared_clock.now())
    )
    wire.before("TransactWriteItems", removed)
    assert move(boris, ticket_id, LATER_SLOT) == NOT_FOUND
    assert rows.everything() == removed.table


def test_a_ticket_that_is_cancelled_in_between_is_not_moved(rows: Rows, wire: Wire) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)
    gone = Meanwhile(rows, lambda: cancel(parents.boris, ticket_id))
    wire.before("TransactWriteItems", gone)
    assert move(parents.anna, ticket_id, LATER_SLOT) == problem(409, "too_late")
    assert rows.everything() == gone.table


def test_a_ticket_that_begins_in_between_is_not_moved(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    key = keys.patient(anna.patient_id)
    begun = rows.everything()[key]["ticket"] | {"starts_at": "2026-11-23T05:00:00Z"}
    changed = Meanwhile(rows, lambda: rows.change(key, ticket=begun))
    wire.before("TransactWriteItems", changed)
    assert move(anna, ticket_id, LATER_SLOT) == problem(409, "too_late")
    assert rows.everything() == changed.table


def test_of_two_moves_at_once_the_later_starts_from_where_the_first_one_led(
    rows: Rows, wire: Wire
) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)
    wire.before(
        "TransactWriteItems", Meanwhile(rows, lambda: move(parents.boris, ticket_id, NEXT_SLOT))
    )
    assert move(parents.anna, ticket_id, LATER_SLOT).status == 200
    held, found = ticket_in(rows, parents.child), rows.everything()
    assert held is not None
    assert (held["slot_id"], held["sequence"]) == (LATER_SLOT, 2)
    statuses = [found[slot_key(one)]["slot_status"] for one in (SLOT, NEXT_SLOT, LATER_SLOT)]
    assert statuses == ["free", "free", "booked"]


def test_the_same_move_by_both_parents_at_once_is_done_once(rows: Rows, wire: Wire) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)
    first = Meanwhile(rows, lambda: move(parents.boris, ticket_id, LATER_SLOT))
    wire.before("TransactWriteItems", first)
    assert move(parents.anna, ticket_id, LATER_SLOT).status == 200
    assert rows.everything() == first.table


def test_a_slot_that_is_taken_in_between_is_taken_and_the_old_ticket_stands(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    attach(BORIS)
    boris = open_account(BORIS)
    faster = Meanwhile(rows, lambda: take(boris, LATER_SLOT))
    wire.before("TransactWriteItems", faster)
    assert move(anna, ticket_id, LATER_SLOT) == problem(409, "slot_taken")
    assert rows.everything() == faster.table


@pytest.mark.parametrize(
    "line, answer",
    [
        ({"district_id": "a2"}, problem(409, "too_late")),
        ({"valid_until": date(2026, 11, 24)}, problem(409, "policy_expired")),
    ],
)
def test_a_register_that_changes_in_between_is_obeyed(
    anna: SignedIn, rows: Rows, wire: Wire, line: dict[str, Any], answer: object
) -> None:
    open_district("a2")
    ticket_id = take(anna, SLOT)
    imported = Meanwhile(rows, lambda: attach(ANNA, **line))
    wire.before("TransactWriteItems", imported)
    assert move(anna, ticket_id, LATER_SLOT) == answer
    assert rows.everything() == imported.table


@pytest.mark.parametrize("values", [{"slot_status": "withdrawn"}, {"ticket_id": "another"}])
def test_an_old_slot_that_is_not_the_tickets_is_not_freed(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float], values: dict[str, str]
) -> None:
    ticket_id = take(anna, SLOT)
    rows.change(slot_key(SLOT), **values)
    with rows.unchanged(), wire.listening() as heard:
        assert move(anna, ticket_id, LATER_SLOT) == TRY_AGAIN
    assert operations(heard).count("TransactWriteItems") == 8
    assert len(pauses) == 7


# -------------------------------------------------------------- the store's faults


@pytest.mark.parametrize(
    "planted",
    [CONFLICT, cancelled("None", "None", "None", "ProvisionedThroughputExceeded")],
    ids=["conflict", "throttle"],
)
def test_a_conflict_and_a_throttle_are_tried_again(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float], planted: Planted
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", planted, planted)
    assert move(anna, ticket_id, LATER_SLOT).status == 200
    assert len(pauses) == 2
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


def test_a_conflict_that_does_not_end_says_try_again_and_the_old_ticket_stands(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", *[CONFLICT] * 100)
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == TRY_AGAIN
    assert len(pauses) == 7


@pytest.mark.parametrize(
    "planted", [timed_out, refused("InternalServerError", 500), refused("ThrottlingException")]
)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_the_old_ticket_stands(
    anna: SignedIn, rows: Rows, wire: Wire, planted: Planted
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", planted)
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == TRY_AGAIN
    assert move(anna, ticket_id, LATER_SLOT).status == 200


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    wire.after("TransactWriteItems", timed_out)
    assert move(anna, ticket_id, LATER_SLOT).status == 200
    held = ticket_in(rows, anna.patient_id)
    assert held is not None
    assert (held["slot_id"], held["sequence"]) == (LATER_SLOT, 1)


def test_a_move_that_nobody_could_confirm_is_found_by_the_same_request(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", timed_out)
    assert move(anna, ticket_id, LATER_SLOT) == TRY_AGAIN
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT).status == 200


def test_districts_out_of_reach_stop_the_move_before_anything_is_changed(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("Query", timed_out)
    with rows.unchanged(), wire.listening() as heard:
        assert move(anna, ticket_id, LATER_SLOT) == TRY_AGAIN
    assert operations(heard) == ["Query"]

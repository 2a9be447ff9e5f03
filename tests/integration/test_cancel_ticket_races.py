"""DELETE /api/tickets/{ticket_id} when others are faster, and when the store is in trouble."""

from collections.abc import Callable

import pytest

from shared import clock as shared_clock, keys
from shared.table import family, sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, event, invoke, problem
from tests.integration.clinic import (
    SLOT,
    SignedIn,
    publish,
    slot_key,
    take,
)
from tests.integration.family_people import (
    LATER_SLOT,
    NO_CONTENT,
    NOT_FOUND,
    Meanwhile,
    cancel,
    move,
    parents_of,
    ticket_in,
)
from tests.integration.rows import Rows
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    operations,
    refused,
    timed_out,
)

CONFLICT = cancelled("None", "TransactionConflict", "None")


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, LATER_SLOT)


@pytest.fixture
def ticket_id(anna: SignedIn, published: None) -> str:  # noqa: ARG001 - its slot must stand
    return take(anna, SLOT)


def change_ticket(rows: Rows, who: SignedIn, **values: object) -> Callable[[], None]:
    """Return what changes the ticket in somebody's row past all conditions."""
    key = keys.patient(who.patient_id)

    def change() -> None:
        rows.change(key, ticket=rows.everything()[key]["ticket"] | values)

    return change


# ---------------------------------------------------------------------- guards


def test_a_session_that_ends_in_between_cancels_nothing(
    anna: SignedIn, ticket_id: str, rows: Rows, wire: Wire
) -> None:
    ended = Meanwhile(rows, lambda: sessions.end(anna.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert cancel(anna, ticket_id) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_a_parent_who_loses_the_child_in_between_cancels_nothing(rows: Rows, wire: Wire) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)
    boris = parents.boris
    removed = Meanwhile(
        rows, lambda: family.remove(boris.session, parents.child, shared_clock.now())
    )
    wire.before("TransactWriteItems", removed)
    with wire.listening() as heard:
        assert cancel(boris, ticket_id) == NOT_FOUND
    assert operations(heard) == ["BatchGetItem", "TransactWriteItems", "BatchGetItem"]
    assert heard[-1].body["RequestItems"]["portal-table"]["ConsistentRead"] is True
    assert rows.everything() == removed.table


@pytest.mark.parametrize(
    "values, answer",
    [
        ({"ticket_status": "arrived"}, problem(409, "too_late")),
        ({"ticket_status": "withdrawn"}, NO_CONTENT),
        ({"starts_at": "2026-11-23T05:00:00Z"}, problem(409, "too_late")),
        ({"ticket_id": "another"}, NOT_FOUND),
    ],
)
def test_a_ticket_that_changes_in_between_is_looked_at_again(
    anna: SignedIn, rows: Rows, wire: Wire, values: dict[str, object], answer: object
) -> None:
    ticket_id = take(anna, SLOT)
    changed = Meanwhile(rows, change_ticket(rows, anna, **values))
    wire.before("TransactWriteItems", changed)
    assert cancel(anna, ticket_id) == answer
    assert rows.everything() == changed.table


def test_a_ticket_that_the_other_parent_moves_in_between_is_cancelled_where_it_stands(
    rows: Rows, wire: Wire
) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)
    wire.before(
        "TransactWriteItems", Meanwhile(rows, lambda: move(parents.boris, ticket_id, LATER_SLOT))
    )
    assert cancel(parents.anna, ticket_id) == NO_CONTENT
    held, found = ticket_in(rows, parents.child), rows.everything()
    assert held is not None
    assert (held["slot_id"], held["ticket_status"], held["sequence"]) == (
        LATER_SLOT,
        "cancelled",
        2,
    )
    assert [found[slot_key(one)]["slot_status"] for one in (SLOT, LATER_SLOT)] == ["free", "free"]


def test_of_two_cancellations_at_once_the_second_frees_nobody_elses_slot(
    rows: Rows, wire: Wire
) -> None:
    parents = parents_of()
    ticket_id = take(parents.anna, SLOT, parents.child)

    def first_and_somebody_else() -> None:
        cancel(parents.boris, ticket_id)
        take(parents.boris, SLOT)

    faster = Meanwhile(rows, first_and_somebody_else)
    wire.before("TransactWriteItems", faster)
    assert cancel(parents.anna, ticket_id) == NO_CONTENT
    assert rows.everything() == faster.table


@pytest.mark.parametrize("values", [{"slot_status": "withdrawn"}, {"ticket_id": "another"}])
def test_a_slot_that_is_not_the_tickets_is_not_freed(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float], values: dict[str, object]
) -> None:
    ticket_id = take(anna, SLOT)
    rows.change(slot_key(SLOT), **values)
    with rows.unchanged(), wire.listening() as heard:
        assert cancel(anna, ticket_id) == TRY_AGAIN
    assert operations(heard).count("TransactWriteItems") == 8
    assert len(pauses) == 7


# -------------------------------------------------------------- the store's faults


@pytest.mark.parametrize(
    "planted",
    [CONFLICT, cancelled("None", "None", "ThrottlingError")],
    ids=["conflict", "throttle"],
)
def test_a_conflict_and_a_throttle_are_tried_again(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float], planted: Planted
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", planted, planted)
    assert cancel(anna, ticket_id) == NO_CONTENT
    assert len(pauses) == 2
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


def test_a_conflict_that_does_not_end_says_try_again_and_the_ticket_stands(
    anna: SignedIn, ticket_id: str, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[CONFLICT] * 100)
    with rows.unchanged():
        assert cancel(anna, ticket_id) == TRY_AGAIN
    assert len(pauses) == 7


@pytest.mark.parametrize(
    "planted", [timed_out, refused("InternalServerError", 500), refused("ThrottlingException")]
)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_the_ticket_stands(
    anna: SignedIn, ticket_id: str, rows: Rows, wire: Wire, planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted)
    with rows.unchanged():
        assert cancel(anna, ticket_id) == TRY_AGAIN
    assert cancel(anna, ticket_id) == NO_CONTENT


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    anna: SignedIn, ticket_id: str, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    with wire.listening() as heard:
        assert cancel(anna, ticket_id) == NO_CONTENT
    assert operations(heard) == ["BatchGetItem", "TransactWriteItems", "GetItem"]
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


def test_a_cancellation_that_nobody_could_confirm_is_done_by_the_same_request(
    anna: SignedIn, ticket_id: str, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", timed_out)
    assert cancel(anna, ticket_id) == TRY_AGAIN
    with rows.unchanged():
        assert cancel(anna, ticket_id) == NO_CONTENT


def test_a_read_that_fails_says_try_again(
    anna: SignedIn, ticket_id: str, rows: Rows, wire: Wire
) -> None:
    wire.before("BatchGetItem", refused("ThrottlingException"))
    with rows.unchanged():
        assert cancel(anna, ticket_id) == TRY_AGAIN


def test_an_old_image_of_the_patient_decides_nothing(
    anna: SignedIn, ticket_id: str, wire: Wire
) -> None:
    calendar = event("GET", f"/api/tickets/{ticket_id}/calendar", cookie=anna.cookie)
    with wire.listening() as heard:
        invoke("ticket_calendar", calendar)
        move(anna, ticket_id, LATER_SLOT)
        assert cancel(anna, ticket_id) == NO_CONTENT
    reads = [request.body for request in heard if request.operation == "BatchGetItem"]
    assert [read["RequestItems"]["portal-table"]["ConsistentRead"] for read in reads] == [True] * 3

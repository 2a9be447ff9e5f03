"""PUT /api/tickets/{ticket_id}: a ticket stands elsewhere, under its own id, and its costs."""

from datetime import date

import pytest

from shared import keys
from tests.integration.answers import Answer
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    SLOT,
    VERA,
    SignedIn,
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
    NEXT_SLOT,
    book,
    cancel,
    move,
    parents_of,
    ticket_in,
    ticket_view,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

LATER_AT = "2026-11-25T09:00:00+03:00"


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, NEXT_SLOT, LATER_SLOT)


def slot_item(starts_at: str, **taken: str) -> dict[str, str]:
    known = {"starts_at": starts_at, "doctor": DOCTOR.name, "room": DOCTOR.room}
    return known | {"slot_status": "booked" if taken else "free"} | taken


def test_a_moved_ticket_keeps_its_id_and_leaves_a_free_slot(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    before = rows.everything()
    answer = move(anna, ticket_id, LATER_SLOT)
    assert answer == Answer(200, ticket_view(ticket_id, LATER_SLOT, LATER_AT))
    moved = {
        "ticket_id": ticket_id,
        "slot_id": LATER_SLOT,
        "starts_at": "2026-11-25T06:00:00Z",
        "ticket_status": "booked",
        "sequence": 1,
        "booked_by": anna.account_id,
    }
    patient = keys.patient(anna.patient_id)
    assert rows.everything() == before | {
        slot_key(SLOT): slot_item("2026-11-24T06:00:00Z"),
        slot_key(LATER_SLOT): slot_item("2026-11-25T06:00:00Z", ticket_id=ticket_id),
        patient: before[patient] | {"ticket": moved},
    }


def test_a_move_is_two_requests_and_a_transaction_of_four_guarded_updates(
    anna: SignedIn, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    book(anna, "a1.2026-11-24.1.0911")
    with wire.listening() as heard:
        assert move(anna, ticket_id, LATER_SLOT).status == 200
    assert operations(heard) == ["BatchGetItem", "TransactWriteItems"]
    actions = heard[1].body["TransactItems"]
    assert [list(action) for action in actions] == [["Update"]] * 4
    updates = [action["Update"] for action in actions]
    assert [(update["Key"]["PK"]["S"], update["Key"]["SK"]["S"]) for update in updates] == [
        keys.session(anna.session),
        keys.patient(anna.patient_id),
        slot_key(LATER_SLOT),
        slot_key(SLOT),
    ]
    assert all(update["ConditionExpression"] for update in updates)


def test_the_same_move_again_finds_the_ticket_there_and_writes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    first = move(anna, ticket_id, LATER_SLOT)
    with rows.unchanged(), wire.listening() as heard:
        assert [move(anna, ticket_id, LATER_SLOT) for _ in range(3)] == [first] * 3
    assert operations(heard) == ["BatchGetItem"] * 3


def test_a_ticket_that_never_moved_stands_where_it_stands(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    expected = ticket_view(ticket_id, SLOT, "2026-11-24T09:00:00+03:00")
    with rows.unchanged():
        assert move(anna, ticket_id, SLOT) == Answer(200, expected)


def test_a_ticket_goes_back_to_the_slot_that_it_left(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    move(anna, ticket_id, LATER_SLOT)
    assert move(anna, ticket_id, SLOT).status == 200
    held, found = ticket_in(rows, anna.patient_id), rows.everything()
    assert held is not None
    assert (held["slot_id"], held["sequence"]) == (SLOT, 2)
    assert found[slot_key(SLOT)]["ticket_id"] == ticket_id
    assert found[slot_key(LATER_SLOT)] == slot_item("2026-11-25T06:00:00Z")


def test_a_slot_that_a_move_left_is_free_for_others(anna: SignedIn) -> None:
    move(anna, take(anna, SLOT), LATER_SLOT)
    attach(BORIS)
    assert book(open_account(BORIS), SLOT).status == 201


def test_the_other_parent_moves_a_childs_ticket_and_is_told_of_it_from_then_on(
    rows: Rows,
) -> None:
    parents = parents_of(VERA)
    ticket_id = take(parents.anna, SLOT, parents.child)
    assert move(parents.boris, ticket_id, NEXT_SLOT).status == 200
    held = ticket_in(rows, parents.child)
    assert held is not None
    assert held["booked_by"] == parents.boris.account_id


def test_a_moved_ticket_wants_a_reminder_of_its_new_day(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    patient = keys.patient(anna.patient_id)
    held = rows.everything()[patient]["ticket"]
    rows.change(patient, ticket=held | {"reminded_of": SLOT})
    move(anna, ticket_id, LATER_SLOT)
    moved = ticket_in(rows, anna.patient_id)
    assert moved is not None
    assert "reminded_of" not in moved


def test_a_ticket_can_be_moved_until_the_second_it_begins(anna: SignedIn, clock: Clock) -> None:
    ticket_id = take(anna, SLOT)
    clock.move(hours=24, minutes=59, seconds=59)
    assert move(open_session(anna), ticket_id, LATER_SLOT).status == 200


def test_a_ticket_moves_to_a_slot_until_the_second_that_begins(
    anna: SignedIn, clock: Clock
) -> None:
    ticket_id = take(anna, LATER_SLOT)
    clock.move(hours=24, minutes=59, seconds=59)
    assert move(open_session(anna), ticket_id, SLOT).status == 200


@pytest.mark.parametrize("valid_until", [date(2026, 11, 25), None])
def test_a_policy_moves_a_ticket_up_to_its_last_day(
    anna: SignedIn, valid_until: date | None
) -> None:
    ticket_id = take(anna, SLOT)
    attach(ANNA, valid_until=valid_until)
    assert move(anna, ticket_id, LATER_SLOT).status == 200


def test_a_moved_ticket_still_forbids_a_second_and_can_be_cancelled(
    anna: SignedIn, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    move(anna, ticket_id, LATER_SLOT)
    assert book(anna, SLOT).body["code"] == "ticket_limit_reached"
    assert cancel(anna, ticket_id).status == 204
    found = rows.everything()
    assert found[slot_key(LATER_SLOT)] == slot_item("2026-11-25T06:00:00Z")

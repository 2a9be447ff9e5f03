"""PUT /api/tickets/{ticket_id}: every reason why not, and that the old ticket stands then."""

from datetime import date

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    LATER_SLOT,
    NEXT_SLOT,
    NOT_FOUND,
    archive,
    cancel,
    move,
    parents_of,
    remove,
    renamed,
)
from tests.integration.rows import Rows
from tests.integration.stream import Stream
from tests.integration.wire import Wire, operations

TOO_LATE = problem(409, "too_late")
LIMIT = problem(409, "ticket_limit_reached")


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, NEXT_SLOT, LATER_SLOT)


def put(body: object, ticket_id: str, cookie: str | None = None, **headers: str) -> Answer:
    path = f"/api/tickets/{ticket_id}"
    return call("move_ticket", "PUT", path, body, cookie=cookie, headers=headers)


# ------------------------------------------------------------------ the session


def test_without_an_open_session_nothing_is_moved(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    clock.move(minutes=30)
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == SESSION_REQUIRED
        assert put({"slot_id": LATER_SLOT}, ticket_id) == SESSION_REQUIRED


# ------------------------------------------------------------------- the ticket


@pytest.mark.parametrize("ticket_id", ["x", f"{'f' * 32}.{'0' * 16}", f"{SLOT}.{'0' * 16}"])
def test_a_ticket_that_does_not_exist_is_not_found(
    anna: SignedIn, rows: Rows, ticket_id: str
) -> None:
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == NOT_FOUND


def test_a_foreign_ticket_is_not_found(anna: SignedIn, rows: Rows) -> None:
    attach(BORIS)
    foreign = take(open_account(BORIS), SLOT)
    with rows.unchanged():
        assert [move(anna, foreign, one) for one in (LATER_SLOT, SLOT)] == [NOT_FOUND] * 2


def test_a_claimant_whose_data_do_not_match_moves_nothing(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    ticket_id = take(anna, SLOT, add_relative(anna, VERA))
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, VERA, renamed(VERA))
    with rows.unchanged():
        assert move(boris, ticket_id, LATER_SLOT) == NOT_FOUND


def test_a_parent_who_removed_the_child_moves_nothing(rows: Rows) -> None:
    parents = parents_of(VERA)
    ticket_id = take(parents.anna, SLOT, parents.child)
    remove(parents.anna, parents.child)
    with rows.unchanged():
        assert move(parents.anna, ticket_id, LATER_SLOT) == NOT_FOUND
    assert move(parents.boris, ticket_id, LATER_SLOT).status == 200


def test_a_ticket_that_has_begun_cannot_be_moved(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    clock.move(hours=25)
    later = open_session(anna)
    with rows.unchanged():
        assert move(later, ticket_id, LATER_SLOT) == TOO_LATE


def test_a_cancelled_ticket_cannot_be_moved(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    cancel(anna, ticket_id)
    with rows.unchanged():
        assert [move(anna, ticket_id, one) for one in (LATER_SLOT, SLOT)] == [TOO_LATE] * 2


@pytest.mark.parametrize("status", ["withdrawn", "arrived", "no_show"])
def test_a_ticket_that_no_longer_waits_cannot_be_moved(
    anna: SignedIn, rows: Rows, status: str
) -> None:
    ticket_id = take(anna, SLOT)
    patient = keys.patient(anna.patient_id)
    held = rows.everything()[patient]["ticket"]
    rows.change(patient, ticket=held | {"ticket_status": status})
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == TOO_LATE


def test_a_cancelled_ticket_cannot_be_moved_beside_the_next_one(anna: SignedIn, rows: Rows) -> None:
    first = take(anna, SLOT)
    cancel(anna, first)
    stream = Stream(rows)
    take(anna, NEXT_SLOT)
    archive(*stream.records())
    with rows.unchanged():
        assert move(anna, first, LATER_SLOT) == LIMIT


# ----------------------------------------------------------------- the new slot


def test_a_slot_that_somebody_else_holds_is_taken_and_the_old_ticket_stands(
    anna: SignedIn, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    attach(BORIS)
    take(open_account(BORIS), LATER_SLOT)
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == problem(409, "slot_taken")


@pytest.mark.parametrize("slot_id", ["a1.2026-11-26.1.0900", "a1.2026-11-24.3.0920"])
def test_a_slot_that_was_never_published_is_unknown(
    anna: SignedIn, rows: Rows, slot_id: str
) -> None:
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        assert move(anna, ticket_id, slot_id) == problem(404, "slot_unknown")


def test_a_withdrawn_slot_is_refused(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    rows.change(slot_key(LATER_SLOT), slot_status="withdrawn")
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == problem(409, "slot_withdrawn")


def test_a_slot_whose_time_has_come_is_refused(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    ticket_id = take(anna, LATER_SLOT)
    clock.move(hours=25)
    later = open_session(anna)
    with rows.unchanged():
        assert move(later, ticket_id, SLOT) == problem(409, "slot_withdrawn")


def test_nobody_is_moved_to_another_time_than_the_one_chosen(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        answer = move(anna, ticket_id, "a1.2026-11-25.1.0910")
    assert answer == problem(409, "slot_withdrawn")


def test_another_time_of_the_slot_that_is_held_is_refused(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        assert move(anna, ticket_id, "a1.2026-11-24.1.0910") == problem(409, "slot_withdrawn")


def test_a_slot_of_another_district_is_refused(anna: SignedIn, rows: Rows) -> None:
    open_district("a2")
    publish("a2.2026-11-24.1.0900")
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        assert move(anna, ticket_id, "a2.2026-11-24.1.0900") == problem(403, "wrong_district")


def test_a_patient_who_was_given_another_district_moves_only_there(
    anna: SignedIn, rows: Rows
) -> None:
    open_district("a2")
    of_today = "a1.2026-11-23.1.0900"
    publish("a2.2026-11-24.1.0900", of_today)
    ticket_id = take(anna, of_today)
    attach(ANNA, "a2")
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == problem(403, "wrong_district")
    assert move(anna, ticket_id, "a2.2026-11-24.1.0900").status == 200
    assert rows.everything()[slot_key(of_today)]["slot_status"] == "free"


def test_a_policy_that_ends_before_the_new_day_moves_nothing(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    attach(ANNA, valid_until=date(2026, 11, 24))
    with rows.unchanged():
        assert move(anna, ticket_id, LATER_SLOT) == problem(409, "policy_expired")
    assert move(anna, ticket_id, NEXT_SLOT).status == 200


@pytest.mark.parametrize("slot_id", ["x", SLOT.upper(), "a1.2026-02-30.1.0900", f"{SLOT}.1"])
def test_what_no_slot_is_called_is_unknown_and_costs_no_request(
    anna: SignedIn, wire: Wire, slot_id: str
) -> None:
    ticket_id = take(anna, SLOT)
    with wire.listening() as heard:
        assert move(anna, ticket_id, slot_id) == problem(404, "slot_unknown")
    assert operations(heard) == []


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "body, fault",
    [
        ({}, ("/slot_id", "missing", "Заполните это поле.")),
        ({"slot_id": 5}, ("/slot_id", "string_type", "Здесь ожидается текст.")),
        ({"slot_id": ""}, ("/slot_id", "string_too_short", "Слишком короткое значение.")),
        (
            {"slot_id": LATER_SLOT, "patient_id": "p"},
            ("/patient_id", "extra_forbidden", "Такого поля здесь нет."),
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    anna: SignedIn, rows: Rows, body: object, fault: tuple[str, str, str]
) -> None:
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        assert put(body, ticket_id, anna.cookie) == problem(422, "invalid_request", [fault])


def test_another_sites_request_moves_nothing(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    with rows.unchanged():
        answer = put(
            {"slot_id": LATER_SLOT}, ticket_id, anna.cookie, origin="https://other.example"
        )
    assert answer == problem(400, "malformed_request")

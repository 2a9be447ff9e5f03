"""DELETE /api/desk/tickets/{ticket_id}: the desk cancels a ticket, whoever took it."""

from datetime import date
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.desk import AuditEntry
from shared.districts import Absence
from shared.ids import DistrictId, PatientId, TicketId
from shared.table import absences
from tests.integration.answers import (
    ADDRESS,
    SESSION_REQUIRED,
    TRY_AGAIN,
    Answer,
    call,
    problem,
)
from tests.integration.clinic import (
    ANNA,
    SLOT,
    VERA,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, Clerk, open_desk, trail
from tests.integration.family_people import NO_CONTENT, Meanwhile, archive, cancel, move
from tests.integration.rows import Rows
from tests.integration.stream import Stream, passing
from tests.integration.test_give_ticket import AT, GIVEN, give
from tests.integration.wire import Planted, Wire, cancelled, operations, refused, timed_out

NOT_FOUND = problem(404, "not_found")
TOO_LATE = problem(409, "too_late")
NOTHING = f"{'0' * 32}.{'0' * 16}"
OTHER_SLOT = "a1.2026-11-25.1.0900"
CONFLICT = cancelled("None", "None", "TransactionConflict", "None")


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    publish(SLOT, OTHER_SLOT)
    return open_desk()


@pytest.fixture(name="ticket_id")
def given(clerk: Clerk) -> TicketId:
    """Let the desk give Anna a time beyond the cap, and forget that it did."""
    ticket_id: TicketId = give(clerk).body["ticket_id"]
    return ticket_id


@pytest.fixture(name="anna")
def signed_in(clerk: Clerk) -> SignedIn:
    """Let Anna have an account of her own."""
    assert clerk.cookie
    return open_account(ANNA)


@pytest.fixture(name="taken_id")
def taken(anna: SignedIn) -> TicketId:
    """Let Anna take a published time online."""
    return take(anna, SLOT)


def take_back(clerk: Clerk, ticket_id: str) -> Answer:
    path = f"/api/desk/tickets/{ticket_id}"
    return call("take_back_ticket", "DELETE", path, cookie=clerk.cookie)


def held(rows: Rows) -> Any:  # noqa: ANN401 - as it stands in the table
    return rows.everything()[keys.patient(ANNA.patient_id)]["ticket"]


def entry(clock: Clock, ticket_id: str) -> AuditEntry:
    patients = frozenset({PatientId(ticket_id.split(".", maxsplit=1)[0])})
    return AuditEntry(clock.now, ANNA_REGISTRY, "take_back_ticket", ADDRESS, patients, ticket_id)


# ------------------------------------------------------------------------ what is done


def test_a_published_time_is_free_again(
    clerk: Clerk, taken_id: TicketId, rows: Rows, clock: Clock
) -> None:
    before, patient = rows.everything(), keys.patient(ANNA.patient_id)
    assert take_back(clerk, taken_id) == NO_CONTENT
    after = rows.everything()
    slot = {name: value for name, value in before[slot_key(SLOT)].items() if name != "ticket_id"}
    ended = before[patient]["ticket"] | {"ticket_status": "cancelled", "sequence": 1}
    [audited] = after.keys() - before.keys()
    assert after == before | {
        slot_key(SLOT): slot | {"slot_status": "free"},
        patient: before[patient] | {"ticket": ended},
        audited: after[audited],
    }
    assert trail() == [entry(clock, taken_id)]


def test_a_time_that_the_desk_gave_goes_for_good(
    clerk: Clerk, ticket_id: TicketId, rows: Rows
) -> None:
    assert take_back(clerk, ticket_id) == NO_CONTENT
    assert slot_key(GIVEN) not in rows.everything()
    assert (held(rows)["ticket_status"], held(rows)["sequence"]) == ("cancelled", 1)


def test_it_is_one_read_and_one_transaction_in_which_each_action_has_its_condition(
    clerk: Clerk, taken_id: TicketId, wire: Wire
) -> None:
    with wire.listening() as heard:
        take_back(clerk, taken_id)
    assert operations(heard) == ["BatchGetItem", "TransactWriteItems"]
    assert heard[0].body["RequestItems"]["portal-table"]["ConsistentRead"] is True
    actions = heard[1].body["TransactItems"]
    bodies = [body for action in actions for body in action.values()]
    assert [list(action) for action in actions] == [["Update"], ["Put"], ["Update"], ["Update"]]
    assert all(body["ConditionExpression"] for body in bodies)


def test_a_ticket_of_a_patient_in_another_district_and_of_a_child_is_taken_back(
    clerk: Clerk,
) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    answer = give(clerk, patient_id=VERA.patient_id)
    assert take_back(clerk, answer.body["ticket_id"]) == NO_CONTENT


@pytest.mark.parametrize("outcome", ["arrived", "no_show"])
@pytest.mark.parametrize("slot_id", [SLOT, GIVEN])
def test_a_ticket_to_come_whose_outcome_was_noted_by_mistake_is_taken_back(
    clerk: Clerk, rows: Rows, outcome: str, slot_id: str
) -> None:
    at = {SLOT: "2026-11-24T09:00:00+03:00", GIVEN: AT}[slot_id]
    ticket_id = give(clerk, at).body["ticket_id"]
    rows.change(keys.patient(ANNA.patient_id), ticket=held(rows) | {"ticket_status": outcome})
    assert take_back(clerk, ticket_id) == NO_CONTENT
    assert held(rows)["ticket_status"] == "cancelled"
    left = rows.everything().get(slot_key(slot_id), {})
    assert left.get("slot_status") == ("free" if slot_id == SLOT else None)


def test_the_time_can_be_given_again_and_the_patient_may_take_another(
    clerk: Clerk, ticket_id: TicketId
) -> None:
    take_back(clerk, ticket_id)
    again = give(clerk)
    assert (again.status, again.body["slot_id"]) == (201, GIVEN)
    assert again.body["ticket_id"] != ticket_id


@pytest.mark.parametrize("by_whom", ["the desk", "the patient"])
def test_a_ticket_that_was_cancelled_before_stays_so_and_the_look_leaves_an_entry(
    clerk: Clerk, anna: SignedIn, rows: Rows, clock: Clock, by_whom: str
) -> None:
    taken_id = take(anna, SLOT)
    if by_whom == "the desk":
        take_back(clerk, taken_id)
    else:
        cancel(anna, taken_id)
    before, told = rows.everything(), trail()
    assert take_back(clerk, taken_id) == NO_CONTENT
    after = rows.everything()
    assert {key for key in after if before.get(key) != after[key]} == after.keys() - before.keys()
    assert trail() == [*told, entry(clock, taken_id)]


def test_a_ticket_that_the_clinic_withdrew_stays_so(
    clerk: Clerk, taken_id: TicketId, rows: Rows
) -> None:
    away = Absence(date(2026, 11, 24), date(2026, 11, 24), "болезнь")
    absences.declare(clerk.actor, DistrictId("a1"), away, shared_clock.now())
    before = held(rows)
    assert take_back(clerk, taken_id) == NO_CONTENT
    assert held(rows) == before
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "withdrawn"


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("move_on", [{"hours": 25}, {"hours": 40}])
def test_a_ticket_whose_time_has_come_is_not_taken_back(
    clerk: Clerk, taken_id: TicketId, clock: Clock, rows: Rows, move_on: dict[str, float]
) -> None:
    assert clerk.cookie
    clock.move(**move_on)
    later = open_desk()
    with rows.unchanged():
        assert take_back(later, taken_id) == TOO_LATE


def test_a_ticket_is_taken_back_until_the_second_it_begins(
    taken_id: TicketId, clock: Clock
) -> None:
    clock.move(hours=24, minutes=59, seconds=59)
    assert take_back(open_desk(), taken_id) == NO_CONTENT


@pytest.mark.parametrize("outcome", ["arrived", "no_show"])
def test_once_its_time_has_come_a_ticket_with_an_outcome_is_not_taken_back_either(
    taken_id: TicketId, rows: Rows, clock: Clock, outcome: str
) -> None:
    rows.change(keys.patient(ANNA.patient_id), ticket=held(rows) | {"ticket_status": outcome})
    clock.move(hours=25)
    later = open_desk()
    with rows.unchanged():
        assert take_back(later, taken_id) == TOO_LATE


def test_a_ticket_with_an_outcome_that_a_newer_one_has_replaced_is_not_taken_back(
    clerk: Clerk, anna: SignedIn, rows: Rows
) -> None:
    taken_id, stream = take(anna, SLOT), Stream(rows)
    rows.change(keys.patient(ANNA.patient_id), ticket=held(rows) | {"ticket_status": "arrived"})
    stream.records()
    take(anna, OTHER_SLOT)
    archive(*passing("ArchiveTicketsFunction", stream.records()))
    with rows.unchanged():
        assert take_back(clerk, taken_id) == TOO_LATE


@pytest.mark.parametrize(
    "ticket_id", [NOTHING, "x", f"{'0' * 32}", SLOT, f"{NOTHING}0", f"{NOTHING[:-1]}%23"]
)
def test_a_ticket_that_is_not_there_is_not_found(clerk: Clerk, rows: Rows, ticket_id: str) -> None:
    with rows.unchanged():
        assert take_back(clerk, ticket_id) == NOT_FOUND


def test_another_ticket_of_the_same_patient_is_not_found(
    clerk: Clerk, taken_id: TicketId, rows: Rows
) -> None:
    with rows.unchanged():
        assert take_back(clerk, taken_id[:-16] + "f" * 16) == NOT_FOUND


def test_an_ended_session_is_told_nothing_of_the_ticket(
    clerk: Clerk, taken_id: TicketId, clock: Clock, rows: Rows
) -> None:
    clock.move(minutes=15)
    with rows.unchanged():
        assert take_back(clerk, taken_id) == SESSION_REQUIRED
        assert take_back(clerk, NOTHING) == SESSION_REQUIRED


# ------------------------------------------------------------------------------- races


def test_a_ticket_that_the_patient_moves_in_between_is_cancelled_where_it_stands(
    clerk: Clerk, anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    taken_id = take(anna, SLOT)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: move(anna, taken_id, OTHER_SLOT)))
    assert take_back(clerk, taken_id) == NO_CONTENT
    assert (held(rows)["slot_id"], held(rows)["ticket_status"]) == (OTHER_SLOT, "cancelled")
    slots = [rows.everything()[slot_key(one)]["slot_status"] for one in (SLOT, OTHER_SLOT)]
    assert slots == ["free", "free"]


def test_a_ticket_that_the_patient_cancels_in_between_is_not_freed_twice(
    clerk: Clerk, anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    taken_id = take(anna, SLOT)

    def cancel_and_take() -> None:
        cancel(anna, taken_id)
        take(anna, SLOT)

    faster = Meanwhile(rows, cancel_and_take)
    wire.before("TransactWriteItems", faster)
    answer = take_back(clerk, taken_id)
    assert answer == NOT_FOUND  # Until the stream has kept it, a replaced ticket is nowhere.
    assert rows.everything() == faster.table


def test_a_session_that_ends_in_between_takes_nothing_back(
    clerk: Clerk, taken_id: TicketId, rows: Rows, wire: Wire
) -> None:
    ended = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", ended)
    assert take_back(clerk, taken_id) == SESSION_REQUIRED
    assert rows.everything() == ended.table


@pytest.mark.parametrize("values", [{"slot_status": "withdrawn"}, {"ticket_id": NOTHING}])
@pytest.mark.parametrize("slot_id", [SLOT, GIVEN])
def test_a_slot_that_is_not_the_tickets_is_not_freed(  # noqa: PLR0913 - one for each party
    clerk: Clerk,
    rows: Rows,
    wire: Wire,
    pauses: list[float],
    *,
    slot_id: str,
    values: dict[str, object],
) -> None:
    at = {SLOT: "2026-11-24T09:00:00+03:00"}.get(slot_id, "2026-11-24T18:40:00+03:00")
    ticket_id = give(clerk, at).body["ticket_id"]
    rows.change(slot_key(slot_id), **values)
    with rows.unchanged(), wire.listening() as heard:
        assert take_back(clerk, ticket_id) == TRY_AGAIN
    assert operations(heard).count("TransactWriteItems") == 8
    assert len(pauses) == 7


# -------------------------------------------------------------------- the store's faults


@pytest.mark.parametrize(
    "planted",
    [[CONFLICT] * 100, [timed_out], [refused("InternalServerError", 500)]],
    ids=["conflicts", "timeout", "server error"],
)
@pytest.mark.usefixtures("pauses")
def test_a_store_that_does_not_answer_takes_nothing_back(
    clerk: Clerk, taken_id: TicketId, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.unchanged():
        assert take_back(clerk, taken_id) == TRY_AGAIN
    wire.before("TransactWriteItems")
    assert take_back(clerk, taken_id) == NO_CONTENT


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    clerk: Clerk, taken_id: TicketId, rows: Rows, wire: Wire, clock: Clock
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert take_back(clerk, taken_id) == NO_CONTENT
    assert held(rows)["ticket_status"] == "cancelled"
    assert trail() == [entry(clock, taken_id)]


def test_a_lost_answer_is_not_taken_for_what_the_patient_did(
    clerk: Clerk, anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    taken_id = take(anna, SLOT)

    def cancelled_online() -> None:
        cancel(anna, taken_id)
        timed_out()

    wire.before("TransactWriteItems", cancelled_online)
    assert take_back(clerk, taken_id) == TRY_AGAIN
    assert trail() == []
    assert held(rows)["ticket_status"] == "cancelled"


def test_a_read_that_fails_says_try_again(
    clerk: Clerk, taken_id: TicketId, rows: Rows, wire: Wire
) -> None:
    wire.before("BatchGetItem", refused("ThrottlingException"))
    with rows.unchanged():
        assert take_back(clerk, taken_id) == TRY_AGAIN

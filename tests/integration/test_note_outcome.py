"""POST /api/desk/tickets/{ticket_id}/outcome: whether the patient came, and how to put it right."""

from typing import Any

import pytest

from shared import keys
from shared.desk import AuditEntry
from shared.ids import PatientId, TicketId
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    DOCTOR,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, Clerk, open_desk, trail
from tests.integration.family_people import (
    LATER_SLOT,
    archive,
    cancel,
    move,
)
from tests.integration.rows import Rows
from tests.integration.sent_mails import deliver
from tests.integration.stream import Stream, passing
from tests.integration.test_book_ticket import book
from tests.integration.test_give_ticket import GIVEN, give
from tests.integration.wire import Wire, cancelled, operations

NOT_FOUND = problem(404, "not_found")
TOO_LATE = problem(409, "too_late")
NOTHING = f"{'0' * 32}.{'0' * 16}"
CONFLICT = cancelled("None", "None", "TransactionConflict")
OUTCOMES = ["arrived", "no_show"]
EACH = pytest.mark.parametrize("outcome", OUTCOMES)


@pytest.fixture(name="anna")
def signed_in() -> SignedIn:
    open_district()
    attach(ANNA)
    publish(SLOT, LATER_SLOT)
    return open_account(ANNA)


@pytest.fixture(name="ticket_id")
def taken(anna: SignedIn) -> TicketId:
    """Let Anna take a published time online."""
    return take(anna, SLOT)


@pytest.fixture(name="clerk")
def opened(ticket_id: TicketId) -> Clerk:
    """Sign in once Anna has her ticket."""
    assert ticket_id
    return open_desk()


@pytest.fixture(name="past_id")
def replaced(anna: SignedIn, rows: Rows, clock: Clock) -> TicketId:
    """Let Anna's ticket have begun and be replaced by a newer one, and the stream have kept it."""
    past_id = take(anna, SLOT)
    clock.move(hours=26)
    stream = Stream(rows)
    take(open_session(anna), LATER_SLOT)
    archive(*passing("ArchiveTicketsFunction", stream.records()))
    return past_id


def note(clerk: Clerk, ticket_id: str, outcome: str = "arrived") -> Answer:
    return post(clerk.cookie, ticket_id, {"outcome": outcome})


def post(cookie: str | None, ticket_id: str, body: object) -> Answer:
    path = f"/api/desk/tickets/{ticket_id}/outcome"
    return call("note_outcome", "POST", path, body, cookie=cookie)


def held(rows: Rows) -> Any:  # noqa: ANN401 - as it stands in the table
    return rows.everything()[keys.patient(ANNA.patient_id)]["ticket"]


def entry(clock: Clock, ticket_id: str) -> AuditEntry:
    patients = frozenset({PatientId(ticket_id.split(".", maxsplit=1)[0])})
    return AuditEntry(clock.now, ANNA_REGISTRY, "note_outcome", ADDRESS, patients, ticket_id)


# ------------------------------------------------------------------------ what is done


@EACH
def test_an_outcome_is_noted_in_the_patients_row_and_nowhere_else(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, clock: Clock, outcome: str
) -> None:
    before, patient = rows.everything(), keys.patient(ANNA.patient_id)
    expected = {
        "ticket_id": ticket_id,
        "slot_id": SLOT,
        "patient_id": ANNA.patient_id,
        "district_id": "a1",
        "doctor_name": DOCTOR.name,
        "room": DOCTOR.room,
        "starts_at": "2026-11-24T09:00:00+03:00",
        "status": outcome,
    }
    assert note(clerk, ticket_id, outcome) == Answer(200, expected)
    after = rows.everything()
    noted = before[patient]["ticket"] | {"ticket_status": outcome}
    [audited] = after.keys() - before.keys()
    assert after == before | {
        patient: before[patient] | {"ticket": noted},
        audited: after[audited],
    }
    assert trail() == [entry(clock, ticket_id)]


def test_it_is_one_read_and_one_transaction_in_which_each_action_has_its_condition(
    clerk: Clerk, ticket_id: TicketId, wire: Wire
) -> None:
    with wire.listening() as heard:
        note(clerk, ticket_id)
    assert operations(heard) == ["Query", "BatchGetItem", "TransactWriteItems"]
    assert heard[1].body["RequestItems"]["portal-table"]["ConsistentRead"] is True
    actions = heard[2].body["TransactItems"]
    bodies = [body for action in actions for body in action.values()]
    assert [list(action) for action in actions] == [["Update"], ["Put"], ["Update"]]
    assert all(body["ConditionExpression"] for body in bodies)


@pytest.mark.parametrize("body", ['"arrived"', '"no_show"'])
def test_the_bare_word_is_understood_as_well(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, body: str
) -> None:
    assert post(clerk.cookie, ticket_id, body).status == 200
    assert f'"{held(rows)["ticket_status"]}"' == body


@pytest.mark.parametrize("first", OUTCOMES)
@EACH
def test_what_was_noted_before_is_put_right_and_each_word_leaves_an_entry(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, first: str, outcome: str
) -> None:
    assert note(clerk, ticket_id, first).body["status"] == first
    assert note(clerk, ticket_id, outcome).body["status"] == outcome
    assert held(rows)["ticket_status"] == outcome
    assert [one.about for one in trail()] == [ticket_id] * 2


@EACH
def test_an_outcome_is_noted_long_after_the_visit(
    ticket_id: TicketId, clock: Clock, rows: Rows, outcome: str
) -> None:
    clock.move(hours=24 * 40)
    assert note(open_desk(), ticket_id, outcome).status == 200
    assert held(rows)["ticket_status"] == outcome


@EACH
def test_a_past_ticket_that_a_newer_one_has_replaced_has_its_outcome_in_the_archive(
    past_id: TicketId, rows: Rows, clock: Clock, outcome: str
) -> None:
    before, past = rows.everything(), keys.archived_ticket(past_id)
    later = open_desk()
    answer = note(later, past_id, outcome)
    assert (answer.status, answer.body["ticket_id"]) == (200, past_id)
    assert (answer.body["slot_id"], answer.body["status"]) == (SLOT, outcome)
    after = rows.everything()
    assert after[past] == before[past] | {"ticket_status": outcome}
    assert after[keys.patient(ANNA.patient_id)] == before[keys.patient(ANNA.patient_id)]
    assert trail() == [entry(clock, past_id)]
    other = "no_show" if outcome == "arrived" else "arrived"
    assert note(later, past_id, other).body["status"] == other


def test_what_is_noted_in_the_archive_is_not_undone_by_a_record_that_comes_twice(
    anna: SignedIn, ticket_id: TicketId, rows: Rows, clock: Clock
) -> None:
    clock.move(hours=26)
    stream = Stream(rows)
    take(open_session(anna), LATER_SLOT)
    records = passing("ArchiveTicketsFunction", stream.records())
    archive(*records)
    note(open_desk(), ticket_id)
    with rows.unchanged():
        archive(*records)


def test_the_patient_sees_the_outcome(clerk: Clerk, anna: SignedIn, ticket_id: TicketId) -> None:
    note(clerk, ticket_id, "no_show")
    listed = call("list_tickets", "GET", "/api/tickets", cookie=anna.cookie).body
    assert listed["upcoming"] == []
    assert [(one["ticket_id"], one["status"]) for one in listed["past"]] == [(ticket_id, "no_show")]


@EACH
def test_once_it_is_noted_the_patient_neither_moves_nor_cancels_the_ticket(
    clerk: Clerk, anna: SignedIn, ticket_id: TicketId, rows: Rows, outcome: str
) -> None:
    note(clerk, ticket_id, outcome)
    with rows.unchanged():
        assert cancel(anna, ticket_id) == TOO_LATE
        assert move(anna, ticket_id, LATER_SLOT) == TOO_LATE
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "booked"


def test_once_it_is_noted_the_patient_may_take_the_next_ticket(
    clerk: Clerk, anna: SignedIn, ticket_id: TicketId
) -> None:
    note(clerk, ticket_id)
    assert book(anna, LATER_SLOT).status == 201


def test_no_mail_is_called_for_by_an_outcome(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    stream = Stream(rows)
    note(clerk, ticket_id)
    note(clerk, ticket_id, "no_show")
    assert deliver(wire, *stream.records()) == []


def test_a_time_that_the_desk_gave_stays_taken_whatever_became_of_it(rows: Rows) -> None:
    open_district()
    attach(ANNA)
    clerk = open_desk()
    given = give(clerk).body["ticket_id"]
    note(clerk, given, "no_show")
    assert rows.everything()[slot_key(GIVEN)]["slot_status"] == "booked"


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("status", ["cancelled", "withdrawn"])
@EACH
def test_a_ticket_that_no_longer_stands_has_no_outcome(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, status: str, outcome: str
) -> None:
    rows.change(keys.patient(ANNA.patient_id), ticket=held(rows) | {"ticket_status": status})
    with rows.unchanged():
        assert note(clerk, ticket_id, outcome) == TOO_LATE


@pytest.mark.parametrize("status", ["cancelled", "withdrawn"])
def test_nor_has_one_of_the_archive(past_id: TicketId, rows: Rows, status: str) -> None:
    later = open_desk()
    rows.change(keys.archived_ticket(past_id), ticket_status=status)
    with rows.unchanged():
        assert note(later, past_id) == TOO_LATE


@pytest.mark.parametrize("ticket_id", [NOTHING, "x", "0" * 32, SLOT, f"{NOTHING}0"])
def test_a_ticket_that_is_not_there_is_not_found(clerk: Clerk, rows: Rows, ticket_id: str) -> None:
    with rows.unchanged():
        assert note(clerk, ticket_id) == NOT_FOUND


def test_another_ticket_of_the_same_patient_is_not_found(
    clerk: Clerk, ticket_id: TicketId, rows: Rows
) -> None:
    with rows.unchanged():
        assert note(clerk, ticket_id[:-16] + "f" * 16) == NOT_FOUND


def test_an_ended_session_is_told_nothing_of_the_ticket(
    clerk: Clerk, ticket_id: TicketId, clock: Clock, rows: Rows
) -> None:
    clock.move(minutes=15)
    with rows.unchanged():
        assert note(clerk, ticket_id) == SESSION_REQUIRED
        assert note(clerk, NOTHING) == SESSION_REQUIRED


@pytest.mark.parametrize(
    "body, faults",
    [
        ({}, [("/outcome", "missing")]),
        ({"outcome": "booked"}, [("/outcome", "literal_error")]),
        ({"outcome": "cancelled"}, [("/outcome", "literal_error")]),
        ({"outcome": None}, [("/outcome", "literal_error")]),
        ('"booked"', [("/outcome", "literal_error")]),
        ('"Arrived"', [("/outcome", "literal_error")]),
        ({"outcome": "arrived", "at": "x"}, [("/at", "extra_forbidden")]),
        ("[]", None),
        ("1", None),
        ("true", None),
    ],
)
def test_a_body_with_anything_else_is_refused(
    clerk: Clerk,
    ticket_id: TicketId,
    rows: Rows,
    body: object,
    faults: list[tuple[str, str]] | None,
) -> None:
    with rows.unchanged():
        answer = post(clerk.cookie, ticket_id, body)
    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    told = [(one["pointer"], one["code"]) for one in answer.body["errors"]]
    assert faults is None or told == faults


@pytest.mark.parametrize("body", ["null", "", "{", "arrived"])
def test_what_is_no_json_or_nothing_is_malformed(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, body: str
) -> None:
    with rows.unchanged():
        assert post(clerk.cookie, ticket_id, body) == problem(400, "malformed_request")

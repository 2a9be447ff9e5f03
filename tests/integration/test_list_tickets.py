"""GET /api/tickets: the whole family's tickets, upcoming and past, each once."""

import pytest

from shared import keys
from shared.ids import TicketId
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call
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
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    LATER_SLOT,
    NEXT_SLOT,
    archive,
    cancel,
    dismiss,
    move,
    parents_of,
    remove,
    renamed,
    ticket_view,
    tickets,
)
from tests.integration.rows import Rows
from tests.integration.stream import Stream
from tests.integration.wire import Wire, operations, refused

NINE = "2026-11-24T09:00:00+03:00"
TEN_PAST = "2026-11-24T09:10:00+03:00"
NEXT_DAY = "2026-11-25T09:00:00+03:00"
NOTHING = Answer(200, {"upcoming": [], "past": []})


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, NEXT_SLOT, LATER_SLOT)


@pytest.fixture
def stream(rows: Rows) -> Stream:
    return Stream(rows)


def finish(rows: Rows, patient_id: str, status: str) -> None:
    """Let the desk note what became of the ticket in a patient's row."""
    key = keys.Key(f"PATIENT#{patient_id}", "PATIENT")
    rows.change(key, ticket=rows.everything()[key]["ticket"] | {"ticket_status": status})


def take_and_cancel(who: SignedIn, slot_id: str, stream: Stream) -> TicketId:
    """Take a slot and give it back, and let the stream run."""
    ticket_id = take(who, slot_id)
    archive(*stream.records())
    cancel(who, ticket_id)
    archive(*stream.records())
    return ticket_id


def test_who_never_had_a_ticket_has_two_empty_lists(anna: SignedIn) -> None:
    assert tickets(anna) == NOTHING


def test_without_an_open_session_nothing_is_told(anna: SignedIn, clock: Clock) -> None:
    take(anna, SLOT)
    clock.move(minutes=30)
    assert tickets(anna) == SESSION_REQUIRED
    assert call("list_tickets", "GET", "/api/tickets") == SESSION_REQUIRED


def test_the_familys_upcoming_tickets_stand_in_the_order_of_time(anna: SignedIn) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    own, childs = take(anna, LATER_SLOT), take(anna, NEXT_SLOT, vera)
    assert tickets(anna) == Answer(
        200,
        {
            "upcoming": [
                ticket_view(childs, NEXT_SLOT, TEN_PAST),
                ticket_view(own, LATER_SLOT, NEXT_DAY),
            ],
            "past": [],
        },
    )


def test_the_past_is_told_from_the_latest_back_and_each_ticket_once(
    anna: SignedIn, stream: Stream
) -> None:
    first = take_and_cancel(anna, SLOT, stream)
    second = take_and_cancel(anna, LATER_SLOT, stream)
    third = take_and_cancel(anna, NEXT_SLOT, stream)
    fourth = take(anna, SLOT)
    archive(*stream.records())
    assert tickets(anna) == Answer(
        200,
        {
            "upcoming": [ticket_view(fourth, SLOT, NINE)],
            "past": [
                ticket_view(second, LATER_SLOT, NEXT_DAY, "cancelled"),
                ticket_view(third, NEXT_SLOT, TEN_PAST, "cancelled"),
                ticket_view(first, SLOT, NINE, "cancelled"),
            ],
        },
    )


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "arrived", "no_show"])
def test_a_ticket_that_does_not_stand_is_past_whatever_its_day(
    anna: SignedIn, rows: Rows, status: str
) -> None:
    ticket_id = take(anna, SLOT)
    finish(rows, anna.patient_id, status)
    past = [ticket_view(ticket_id, SLOT, NINE, status)]
    assert tickets(anna) == Answer(200, {"upcoming": [], "past": past})


def test_a_ticket_is_past_from_the_second_it_begins(anna: SignedIn, clock: Clock) -> None:
    view = ticket_view(take(anna, SLOT), SLOT, NINE)
    clock.move(hours=24, minutes=59, seconds=59)
    later = open_session(anna)
    assert tickets(later) == Answer(200, {"upcoming": [view], "past": []})
    clock.move(seconds=1)
    assert tickets(later) == Answer(200, {"upcoming": [], "past": [view]})


def test_a_moved_ticket_is_told_once_where_it_stands(anna: SignedIn, stream: Stream) -> None:
    ticket_id = take(anna, SLOT)
    move(anna, ticket_id, LATER_SLOT)
    archive(*stream.records())
    upcoming = [ticket_view(ticket_id, LATER_SLOT, NEXT_DAY)]
    assert tickets(anna) == Answer(200, {"upcoming": upcoming, "past": []})


def test_a_ticket_that_stands_in_the_row_and_in_the_archive_is_told_once(
    anna: SignedIn, stream: Stream, rows: Rows
) -> None:
    first = take_and_cancel(anna, SLOT, stream)
    row = rows.everything()[keys.patient(anna.patient_id)]
    take(anna, SLOT)
    archive(*stream.records())
    rows.put(keys.patient(anna.patient_id), row)
    past = [ticket_view(first, SLOT, NINE, "cancelled")]
    assert tickets(anna) == Answer(200, {"upcoming": [], "past": past})


# ------------------------------------------------------------------- whose tickets


def test_other_accounts_tickets_are_never_told(anna: SignedIn, stream: Stream) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    take_and_cancel(boris, SLOT, stream)
    take(boris, SLOT)
    archive(*stream.records())
    assert tickets(anna) == NOTHING


def test_a_claim_that_does_not_match_tells_no_tickets_kept_or_standing(
    anna: SignedIn, stream: Stream
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    take_and_cancel(boris, SLOT, stream)
    take(boris, SLOT)
    archive(*stream.records())
    add_relative(anna, BORIS, renamed(BORIS))
    assert tickets(anna) == NOTHING


def test_an_adult_who_has_not_accepted_shows_no_tickets(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    take(boris, SLOT)
    add_relative(anna, BORIS)
    assert tickets(anna) == NOTHING
    assert dismiss(boris, anna.account_id).status == 404


def test_who_gave_a_child_up_sees_its_tickets_no_more_and_the_other_parent_does(
    stream: Stream,
) -> None:
    parents = parents_of(VERA)
    first = take(parents.anna, SLOT, parents.child)
    cancel(parents.anna, first)
    archive(*stream.records())
    second = take(parents.anna, NEXT_SLOT, parents.child)
    archive(*stream.records())
    whole = {
        "upcoming": [ticket_view(second, NEXT_SLOT, TEN_PAST)],
        "past": [ticket_view(first, SLOT, NINE, "cancelled")],
    }
    assert tickets(parents.anna) == tickets(parents.boris) == Answer(200, whole)
    remove(parents.anna, parents.child)
    assert tickets(parents.anna) == NOTHING
    assert tickets(parents.boris) == Answer(200, whole)


def test_a_holder_whose_data_no_longer_match_sees_no_tickets(anna: SignedIn) -> None:
    take(anna, SLOT)
    attach(ANNA, person=renamed(ANNA))
    assert tickets(anna) == NOTHING


# ------------------------------------------------------------- doctors and requests


def test_the_doctor_is_todays_and_none_where_the_district_has_none_or_is_gone(
    anna: SignedIn, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    unknown = ticket_view(ticket_id, SLOT, NINE) | {"doctor_name": None, "room": None}
    open_district(doctor=None)
    assert tickets(anna) == Answer(200, {"upcoming": [unknown], "past": []})
    rows.remove(keys.Key("CLINIC", "DISTRICT#a1"))
    assert tickets(anna) == Answer(200, {"upcoming": [unknown], "past": []})


def test_a_list_is_three_requests_and_one_for_each_member_more(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    attach(VERA)
    add_relative(anna, VERA)
    take(anna, SLOT)
    tickets(anna)
    with wire.listening() as heard, rows.unchanged():
        assert tickets(anna).status == 200
    assert operations(heard) == ["Query", "BatchGetItem", "Query", "Query"]


def test_an_archive_of_many_pages_is_told_whole(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    for slot_id in (SLOT, NEXT_SLOT, LATER_SLOT, SLOT):
        take_and_cancel(anna, slot_id, stream)
    wire.pages_of(1)
    assert len(tickets(anna).body["past"]) == 4


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem"])
def test_a_busy_store_says_try_again(anna: SignedIn, wire: Wire, operation: str) -> None:
    wire.before(operation, refused("ThrottlingException"))
    assert tickets(anna) == TRY_AGAIN

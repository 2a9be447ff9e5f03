"""POST /api/desk/tickets/{ticket_id}/outcome while patients act, and while the store is slow."""

import pytest

from shared import keys
from shared.ids import TicketId
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
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
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.family_people import (
    LATER_SLOT,
    NO_CONTENT,
    Meanwhile,
    archive,
    cancel,
    move,
)
from tests.integration.rows import Rows
from tests.integration.stream import Stream, passing
from tests.integration.test_note_outcome import TOO_LATE, entry, held, note
from tests.integration.wire import Wire, cancelled, operations, refused, timed_out

CONFLICT = cancelled("None", "None", "TransactionConflict")


pytestmark = pytest.mark.usefixtures("pauses")


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


def test_a_ticket_that_the_patient_cancels_in_between_has_no_outcome(
    clerk: Clerk, anna: SignedIn, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: cancel(anna, ticket_id))
    wire.before("TransactWriteItems", faster)
    assert note(clerk, ticket_id) == TOO_LATE
    assert faster.answer == NO_CONTENT
    assert rows.everything() == faster.table


def test_a_ticket_that_the_patient_moves_in_between_is_noted_where_it_stands(
    clerk: Clerk, anna: SignedIn, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: move(anna, ticket_id, LATER_SLOT)))
    assert note(clerk, ticket_id).body["slot_id"] == LATER_SLOT
    assert (held(rows)["slot_id"], held(rows)["ticket_status"]) == (LATER_SLOT, "arrived")
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


def test_a_ticket_that_goes_to_the_archive_in_between_is_noted_there(
    anna: SignedIn, ticket_id: TicketId, rows: Rows, wire: Wire, clock: Clock
) -> None:
    clock.move(hours=26)
    stream = Stream(rows)

    def replace_and_keep() -> None:
        take(open_session(anna), LATER_SLOT)
        archive(*passing("ArchiveTicketsFunction", stream.records()))

    wire.before("TransactWriteItems", Meanwhile(rows, replace_and_keep))
    assert note(open_desk(), ticket_id).body["status"] == "arrived"
    past = rows.everything()[keys.archived_ticket(ticket_id)]
    assert past["ticket_status"] == "arrived"
    assert held(rows)["ticket_status"] == "booked"


def test_the_last_of_two_words_at_once_counts(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    other = open_desk("boris-registry")
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: note(other, ticket_id, "no_show")))
    assert note(clerk, ticket_id).body["status"] == "arrived"
    assert held(rows)["ticket_status"] == "arrived"
    assert sorted(one.login for one in trail()) == ["anna-registry", "boris-registry"]


def test_the_last_of_two_words_at_once_counts_in_the_archive_too(
    past_id: TicketId, rows: Rows, wire: Wire
) -> None:
    clerk, other = open_desk(), open_desk("boris-registry")
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: note(other, past_id, "no_show")))
    with wire.listening() as heard:
        assert note(clerk, past_id).body["status"] == "arrived"
    assert operations(heard).count("TransactWriteItems") == 2
    assert rows.everything()[keys.archived_ticket(past_id)]["ticket_status"] == "arrived"


def test_a_session_that_ends_in_between_notes_nothing(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    ended = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", ended)
    assert note(clerk, ticket_id) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_a_conflict_that_does_not_end_and_a_timeout_note_nothing(
    clerk: Clerk, ticket_id: TicketId, rows: Rows, wire: Wire
) -> None:
    for planted in ([CONFLICT] * 100, [timed_out], [refused("ThrottlingException")]):
        wire.before("TransactWriteItems", *planted)
        with rows.unchanged():
            assert note(clerk, ticket_id) == TRY_AGAIN
    wire.before("TransactWriteItems", CONFLICT, CONFLICT)
    assert note(clerk, ticket_id).status == 200


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    clerk: Clerk, ticket_id: TicketId, wire: Wire, clock: Clock
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert note(clerk, ticket_id).status == 200
    assert trail() == [entry(clock, ticket_id)]


def test_an_answer_that_is_lost_after_the_commit_is_found_in_the_archive_too(
    past_id: TicketId, wire: Wire, clock: Clock
) -> None:
    clerk = open_desk()
    wire.after("TransactWriteItems", timed_out)
    assert note(clerk, past_id).status == 200
    assert trail() == [entry(clock, past_id)]


def test_the_same_word_that_was_lost_is_not_taken_for_done_without_its_entry(
    clerk: Clerk, ticket_id: TicketId, wire: Wire
) -> None:
    note(clerk, ticket_id)
    wire.before("TransactWriteItems", timed_out)
    assert note(clerk, ticket_id) == TRY_AGAIN
    assert len(trail()) == 1

"""PUT /api/desk/districts/{district_id}/absences while patients, clerks and releases are at it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared import clock as shared_clock
from shared.errors import SlotWithdrawn
from shared.ids import TicketId
from shared.table import desk_tickets, sessions
from tests.integration.answers import SESSION_REQUIRED, Answer, problem
from tests.integration.clinic import (
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    attach,
    open_account,
    publish,
    slot_key,
    take,
)
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_districts import declare, person_view, take_back
from tests.integration.family_people import Meanwhile, book, cancel, move, ticket_in
from tests.integration.releases import another_release, release, standing
from tests.integration.rows import Rows
from tests.integration.wire import Wire, meanwhile

OTHER, LATER = "a1.2026-11-24.2.0910", "a1.2026-11-25.1.0900"
NOON = datetime(2026, 11, 24, 9, tzinfo=UTC)
BOTH_WITHDRAWN = ["1 06:00 withdrawn", "2 06:10 withdrawn"]


@pytest.fixture
def clerk(anna: SignedIn) -> Clerk:
    """Publish tomorrow and the day after in Anna's district, and open the desk."""
    assert anna.patient_id
    publish(SLOT, OTHER, LATER)
    return open_desk()


@pytest.fixture
def boris(anna: SignedIn) -> SignedIn:
    """Give Boris an account beside Anna's."""
    assert anna.patient_id
    attach(BORIS)
    return open_account(BORIS)


@pytest.fixture(autouse=True)
def two_days(parameters: Callable[..., None]) -> None:
    parameters(HORIZON_DAYS="3")


def status_of(rows: Rows, who: SignedIn) -> str | None:
    """Return what became of somebody's newest ticket."""
    ticket = ticket_in(rows, who.patient_id)
    return ticket["ticket_status"] if ticket else None


def give_vera_noon() -> TicketId:
    """Give Vera, who has nobody with an account, a time at the desk."""
    attach(VERA)
    actor, now = open_desk("galina-registry").actor, shared_clock.now()
    return desk_tickets.give(actor, VERA.patient_id, NOON, now)[0].ticket_id


def done(withdrawn: int, notified: int) -> Answer:
    """Return the whole answer where everybody is told by mail."""
    body = {"withdrawn_slots": withdrawn, "notified_patients": notified, "to_be_called": []}
    return Answer(200, body)


# -------------------------------------------------------------------- patients


def test_a_slot_that_is_booked_before_it_is_withdrawn_is_cancelled(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", None, meanwhile(lambda: take(anna, SLOT)))
    assert declare(clerk) == done(2, 1)
    assert status_of(rows, anna) == "withdrawn"
    assert standing(rows)["2026-11-24"] == BOTH_WITHDRAWN


def test_a_ticket_that_is_moved_into_the_absence_is_cancelled_there(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, LATER)
    wire.before("TransactWriteItems", None, meanwhile(lambda: move(anna, ticket_id, OTHER)))
    assert declare(clerk) == done(2, 1)
    assert status_of(rows, anna) == "withdrawn"
    assert standing(rows)["2026-11-25"][0] == "1 06:00"


def test_a_ticket_that_is_moved_out_of_the_absence_stands(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    away = meanwhile(lambda: move(anna, ticket_id, LATER))
    wire.before("TransactWriteItems", None, None, away)
    assert declare(clerk) == done(2, 0)
    assert status_of(rows, anna) == "booked"
    assert standing(rows)["2026-11-24"] == BOTH_WITHDRAWN
    assert "ticket_id" not in rows.everything()[slot_key(SLOT)]
    assert [entry.about for entry in trail()] == ["a1"]


def test_a_ticket_that_is_cancelled_meanwhile_stays_the_patients_own_doing(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", None, None, meanwhile(lambda: cancel(anna, ticket_id)))
    assert declare(clerk) == done(2, 0)
    assert status_of(rows, anna) == "cancelled"
    assert standing(rows)["2026-11-24"] == BOTH_WITHDRAWN


def test_who_takes_the_slot_of_somebody_who_gave_it_back_meanwhile_is_told_instead(
    anna: SignedIn, boris: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)

    def changed_hands() -> None:
        cancel(anna, ticket_id)
        take(boris, SLOT)

    wire.before("TransactWriteItems", None, None, changed_hands)
    assert declare(clerk) == done(2, 1)
    assert (status_of(rows, anna), status_of(rows, boris)) == ("cancelled", "withdrawn")
    assert [entry.patients for entry in trail()] == [frozenset(), {boris.patient_id}]


def test_an_outcome_that_is_noted_meanwhile_saves_no_ticket(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id, now = take(anna, SLOT), shared_clock.now()

    def came() -> None:
        desk_tickets.note_outcome(clerk.actor, ticket_id, "arrived", now)

    wire.before("TransactWriteItems", None, None, came)
    assert declare(clerk) == done(2, 1)
    assert status_of(rows, anna) == "withdrawn"
    assert standing(rows)["2026-11-24"] == BOTH_WITHDRAWN


def test_a_booking_that_was_about_to_be_made_meets_a_withdrawn_slot(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declared = Meanwhile(rows, lambda: declare(clerk))
    wire.before("TransactWriteItems", declared)
    assert book(anna, SLOT) == problem(409, "slot_withdrawn")
    assert rows.everything() == declared.table


def test_a_move_that_was_about_to_be_made_leaves_the_ticket_where_it_is(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, LATER)
    wire.before("TransactWriteItems", meanwhile(lambda: declare(clerk)))
    assert move(anna, ticket_id, SLOT) == problem(409, "slot_withdrawn")
    assert status_of(rows, anna) == "booked"
    assert rows.everything()[slot_key(LATER)]["ticket_id"] == ticket_id


def test_a_cancellation_that_was_about_to_be_made_finds_the_ticket_cancelled(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", meanwhile(lambda: declare(clerk)))
    assert cancel(anna, ticket_id).status == 204
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert (ticket["ticket_status"], ticket["sequence"]) == ("withdrawn", 1)
    assert standing(rows)["2026-11-24"] == BOTH_WITHDRAWN


def test_a_time_that_the_desk_was_about_to_give_is_refused(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    attach(VERA)
    other = open_desk("galina-registry")
    declared = Meanwhile(rows, lambda: declare(clerk))
    wire.before("TransactWriteItems", declared)
    with pytest.raises(SlotWithdrawn):
        desk_tickets.give(other.actor, VERA.patient_id, NOON, shared_clock.now())
    assert rows.everything() == declared.table


def test_a_time_that_the_desk_gave_a_moment_before_is_cancelled(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(give_vera_noon))
    answer = declare(clerk)
    assert (answer.status, answer.body["withdrawn_slots"]) == (200, 3)
    assert answer.body["to_be_called"] == [person_view(VERA)]
    assert standing(rows)["2026-11-24"][0] == "0#1200 09:00 withdrawn"


# -------------------------------------------------------------------- the desk


def test_an_absence_that_is_taken_back_meanwhile_cancels_nothing_more(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    take(anna, SLOT)
    other = open_desk("boris-registry")
    wire.before("TransactWriteItems", None, None, meanwhile(lambda: take_back(other)))
    assert declare(clerk) == done(0, 0)
    assert status_of(rows, anna) == "booked"
    assert standing(rows)["2026-11-24"] == ["1 06:00 booked", "2 06:10"]


def test_two_declarations_at_once_cancel_each_ticket_once(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    other = open_desk("boris-registry")
    wire.before("TransactWriteItems", None, None, meanwhile(lambda: declare(other)))
    assert declare(clerk) == done(2, 1)
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert (ticket["ticket_status"], ticket["sequence"]) == ("withdrawn", 1)
    assert Counter(entry.about for entry in trail()) == {"a1": 2, ticket_id: 1}


def test_a_release_in_between_does_part_of_the_work_and_undoes_none(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    take(anna, SLOT)
    give_vera_noon()
    wire.before("TransactWriteItems", None, meanwhile(another_release))
    answer = declare(clerk)
    assert (answer.status, answer.body["notified_patients"]) == (200, 1)
    assert answer.body["to_be_called"] == [person_view(VERA)]
    withdrawn = ["0#1200 09:00 withdrawn", *BOTH_WITHDRAWN]
    assert standing(rows)["2026-11-24"] == withdrawn
    # The release is nobody's at the desk; whom the clerk is shown is written down all the same.
    told = [(entry.operation, entry.patients) for entry in trail()[1:]]
    assert told == [("declare_absence", frozenset()), ("declare_absence", {VERA.patient_id})]


def test_a_release_that_read_the_district_before_publishes_nothing_on_its_days(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    for slot_id in (SLOT, OTHER):
        rows.remove(slot_key(slot_id))
    wire.before("TransactWriteItems", meanwhile(lambda: declare(clerk)))
    release()
    assert "2026-11-24" not in standing(rows)
    assert standing(rows)["2026-11-25"] == ["1 06:00", "2 06:10"]


# ----------------------------------------------------------------- the session


def test_a_session_that_ends_in_between_writes_nothing(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    take(anna, SLOT)
    ended = Meanwhile(rows, lambda: sessions.end(clerk.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert declare(clerk) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_a_session_that_ends_once_the_absence_is_declared_leaves_nobody_waiting(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    take(anna, SLOT)
    wire.before("TransactWriteItems", None, lambda: sessions.end(clerk.session, shared_clock.now()))
    assert declare(clerk) == done(2, 1)
    assert status_of(rows, anna) == "withdrawn"


def test_nobody_is_shown_to_a_session_that_has_ended(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    give_vera_noon()
    declare(clerk)
    ended = Meanwhile(rows, lambda: sessions.end(clerk.session, shared_clock.now()))
    wire.before("TransactWriteItems", None, ended)
    assert declare(clerk) == SESSION_REQUIRED
    assert rows.everything() == ended.table

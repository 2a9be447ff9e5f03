"""The import meets races, lost answers and a session that ends: each line counts once and whole."""

from functools import partial
from itertools import repeat

import pytest

from shared import keys
from shared.table import sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    SignedIn,
    add_relative,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.family_people import GALINA, TWINS, claim_in, patient_in
from tests.integration.rows import Rows
from tests.integration.test_import_patients import counted, line_of, put
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    meanwhile,
    operations,
    refused,
    timed_out,
)

LINES = [line_of(one) for one in TWINS]
"""25 people: two transactions."""
BUSY = cancelled(*["None"] * 21, "TransactionConflict")

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture
def clerk() -> Clerk:
    open_district()
    open_district("b1")
    return open_desk()


def known(rows: Rows) -> int:
    """Return how many of the people the register knows."""
    found = rows.everything()
    return sum(keys.patient(one.patient_id) in found for one in TWINS)


# ------------------------------------------------------------------------- lost answers


def test_an_answer_that_is_lost_after_the_commit_counts_its_lines(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert put(clerk, *LINES) == counted(created=25)
    assert known(rows) == 25
    assert [len(entry.patients) for entry in trail()] == [20, 5]


@pytest.mark.parametrize(
    "fault", [timed_out, refused("InternalServerError", 500), refused("ThrottlingException"), BUSY]
)
def test_a_file_that_was_cut_off_is_finished_by_sending_it_again(
    clerk: Clerk, rows: Rows, wire: Wire, fault: Planted
) -> None:
    wire.before("TransactWriteItems", None, *repeat(fault, 8))
    assert put(clerk, *LINES) == TRY_AGAIN
    assert known(rows) == 20
    wire.before("TransactWriteItems")
    assert put(clerk, *LINES) == counted(created=5, unchanged=20)
    assert [len(entry.patients) for entry in trail()] == [20, 5]


def test_a_file_whose_answer_got_lost_on_the_way_may_be_sent_again(
    clerk: Clerk, rows: Rows
) -> None:
    put(clerk, *LINES)
    with rows.unchanged():
        assert put(clerk, *LINES) == counted(unchanged=25)


def test_a_conflict_with_another_transaction_is_no_refusal(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", *repeat(BUSY, 7))
    assert put(clerk, *LINES) == counted(created=25)
    assert known(rows) == 25


# --------------------------------------------------------------------------- races


def test_a_row_that_is_written_in_between_is_read_again(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    others = open_desk("boris-registry")
    wire.before("TransactWriteItems", meanwhile(lambda: put(others, LINES[3])))
    assert put(clerk, *LINES) == counted(created=24, unchanged=1)
    assert known(rows) == 25


def test_a_ticket_that_is_taken_at_the_old_district_in_between_is_freed(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    wire.before("TransactWriteItems", meanwhile(lambda: take(anna, SLOT)))
    moved = {"line": 2, "patient_id": ANNA.patient_id}
    assert put(clerk, line_of(ANNA, "b1")) == counted(updated=1, freed_tickets=[moved])
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


def test_rows_that_never_stop_changing_are_to_be_tried_again(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    put(clerk, line_of(GALINA))
    key = keys.patient(GALINA.patient_id)
    changes = [partial(rows.change, key, revision=f"r{at}") for at in range(8)]
    wire.before("TransactWriteItems", *changes)
    assert put(clerk, line_of(GALINA, "b1")) == TRY_AGAIN
    assert patient_in(rows, GALINA.patient_id)["district_id"] == "a1"
    assert len(trail()) == 1


def test_a_session_that_ends_in_between_ends_the_import_there(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", None, meanwhile(lambda: sessions.forget(clerk.session)))
    assert put(clerk, *LINES) == SESSION_REQUIRED
    assert known(rows) == 20
    assert [len(entry.patients) for entry in trail()] == [20]


def test_what_cannot_be_written_in_the_audit_trail_is_not_done(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    failed = cancelled("None", "ConditionalCheckFailed", *["None"] * 20)
    wire.before("TransactWriteItems", failed)
    with rows.unchanged():
        assert put(clerk, *LINES) == TRY_AGAIN


# ------------------------------------------------------------------ questions to adults


@pytest.fixture
def asking(anna: SignedIn) -> SignedIn:
    """Let Anna claim the grandmother, who has an account of her own."""
    add_relative(anna, GALINA)
    open_account(GALINA)
    return anna


def is_asked(rows: Rows, asking: SignedIn) -> bool:
    claim = claim_in(rows, asking.account_id, GALINA.patient_id)
    return claim is not None and "invitation_id" in claim


def test_an_adult_with_an_account_is_asked_once(
    asking: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    assert put(clerk, line_of(GALINA)) == counted(created=1)
    assert is_asked(rows, asking)
    with rows.unchanged(), wire.listening() as heard:
        assert put(clerk, line_of(GALINA)) == counted(unchanged=1)
    assert "UpdateItem" not in operations(heard)


def test_a_question_that_was_cut_off_is_asked_by_the_next_file(
    asking: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("UpdateItem", refused("ThrottlingException"))
    assert put(clerk, line_of(GALINA), line_of(BORIS)) == TRY_AGAIN
    assert not is_asked(rows, asking)
    assert put(clerk, line_of(GALINA), line_of(BORIS)) == counted(unchanged=2)
    assert is_asked(rows, asking)

"""DELETE /api/account while the store is busy or slow, or has lost its answer."""

import pytest

from tests.integration.answers import TRY_AGAIN
from tests.integration.clinic import SLOT, SignedIn, open_session, publish, take
from tests.integration.rows import Rows
from tests.integration.test_delete_account import delete
from tests.integration.test_delete_account_races import of_account
from tests.integration.test_sign_out import SIGNED_OUT
from tests.integration.wire import Planted, Wire, cancelled, each_fault, refused, timed_out

BUSY = cancelled("None", "TransactionConflict", "None", "None", "None")

pytestmark = pytest.mark.usefixtures("argon", "pauses")


def test_a_conflict_is_tried_again(anna: SignedIn, wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert delete(anna.cookie) == SIGNED_OUT
    assert len(pauses) == 2


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert delete(anna.cookie) == SIGNED_OUT
    assert of_account(rows, anna) == []


@each_fault(BUSY)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_deleted(
    anna: SignedIn, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    open_session(anna)
    wire.before("TransactWriteItems", *planted)
    with rows.only_counted():
        assert delete(anna.cookie) == TRY_AGAIN
    assert delete(anna.cookie) == SIGNED_OUT


def test_an_outcome_that_nobody_can_look_up_says_try_again(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", timed_out)
    assert delete(anna.cookie) == TRY_AGAIN
    assert of_account(rows, anna) == []


@pytest.mark.parametrize(
    "operation, nth", [("BatchGetItem", 0), ("BatchGetItem", 1), ("UpdateItem", 0), ("Query", 0)]
)
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str, nth: int
) -> None:
    wire.before(operation, *[None] * nth, refused("ThrottlingException"))
    with rows.only_counted():
        assert delete(anna.cookie) == TRY_AGAIN
    assert delete(anna.cookie) == SIGNED_OUT

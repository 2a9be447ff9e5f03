"""PUT /api/account/password while others write, and while the store is busy or slow."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    NEW_PASSWORD,
    PASSWORD,
    SignedIn,
    ask_for_reset,
    change_password,
    erase,
    open_session,
)
from tests.integration.rows import Rows
from tests.integration.test_change_password import CHANGED, WRONG_PASSWORD, change
from tests.integration.test_reset_password import reset
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import show_account, sign_out
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    each_fault,
    meanwhile,
    operations,
    refused,
    timed_out,
)

BUSY = cancelled("None", "TransactionConflict")
THIRD = "третий-пароль"

pytestmark = pytest.mark.usefixtures("argon", "pauses")


def sessions(rows: Rows) -> list[keys.Key]:
    return [key for key in rows.everything() if keys.kind(key.sk) == "SESSION"]


# ------------------------------------------------------------------ other writers


def test_no_session_that_is_opened_in_between_survives(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    opened: list[SignedIn] = []
    wire.before("TransactWriteItems", meanwhile(lambda: opened.append(open_session(anna))))
    with wire.listening() as heard:
        assert change(anna.cookie) == CHANGED
    assert operations(heard).count("TransactWriteItems") == 2
    assert len(pauses) == 1
    assert sessions(rows) == [keys.session(anna.session)]
    assert show_account(opened[0].cookie) == SESSION_REQUIRED


def test_a_sign_in_that_comes_to_its_transaction_too_late_opens_no_session(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: change(anna.cookie)))
    assert sign_in() == FAILED
    assert sessions(rows) == [keys.session(anna.session)]


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_a_password_that_is_changed_in_between_stands(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    other = open_session(anna)
    wire.before(operation, meanwhile(lambda: change_password(anna, THIRD)))
    assert change(anna.cookie) == WRONG_PASSWORD
    assert show_account(other.cookie) == SESSION_REQUIRED
    assert sign_in(password=NEW_PASSWORD) == FAILED
    assert sign_in(password=THIRD).status == 201
    assert len(sessions(rows)) == 2


def test_a_reset_in_between_stands_and_the_session_has_ended(anna: SignedIn, wire: Wire) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before("TransactWriteItems", meanwhile(lambda: reset(link, THIRD)))
    assert change(anna.cookie) == SESSION_REQUIRED
    assert sign_in(password=THIRD).status == 201


def test_a_session_that_ends_in_between_changes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    other, before = open_session(anna), rows.lasting()
    wire.before("TransactWriteItems", meanwhile(lambda: sign_out(anna.cookie)))
    assert change(anna.cookie) == SESSION_REQUIRED
    del before[keys.session(anna.session)]
    assert rows.lasting() == before
    assert show_account(other.cookie).status == 200


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_an_account_that_goes_in_between_is_not_made_anew(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, meanwhile(lambda: erase(anna)))
    assert change(anna.cookie) == SESSION_REQUIRED
    assert [key for key in rows.everything() if key.pk.startswith("ACCOUNT#")] == []


def test_an_account_that_never_rests_says_try_again_and_keeps_its_password(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[meanwhile(lambda: open_session(anna))] * 8)
    assert change(anna.cookie) == TRY_AGAIN
    assert (len(pauses), len(sessions(rows))) == (7, 9)
    assert sign_in(password=PASSWORD).status == 201


# ---------------------------------------------------------------------- the store


def test_a_conflict_is_tried_again(anna: SignedIn, wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert change(anna.cookie) == CHANGED
    assert len(pauses) == 2


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    open_session(anna)
    wire.after("TransactWriteItems", timed_out)
    assert change(anna.cookie) == CHANGED
    assert sessions(rows) == [keys.session(anna.session)]
    assert sign_in(password=NEW_PASSWORD).status == 201


@each_fault(BUSY)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_changed(
    anna: SignedIn, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    open_session(anna)
    wire.before("TransactWriteItems", *planted)
    with rows.only_counted():
        assert change(anna.cookie) == TRY_AGAIN
    assert change(anna.cookie) == CHANGED


def test_an_outcome_that_nobody_can_look_up_says_try_again(anna: SignedIn, wire: Wire) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", timed_out)
    assert change(anna.cookie) == TRY_AGAIN
    assert sign_in(password=NEW_PASSWORD).status == 201


@pytest.mark.parametrize("operation", ["BatchGetItem", "UpdateItem", "Query"])
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    with rows.only_counted():
        assert change(anna.cookie) == TRY_AGAIN
    assert change(anna.cookie) == CHANGED

"""PUT /api/password-resets while others write, and while the store is busy or slow."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    NEW_PASSWORD,
    PASSWORD,
    SignedIn,
    ask_for_address,
    ask_for_reset,
    change_password,
    erase,
    open_session,
    token_of,
)
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.test_reset_password import EXPIRED, reset
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import SIGNED_OUT, show_account
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

BUSY = cancelled("None", "TransactionConflict", "None")

pytestmark = pytest.mark.usefixtures("argon", "pauses")


def sessions(rows: Rows) -> list[keys.Key]:
    return [key for key in rows.everything() if keys.kind(key.sk) == "SESSION"]


# ------------------------------------------------------------------ other writers


def test_no_session_that_is_opened_in_between_survives(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    link = ask_for_reset(ANNA.email)
    opened: list[SignedIn] = []
    wire.before("TransactWriteItems", meanwhile(lambda: opened.append(open_session(anna))))
    with wire.listening() as heard:
        assert reset(link) == SIGNED_OUT
    assert operations(heard).count("TransactWriteItems") == 2
    assert len(pauses) == 1
    assert sessions(rows) == []
    assert show_account(opened[0].cookie) == SESSION_REQUIRED


@pytest.mark.usefixtures("anna")
def test_a_sign_in_that_comes_to_its_transaction_too_late_opens_no_session(
    rows: Rows, wire: Wire
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before("TransactWriteItems", meanwhile(lambda: reset(link)))
    assert sign_in() == FAILED
    assert sessions(rows) == []


def test_a_password_that_is_changed_in_between_is_replaced_all_the_same(
    anna: SignedIn, wire: Wire
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before("TransactWriteItems", meanwhile(lambda: change_password(anna, "третий-пароль")))
    assert reset(link) == SIGNED_OUT
    assert sign_in(password="третий-пароль") == FAILED
    assert sign_in(password=NEW_PASSWORD).status == 201


@pytest.mark.usefixtures("anna")
def test_a_link_that_is_opened_twice_at_once_sets_one_password(rows: Rows, wire: Wire) -> None:
    link = ask_for_reset(ANNA.email)
    after: list[object] = []

    def the_other_click() -> None:
        assert reset(link, "третий-пароль") == SIGNED_OUT
        after.append(rows.lasting())

    wire.before("TransactWriteItems", the_other_click)
    assert reset(link) == EXPIRED
    assert after == [rows.lasting()]
    assert sign_in(password="третий-пароль").status == 201


@pytest.mark.usefixtures("anna")
def test_a_newer_link_that_is_asked_for_in_between_ends_the_older(rows: Rows, wire: Wire) -> None:
    link = ask_for_reset(ANNA.email)
    newer: list[str] = []
    wire.before("TransactWriteItems", meanwhile(lambda: newer.append(ask_for_reset(ANNA.email))))
    assert reset(link) == EXPIRED
    assert len(sessions(rows)) == 1
    assert sign_in(password=PASSWORD).status == 201
    assert reset(newer[0]) == SIGNED_OUT


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_an_account_that_goes_in_between_is_not_made_anew(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before(operation, meanwhile(lambda: erase(anna)))
    assert reset(link) == EXPIRED
    assert [key for key in rows.everything() if key.pk.startswith("ACCOUNT#")] == []


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_the_link_of_an_address_that_is_given_up_in_between_sets_nothing(
    anna: SignedIn, wire: Wire, operation: str
) -> None:
    link, change = ask_for_reset(ANNA.email), ask_for_address(anna, "new@example.com")
    wire.before(operation, meanwhile(lambda: confirm(token_of(change))))
    assert reset(link) == EXPIRED
    assert sign_in("new@example.com", NEW_PASSWORD).status == 401
    assert sign_in("new@example.com", PASSWORD).status == 201


def test_an_account_that_never_rests_says_try_again_and_the_link_still_works(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before("TransactWriteItems", *[meanwhile(lambda: open_session(anna))] * 8)
    assert reset(link) == TRY_AGAIN
    assert len(pauses) == 7
    assert len(sessions(rows)) == 9
    assert reset(link) == SIGNED_OUT
    assert sessions(rows) == []


# ---------------------------------------------------------------------- the store


@pytest.mark.usefixtures("anna")
def test_a_conflict_is_tried_again(wire: Wire, pauses: list[float]) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert reset(link) == SIGNED_OUT
    assert len(pauses) == 2


@pytest.mark.usefixtures("anna")
def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    rows: Rows, wire: Wire
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.after("TransactWriteItems", timed_out)
    assert reset(link) == SIGNED_OUT
    assert sessions(rows) == []
    assert sign_in(password=NEW_PASSWORD).status == 201


@pytest.mark.usefixtures("anna")
@each_fault(BUSY)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_the_link_still_works(
    rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before("TransactWriteItems", *planted)
    with rows.only_counted():
        assert reset(link) == TRY_AGAIN
    assert reset(link) == SIGNED_OUT


@pytest.mark.usefixtures("anna")
def test_an_outcome_that_nobody_can_look_up_says_try_again(wire: Wire) -> None:
    link = ask_for_reset(ANNA.email)
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", None, timed_out)
    assert reset(link) == TRY_AGAIN
    assert sign_in(password=NEW_PASSWORD).status == 201


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "Query"])
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    rows: Rows, wire: Wire, operation: str
) -> None:
    link = ask_for_reset(ANNA.email)
    wire.before(operation, refused("ThrottlingException"))
    with rows.only_counted():
        assert reset(link) == TRY_AGAIN
    assert reset(link) == SIGNED_OUT

"""POST /api/email-confirmations of a new address while others write, and of a slow store."""

import pytest

from shared import clock as shared_clock, keys
from shared.accounts import AddressChange
from shared.keyring import email_key_of
from tests.integration.answers import TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    BORIS,
    NEW_PASSWORD,
    SignedIn,
    ask_for_address,
    change_password,
    erase,
    open_account,
    open_session,
    token_of,
)
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import but_tries, confirm
from tests.integration.test_confirm_email_refusals import EXPIRED, WRONG_PASSWORD
from tests.integration.test_sign_in import FAILED, sign_in
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

NEW = "anna.new@example.com"
BUSY = cancelled("None", "None", "None", "TransactionConflict", "None")

pytestmark = pytest.mark.usefixtures("argon", "pauses")


@pytest.fixture(name="change")
def asked(anna: SignedIn) -> AddressChange:
    return ask_for_address(anna, NEW)


def tries(rows: Rows, change: AddressChange) -> object:
    return rows.everything()[keys.pending(change.email_key, change.change_id)]["tries"]


# ------------------------------------------------------------------ other writers


def test_a_browser_that_signs_in_in_between_is_in_nobodys_way(
    anna: SignedIn, change: AddressChange, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: open_session(anna)))
    with wire.listening() as heard:
        assert confirm(token_of(change)).body["email"] == NEW
    assert operations(heard).count("TransactWriteItems") == 2
    assert len(pauses) == 1


def test_an_address_that_somebody_else_confirms_in_between_is_theirs(
    anna: SignedIn, change: AddressChange, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: open_account(BORIS, email=NEW)))
    assert confirm(token_of(change)) == EXPIRED
    owner = rows.everything()[keys.address_owner(email_key_of(NEW))]
    assert owner["account_id"] != anna.account_id
    assert sign_in(ANNA.email).body["account_id"] == anna.account_id
    assert tries(rows, change) == 5


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_a_newer_address_that_is_asked_for_in_between_ends_the_older_link(
    anna: SignedIn, change: AddressChange, rows: Rows, wire: Wire, operation: str
) -> None:
    ask_again = meanwhile(lambda: ask_for_address(anna, "other@example.com"))
    wire.before(operation, *([None] if operation == "Query" else []), ask_again)
    assert confirm(token_of(change)) == EXPIRED
    assert sign_in(ANNA.email).status == 201
    assert tries(rows, change) == 5


@pytest.mark.parametrize("nth", [0, 1], ids=["before it is read", "before it is written"])
def test_a_password_that_is_changed_in_between_confirms_no_longer(
    anna: SignedIn, change: AddressChange, rows: Rows, wire: Wire, nth: int
) -> None:
    operation = ("Query", "TransactWriteItems")[nth]
    wire.before(operation, meanwhile(lambda: change_password(anna)))
    assert confirm(token_of(change)) == WRONG_PASSWORD
    assert sign_in(NEW, NEW_PASSWORD) == FAILED
    assert tries(rows, change) == 5
    assert confirm(token_of(change), NEW_PASSWORD).status == 201


def test_a_link_that_is_opened_twice_at_once_changes_the_address_once(
    anna: SignedIn, change: AddressChange, rows: Rows, wire: Wire
) -> None:
    after: list[object] = []

    def the_other_click() -> None:
        assert confirm(token_of(change)).status == 201
        after.append(rows.lasting())

    wire.before("TransactWriteItems", the_other_click)
    assert confirm(token_of(change)) == EXPIRED
    assert after == [rows.lasting()]
    assert sign_in(NEW).body["account_id"] == anna.account_id


@pytest.mark.parametrize("operation", ["GetItem", "Query", "TransactWriteItems"])
def test_an_account_that_goes_in_between_is_not_made_anew(
    anna: SignedIn, change: AddressChange, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, meanwhile(lambda: erase(anna)))
    assert confirm(token_of(change)) == EXPIRED
    left = {key.pk.split("#")[0] for key in rows.lasting()}
    assert left == {"CLINIC", "PATIENT"}


def test_a_link_that_vanishes_in_between_changes_nothing_and_is_not_made_anew(
    change: AddressChange, rows: Rows, wire: Wire
) -> None:
    key = keys.pending(change.email_key, change.change_id)
    before = rows.lasting()
    wire.before("TransactWriteItems", meanwhile(lambda: rows.remove(key)))
    assert confirm(token_of(change)) == EXPIRED
    assert rows.lasting() == {name: item for name, item in before.items() if name != key}


def test_an_account_that_never_rests_says_try_again_and_keeps_its_address(
    anna: SignedIn, change: AddressChange, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[meanwhile(lambda: open_session(anna))] * 8)
    assert confirm(token_of(change)) == TRY_AGAIN
    assert len(pauses) == 7
    assert tries(rows, change) == 5
    assert confirm(token_of(change)).status == 201


def test_a_secret_that_is_drawn_twice_overwrites_no_session(
    change: AddressChange, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_clock, "new_secret", lambda: "secret-" + "9" * 36)
    assert sign_in().status == 201
    before = but_tries(rows)
    assert confirm(token_of(change)) == TRY_AGAIN
    assert but_tries(rows) == before


# ---------------------------------------------------------------------- the store


def test_a_conflict_is_tried_again(change: AddressChange, wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert confirm(token_of(change)).status == 201
    assert len(pauses) == 2


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    anna: SignedIn, change: AddressChange, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    answer = confirm(token_of(change))
    assert (answer.status, answer.body["email"]) == (201, NEW)
    assert sign_in(NEW).body["account_id"] == anna.account_id


@each_fault(BUSY)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_takes_no_try(
    change: AddressChange, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    before = rows.lasting()
    for _ in range(6):
        wire.before("TransactWriteItems", *planted)
        assert confirm(token_of(change)) == TRY_AGAIN
        assert rows.lasting() == before
    assert confirm(token_of(change)).status == 201


@pytest.mark.parametrize("operation", ["GetItem", "Query", "BatchGetItem"])
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    change: AddressChange, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    before = but_tries(rows)
    assert confirm(token_of(change)) == TRY_AGAIN
    assert but_tries(rows) == before
    assert confirm(token_of(change)).status == 201

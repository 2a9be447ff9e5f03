"""POST /api/desk/profiles/{account_id}/confirm: the desk confirms what a paper was brought for."""

import pytest

from shared import keys
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, TRY_AGAIN, Answer, problem
from tests.integration.clinic import (
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    erase,
    open_session,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_profiles import (
    but_desk,
    confirm,
    is_confirmed,
    is_unconfirmed,
    list_profiles,
    profile_in,
    record,
    waits,
    withdraw,
)
from tests.integration.family_people import NOT_FOUND, Meanwhile, account
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    each_fault,
    operations,
    refused,
    timed_out,
)

BUSY = cancelled("None", "None", "TransactionConflict")
CONSENT_MISSING = problem(409, "consent_missing")
NOBODY = "0" * 32

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@pytest.fixture
def consented(anna: SignedIn, clerk: Clerk) -> SignedIn:
    """Let Anna's paper have been brought."""
    record(clerk, anna.patient_id)
    return anna


def confirmed(who: SignedIn) -> Answer:
    """Return the answer to a confirmation, whole."""
    profile = {"status": "confirmed", "due_on": None}
    return Answer(200, {"account_id": who.account_id, "profile": profile})


# ------------------------------------------------------------------------ what it does


def test_a_profile_that_waits_is_confirmed_and_leaves_the_queue(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    before = rows.everything()
    assert confirm(clerk, consented.account_id) == confirmed(consented)
    after = rows.everything()
    account_key = keys.account(consented.account_id)
    [entry] = after.keys() - before.keys()
    waiting = {"due_list", "due_on"}
    left = {name: value for name, value in before[account_key].items() if name not in waiting}
    revision = after[account_key]["revision"]
    assert revision != before[account_key]["revision"]
    assert after == before | {
        account_key: left | is_confirmed(consented.patient_id) | {"revision": revision},
        entry: {
            "login": "anna-registry",
            "operation": "confirm_profile",
            "address": ADDRESS,
            "patients": {consented.patient_id},
            "about": consented.account_id,
        },
    }
    assert list_profiles(clerk).body == {"profiles": []}
    assert account(consented).body["profile"] == {"status": "confirmed", "due_on": None}


def test_an_overdue_profile_is_confirmed_too(consented: SignedIn, clock: Clock) -> None:
    clock.move(days=30)
    assert confirm(open_desk(), consented.account_id) == confirmed(consented)


@pytest.mark.parametrize("body", [None, {}])
def test_nothing_has_to_be_said(consented: SignedIn, clerk: Clerk, body: object) -> None:
    assert confirm(clerk, consented.account_id, body) == confirmed(consented)


def test_all_whose_consents_name_the_account_are_written_down_and_its_holder(
    anna: SignedIn, clerk: Clerk
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, vera)
    confirm(clerk, anna.account_id)
    [about] = [entry.patients for entry in trail() if entry.operation == "confirm_profile"]
    assert about == {anna.patient_id, vera}


def test_a_confirmation_is_one_read_and_one_transaction(
    consented: SignedIn, clerk: Clerk, wire: Wire
) -> None:
    with wire.listening() as heard:
        confirm(clerk, consented.account_id)
    assert operations(heard) == ["BatchGetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 3


def test_the_same_request_again_answers_the_same_and_is_only_written_down(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    confirm(clerk, consented.account_id)
    before = but_desk(rows)
    assert confirm(clerk, consented.account_id) == confirmed(consented)
    assert but_desk(rows) == before
    assert [entry.operation for entry in trail()].count("confirm_profile") == 2


# ------------------------------------------------------------------------ what may not


def test_a_profile_without_a_consent_is_not_confirmed(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    with rows.unchanged():
        assert confirm(clerk, anna.account_id) == CONSENT_MISSING


def test_a_profile_whose_consent_was_withdrawn_is_not_confirmed(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    withdraw(clerk, consented.patient_id)
    with rows.unchanged():
        assert confirm(clerk, consented.account_id) == CONSENT_MISSING


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("account_id", [NOBODY, "x", "ACCOUNT", "0" * 100, f"{NOBODY}#ACCOUNT"])
def test_an_account_that_nobody_has_is_not_found(clerk: Clerk, rows: Rows, account_id: str) -> None:
    with rows.unchanged():
        assert confirm(clerk, account_id) == NOT_FOUND


def test_an_erased_account_is_not_found(consented: SignedIn, clerk: Clerk, rows: Rows) -> None:
    erase(consented)
    with rows.unchanged():
        assert confirm(clerk, consented.account_id) == NOT_FOUND


def test_a_body_that_says_something_is_refused(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    fault = ("/status", "extra_forbidden", "Такого поля здесь нет.")
    with rows.unchanged():
        answer = confirm(clerk, consented.account_id, {"status": "confirmed"})
    assert answer == problem(422, "invalid_request", [fault])


def test_without_an_open_session_of_the_desk_nothing_is_confirmed_or_told(
    consented: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    patients_own = Clerk(clerk.actor, consented.cookie)
    with rows.unchanged():
        for asking in (None, patients_own, Clerk(clerk.actor, clerk.cookie[:-1] + "x")):
            for account_id in (consented.account_id, NOBODY):
                assert confirm(asking, account_id) == SESSION_REQUIRED
        clock.move(minutes=15)
        assert confirm(clerk, consented.account_id) == SESSION_REQUIRED


# ------------------------------------------------------------------------------- races


def test_a_patient_who_signs_in_in_between_is_in_nobodys_way(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: open_session(consented)))
    with wire.listening() as heard:
        assert confirm(clerk, consented.account_id) == confirmed(consented)
    assert operations(heard).count("TransactWriteItems") == 2
    assert profile_in(rows, consented) == is_confirmed(consented.patient_id)


def test_a_consent_that_is_withdrawn_in_between_confirms_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: withdraw(clerk, consented.patient_id))
    wire.before("TransactWriteItems", faster)
    assert confirm(clerk, consented.account_id) == CONSENT_MISSING
    assert rows.everything() == faster.table
    assert profile_in(rows, consented) == is_unconfirmed()


@pytest.mark.usefixtures("argon")
def test_an_address_that_is_changed_in_between_is_not_confirmed(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    told = token_of(ask_for_address(consented, "new@example.com"))
    faster = Meanwhile(rows, lambda: confirm_address(told))
    wire.before("TransactWriteItems", faster)
    assert confirm(clerk, consented.account_id) == CONSENT_MISSING
    assert rows.everything() == faster.table


def test_an_account_that_is_erased_in_between_is_not_made_anew(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: erase(consented))
    wire.before("TransactWriteItems", faster)
    assert confirm(clerk, consented.account_id) == NOT_FOUND
    assert rows.everything() == faster.table


def test_a_colleague_who_confirms_in_between_has_done_it(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    colleague = open_desk("boris-registry")
    wire.before(
        "TransactWriteItems", Meanwhile(rows, lambda: confirm(colleague, consented.account_id))
    )
    assert confirm(clerk, consented.account_id) == confirmed(consented)
    logins = [entry.login for entry in trail() if entry.operation == "confirm_profile"]
    assert sorted(logins) == ["anna-registry", "boris-registry"]


def test_a_clerk_who_is_signed_out_in_between_confirms_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", faster)
    assert confirm(clerk, consented.account_id) == SESSION_REQUIRED
    assert rows.everything() == faster.table


# --------------------------------------------------------------------------- the store


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert confirm(clerk, consented.account_id) == confirmed(consented)
    assert profile_in(rows, consented) == is_confirmed(consented.patient_id)


@each_fault(BUSY, times=8)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_confirmed(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.unchanged():
        assert confirm(clerk, consented.account_id) == TRY_AGAIN
    assert profile_in(rows, consented) == waits(consented.patient_id)


def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("BatchGetItem", refused("ThrottlingException"))
    with rows.unchanged():
        assert confirm(clerk, consented.account_id) == TRY_AGAIN

"""DELETE /api/desk/consents/{patient_id} while others write, and while the store is slow."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    attach,
    erase,
    open_session,
)
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_profiles import (
    WITHDRAWN,
    but_desk,
    confirm,
    consent_in,
    is_confirmed,
    is_unconfirmed,
    papers_in,
    profile_in,
    record,
    withdraw,
)
from tests.integration.family_people import Meanwhile, parents_of
from tests.integration.rows import Rows
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    each_fault,
    operations,
    refused,
    timed_out,
)

BUSY = cancelled("None", "None", "TransactionConflict", "None", "None")

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@pytest.fixture
def consented(anna: SignedIn, clerk: Clerk) -> SignedIn:
    """Let Anna's profile be confirmed by the desk."""
    record(clerk, anna.patient_id)
    confirm(clerk, anna.account_id)
    return anna


# ------------------------------------------------------------------------------- races


def test_a_patient_who_signs_in_in_between_is_in_nobodys_way(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: open_session(consented)))
    with wire.listening() as heard:
        assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    assert operations(heard).count("TransactWriteItems") == 2
    assert profile_in(rows, consented) == is_unconfirmed()


def test_a_paper_that_comes_in_between_is_the_one_that_is_withdrawn(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    newer = Meanwhile(
        rows, lambda: record(clerk, consented.patient_id, document_number="С-18/2026")
    )
    wire.before("TransactWriteItems", newer)
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    found = papers_in(rows, consented.patient_id)
    said = {row["document_number"]: row.get("withdrawn_on") for row in found}
    assert said == {"С-17/2026": None, "С-18/2026": "2026-11-23"}
    assert consent_in(rows, consented.patient_id) is None


def test_a_paper_for_the_other_parent_in_between_is_withdrawn_from_them(
    rows: Rows, clerk: Clerk, wire: Wire
) -> None:
    both = parents_of(VERA)
    record(clerk, both.child)
    wire.before(
        "TransactWriteItems", Meanwhile(rows, lambda: record(clerk, both.child, BORIS.email))
    )
    assert withdraw(clerk, both.child) == WITHDRAWN
    assert profile_in(rows, both.anna) == profile_in(rows, both.boris) == is_unconfirmed()


def test_a_consent_that_names_the_account_in_between_keeps_the_profile(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    attach(VERA)
    vera = add_relative(consented, VERA)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: record(clerk, vera)))
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    assert profile_in(rows, consented) == is_confirmed(vera)


def test_a_colleague_who_withdraws_it_in_between_has_done_it(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    colleague = open_desk("boris-registry")
    faster = Meanwhile(rows, lambda: withdraw(colleague, consented.patient_id))
    wire.before("TransactWriteItems", faster)
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    logins = [entry.login for entry in trail() if entry.operation == "withdraw_consent"]
    assert sorted(logins) == ["anna-registry", "boris-registry"]


def test_a_consent_that_vanishes_in_between_is_not_made_anew(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    consent = keys.consent(consented.patient_id)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: rows.remove(consent)))
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    [paper] = papers_in(rows, consented.patient_id)
    assert "withdrawn_on" not in paper


def test_an_account_that_is_erased_in_between_takes_its_consent_with_it(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: erase(consented))
    wire.before("TransactWriteItems", faster)
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    assert but_desk(rows) == {
        key: row for key, row in faster.table.items() if key.pk[:5] not in {"AUDIT", "DESK#"}
    }


def test_a_paper_that_is_missing_is_not_made_up(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    consent = consent_in(rows, consented.patient_id)
    assert consent is not None
    rows.remove(keys.consent_paper(consented.patient_id, consent["consent_id"]))
    with rows.unchanged():
        assert withdraw(clerk, consented.patient_id) == TRY_AGAIN


def test_a_clerk_who_is_signed_out_in_between_withdraws_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", faster)
    assert withdraw(clerk, consented.patient_id) == SESSION_REQUIRED
    assert rows.everything() == faster.table


# --------------------------------------------------------------------------- the store


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    assert profile_in(rows, consented) == is_unconfirmed()


@each_fault(BUSY, times=8)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_withdrawn(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.unchanged():
        assert withdraw(clerk, consented.patient_id) == TRY_AGAIN
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN


@pytest.mark.parametrize("operation", ["BatchGetItem", "Query", "GetItem"])
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    with rows.unchanged():
        assert withdraw(clerk, consented.patient_id) == TRY_AGAIN

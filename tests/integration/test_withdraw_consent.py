"""DELETE /api/desk/consents/{patient_id}: documents stop at once, and the paper says since when."""

import pytest

from shared import keys
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_profiles import (
    WITHDRAWN,
    but_desk,
    confirm,
    consent_in,
    is_confirmed,
    is_unconfirmed,
    list_profiles,
    papers_in,
    profile_in,
    record,
    waits,
    withdraw,
)
from tests.integration.family_people import NOT_FOUND, parents_of
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.wire import Wire, operations

NOBODY = "0" * 32

pytestmark = pytest.mark.usefixtures("argon")


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@pytest.fixture
def consented(anna: SignedIn, clerk: Clerk) -> SignedIn:
    """Let Anna's profile be confirmed by the desk."""
    record(clerk, anna.patient_id)
    confirm(clerk, anna.account_id)
    return anna


# ------------------------------------------------------------------------ what it does


def test_the_consent_goes_its_paper_says_when_and_the_profile_is_unconfirmed(
    consented: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    clock.move(minutes=5)
    before = rows.everything()
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    after = rows.everything()
    account, session = keys.account(consented.account_id), keys.session(clerk.session)
    consent = keys.consent(consented.patient_id)
    paper = keys.consent_paper(consented.patient_id, before[consent]["consent_id"])
    [entry] = [key for key in after if key.sk.startswith("ENTRY#") and key not in before]
    unconfirmed = {k: v for k, v in before[account].items() if k != "consents"} | is_unconfirmed()
    assert after == {key: row for key, row in before.items() if key != consent} | {
        paper: before[paper] | {"withdrawn_on": "2026-11-23"},
        account: unconfirmed | {"revision": after[account]["revision"]},
        session: before[session] | {"idle_at": before[session]["idle_at"] + 300},
        entry: {
            "login": "anna-registry",
            "operation": "withdraw_consent",
            "address": ADDRESS,
            "patients": {consented.patient_id},
            "about": consented.account_id,
        },
    }
    assert after[account]["revision"] != before[account]["revision"]


def test_a_profile_that_waits_leaves_the_queue(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    record(clerk, anna.patient_id)
    assert withdraw(clerk, anna.patient_id) == WITHDRAWN
    assert profile_in(rows, anna) == is_unconfirmed()
    assert list_profiles(clerk).body == {"profiles": []}


@pytest.mark.parametrize("is_done", [False, True], ids=["waits", "confirmed"])
def test_another_consent_to_the_same_address_keeps_the_profile(
    anna: SignedIn, clerk: Clerk, rows: Rows, *, is_done: bool
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, anna.patient_id)
    record(clerk, vera)
    if is_done:
        confirm(clerk, anna.account_id)
    assert withdraw(clerk, vera) == WITHDRAWN
    kept = is_confirmed(anna.patient_id) if is_done else waits(anna.patient_id)
    assert profile_in(rows, anna) == kept
    assert withdraw(clerk, anna.patient_id) == WITHDRAWN
    assert profile_in(rows, anna) == is_unconfirmed()


def test_a_consent_to_an_address_that_was_given_up_keeps_no_profile(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, anna.patient_id)
    confirm_address(token_of(ask_for_address(anna, "new@example.com")))
    record(clerk, vera, "new@example.com")
    confirm(clerk, anna.account_id)
    assert withdraw(clerk, vera) == WITHDRAWN
    assert profile_in(rows, anna) == is_unconfirmed(anna.patient_id)


def test_a_consent_to_an_address_that_was_given_up_can_be_withdrawn_too(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, anna.patient_id)
    confirm_address(token_of(ask_for_address(anna, "new@example.com")))
    record(clerk, vera, "new@example.com")
    confirm(clerk, anna.account_id)
    assert withdraw(clerk, anna.patient_id) == WITHDRAWN
    assert profile_in(rows, anna) == is_confirmed(vera)


def test_only_the_account_that_the_consent_names_is_touched(rows: Rows, clerk: Clerk) -> None:
    both = parents_of(VERA)
    record(clerk, both.boris.patient_id, BORIS.email)
    record(clerk, both.child)
    before = rows.everything()[keys.account(both.boris.account_id)]
    assert withdraw(clerk, both.child) == WITHDRAWN
    assert rows.everything()[keys.account(both.boris.account_id)] == before
    assert profile_in(rows, both.anna) == is_unconfirmed()


def test_of_several_papers_the_one_in_force_is_withdrawn(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    record(clerk, anna.patient_id)
    record(clerk, anna.patient_id, document_number="С-18/2026")
    withdraw(clerk, anna.patient_id)
    said = {
        row["document_number"]: row.get("withdrawn_on") for row in papers_in(rows, anna.patient_id)
    }
    assert said == {"С-17/2026": None, "С-18/2026": "2026-11-23"}


def test_a_consent_that_an_erased_account_left_behind_can_be_withdrawn(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    rows.remove(keys.account(consented.account_id))
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    assert consent_in(rows, consented.patient_id) is None
    assert keys.account(consented.account_id) not in rows.everything()


def test_a_withdrawal_is_three_reads_and_one_transaction(
    consented: SignedIn, clerk: Clerk, wire: Wire
) -> None:
    with wire.listening() as heard:
        withdraw(clerk, consented.patient_id)
    assert operations(heard) == ["BatchGetItem", "Query", "GetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 5


# ------------------------------------------------------------------------------- again


def test_the_same_request_again_is_done_and_only_written_down(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    withdraw(clerk, consented.patient_id)
    before = but_desk(rows)
    assert withdraw(clerk, consented.patient_id) == WITHDRAWN
    assert but_desk(rows) == before
    assert [entry.operation for entry in trail()].count("withdraw_consent") == 2


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("patient_id", ["anna", NOBODY, "x"])
def test_who_never_signed_anything_has_nothing_to_withdraw(
    clerk: Clerk, rows: Rows, patient_id: str
) -> None:
    named = ANNA.patient_id if patient_id == "anna" else patient_id
    with rows.unchanged():
        assert withdraw(clerk, named) == NOT_FOUND


def test_without_an_open_session_of_the_desk_nothing_is_withdrawn_or_told(
    consented: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    patients_own = Clerk(clerk.actor, consented.cookie)
    with rows.unchanged():
        for asking in (None, patients_own, Clerk(clerk.actor, clerk.cookie[:-1] + "x")):
            for patient_id in (consented.patient_id, NOBODY):
                assert withdraw(asking, patient_id) == SESSION_REQUIRED
        clock.move(minutes=15)
        assert withdraw(clerk, consented.patient_id) == SESSION_REQUIRED


def test_an_id_that_is_too_long_is_refused(clerk: Clerk, rows: Rows) -> None:
    fault = ("/patient_id", "string_too_long", "Слишком длинное значение.")
    with rows.unchanged():
        assert withdraw(clerk, "x" * 101) == problem(422, "invalid_request", [fault])

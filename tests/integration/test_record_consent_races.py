"""POST /api/desk/consents while others write, and while the store is slow."""

import pytest

from shared import clock as shared_clock, keys
from shared.table import family, patients
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    erase,
    open_session,
    token_of,
)
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_profiles import (
    confirm,
    consent_in,
    is_confirmed,
    is_unconfirmed,
    papers_in,
    profile_in,
    record,
    recorded,
    waits,
    withdraw,
)
from tests.integration.family_people import Meanwhile, parents_of, renamed
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.test_record_consent_refusals import EMAIL_DIFFERS
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    each_fault,
    operations,
    refused,
    timed_out,
)

BUSY = cancelled("None", "None", "TransactionConflict", "None", "None", "None")

pytestmark = pytest.mark.usefixtures("argon", "pauses")


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@pytest.fixture
def colleague() -> Clerk:
    return open_desk("boris-registry")


# ------------------------------------------------------------------ other writers


def test_a_patient_who_signs_in_in_between_is_in_nobodys_way(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: open_session(anna)))
    with wire.listening() as heard:
        assert record(clerk, anna.patient_id) == recorded(anna)
    assert operations(heard).count("TransactWriteItems") == 2
    assert profile_in(rows, anna) == waits(anna.patient_id)
    assert len(papers_in(rows, anna.patient_id)) == len(trail()) == 1


@pytest.mark.parametrize("operation", ["GetItem", "Query", "TransactWriteItems"])
def test_an_account_that_is_erased_in_between_gets_no_consent(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, operation: str
) -> None:
    faster = Meanwhile(rows, lambda: erase(anna))
    wire.before(operation, faster)
    assert record(clerk, anna.patient_id) == EMAIL_DIFFERS
    assert rows.everything() == faster.table


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_an_address_that_is_changed_in_between_differs(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, operation: str
) -> None:
    told = token_of(ask_for_address(anna, "new@example.com"))
    faster = Meanwhile(rows, lambda: confirm_address(told))
    wire.before(operation, faster)
    assert record(clerk, anna.patient_id) == EMAIL_DIFFERS
    assert rows.everything() == faster.table


def test_a_relative_who_is_given_up_in_between_gets_no_consent(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    now = shared_clock.now()
    faster = Meanwhile(rows, lambda: family.remove(anna.session, vera, now))
    wire.before("TransactWriteItems", faster)
    assert record(clerk, vera) == EMAIL_DIFFERS
    assert rows.everything() == faster.table


def test_a_line_of_the_register_that_ends_the_say_in_between_counts(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: attach(ANNA, person=renamed(ANNA)))
    wire.before("TransactWriteItems", faster)
    assert record(clerk, anna.patient_id) == EMAIL_DIFFERS
    assert rows.everything() == faster.table


def test_a_patient_whose_row_goes_in_between_gets_no_consent(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: rows.remove(keys.patient(anna.patient_id)))
    wire.before("TransactWriteItems", faster)
    assert record(clerk, anna.patient_id).body["code"] == "not_found"
    assert rows.everything() == faster.table
    assert patients.find(anna.patient_id).person is None


def test_the_same_paper_that_a_colleague_records_in_between_is_kept_once(
    anna: SignedIn, clerk: Clerk, colleague: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: record(colleague, anna.patient_id)))
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert len(papers_in(rows, anna.patient_id)) == 1
    assert {entry.login for entry in trail()} == {clerk.actor.login, colleague.actor.login}


@pytest.mark.parametrize("parents", [("anna", "boris"), ("boris", "anna")])
def test_of_two_papers_at_once_the_later_one_is_in_force_and_only_its_account_waits(
    clerk: Clerk, colleague: Clerk, rows: Rows, wire: Wire, parents: tuple[str, str]
) -> None:
    both = parents_of(VERA)
    addresses = {"anna": ANNA.email, "boris": BORIS.email}
    accounts = {"anna": both.anna, "boris": both.boris}
    first, second = parents
    wire.before(
        "TransactWriteItems",
        Meanwhile(rows, lambda: record(colleague, both.child, addresses[first])),
    )
    answer = record(clerk, both.child, addresses[second])
    assert answer == recorded(accounts[second], both.child)
    consent = consent_in(rows, both.child)
    assert consent is not None
    assert consent["email"] == addresses[second]
    assert profile_in(rows, accounts[first]) == is_unconfirmed()
    assert profile_in(rows, accounts[second]) == waits(both.child)


def test_a_first_paper_does_not_overwrite_one_that_came_in_between(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    """The consent itself is guarded, whatever its account's row says."""
    theirs = {"consent_id": "f" * 32, "account_id": "e" * 32, "email": "other@example.com"}
    planted = Meanwhile(rows, lambda: rows.put(keys.consent(anna.patient_id), theirs))
    wire.before("TransactWriteItems", planted)
    with wire.listening() as heard:
        assert record(clerk, anna.patient_id) == recorded(anna)
    assert operations(heard).count("TransactWriteItems") == 2


@pytest.mark.parametrize("is_gone", [False, True], ids=["another", "none"])
def test_a_paper_replaces_no_other_consent_than_the_one_that_was_read(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, *, is_gone: bool
) -> None:
    record(clerk, anna.patient_id)
    consent = keys.consent(anna.patient_id)
    theirs = {"consent_id": "f" * 32, "account_id": "e" * 32, "email": "other@example.com"}
    planted = (lambda: rows.remove(consent)) if is_gone else (lambda: rows.put(consent, theirs))
    wire.before("TransactWriteItems", Meanwhile(rows, planted))
    with wire.listening() as heard:
        answer = record(clerk, anna.patient_id, document_number="С-18/2026")
    assert answer == recorded(anna)
    assert operations(heard).count("TransactWriteItems") == 2


def test_a_consent_that_is_withdrawn_in_between_is_not_replaced_but_given_anew(
    anna: SignedIn, clerk: Clerk, colleague: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: withdraw(colleague, anna.patient_id)))
    answer = record(clerk, anna.patient_id, document_number="С-18/2026")
    assert answer == recorded(anna)
    old, new = papers_in(rows, anna.patient_id)
    assert (old["withdrawn_on"], "withdrawn_on" in new) == ("2026-11-23", False)


def test_a_profile_that_is_confirmed_in_between_stays_so(
    anna: SignedIn, clerk: Clerk, colleague: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: confirm(colleague, anna.account_id)))
    answer = record(clerk, anna.patient_id, document_number="С-18/2026")
    assert answer == recorded(anna, status="confirmed", due_on=None)
    assert profile_in(rows, anna) == is_confirmed(anna.patient_id)


def test_the_account_that_loses_a_child_is_read_anew_where_it_has_changed(
    clerk: Clerk, colleague: Clerk, rows: Rows, wire: Wire
) -> None:
    both = parents_of(VERA)
    record(clerk, both.child)
    faster = Meanwhile(rows, lambda: record(colleague, both.anna.patient_id))
    wire.before("TransactWriteItems", faster)
    assert record(clerk, both.child, BORIS.email) == recorded(both.boris, both.child)
    assert profile_in(rows, both.anna) == waits(both.anna.patient_id)
    assert profile_in(rows, both.boris) == waits(both.child)


def test_an_account_that_loses_a_child_and_is_erased_in_between_is_not_made_anew(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    both = parents_of(VERA)
    record(clerk, both.child)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: erase(both.anna)))
    assert record(clerk, both.child, BORIS.email) == recorded(both.boris, both.child)
    assert keys.account(both.anna.account_id) not in rows.everything()


def test_a_clerk_who_is_signed_out_in_between_records_nothing(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    faster = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", faster)
    assert record(clerk, anna.patient_id) == SESSION_REQUIRED
    assert rows.everything() == faster.table


def test_a_papers_id_that_is_drawn_twice_overwrites_no_paper(
    anna: SignedIn, clerk: Clerk, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.put(keys.consent_paper(anna.patient_id, "f" * 32), {"document_number": "другой"})
    drawn = iter(["f" * 32])
    fresh = shared_clock.new_id
    monkeypatch.setattr(shared_clock, "new_id", lambda: next(drawn, None) or fresh())
    rows.change(
        keys.consent_paper(anna.patient_id, "f" * 32),
        signed_on="2026-01-01",
        text_version="1",
        received_on="2026-01-01",
    )
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == TRY_AGAIN


def test_an_account_that_never_rests_says_try_again_and_nothing_is_recorded(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[Meanwhile(rows, lambda: open_session(anna))] * 8)
    assert record(clerk, anna.patient_id) == TRY_AGAIN
    assert len(pauses) == 7
    assert consent_in(rows, anna.patient_id) is None
    assert trail() == []


# ---------------------------------------------------------------------- the store


def test_a_conflict_is_tried_again(
    anna: SignedIn, clerk: Clerk, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert len(pauses) == 2


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_done(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert len(papers_in(rows, anna.patient_id)) == len(trail()) == 1


@each_fault(BUSY, times=8)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_recorded(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == TRY_AGAIN
    assert record(clerk, anna.patient_id) == recorded(anna)


def test_one_lost_answer_before_the_commit_is_made_good_at_once(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", timed_out)
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert len(papers_in(rows, anna.patient_id)) == len(trail()) == 1


@pytest.mark.parametrize(
    "when", [("BatchGetItem", 0), ("GetItem", 0), ("GetItem", 1), ("Query", 0)]
)
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, when: tuple[str, int]
) -> None:
    operation, nth = when
    wire.before(operation, *[None] * nth, refused("ThrottlingException"))
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == TRY_AGAIN


def test_a_repeated_paper_that_cannot_be_written_down_is_not_answered(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    wire.before("TransactWriteItems", timed_out)
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == TRY_AGAIN

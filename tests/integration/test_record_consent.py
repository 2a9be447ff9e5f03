"""POST /api/desk/consents: the paper is put in force, and the profile waits for three days."""

import pytest

from shared import keys
from tests.integration.answers import ADDRESS
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    open_account,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_profiles import (
    DUE_ON,
    but_desk,
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
from tests.integration.family_people import account, parents_of, set_clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.wire import Wire, operations

NEW = "anna.new@example.com"


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


def move_to(who: SignedIn, email: str) -> None:
    """Let the account have another address."""
    assert confirm_address(token_of(ask_for_address(who, email))).status == 201


# --------------------------------------------------------------------- what is written


def test_the_paper_is_kept_and_put_in_force_and_the_profile_waits(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    before = rows.everything()
    assert record(clerk, anna.patient_id) == recorded(anna)
    after = rows.everything()
    account_key = keys.account(anna.account_id)
    [entry] = [key for key in after if key.sk.startswith("ENTRY#")]
    consent_id = after[keys.consent(anna.patient_id)]["consent_id"]
    revision = after[account_key]["revision"]
    assert revision != before[account_key]["revision"]
    assert after == before | {
        keys.consent(anna.patient_id): {
            "consent_id": consent_id,
            "account_id": anna.account_id,
            "email": ANNA.email,
        },
        keys.consent_paper(anna.patient_id, consent_id): {
            "document_number": "С-17/2026",
            "signed_on": "2026-11-20",
            "text_version": "2026-01",
            "received_on": "2026-11-23",
        },
        account_key: before[account_key] | waits(anna.patient_id) | {"revision": revision},
        entry: {
            "login": "anna-registry",
            "operation": "record_consent",
            "address": ADDRESS,
            "patients": {anna.patient_id},
            "about": anna.account_id,
        },
    }


def test_the_patient_sees_that_the_profile_waits_and_until_when(
    anna: SignedIn, clerk: Clerk
) -> None:
    record(clerk, anna.patient_id)
    assert account(anna).body["profile"] == {"status": "consent_received", "due_on": DUE_ON}


def test_recording_is_four_reads_and_one_transaction(
    anna: SignedIn, clerk: Clerk, wire: Wire
) -> None:
    with wire.listening() as heard:
        record(clerk, anna.patient_id)
    of_session_and_patient, of_owner, of_account, of_papers = (
        *("BatchGetItem", "GetItem"),
        *("GetItem", "Query"),
    )
    assert operations(heard) == [
        *(of_session_and_patient, of_owner, of_account, of_papers),
        "TransactWriteItems",
    ]
    assert len(heard[-1].body["TransactItems"]) == 6


@pytest.mark.parametrize(
    "moment, due_on",
    [
        pytest.param((2026, 11, 23, 20, 59, 59), "2026-11-26", id="Monday, the last second"),
        pytest.param((2026, 11, 23, 21), "2026-11-27", id="Tuesday, the clinic's midnight"),
        pytest.param((2026, 11, 27, 9), "2026-12-02", id="over a weekend"),
        pytest.param((2026, 12, 29, 9), "2027-01-12", id="over the New Year"),
        pytest.param((2025, 10, 30, 9), "2025-11-05", id="over a Saturday that is worked"),
    ],
)
def test_the_profile_is_due_on_the_third_working_day_of_the_clinic(
    anna: SignedIn, rows: Rows, clock: Clock, moment: tuple[int, ...], due_on: str
) -> None:
    set_clock(clock, *moment)
    signed_on = str(clock.now.date())
    answer = record(open_desk(), anna.patient_id, signed_on=signed_on)
    assert answer == recorded(anna, due_on=due_on)
    assert profile_in(rows, anna) == waits(anna.patient_id, due_on=due_on)


@pytest.mark.parametrize("email", ["ANNA.Ivanova@example.com", " anna.ivanova@EXAMPLE.COM "])
def test_addresses_are_compared_as_at_sign_in_and_the_accounts_own_spelling_is_kept(
    anna: SignedIn, clerk: Clerk, rows: Rows, email: str
) -> None:
    assert record(clerk, anna.patient_id, email) == recorded(anna)
    consent = consent_in(rows, anna.patient_id)
    assert consent is not None
    assert consent["email"] == ANNA.email


# ------------------------------------------------------------------ again, and another


def test_the_same_request_again_answers_the_same_and_keeps_no_second_paper(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    record(clerk, anna.patient_id)
    before = but_desk(rows)
    clock.move(minutes=10)
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert but_desk(rows) == before
    assert [entry.operation for entry in trail()] == ["record_consent"] * 2


@pytest.mark.parametrize(
    "changes",
    [{"signed_on": "2026-11-21"}, {"document_number": "С-18/2026"}, {"text_version": "2026-02"}],
)
def test_another_paper_takes_the_place_of_the_one_in_force_and_both_are_kept(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock, changes: dict[str, str]
) -> None:
    record(clerk, anna.patient_id)
    first = consent_in(rows, anna.patient_id)
    clock.move(minutes=10)
    assert record(clerk, anna.patient_id, **changes) == recorded(anna)
    second = consent_in(rows, anna.patient_id)
    assert first is not None
    assert second == first | {"consent_id": (second or {})["consent_id"]}
    assert second != first
    older, newer = papers_in(rows, anna.patient_id)
    assert newer == older | changes


def test_a_profile_that_waits_keeps_the_day_by_which_it_is_due(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    record(clerk, anna.patient_id)
    clock.move(days=1)
    answer = record(open_desk("boris"), anna.patient_id, document_number="С-18/2026")
    assert answer == recorded(anna)
    assert profile_in(rows, anna) == waits(anna.patient_id)


def test_a_confirmed_profile_stays_so_and_is_due_on_no_day(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, anna.patient_id)
    confirm(clerk, anna.account_id)
    for _ in range(2):
        assert record(clerk, vera) == recorded(anna, vera, "confirmed", None)
    assert profile_in(rows, anna) == is_confirmed(anna.patient_id, vera)
    assert len(papers_in(rows, vera)) == 1


def test_a_paper_that_comes_back_after_its_withdrawal_is_a_new_one(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    record(clerk, anna.patient_id)
    withdraw(clerk, anna.patient_id)
    clock.move(days=1)
    answer = record(open_desk(), anna.patient_id)
    assert answer == recorded(anna, due_on="2026-11-27")
    withdrawn, again = papers_in(rows, anna.patient_id)
    assert (withdrawn["withdrawn_on"], "withdrawn_on" in again) == ("2026-11-23", False)


@pytest.mark.usefixtures("argon")
def test_a_paper_for_a_new_address_is_a_new_one_and_so_is_one_for_the_old_address_after_it(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    record(clerk, anna.patient_id)
    move_to(anna, NEW)
    assert record(clerk, anna.patient_id, NEW) == recorded(anna)
    move_to(anna, ANNA.email)
    assert profile_in(rows, anna) == is_unconfirmed(anna.patient_id)
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert len(papers_in(rows, anna.patient_id)) == 3


@pytest.mark.usefixtures("argon")
def test_an_address_that_was_changed_there_and_back_has_its_profile_unconfirmed_until_a_new_paper(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    record(clerk, anna.patient_id)
    confirm(clerk, anna.account_id)
    move_to(anna, NEW)
    move_to(anna, ANNA.email)
    assert record(clerk, anna.patient_id) == recorded(anna)
    assert profile_in(rows, anna) == waits(anna.patient_id)
    assert len(papers_in(rows, anna.patient_id)) == 2


# ----------------------------------------------------------------------- whose account


def test_either_parent_may_get_the_childs_documents_and_the_later_paper_counts(
    rows: Rows, clerk: Clerk
) -> None:
    family = parents_of(VERA)
    assert record(clerk, family.child) == recorded(family.anna, family.child)
    assert record(clerk, family.child, BORIS.email) == recorded(family.boris, family.child)
    assert profile_in(rows, family.anna) == is_unconfirmed()
    assert profile_in(rows, family.boris) == waits(family.child)
    consent = consent_in(rows, family.child)
    assert consent is not None
    assert (consent["account_id"], consent["email"]) == (family.boris.account_id, BORIS.email)
    assert ["withdrawn_on" in paper for paper in papers_in(rows, family.child)] == [False] * 2


def test_the_same_paper_for_the_other_parent_is_another_consent_though_their_profile_waits(
    rows: Rows, clerk: Clerk
) -> None:
    family = parents_of(VERA)
    record(clerk, family.boris.patient_id, BORIS.email)
    record(clerk, family.child)
    assert record(clerk, family.child, BORIS.email) == recorded(family.boris, family.child)
    assert profile_in(rows, family.anna) == is_unconfirmed()
    assert profile_in(rows, family.boris) == waits(family.boris.patient_id, family.child)


def test_a_parent_who_loses_a_childs_consent_keeps_the_profile_by_another(
    rows: Rows, clerk: Clerk
) -> None:
    family = parents_of(VERA)
    anna = family.anna
    record(clerk, anna.patient_id)
    record(clerk, family.child)
    confirm(clerk, anna.account_id)
    record(clerk, family.child, BORIS.email)
    assert profile_in(rows, anna) == is_confirmed(anna.patient_id)


@pytest.mark.usefixtures("argon")
def test_a_consent_to_an_address_that_was_given_up_keeps_no_profile_confirmed(
    rows: Rows, clerk: Clerk
) -> None:
    family = parents_of(VERA)
    anna = family.anna
    record(clerk, anna.patient_id)
    move_to(anna, NEW)
    record(clerk, family.child, NEW)
    confirm(clerk, anna.account_id)
    record(clerk, family.child, BORIS.email)
    assert profile_in(rows, anna) == is_unconfirmed(anna.patient_id)


def test_a_consent_that_an_erased_account_left_behind_is_replaced(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    left = {"consent_id": "f" * 32, "account_id": "e" * 32, "email": "gone@example.com"}
    rows.put(keys.consent(anna.patient_id), left)
    assert record(clerk, anna.patient_id) == recorded(anna)
    consent = consent_in(rows, anna.patient_id)
    assert consent is not None
    assert consent["account_id"] == anna.account_id


def test_an_adult_relatives_documents_may_come_to_who_acts_for_them(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(BORIS)
    boris = add_relative(anna, BORIS)
    assert record(clerk, boris) == recorded(anna, boris)
    assert profile_in(rows, anna) == waits(boris)


def test_a_patients_own_account_may_get_what_another_may_too(anna: SignedIn, clerk: Clerk) -> None:
    attach(BORIS)
    add_relative(anna, BORIS)
    boris = open_account(BORIS)
    assert record(clerk, boris.patient_id, BORIS.email) == recorded(boris)

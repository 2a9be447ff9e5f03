"""DELETE /api/account: no consent names an erased account, and no address is left behind."""

import pytest

from shared import clock as shared_clock, keys
from shared.accounts import MOST_MEMBERS
from shared.table import family
from tests.integration.answers import TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    open_session,
    publish,
    take,
    token_of,
)
from tests.integration.desk import Clerk, open_desk
from tests.integration.desk_profiles import consent_in, list_profiles, papers_in, record, withdraw
from tests.integration.family_people import TWINS, Meanwhile, parents_of
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.test_delete_account import delete
from tests.integration.test_sign_out import SIGNED_OUT
from tests.integration.wire import Wire, operations, refused

pytestmark = pytest.mark.usefixtures("argon", "pauses")


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


def told(rows: Rows) -> str:
    """Return what the table says, but for the audit trail."""
    lasting = rows.lasting().items()
    return str({key: row for key, row in lasting if keys.kind(key.pk) != "AUDIT"})


def test_the_consents_go_and_their_papers_stay_without_the_address(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, anna.patient_id)
    record(clerk, vera)
    papers = [papers_in(rows, one) for one in (anna.patient_id, vera)]
    assert delete(anna.cookie) == SIGNED_OUT
    assert [consent_in(rows, one) for one in (anna.patient_id, vera)] == [None, None]
    assert [papers_in(rows, one) for one in (anna.patient_id, vera)] == papers
    assert [one for one in (ANNA.email, anna.account_id) if one in told(rows)] == []
    assert list_profiles(clerk).body == {"profiles": []}


def test_the_other_parents_consent_stays(clerk: Clerk, rows: Rows) -> None:
    both = parents_of(VERA)
    record(clerk, both.child)
    record(clerk, both.child, BORIS.email)
    before = consent_in(rows, both.child)
    assert delete(both.anna.cookie) == SIGNED_OUT
    assert consent_in(rows, both.child) == before


def test_a_consent_of_a_relative_who_was_given_up_goes_too(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, vera)
    family.remove(anna.session, vera, shared_clock.now())
    assert delete(anna.cookie) == SIGNED_OUT
    assert consent_in(rows, vera) is None


def test_a_consent_to_an_address_that_was_given_up_goes_too(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, vera)
    confirm_address(token_of(ask_for_address(anna, "new@example.com")))
    family.remove(anna.session, vera, shared_clock.now())
    assert delete(anna.cookie) == SIGNED_OUT
    assert consent_in(rows, vera) is None
    assert ANNA.email not in told(rows)


def test_consents_are_read_with_the_patients_and_end_in_the_same_transaction(
    anna: SignedIn, clerk: Clerk, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    with wire.listening() as heard:
        delete(anna.cookie)
    assert operations(heard)[-3:] == ["Query", "BatchGetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 6


def test_the_largest_family_is_erased_in_one_transaction(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    family_of = [ANNA, *TWINS[: MOST_MEMBERS - 1]]
    for n, citizen in enumerate(family_of):
        attach(citizen)
        if citizen is not ANNA:
            add_relative(anna, citizen)
        slot_id = f"a1.2026-11-24.{n + 1}.{9 + n // 6:02}{n % 6}0"
        publish(slot_id)
        take(anna, slot_id, citizen.patient_id)
        assert record(clerk, citizen.patient_id).status == 201
    for _ in range(20):
        open_session(anna)
    ask_for_address(anna, "new@example.com")
    with wire.listening() as heard:
        assert delete(anna.cookie) == SIGNED_OUT
    [transaction] = [one for one in heard if one.operation == "TransactWriteItems"]
    assert len(transaction.body["TransactItems"]) == 96
    assert [one for one in (ANNA.email, f"ACCOUNT#{anna.account_id}") if one in told(rows)] == []


def test_consents_beyond_those_that_one_transaction_ends_go_just_before(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    for citizen in TWINS[:22]:
        attach(citizen)
        add_relative(anna, citizen)
        assert record(clerk, citizen.patient_id).status == 201
        family.remove(anna.session, citizen.patient_id, shared_clock.now())
    with wire.listening() as heard:
        assert delete(anna.cookie) == SIGNED_OUT
    assert operations(heard)[-4:] == ["BatchGetItem", *["DeleteItem"] * 2, "TransactWriteItems"]
    assert [key for key in rows.everything() if key.sk == "CONSENT"] == []


def test_a_surplus_consent_that_is_replaced_in_between_is_left(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    for citizen in TWINS[:21]:
        attach(citizen)
        add_relative(anna, citizen)
        record(clerk, citizen.patient_id)
        family.remove(anna.session, citizen.patient_id, shared_clock.now())
    last = max(citizen.patient_id for citizen in TWINS[:21])
    theirs = {"consent_id": "f" * 32, "account_id": "e" * 32, "email": "other@example.com"}
    wire.before("DeleteItem", Meanwhile(rows, lambda: rows.put(keys.consent(last), theirs)))
    assert delete(anna.cookie) == SIGNED_OUT
    assert consent_in(rows, last) == theirs


# ------------------------------------------------------------------------------- races


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "TransactWriteItems"])
def test_a_paper_that_is_recorded_in_between_names_no_erased_account(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, operation: str
) -> None:
    first = [None] if operation == "BatchGetItem" else []
    wire.before(operation, *first, Meanwhile(rows, lambda: record(clerk, anna.patient_id)))
    assert delete(anna.cookie) == SIGNED_OUT
    assert consent_in(rows, anna.patient_id) is None
    assert len(papers_in(rows, anna.patient_id)) == 1


def test_a_consent_that_is_withdrawn_in_between_is_in_nobodys_way(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: withdraw(clerk, anna.patient_id)))
    assert delete(anna.cookie) == SIGNED_OUT
    [paper] = papers_in(rows, anna.patient_id)
    assert paper["withdrawn_on"] == "2026-11-23"


def test_a_consent_that_goes_to_the_other_parent_in_between_stays(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    both = parents_of(VERA)
    record(clerk, both.child)
    wire.before(
        "TransactWriteItems", Meanwhile(rows, lambda: record(clerk, both.child, BORIS.email))
    )
    assert delete(both.anna.cookie) == SIGNED_OUT
    consent = consent_in(rows, both.child)
    assert consent is not None
    assert consent["account_id"] == both.boris.account_id


def test_a_consent_that_changes_without_a_word_to_its_account_is_read_anew(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    theirs = {"consent_id": "f" * 32, "account_id": "e" * 32, "email": "other@example.com"}
    consent = keys.consent(anna.patient_id)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: rows.put(consent, theirs)))
    assert delete(anna.cookie) == SIGNED_OUT
    assert consent_in(rows, anna.patient_id) == theirs


def test_a_busy_store_ends_no_consent(anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire) -> None:
    record(clerk, anna.patient_id)
    wire.before("TransactWriteItems", refused("ThrottlingException"))
    with rows.only_counted():
        assert delete(anna.cookie) == TRY_AGAIN

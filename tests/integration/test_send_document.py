"""POST /api/desk/documents/{document_id}/send: only by a consent, to a confirmed profile (R11)."""

import pytest

from shared import keys
from shared.table import accounts
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, Answer, problem
from tests.integration.clinic import ANNA, BORIS, SignedIn, add_relative, attach, erase
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_documents import (
    FORGED,
    PDF,
    Promise,
    called_for,
    confirm_profile,
    dispatches_in,
    document_in,
    empty_bucket,
    key_of,
    promised,
    send,
    stored,
    upload,
    uploaded,
)
from tests.integration.desk_profiles import but_desk, confirm, record, withdraw
from tests.integration.family_people import NOT_FOUND, parents_of
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

NOW = 1795410000
DISPATCH_KEPT = 30 * 24 * 3600
NOT_CONFIRMED = problem(409, "profile_not_confirmed")
CONSENT_MISSING = problem(409, "consent_missing")
UNREACHABLE = problem(409, "address_unreachable")
NOT_UPLOADED = problem(409, "document_not_uploaded")
REJECTED = problem(409, "document_rejected")

pytestmark = pytest.mark.usefixtures("argon")


@pytest.fixture(autouse=True)
def bucket() -> None:
    empty_bucket()


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@pytest.fixture
def consented(anna: SignedIn, clerk: Clerk) -> SignedIn:
    """Let Anna's profile be confirmed by the desk."""
    confirm_profile(clerk, anna)
    return anna


def refuses(rows: Rows, clerk: Clerk, document_id: str) -> Answer:
    """Return the answer to a sending that is refused, having seen that nothing is written."""
    before = but_desk(rows)
    written = len(trail())
    answer = send(clerk, document_id)
    assert but_desk(rows) == before
    assert len(trail()) == written
    return answer


# ---------------------------------------------------------------------- what it does


def test_the_document_is_under_way_and_its_mail_called_for(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    assert send(clerk, document_id) == called_for(document_id)
    [(key, dispatch)] = dispatches_in(rows).items()
    consent = rows.everything()[keys.consent(consented.patient_id)]
    assert key.pk == f"PATIENT#{consented.patient_id}"
    assert dispatch == {
        "document_id": document_id,
        "account_id": consented.account_id,
        "consent_id": consent["consent_id"],
        "expires_at": NOW + DISPATCH_KEPT,
    }
    under_way = Promise(status="sending").item(dispatch_id=keys.id_named(key.sk))
    assert document_in(rows, document_id) == under_way


def test_the_trail_says_for_whom_and_what(consented: SignedIn, clerk: Clerk) -> None:
    document_id = stored(clerk, consented.patient_id)
    send(clerk, document_id)
    entry = trail()[-1]
    assert (entry.login, entry.operation, entry.address) == (
        clerk.actor.login,
        "send_document",
        ADDRESS,
    )
    assert (entry.patients, entry.about) == (frozenset({consented.patient_id}), document_id)


def test_it_is_two_reads_and_one_transaction_of_seven_actions(
    consented: SignedIn, clerk: Clerk, wire: Wire
) -> None:
    document_id = stored(clerk, consented.patient_id)
    with wire.listening() as heard:
        send(clerk, document_id)
    assert operations(heard) == ["BatchGetItem", "GetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 7
    assert all(request["ConsistentRead"] for request in heard[0].body["RequestItems"].values())


def test_a_document_that_is_under_way_or_sent_is_not_sent_again(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    send(clerk, document_id)
    before = but_desk(rows)
    assert send(clerk, document_id) == called_for(document_id)
    assert but_desk(rows) == before
    rows.change(key_of(document_id), document_status="sent", sent_at=NOW)
    before = but_desk(rows)
    withdraw(clerk, consented.patient_id)
    assert send(clerk, document_id) == called_for(document_id, "sent")
    assert document_in(rows, document_id) == before[key_of(document_id)]
    assert len(dispatches_in(rows)) == 1
    assert [entry.operation for entry in trail()].count("send_document") == 3


def test_two_documents_are_sent_each_by_itself(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    first, second = (stored(clerk, consented.patient_id) for _ in range(2))
    assert (send(clerk, first).status, send(clerk, second).status) == (202, 202)
    assert {row["document_id"] for row in dispatches_in(rows).values()} == {first, second}


def test_a_childs_document_goes_by_the_childs_own_consent_to_the_parent_it_names(
    rows: Rows, clerk: Clerk
) -> None:
    family = parents_of()
    document_id = stored(clerk, family.child)
    assert record(clerk, family.child, BORIS.email).status == 201
    assert confirm(clerk, family.boris.account_id).status == 200
    assert send(clerk, document_id) == called_for(document_id)
    [dispatch] = dispatches_in(rows).values()
    assert dispatch["account_id"] == family.boris.account_id


def test_a_policy_that_has_run_out_stops_no_document(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    rows.change(keys.patient(consented.patient_id), valid_until="2026-01-01")
    document_id = stored(clerk, consented.patient_id)
    assert send(clerk, document_id) == called_for(document_id)


# --------------------------------------------------------------------- nobody there


@pytest.mark.parametrize("document_id", ["start-up-check", "0", f"{'0' * 32}.{'0' * 16}", "ё"])
def test_a_document_that_does_not_exist_is_not_found(
    document_id: str, clerk: Clerk, rows: Rows
) -> None:
    with rows.unchanged():
        assert send(clerk, document_id) == NOT_FOUND


def test_another_patients_name_on_a_documents_id_finds_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    foreign = f"{'0' * 32}.{document_id.partition('.')[2]}"
    assert refuses(rows, clerk, foreign) == NOT_FOUND


def test_nobody_but_the_desk_sends_documents(
    consented: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    document_id = stored(clerk, consented.patient_id)
    with rows.unchanged():
        assert send(None, document_id) == SESSION_REQUIRED
        assert send(Clerk(clerk.actor, consented.cookie), document_id) == SESSION_REQUIRED
    clock.move(minutes=15)
    with rows.unchanged():
        assert send(clerk, document_id) == SESSION_REQUIRED


# ------------------------------------------------------------------ who may receive


def test_who_never_signed_a_consent_has_no_confirmed_profile(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, anna.patient_id)
    assert refuses(rows, clerk, document_id) == NOT_CONFIRMED


def test_a_patient_without_any_account_has_no_confirmed_profile(clerk: Clerk, rows: Rows) -> None:
    patient_id = attach(ANNA)
    document_id = stored(clerk, patient_id)
    assert refuses(rows, clerk, document_id) == NOT_CONFIRMED


def test_a_profile_that_waits_is_not_confirmed(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    record(clerk, anna.patient_id)
    document_id = stored(clerk, anna.patient_id)
    assert refuses(rows, clerk, document_id) == NOT_CONFIRMED


def test_a_consent_that_was_withdrawn_sends_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    withdraw(clerk, consented.patient_id)
    assert refuses(rows, clerk, document_id) == CONSENT_MISSING


def test_ones_own_confirmed_profile_is_no_consent_of_the_child(rows: Rows, clerk: Clerk) -> None:
    family = parents_of()
    confirm_profile(clerk, family.anna)
    document_id = stored(clerk, family.child)
    assert refuses(rows, clerk, document_id) == CONSENT_MISSING


def test_an_address_that_was_changed_is_unconfirmed_and_sends_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    rows.change(
        keys.account(consented.account_id), email="new@example.com", profile_status="unconfirmed"
    )
    assert refuses(rows, clerk, document_id) == NOT_CONFIRMED


def test_a_profile_that_was_confirmed_for_another_address_sends_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    rows.change(keys.account(consented.account_id), email="new@example.com")
    assert refuses(rows, clerk, document_id) == CONSENT_MISSING


def test_an_address_that_mail_came_back_from_is_sent_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    document_id = stored(clerk, consented.patient_id)
    accounts.mark_unreachable(ANNA.email, clock.now)
    assert refuses(rows, clerk, document_id) == UNREACHABLE


def test_an_account_that_was_erased_receives_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    erase(consented)
    assert refuses(rows, clerk, document_id) == CONSENT_MISSING


def test_who_no_longer_acts_for_the_patient_receives_nothing(clerk: Clerk, rows: Rows) -> None:
    family = parents_of()
    record(clerk, family.child, BORIS.email)
    confirm(clerk, family.boris.account_id)
    document_id = stored(clerk, family.child)
    row = rows.everything()[keys.patient(family.child)]
    remaining = row["child_guardians"] - {family.boris.account_id}
    rows.change(keys.patient(family.child), child_guardians=remaining)
    assert refuses(rows, clerk, document_id) == CONSENT_MISSING


def test_a_relatives_account_receives_what_the_adults_own_consent_says(
    anna: SignedIn, clerk: Clerk
) -> None:
    attach(BORIS)
    add_relative(anna, BORIS)
    record(clerk, BORIS.patient_id, ANNA.email)
    confirm(clerk, anna.account_id)
    document_id = stored(clerk, BORIS.patient_id)
    assert send(clerk, document_id) == called_for(document_id)


# ------------------------------------------------------------------------- the file


def test_a_file_that_has_not_come_is_not_sent(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = promised(clerk, consented.patient_id)
    assert refuses(rows, clerk, document_id) == NOT_UPLOADED


def test_a_file_that_nobody_has_looked_at_yet_is_looked_at_now(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = promised(clerk, consented.patient_id)
    upload(document_id)
    assert send(clerk, document_id) == called_for(document_id)
    [key] = dispatches_in(rows)
    under_way = Promise(status="sending").item(dispatch_id=keys.id_named(key.sk))
    assert document_in(rows, document_id) == under_way


def test_a_bad_file_that_nobody_has_looked_at_yet_is_rejected_now(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = promised(clerk, consented.patient_id)
    upload(document_id, FORGED)
    assert send(clerk, document_id) == REJECTED
    assert document_in(rows, document_id) == Promise(status="rejected").item()
    assert uploaded(document_id) is None
    assert refuses(rows, clerk, document_id) == REJECTED
    assert dispatches_in(rows) == {}


def test_who_may_receive_is_told_before_the_file_is_looked_at(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id, FORGED)
    assert refuses(rows, clerk, document_id) == NOT_CONFIRMED
    assert uploaded(document_id) == FORGED


def test_a_file_whose_days_are_over_is_not_there(
    consented: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    document_id = stored(clerk, consented.patient_id)
    clock.move(days=30)
    late = open_desk("late")
    assert refuses(rows, late, document_id) == NOT_UPLOADED


def test_a_sending_that_was_held_back_may_be_called_for_again(
    consented: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, consented.patient_id)
    rows.change(key_of(document_id), refusal="consent_missing")
    assert send(clerk, document_id) == called_for(document_id)
    [key] = dispatches_in(rows)
    under_way = Promise(PDF, "sending").item(dispatch_id=keys.id_named(key.sk))
    assert document_in(rows, document_id) == under_way

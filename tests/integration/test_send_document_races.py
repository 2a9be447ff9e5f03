"""POST /api/desk/documents/{document_id}/send when things change while it is decided."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from shared import keys
from shared.table import accounts, sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, problem
from tests.integration.clinic import ANNA, SignedIn
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_documents import (
    Promise,
    called_for,
    check,
    confirm_profile,
    dispatches_in,
    document_in,
    empty_bucket,
    key_of,
    promised,
    send,
    status_of,
    stored,
    upload,
)
from tests.integration.desk_profiles import confirm, record, withdraw
from tests.integration.rows import Rows
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    meanwhile,
    operations,
    refused,
    timed_out,
)

CONSENT_MISSING = problem(409, "consent_missing")
BUSY = cancelled("None", "None", "TransactionConflict", "None", "None", "None", "None")

pytestmark = pytest.mark.usefixtures("argon", "pauses")


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


@pytest.fixture
def document_id(consented: SignedIn, clerk: Clerk) -> str:
    """Return a document of Anna's whose file lies ready."""
    return stored(clerk, consented.patient_id)


def not_sent(rows: Rows, document_id: str) -> bool:
    return dispatches_in(rows) == {} and status_of(document_id) == "stored"


# ------------------------------------------------- each guard of the transaction bites


@dataclass(frozen=True)
class Scene:
    """Whose document it is, and with what it can be kept from being sent."""

    who: SignedIn
    rows: Rows
    clerk: Clerk
    clock: Clock

    def change_account(self, **values: object) -> None:
        self.rows.change(keys.account(self.who.account_id), **values)


@pytest.fixture
def scene(consented: SignedIn, rows: Rows, clerk: Clerk, clock: Clock) -> Scene:
    return Scene(consented, rows, clerk, clock)


def _withdrawn(scene: Scene) -> None:
    withdraw(scene.clerk, scene.who.patient_id)


def _moved(scene: Scene) -> None:
    scene.change_account(email="new@example.com", profile_status="unconfirmed")


def _unconfirmed(scene: Scene) -> None:
    scene.change_account(profile_status="consent_received")


def _other_address(scene: Scene) -> None:
    scene.change_account(email="new@example.com")


def _bounced(scene: Scene) -> None:
    accounts.mark_unreachable(ANNA.email, scene.clock.now)


def _erased(scene: Scene) -> None:
    scene.rows.remove(keys.account(scene.who.account_id))


def _foreign(scene: Scene) -> None:
    scene.rows.change(keys.patient(scene.who.patient_id), guardians={"somebody else"})


@pytest.mark.parametrize(
    "change, code",
    [
        (_withdrawn, "consent_missing"),
        (_moved, "profile_not_confirmed"),
        (_unconfirmed, "profile_not_confirmed"),
        (_other_address, "consent_missing"),
        (_bounced, "address_unreachable"),
        (_erased, "consent_missing"),
        (_foreign, "consent_missing"),
    ],
)
def test_what_changes_between_the_look_and_the_sending_stops_it(
    scene: Scene, document_id: str, wire: Wire, change: Callable[[Scene], None], code: str
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: change(scene)))
    assert send(scene.clerk, document_id) == problem(409, code)
    assert not_sent(scene.rows, document_id)
    assert "send_document" not in [entry.operation for entry in trail()]


def test_a_new_consent_in_between_is_the_one_it_goes_by(
    consented: SignedIn, document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    newer = meanwhile(lambda: record(clerk, consented.patient_id, document_number="С-18/2026"))
    wire.before("TransactWriteItems", newer)
    assert send(clerk, document_id) == called_for(document_id)
    [dispatch] = dispatches_in(rows).values()
    in_force = rows.everything()[keys.consent(consented.patient_id)]
    assert dispatch["consent_id"] == in_force["consent_id"]


def test_a_consent_that_is_withdrawn_and_given_anew_in_between_is_the_one_it_goes_by(
    consented: SignedIn, document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    def there_and_back() -> None:
        withdraw(clerk, consented.patient_id)
        record(clerk, consented.patient_id)
        confirm(clerk, consented.account_id)

    wire.before("TransactWriteItems", meanwhile(there_and_back))
    assert send(clerk, document_id) == called_for(document_id)
    assert len(dispatches_in(rows)) == 1


def test_two_clerks_at_once_call_for_one_mail(
    document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    other = open_desk("other")
    answers: list[Answer] = []
    first = meanwhile(lambda: answers.append(send(other, document_id)))
    wire.before("TransactWriteItems", first)
    assert send(clerk, document_id) == called_for(document_id)
    assert answers == [called_for(document_id)]
    assert len(dispatches_in(rows)) == 1


def test_a_document_that_is_rejected_in_between_is_not_sent(
    document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    spoil = meanwhile(lambda: rows.change(key_of(document_id), document_status="rejected"))
    wire.before("TransactWriteItems", spoil)
    assert send(clerk, document_id) == problem(409, "document_rejected")
    assert dispatches_in(rows) == {}


def test_a_session_that_ends_in_between_sends_nothing(
    document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: sessions.forget(clerk.session)))
    assert send(clerk, document_id) == SESSION_REQUIRED
    assert not_sent(rows, document_id)


def test_the_news_of_the_file_that_comes_while_it_is_looked_at_changes_nothing(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    document_id = promised(clerk, consented.patient_id)
    upload(document_id)
    wire.before("GetObject", meanwhile(lambda: check(document_id)))
    assert send(clerk, document_id) == called_for(document_id)
    assert len(dispatches_in(rows)) == 1


# ------------------------------------------------------------ the store is in trouble


def test_a_conflict_is_no_refusal(document_id: str, clerk: Clerk, wire: Wire) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    with wire.listening() as heard:
        assert send(clerk, document_id) == called_for(document_id)
    assert operations(heard).count("TransactWriteItems") == 3


def test_a_store_that_is_busy_for_long_has_sent_nothing(
    document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", *[BUSY] * 100)
    assert send(clerk, document_id) == TRY_AGAIN
    assert not_sent(rows, document_id)


def test_a_sending_whose_answer_was_lost_is_under_way(
    document_id: str, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert send(clerk, document_id) == called_for(document_id)
    [key] = dispatches_in(rows)
    under_way = Promise(status="sending").item(dispatch_id=keys.id_named(key.sk))
    assert document_in(rows, document_id) == under_way


@pytest.mark.parametrize("planted", [timed_out, refused("InternalServerError", 500)])
def test_a_sending_that_was_not_written_is_none(
    document_id: str, clerk: Clerk, rows: Rows, wire: Wire, planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted)
    assert send(clerk, document_id) == TRY_AGAIN
    assert not_sent(rows, document_id)
    assert send(clerk, document_id) == called_for(document_id)


@pytest.mark.parametrize("planted", [timed_out, refused("SlowDown", 503)])
def test_a_file_that_cannot_be_looked_at_now_is_not_sent_now(
    consented: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, planted: Planted
) -> None:
    document_id = promised(clerk, consented.patient_id)
    upload(document_id)
    wire.before("GetObject", planted)
    assert send(clerk, document_id) == TRY_AGAIN
    assert (dispatches_in(rows), status_of(document_id)) == ({}, "promised")
    assert send(clerk, document_id) == called_for(document_id)

"""The stream function: a document is decided upon once more, mailed once, and noted as sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shared import keys
from shared.keys import Key
from shared.table import accounts, receipts
from tests.integration.answers import invoke
from tests.integration.clinic import ANNA, BORIS, SignedIn, erase
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk
from tests.integration.desk_documents import (
    FORGED,
    PDF,
    Promise,
    called_for,
    confirm_profile,
    document_in,
    empty_bucket,
    key_of,
    remove,
    send as call_for,
    status_of,
    stored,
    upload,
    uploaded,
)
from tests.integration.desk_profiles import confirm, record, withdraw
from tests.integration.family_people import parents_of
from tests.integration.rows import Item, Rows
from tests.integration.sent_mails import DONE, Sent, sent_in
from tests.integration.stream import Record, Stream, passing
from tests.integration.wire import Planted, Wire, meanwhile, operations, refused, timed_out

NOW = 1795410000
LEASE = 120

pytestmark = pytest.mark.usefixtures("argon", "pauses")


@pytest.fixture(autouse=True)
def bucket() -> None:
    empty_bucket()


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@dataclass(frozen=True)
class Scene:
    """A document whose mail was called for, and the record that says so."""

    who: SignedIn
    clerk: Clerk
    rows: Rows
    clock: Clock
    document_id: str
    record: Record

    @property
    def dispatch_id(self) -> str:
        """Return the id of the sending."""
        return keys.id_named(str(self.record["dynamodb"]["Keys"]["SK"]["S"]))

    def document(self) -> Item | None:
        """Return what the table says of the document."""
        return document_in(self.rows, self.document_id)

    def receipt(self) -> Item | None:
        """Return the receipt of the mail."""
        return self.rows.everything().get(Key(f"MAIL#document#{self.dispatch_id}", "MAIL"))

    def change_account(self, **values: object) -> None:
        """Change the account past all conditions."""
        self.rows.change(keys.account(self.who.account_id), **values)


@pytest.fixture
def scene(anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock) -> Scene:
    confirm_profile(clerk, anna)
    document_id = stored(clerk, anna.patient_id)
    stream = Stream(rows)
    assert call_for(clerk, document_id) == called_for(document_id)
    [record] = passing("SendMailFunction", stream.records())
    return Scene(anna, clerk, rows, clock, document_id, record)


def deliver(wire: Wire, *records: Record) -> list[Sent]:
    """Hand the records to the mail function, which must be done with all."""
    with wire.listening() as heard:
        assert invoke("send_mail", {"Records": list(records)}) == DONE
    return sent_in(heard)


def failing(wire: Wire, record: Record) -> list[Sent]:
    """Hand a record to the mail function, which must want it again."""
    number = record["dynamodb"]["SequenceNumber"]
    with wire.listening() as heard:
        answer = invoke("send_mail", {"Records": [record]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": number}]}
    return sent_in(heard)


def sent_item(scene: Scene) -> dict[str, Any]:
    return Promise(status="sent").item(dispatch_id=scene.dispatch_id, sent_at=NOW)


# ------------------------------------------------------------------- what it does


def test_the_document_is_mailed_to_the_address_on_the_paper(scene: Scene, wire: Wire) -> None:
    [mail] = deliver(wire, scene.record)
    assert (mail.to, mail.subject, mail.calendar) == (
        ANNA.email,
        "Документ по Вашему запросу",
        None,
    )
    assert mail.document == PDF
    said = mail.subject + mail.text + mail.html
    told = ["Анализ", "анализ", "кров", "test", ANNA.person.last_name, scene.who.patient_id]
    assert [word for word in told if word in said] == []
    assert scene.document() == sent_item(scene)


def test_the_file_is_fetched_once_the_mail_is_claimed(scene: Scene, wire: Wire) -> None:
    with wire.listening() as heard:
        invoke("send_mail", {"Records": [scene.record]})
    assert operations(heard) == [
        *("BatchGetItem", "GetItem"),
        *("PutItem", "GetObject", "SendEmail", "UpdateItem"),
        "UpdateItem",
    ]
    [first, *_] = heard
    assert first.body["RequestItems"]["portal-table"]["ConsistentRead"] is True


def test_a_parents_address_gets_the_childs_document(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    family = parents_of()
    record(clerk, family.child, BORIS.email)
    confirm(clerk, family.boris.account_id)
    document_id = stored(clerk, family.child)
    stream = Stream(rows)
    call_for(clerk, document_id)
    [mail] = deliver(wire, *passing("SendMailFunction", stream.records()))
    assert (mail.to, mail.document) == (BORIS.email, PDF)


def test_the_log_names_the_mail_and_nobody(
    scene: Scene, wire: Wire, log: list[dict[str, object]]
) -> None:
    deliver(wire, scene.record)
    assert [(line["message"], line["mail"]) for line in log[-1:]] == [
        ("mail sent", f"document#{scene.dispatch_id}")
    ]
    assert "кров" not in str(log)


# ------------------------------------------------------------------------- once


def test_the_same_record_again_sends_nothing(scene: Scene, wire: Wire) -> None:
    deliver(wire, scene.record)
    with scene.rows.unchanged():
        assert deliver(wire, scene.record, scene.record) == []


def test_a_document_whose_mail_went_before_it_was_noted_is_noted_when_the_record_comes_again(
    scene: Scene, wire: Wire
) -> None:
    wire.before("UpdateItem", None, refused("ThrottlingException"))
    assert len(failing(wire, scene.record)) == 1
    assert status_of(scene.document_id) == "sending"
    assert deliver(wire, scene.record) == []
    assert scene.document() == sent_item(scene)


def test_a_document_whose_mail_has_gone_is_sent_though_the_consent_was_withdrawn_since(
    scene: Scene, wire: Wire
) -> None:
    wire.before("UpdateItem", None, refused("ThrottlingException"))
    failing(wire, scene.record)
    withdraw(scene.clerk, scene.who.patient_id)
    assert deliver(wire, scene.record) == []
    assert scene.document() == sent_item(scene)


def test_a_mail_that_another_runner_is_sending_is_not_withheld_from_under_it(
    scene: Scene, wire: Wire
) -> None:
    assert receipts.claim(f"document#{scene.dispatch_id}", scene.clock.now) == "claimed"
    withdraw(scene.clerk, scene.who.patient_id)
    assert failing(wire, scene.record) == []
    assert status_of(scene.document_id) == "sending"
    scene.clock.move(seconds=LEASE + 1)
    assert deliver(wire, scene.record) == []
    assert status_of(scene.document_id) == "stored"


def test_a_record_of_a_sending_that_is_over_does_nothing_to_the_next_one(
    scene: Scene, wire: Wire
) -> None:
    withdraw(scene.clerk, scene.who.patient_id)
    deliver(wire, scene.record)
    confirm_profile(scene.clerk, scene.who)
    stream = Stream(scene.rows)
    assert call_for(scene.clerk, scene.document_id) == called_for(scene.document_id)
    [second] = passing("SendMailFunction", stream.records())
    with scene.rows.unchanged():
        assert deliver(wire, scene.record) == []
    [mail] = deliver(wire, second)
    assert mail.document == PDF
    assert status_of(scene.document_id) == "sent"


def test_a_document_that_is_forgotten_is_not_mailed(scene: Scene, wire: Wire) -> None:
    scene.rows.remove(key_of(scene.document_id))
    with scene.rows.unchanged():
        assert deliver(wire, scene.record) == []


# ------------------------------------------------- what changed since it was called for


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
    erase(scene.who)


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
def test_what_has_changed_since_holds_the_document_back(
    scene: Scene, wire: Wire, change: Callable[[Scene], None], code: str
) -> None:
    change(scene)
    assert deliver(wire, scene.record) == []
    assert scene.document() == Promise(status="stored").item(refusal=code)
    assert uploaded(scene.document_id) == PDF
    receipt = scene.receipt()
    assert receipt is not None
    assert "refused_at" in receipt


def test_a_document_that_was_held_back_stays_so_when_the_record_comes_again(
    scene: Scene, wire: Wire
) -> None:
    withdraw(scene.clerk, scene.who.patient_id)
    deliver(wire, scene.record)
    confirm_profile(scene.clerk, scene.who)
    with scene.rows.unchanged():
        assert deliver(wire, scene.record) == []


def test_a_withheld_mail_is_never_sent_though_its_document_was_not_noted(
    scene: Scene, wire: Wire
) -> None:
    withdraw(scene.clerk, scene.who.patient_id)
    wire.before("UpdateItem", None, refused("ThrottlingException"))
    assert failing(wire, scene.record) == []
    confirm_profile(scene.clerk, scene.who)
    assert deliver(wire, scene.record) == []
    assert scene.document() == Promise(status="stored").item(refusal="mail_refused")


def test_a_new_paper_for_the_same_address_lets_it_go(scene: Scene, wire: Wire) -> None:
    withdraw(scene.clerk, scene.who.patient_id)
    confirm_profile(scene.clerk, scene.who)
    [mail] = deliver(wire, scene.record)
    assert mail.to == ANNA.email


def test_the_log_says_by_its_id_which_document_was_held_back_and_why(
    scene: Scene, wire: Wire, log: list[dict[str, object]]
) -> None:
    withdraw(scene.clerk, scene.who.patient_id)
    deliver(wire, scene.record)
    told = log[-1]
    assert (told["level"], told["message"]) == ("WARNING", "document not mailed")
    assert (told["document_id"], told["reason"]) == (scene.document_id, "consent_missing")


# ------------------------------------------------------------------------- the file


@pytest.mark.parametrize("content", [None, FORGED, PDF + b" ", b""])
def test_a_file_that_is_gone_or_altered_is_not_mailed(
    scene: Scene, wire: Wire, content: bytes | None
) -> None:
    remove(scene.document_id)
    if content is not None:
        upload(scene.document_id, content)
    assert deliver(wire, scene.record) == []
    assert scene.document() == Promise(status="rejected").item(refusal="document_rejected")
    assert "refused_at" in (scene.receipt() or {})
    with scene.rows.unchanged():
        assert deliver(wire, scene.record) == []


def test_the_log_says_that_a_file_was_lost(
    scene: Scene, wire: Wire, log: list[dict[str, object]]
) -> None:
    remove(scene.document_id)
    deliver(wire, scene.record)
    assert [(line["level"], line["message"], line.get("error")) for line in log[-2:]] == [
        ("ERROR", "mail refused", "document_not_uploaded"),
        ("WARNING", "document not mailed", None),
    ]


@pytest.mark.parametrize("planted", [timed_out, refused("SlowDown", 503)])
def test_a_file_that_cannot_be_fetched_now_is_mailed_with_the_next_attempt(
    scene: Scene, wire: Wire, planted: Planted
) -> None:
    wire.before("GetObject", planted)
    assert failing(wire, scene.record) == []
    [mail] = deliver(wire, scene.record)
    assert mail.document == PDF


# --------------------------------------------------------------- SES is in trouble


def test_a_mail_that_ses_did_not_take_goes_with_the_next_attempt(scene: Scene, wire: Wire) -> None:
    wire.before("SendEmail", refused("TooManyRequestsException", 429))
    failing(wire, scene.record)
    assert status_of(scene.document_id) == "sending"
    assert len(deliver(wire, scene.record)) == 1
    assert scene.document() == sent_item(scene)


def test_a_mail_that_ses_will_never_take_leaves_the_document_ready(
    scene: Scene, wire: Wire
) -> None:
    wire.before("SendEmail", refused("MessageRejected"))
    deliver(wire, scene.record)
    assert scene.document() == Promise(status="stored").item(refusal="mail_refused")


def test_a_mail_whose_fate_is_unknown_is_decided_upon_once_more(scene: Scene, wire: Wire) -> None:
    wire.before("SendEmail", timed_out)
    failing(wire, scene.record)
    withdraw(scene.clerk, scene.who.patient_id)
    assert failing(wire, scene.record) == []
    scene.clock.move(seconds=LEASE + 1)
    assert deliver(wire, scene.record) == []
    assert scene.document() == Promise(status="stored").item(refusal="consent_missing")


def test_who_was_called_for_meanwhile_is_left_alone(scene: Scene, wire: Wire) -> None:
    """A record that came late must not write over the sending that has followed."""
    newer = "f" * 32

    def follow() -> None:
        scene.rows.change(key_of(scene.document_id), dispatch_id=newer)

    wire.after("SendEmail", meanwhile(follow))
    deliver(wire, scene.record)
    assert scene.document() == Promise(status="sending").item(dispatch_id=newer)


def test_only_a_new_sending_reaches_the_mail_function(scene: Scene) -> None:
    [document] = [row for key, row in scene.rows.images().items() if key.sk.startswith("DOCUMENT#")]
    key = key_of(scene.document_id)
    stream = Stream(scene.rows)
    silent = [stream.record(key, None, document), stream.record(key, document, document)]
    again = {**scene.record, "eventName": "REMOVE"}
    assert passing("SendMailFunction", [*silent, again]) == []

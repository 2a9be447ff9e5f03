"""Documents over HTTP: promised, uploaded by the signed address, looked at, mailed or held back."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from shared import clock, keys
from shared.consents import Paper
from shared.desk import Actor
from shared.desk_api import DESK_COOKIE, desk_session_key
from shared.documents import LARGEST_FILE, patient_of
from shared.ids import DeskLogin, DocumentId, PatientId
from shared.settings import settings
from shared.table import accounts, audit, consents, moments, profiles, store
from shared.working_days import due_on
from tests.stack import portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack, refused, token_in, wait_for

SUBJECT = "Документ по Вашему запросу"
PDF = b"%PDF-1.7\n% the results\n%%EOF\n"
FILE_NAME = "stack-card-of-somebody.pdf"
FORGED = PDF.replace(b"results", b"changed")
_CLERK = DeskLogin("stack-documents")


@dataclass(frozen=True)
class Clerk:
    """One of the registry's staff, signed in."""

    actor: Actor
    cookie: str


@pytest.fixture
def clerk() -> Clerk:
    """Open a session of the desk past its sign-in."""
    secret, now = clock.new_secret(), clock.now()
    key = desk_session_key(_CLERK, secret)
    opened = {
        "expires_at": moments.epoch(now + key.LIFETIME),
        "idle_at": moments.epoch(now + key.IDLE),
    }
    store.put(keys.session(key), opened)
    return Clerk(Actor(key, "192.0.2.1"), f"{DESK_COOKIE}={_CLERK}.{secret}")


@pytest.fixture
def patient(clerk: Clerk) -> SignedIn:
    """Return somebody whose profile is confirmed by a paper for their own address."""
    who = portal.new_signed_in(portal.demo_district())
    consent(clerk, who)
    return who


def consent(clerk: Clerk, who: SignedIn, email: str | None = None) -> None:
    """Record a paper for the account's address, and confirm the profile."""
    now = clock.now()
    today = settings().day_of(now)
    number = clock.new_id()[:8]
    paper = Paper(clock.new_id(), who.patient_id, number, today, "2026-01", today)
    consents.record(clerk.actor, paper, email or who.email, due_on(paper.received_on), now)
    profiles.confirm(clerk.actor, who.account_id, now)


def prepare(stack: RunningStack, clerk: Clerk, patient_id: str, content: bytes = PDF) -> Any:  # noqa: ANN401
    """Promise a file over HTTP, and return the answer's body."""
    body = {
        "patient_id": patient_id,
        "kind": "outpatient_card",
        "file_name": FILE_NAME,
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    answer = stack.ask("POST /api/desk/documents", body, clerk.cookie)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(
    upload: Any,  # noqa: ANN401 - as it was answered
    content: bytes = PDF,
    changed: dict[str, str] | None = None,
) -> httpx.Response:
    """Upload a file as the desk's browser does, by the address and the headers it was given."""
    sent = upload["headers"] | (changed or {})
    with httpx.Client(trust_env=False, timeout=60) as browser:
        return browser.request(upload["method"], upload["url"], content=content, headers=sent)


def uploaded(stack: RunningStack, clerk: Clerk, who: SignedIn, content: bytes = PDF) -> str:
    """Promise a file and upload it; return the document's id."""
    told = prepare(stack, clerk, who.patient_id, content)
    assert put(told["upload"], content).status_code == 200
    return str(told["document_id"])


def stored(stack: RunningStack, clerk: Clerk, who: SignedIn, content: bytes = PDF) -> str:
    """Promise a file, upload it, and wait until it was looked at."""
    document_id = uploaded(stack, clerk, who, content)
    wait_for(lambda: status_of(document_id) == "stored")
    return document_id


def item_of(document_id: str) -> store.Item:
    key = keys.document(patient_of(document_id), DocumentId(document_id))
    item = store.get(key)
    assert item is not None
    return item


def status_of(document_id: str) -> str:
    return str(item_of(document_id)["document_status"])


def send(stack: RunningStack, clerk: Clerk, document_id: str) -> httpx.Response:
    return stack.ask(f"POST /api/desk/documents/{document_id}/send", cookie=clerk.cookie)


def files(stack: RunningStack, patient_id: PatientId) -> list[str]:
    """Return the names of a patient's files that lie in the bucket."""
    found = stack.aws("s3").list_objects_v2(Bucket=settings().document_bucket, Prefix=patient_id)
    return [one["Key"] for one in found.get("Contents", [])]


# ------------------------------------------------------------------------- the way


def test_a_document_is_promised_uploaded_looked_at_and_mailed_once(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = stored(stack, clerk, patient)
    answer = send(stack, clerk, document_id)
    assert (answer.status_code, answer.json()) == (
        202,
        {"document_id": document_id, "status": "sending"},
    )
    mail = stack.mail(patient.email, SUBJECT)
    assert FILE_NAME not in mail["text"] + mail["html"]
    wait_for(lambda: status_of(document_id) == "sent")
    again = send(stack, clerk, document_id)
    assert (again.status_code, again.json()["status"]) == (202, "sent")
    assert documents_to(stack, patient.email) == 1


def test_what_was_done_stands_in_the_trail(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = stored(stack, clerk, patient)
    send(stack, clerk, document_id)
    done = audit.entries_of(settings().day_of(clock.now()))
    mine = {(one.operation, one.patients) for one in done if one.about == document_id}
    patients = frozenset({patient.patient_id})
    assert mine == {("prepare_document", patients), ("send_document", patients)}


def test_a_file_of_ten_megabytes_goes_all_the_way(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = stored(stack, clerk, patient, PDF.ljust(LARGEST_FILE))
    assert send(stack, clerk, document_id).status_code == 202
    stack.mail(patient.email, SUBJECT)
    wait_for(lambda: status_of(document_id) == "sent")


def test_sending_at_once_after_the_upload_waits_for_nobody(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = uploaded(stack, clerk, patient)
    assert send(stack, clerk, document_id).status_code == 202
    stack.mail(patient.email, SUBJECT)
    wait_for(lambda: status_of(document_id) == "sent")


def test_many_clerks_at_once_call_for_one_mail(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = stored(stack, clerk, patient)
    answers = portal.at_once(lambda _: send(stack, clerk, document_id), range(12), 12)
    assert {answer.status_code for answer in answers} <= {202, 503}
    assert 202 in {answer.status_code for answer in answers}
    wait_for(lambda: status_of(document_id) == "sent")
    found = stack.table.query(
        KeyConditionExpression="PK = :pk AND begins_with(SK, :dispatch)",
        ExpressionAttributeValues={
            ":pk": keys.patient(patient.patient_id).pk,
            ":dispatch": "DISPATCH#",
        },
    )
    assert len(found["Items"]) == 1
    assert documents_to(stack, patient.email, at_least=1) == 1


# --------------------------------------------------------------------- the upload


def test_another_file_than_the_promised_one_is_not_taken(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    told = prepare(stack, clerk, patient.patient_id)
    longer = put(told["upload"], PDF + b" ", {"content-length": str(len(PDF) + 1)})
    assert longer.status_code >= 400
    assert put(told["upload"], FORGED).status_code >= 400
    assert files(stack, patient.patient_id) == []
    assert refused(send(stack, clerk, told["document_id"])) == (409, "document_not_uploaded")
    assert put(told["upload"]).status_code == 200


@pytest.mark.parametrize(
    "header, value",
    [("content-type", "text/html"), ("x-amz-checksum-sha256", "A" * 43 + "=")],
)
def test_no_header_may_differ_from_what_was_signed(
    stack: RunningStack, clerk: Clerk, patient: SignedIn, header: str, value: str
) -> None:
    told = prepare(stack, clerk, patient.patient_id)
    assert put(told["upload"], PDF, {header: value}).status_code >= 400
    assert files(stack, patient.patient_id) == []


def test_a_file_that_is_no_pdf_is_deleted_and_its_document_rejected(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = uploaded(stack, clerk, patient, b"<html>not what it says</html>")
    wait_for(lambda: status_of(document_id) == "rejected")
    assert files(stack, patient.patient_id) == []
    assert refused(send(stack, clerk, document_id)) == (409, "document_rejected")


def test_a_file_that_nobody_promised_is_deleted(stack: RunningStack, patient: SignedIn) -> None:
    bucket = settings().document_bucket
    key = f"{patient.patient_id}.{'0' * 16}"
    stack.aws("s3").put_object(Bucket=bucket, Key=key, Body=PDF)
    wait_for(lambda: files(stack, patient.patient_id) == [])


def test_nobody_reads_a_file_by_the_address_it_was_uploaded_by(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    told = prepare(stack, clerk, patient.patient_id)
    put(told["upload"])
    with httpx.Client(trust_env=False) as stranger:
        assert stranger.get(told["upload"]["url"]).status_code >= 400


# --------------------------------------------------------------- who may receive


def documents_to(stack: RunningStack, email: str, at_least: int = 0) -> int:
    """Count the mails with documents to an address, waiting until there are so many."""
    wait_for(lambda: _count(stack, email) >= at_least)
    return _count(stack, email)


def _count(stack: RunningStack, email: str) -> int:
    return len([mail for mail in stack.mails(email) if mail["subject"] == SUBJECT])


def withdraw(_: RunningStack, clerk: Clerk, who: SignedIn) -> None:
    consents.withdraw(clerk.actor, who.patient_id, clock.now())


def bounce(_: RunningStack, __: Clerk, who: SignedIn) -> None:
    accounts.mark_unreachable(who.email, clock.now())


def change_address(stack: RunningStack, _: Clerk, who: SignedIn) -> None:
    """Give the account another address, as its user does."""
    new = f"new-{who.email}"
    form = {"email": new, "password": PASSWORD}
    assert stack.ask("PUT /api/account/email", form, who.cookie).status_code == 202
    token = token_in(stack.mail(new, "Подтвердите новый адрес электронной почты"))
    form = {"token": token, "password": PASSWORD}
    assert stack.ask("POST /api/email-confirmations", form).status_code == 201


def erase(stack: RunningStack, _: Clerk, who: SignedIn) -> None:
    answer = stack.ask("DELETE /api/account", {"password": PASSWORD}, who.cookie)
    assert answer.status_code == 204


@pytest.mark.parametrize(
    "change, code",
    [
        (withdraw, "consent_missing"),
        (bounce, "address_unreachable"),
        (change_address, "profile_not_confirmed"),
        (erase, "consent_missing"),
    ],
)
def test_what_changes_between_the_upload_and_the_sending_stops_it(
    stack: RunningStack,
    clerk: Clerk,
    patient: SignedIn,
    change: Callable[[RunningStack, Clerk, SignedIn], None],
    code: str,
) -> None:
    document_id = stored(stack, clerk, patient)
    change(stack, clerk, patient)
    assert refused(send(stack, clerk, document_id)) == (409, code)
    assert status_of(document_id) == "stored"
    assert documents_to(stack, patient.email) == documents_to(stack, f"new-{patient.email}") == 0


def test_a_paper_for_the_new_address_lets_documents_come_there(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    document_id = stored(stack, clerk, patient)
    change_address(stack, clerk, patient)
    consent(clerk, patient, f"new-{patient.email}")
    assert send(stack, clerk, document_id).status_code == 202
    assert documents_to(stack, f"new-{patient.email}", at_least=1) == 1
    assert documents_to(stack, patient.email) == 0


def test_who_never_signed_a_consent_gets_no_document(stack: RunningStack, clerk: Clerk) -> None:
    who = portal.new_signed_in(portal.demo_district())
    document_id = stored(stack, clerk, who)
    assert refused(send(stack, clerk, document_id)) == (409, "profile_not_confirmed")


def test_a_consent_that_is_withdrawn_while_clerks_send_stops_what_has_not_gone(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    """Each of the documents is mailed once or lies ready with its reason; none is lost."""
    promised = [stored(stack, clerk, patient) for _ in range(6)]

    def act(document_id: str | None) -> None:
        if document_id is None:
            withdraw(stack, clerk, patient)
        else:
            send(stack, clerk, document_id)

    portal.at_once(act, [*promised[:3], None, *promised[3:]], 7)
    wait_for(lambda: "sending" not in map(status_of, promised))
    found = [item_of(document_id) for document_id in promised]
    sent = [one for one in found if one["document_status"] == "sent"]
    held = [one.get("refusal", "consent_missing") for one in found if one not in sent]
    # The withdrawal takes the profile's confirmation, too: either is why.
    assert set(held) <= {"consent_missing", "profile_not_confirmed"}
    assert documents_to(stack, patient.email, at_least=len(sent)) == len(sent)


def test_no_log_tells_a_files_name_or_an_uploads_address(
    stack: RunningStack, clerk: Clerk, patient: SignedIn
) -> None:
    told = prepare(stack, clerk, patient.patient_id)
    put(told["upload"])
    document_id = told["document_id"]
    send(stack, clerk, document_id)
    wait_for(lambda: status_of(document_id) == "sent")
    logged = stack.logs()
    signature = parse_qs(urlsplit(told["upload"]["url"]).query)["X-Amz-Signature"][0]
    assert document_id in logged
    assert [one for one in (FILE_NAME, patient.email) if one in logged] == []
    assert f"{signature}" not in function_logs(stack)


def function_logs(stack: RunningStack) -> str:
    """Return what the functions have logged, without the emulator's own list of requests."""
    emulator = (stack.folder / "emulator.log").read_text("utf-8")
    return stack.logs().replace(emulator, "")

"""Each mail goes once: claimed, sent, marked; given back where it could not be sent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from shared import document_files, postbox
from shared.documents import Document
from shared.errors import DocumentNotUploaded, DocumentRejected, TryAgain
from shared.mail import Attachment, Mail
from shared.table import receipts
from tests.unit.builders import DOCUMENT, FILE, NOW
from tests.unit.table.fake_client import FakeClient, client_error

MAIL = Mail("ticket#1", "anna@example.com", "Запись подтверждена", "текст", "<p>текст</p>")
CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:Поликлиника № 1\r\nEND:VCALENDAR\r\n"
SENT: dict[str, Any] = {
    "FromEmailAddress": "no-reply@clinic.example",
    "ConfigurationSetName": "mails",
    "Destination": {"ToAddresses": ["anna@example.com"]},
    "Content": {
        "Simple": {
            "Subject": {"Data": "Запись подтверждена", "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": "текст", "Charset": "UTF-8"},
                "Html": {"Data": "<p>текст</p>", "Charset": "UTF-8"},
            },
        }
    },
}
CALENDAR_FILE = Attachment("ticket.ics", "text/calendar", CALENDAR.encode())
DOCUMENT_FILE = Attachment("document.pdf", "application/pdf", DOCUMENT)
AS_BASE64 = {"ContentDisposition": "ATTACHMENT", "ContentTransferEncoding": "BASE64"}
ATTACHED: dict[str, Any] = AS_BASE64 | {
    "RawContent": CALENDAR.encode(),
    "FileName": "ticket.ics",
    "ContentType": "text/calendar",
}
DOCUMENT_ATTACHED: dict[str, Any] = AS_BASE64 | {
    "RawContent": FILE,
    "FileName": "document.pdf",
    "ContentType": "application/pdf",
}


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """Put a scripted client in the place of SES, and let the receipts note what is done to them."""
    scripted = FakeClient()

    def note(name: str, *, answer: str | None) -> Callable[..., str | None]:
        def noted(*arguments: Any) -> str | None:  # noqa: ANN401 - a key, or a key and a moment
            scripted.requests.append((name, {"of": arguments}))
            return answer

        return noted

    monkeypatch.setattr(postbox, "client", lambda: scripted)
    monkeypatch.setattr(receipts, "claim", note("claim", answer="claimed"))
    monkeypatch.setattr(receipts, "mark_sent", note("mark_sent", answer=None))
    monkeypatch.setattr(receipts, "mark_refused", note("mark_refused", answer=None))
    monkeypatch.setattr(receipts, "give_back", note("give_back", answer=None))
    return scripted


def _file_is(monkeypatch: pytest.MonkeyPatch, ses: FakeClient, found: bytes | Exception) -> None:
    """Let this be what is found when the document's file is fetched."""

    def fetch(document: Document) -> bytes:
        ses.requests.append(("fetch", {"of": document}))
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(document_files, "fetch", fetch)


def _done(ses: FakeClient) -> list[str]:
    return [name for name, _ in ses.requests]


def test_a_mail_is_claimed_sent_and_marked_in_that_order(ses: FakeClient) -> None:
    ses.answers({})
    assert postbox.send_once(MAIL, NOW) == "sent"
    assert _done(ses) == ["claim", "send_email", "mark_sent"]
    assert ses.requests[0][1]["of"] == ("ticket#1", NOW)


def test_a_mail_is_handed_over_whole_as_text_and_as_html(ses: FakeClient) -> None:
    ses.answers({})
    postbox.send_once(MAIL, NOW)
    assert ses.requests[1][1] == SENT


def test_a_calendar_file_goes_with_its_mail_as_bytes_that_nothing_rewrites(ses: FakeClient) -> None:
    ses.answers({})
    postbox.send_once(replace(MAIL, attachments=(CALENDAR_FILE,)), NOW)
    simple = {**SENT["Content"]["Simple"], "Attachments": [ATTACHED]}
    assert ses.requests[1][1] == SENT | {"Content": {"Simple": simple}}


def test_a_documents_file_is_fetched_once_its_mail_is_claimed(
    ses: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file_is(monkeypatch, ses, FILE)
    ses.answers({})
    assert postbox.send_once(replace(MAIL, attachments=(DOCUMENT_FILE,)), NOW) == "sent"
    assert _done(ses) == ["claim", "fetch", "send_email", "mark_sent"]
    assert ses.requests[1][1]["of"] == DOCUMENT
    simple = {**SENT["Content"]["Simple"], "Attachments": [DOCUMENT_ATTACHED]}
    assert ses.requests[2][1] == SENT | {"Content": {"Simple": simple}}


@pytest.mark.parametrize("spoilt", [DocumentNotUploaded(), DocumentRejected()], ids=["gone", "bad"])
def test_a_mail_whose_documents_file_is_lost_is_given_up(
    spoilt: Exception, ses: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file_is(monkeypatch, ses, spoilt)
    assert postbox.send_once(replace(MAIL, attachments=(DOCUMENT_FILE,)), NOW) == "spoilt"
    assert _done(ses) == ["claim", "fetch", "mark_refused"]


def test_a_mail_whose_documents_file_cannot_be_fetched_now_is_given_back(
    ses: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file_is(monkeypatch, ses, TryAgain())
    with pytest.raises(TryAgain):
        postbox.send_once(replace(MAIL, attachments=(DOCUMENT_FILE,)), NOW)
    assert _done(ses) == ["claim", "fetch", "give_back"]


@pytest.mark.parametrize("attachments", [(), (CALENDAR_FILE,)])
@pytest.mark.usefixtures("ses")
def test_what_is_handed_over_is_what_ses_takes(
    attachments: tuple[Attachment, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client(
        "sesv2", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    monkeypatch.setattr(postbox, "client", lambda: client)
    with Stubber(client) as stub:
        stub.add_response("send_email", {"MessageId": "message-1"})
        postbox.send_once(replace(MAIL, attachments=attachments), NOW)
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("fate", ["sent", "refused"])
def test_a_mail_that_was_sent_or_refused_is_not_sent_again(
    fate: str, ses: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "claim", lambda *_: fate)
    assert postbox.send_once(MAIL, NOW) == fate
    assert postbox.withhold(MAIL.key, NOW) == fate
    assert _done(ses) == []


def test_a_mail_is_withheld_by_its_receipt(ses: FakeClient) -> None:
    assert postbox.withhold(MAIL.key, NOW) == "refused"
    assert _done(ses) == ["claim", "mark_refused"]
    assert [request["of"] for _, request in ses.requests] == [(MAIL.key, NOW)] * 2


@pytest.mark.parametrize(
    "failure",
    [
        client_error("TooManyRequestsException", 429),
        EndpointConnectionError(endpoint_url="https://email"),
        ConnectTimeoutError(endpoint_url="https://email"),
    ],
    ids=repr,
)
def test_a_mail_that_could_not_be_sent_is_given_back_for_the_next_attempt(
    failure: Exception, ses: FakeClient
) -> None:
    ses.answers(failure)
    with pytest.raises(TryAgain) as caught:
        postbox.send_once(MAIL, NOW)
    assert caught.value.__cause__ is failure
    assert _done(ses) == ["claim", "send_email", "give_back"]


def test_a_mail_whose_fate_is_unknown_is_left_alone_until_its_lease_has_run_out(
    ses: FakeClient,
) -> None:
    failure = ReadTimeoutError(endpoint_url="https://email")
    ses.answers(failure)
    with pytest.raises(TryAgain) as caught:
        postbox.send_once(MAIL, NOW)
    assert caught.value.__cause__ is failure
    assert _done(ses) == ["claim", "send_email"]


@pytest.mark.parametrize("code", ["BadRequestException", "MessageRejected"])
def test_a_mail_that_ses_will_never_take_is_given_up_and_keeps_nobody_waiting(
    code: str, ses: FakeClient
) -> None:
    ses.answers(client_error(code, 400))
    assert postbox.send_once(MAIL, NOW) == "refused"
    assert _done(ses) == ["claim", "send_email", "mark_refused"]
    assert ses.requests[2][1]["of"] == ("ticket#1", NOW)


def _not_verified(identities: str) -> ClientError:
    message = (
        "Email address is not verified. The following identities failed the check in region "
        f"EU-CENTRAL-1: {identities}"
    )
    error = {"Code": "MessageRejected", "Message": message}
    return client_error("MessageRejected", 400, Error=error)


def test_a_mail_whose_addressee_alone_is_not_verified_keeps_nobody_waiting(
    ses: FakeClient,
) -> None:
    ses.answers(_not_verified(MAIL.to))
    assert postbox.send_once(MAIL, NOW) == "refused"
    assert _done(ses) == ["claim", "send_email", "mark_refused"]


@pytest.mark.parametrize(
    "error",
    [
        client_error("AccountSuspendedException", 400),
        client_error("MailFromDomainNotVerifiedException", 400),
        client_error("NotFoundException", 404),
        _not_verified("anna@example.com, no-reply@clinic.example"),
    ],
    ids=["suspended", "domain", "not found", "sender"],
)
def test_a_mail_that_is_refused_for_what_can_be_mended_is_given_back(
    error: ClientError, ses: FakeClient
) -> None:
    ses.answers(error)
    with pytest.raises(TryAgain):
        postbox.send_once(MAIL, NOW)
    assert _done(ses) == ["claim", "send_email", "give_back"]

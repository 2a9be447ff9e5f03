"""The only module that talks to SES: a mail goes once, unless the answer to it was lost."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from shared import document_files
from shared.aws import create_client, made_at_start
from shared.errors import DocumentNotUploaded, DocumentRejected, TryAgain
from shared.mail import Attachment, Mail
from shared.settings import settings
from shared.table import receipts

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import AttachmentTypeDef, MessageTypeDef

Fate = Literal["sent", "refused", "spoilt"]
"""A mail has gone, or never will: `spoilt` says that a file which belongs to it is lost."""

_NEVER = {"BadRequestException", "MessageRejected"}
"""What SES says of a mail that no repetition makes acceptable: its address, or what it holds."""
_UNVERIFIED = "Email address is not verified"
"""How SES begins a rejection of addresses that it names: ours, or in its sandbox the patient's."""

logger = Logger()


@made_at_start
@cache
def client() -> "SESV2Client":
    """Return this process's client: it asks once, as a repeated request is a second mail.

    SES may take its time with a mail of 14 MB, which is what a file of 10 MB comes to.
    """
    made: SESV2Client = create_client("sesv2", tries=1, connect_timeout=2, read_timeout=10)
    return made


def send_once(mail: Mail, now: datetime) -> Fate:
    """Hand a mail to SES unless that was done before, and tell what became of it, now or then.

    A mail that SES did not take is given back for the next attempt: the stream's retries are the
    answer to SES being down. A mail whose fate is unknown is left alone until its lease has run
    out, and may then go twice. A mail that SES will never take is given up, and so is one whose
    document's file is gone or is not what was promised; files are fetched once the mail is claimed.
    Raises TryAgain.
    """
    verdict = receipts.claim(mail.key, now)
    if verdict != "claimed":
        return verdict
    try:
        files = _files(mail)
    except (DocumentNotUploaded, DocumentRejected) as spoilt:
        _give_up(mail, spoilt.code, now)
        return "spoilt"
    try:
        _send(mail, files)
    except HTTPClientError as exc:
        logger.warning("mail perhaps sent", mail=mail.key, error=type(exc).__name__)
        raise TryAgain from exc
    except (ClientError, BotoCoreError) as exc:
        return _not_sent(mail, exc, now)
    receipts.mark_sent(mail.key, now)
    logger.info("mail sent", mail=mail.key)
    return "sent"


def withhold(mail_key: str, now: datetime) -> Fate:
    """Give a mail up before it is sent, and tell what became of it, now or before.

    Raises TryAgain while somebody is sending it.
    """
    verdict = receipts.claim(mail_key, now)
    if verdict != "claimed":
        return verdict
    receipts.mark_refused(mail_key, now)
    return "refused"


def _not_sent(mail: Mail, error: ClientError | BotoCoreError, now: datetime) -> Fate:
    """Give the mail up if SES will never take it; else give it back and raise TryAgain."""
    answer = error.response["Error"] if isinstance(error, ClientError) else {}
    code = answer.get("Code", "")
    if code in _NEVER and not _is_of_sender(answer.get("Message", "")):
        _give_up(mail, code, now)
        return "refused"
    logger.warning("mail not sent", mail=mail.key, error=code or type(error).__name__)
    receipts.give_back(mail.key)
    raise TryAgain from error


def _is_of_sender(message: str) -> bool:
    """Tell whether a rejection ends by itself once SES has our own address verified."""
    return message.startswith(_UNVERIFIED) and settings().sender in message


def _give_up(mail: Mail, why: str, now: datetime) -> None:
    receipts.mark_refused(mail.key, now)
    logger.error("mail refused", mail=mail.key, error=why)


def _files(mail: Mail) -> "list[AttachmentTypeDef]":
    """Return what is attached; a mail whose files cannot be fetched now is given back."""
    try:
        return [_file(attachment) for attachment in mail.attachments]
    except TryAgain:
        receipts.give_back(mail.key)
        raise


def _file(attachment: Attachment) -> "AttachmentTypeDef":
    content = attachment.content
    return {
        "RawContent": content if isinstance(content, bytes) else document_files.fetch(content),
        "FileName": attachment.name,
        "ContentType": attachment.media_type,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
    }


def _send(mail: Mail, files: "list[AttachmentTypeDef]") -> None:
    message: MessageTypeDef = {
        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
        "Body": {
            "Text": {"Data": mail.text, "Charset": "UTF-8"},
            "Html": {"Data": mail.html, "Charset": "UTF-8"},
        },
    }
    if files:
        message["Attachments"] = files
    client().send_email(
        FromEmailAddress=settings().sender,
        ConfigurationSetName=settings().mail_configuration_set,
        Destination={"ToAddresses": [mail.to]},
        Content={"Simple": message},
    )

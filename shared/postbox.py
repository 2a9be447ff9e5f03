"""The only module that talks to SES: a mail goes once, unless the answer to it was lost."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from shared import calendars
from shared.errors import TryAgain
from shared.mail import Mail
from shared.settings import settings
from shared.table import receipts

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import AttachmentTypeDef, MessageTypeDef

_NEVER = {"BadRequestException", "MessageRejected"}
"""What SES says of a mail that no repetition makes acceptable: its address, or what it holds."""

logger = Logger()


@cache
def client() -> "SESV2Client":
    """Return this process's client: it asks once, as a repeated request is a second mail."""
    retries: Any = {"mode": "standard", "total_max_attempts": 1}
    return boto3.client("sesv2", config=Config(connect_timeout=2, read_timeout=5, retries=retries))


def send_once(mail: Mail, now: datetime) -> None:
    """Hand a mail to SES unless that was done before.

    A mail that SES did not take is given back for the next attempt: the stream's retries are the
    answer to SES being down. A mail whose fate is unknown is left alone until its lease has run
    out, and may then go twice. A mail that SES will never take is given up. Raises TryAgain.
    """
    if not receipts.claim(mail.key, now):
        return
    try:
        _send(mail)
    except HTTPClientError as exc:
        logger.warning("mail perhaps sent", mail=mail.key, error=type(exc).__name__)
        raise TryAgain from exc
    except (ClientError, BotoCoreError) as exc:
        _not_sent(mail, exc, now)
        return
    receipts.mark_sent(mail.key, now)
    logger.info("mail sent", mail=mail.key)


def _not_sent(mail: Mail, error: ClientError | BotoCoreError, now: datetime) -> None:
    """Give the mail up if SES will never take it; else give it back and raise TryAgain."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _NEVER:
        receipts.mark_refused(mail.key, now)
        logger.error("mail refused", mail=mail.key, error=code)
        return
    logger.warning("mail not sent", mail=mail.key, error=code or type(error).__name__)
    receipts.give_back(mail.key)
    raise TryAgain from error


def _send(mail: Mail) -> None:
    message: MessageTypeDef = {
        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
        "Body": {
            "Text": {"Data": mail.text, "Charset": "UTF-8"},
            "Html": {"Data": mail.html, "Charset": "UTF-8"},
        },
    }
    if mail.calendar is not None:
        message["Attachments"] = [_calendar_file(mail.calendar)]
    client().send_email(
        FromEmailAddress=settings().sender,
        ConfigurationSetName=settings().mail_configuration_set,
        Destination={"ToAddresses": [mail.to]},
        Content={"Simple": message},
    )


def _calendar_file(calendar: str) -> "AttachmentTypeDef":
    return {
        "RawContent": calendar.encode(),
        "FileName": calendars.FILE_NAME,
        "ContentType": calendars.MEDIA_TYPE,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
    }

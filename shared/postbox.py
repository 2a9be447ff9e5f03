"""The only module that talks to SES: each mail goes once."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import TryAgain
from shared.mail import Mail
from shared.settings import settings
from shared.table import receipts

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

logger = Logger()


@cache
def client() -> "SESV2Client":
    """Return this process's client."""
    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    return boto3.client("sesv2", config=Config(connect_timeout=2, read_timeout=5, retries=retries))


def send_once(mail: Mail, now: datetime) -> None:
    """Hand a mail to SES unless that was done before.

    A mail that SES did not take is given back for the next attempt: the stream's retries are the
    answer to SES being down. Raises TryAgain.
    """
    if not receipts.claim(mail.key, now):
        return
    try:
        _send(mail)
    except (BotoCoreError, ClientError) as exc:
        logger.warning("mail not sent", mail=mail.key, error=type(exc).__name__)
        receipts.give_back(mail.key)
        raise TryAgain from exc
    receipts.mark_sent(mail.key, now)
    logger.info("mail sent", mail=mail.key)


def _send(mail: Mail) -> None:
    client().send_email(
        FromEmailAddress=settings().sender,
        ConfigurationSetName=settings().mail_configuration_set,
        Destination={"ToAddresses": [mail.to]},
        Content={
            "Simple": {
                "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": mail.text, "Charset": "UTF-8"},
                    "Html": {"Data": mail.html, "Charset": "UTF-8"},
                },
            }
        },
    )

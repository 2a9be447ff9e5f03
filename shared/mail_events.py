"""What SES says became of a mail, as EventBridge delivers it.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any


def unreachable_addresses(detail: Mapping[str, Any]) -> list[str]:
    """Return the addresses that no mail reaches: those bounced for good, and those that complained.

    A mailbox that is full or a server that is down for a while is reached again.
    """
    recipients: list[Mapping[str, str]] = []
    if detail["eventType"] == "Complaint":
        recipients = detail["complaint"]["complainedRecipients"]
    elif detail["eventType"] == "Bounce" and detail["bounce"]["bounceType"] == "Permanent":
        recipients = detail["bounce"]["bouncedRecipients"]
    return [parseaddr(recipient["emailAddress"])[1] for recipient in recipients]

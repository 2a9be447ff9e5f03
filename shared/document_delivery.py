"""Documents on their way: each sending is mailed or given up, and its document says which (R11)."""

from datetime import datetime

from aws_lambda_powertools import Logger

from shared import document_mails, postbox
from shared.changes import DocumentChange, DocumentHeldBack
from shared.errors import DocumentRejected
from shared.table import dispatches

_MAIL_REFUSED = "mail_refused"
"""Why a sending was given up whose mail SES will never take."""

logger = Logger()


def deliver(change: DocumentChange, now: datetime) -> None:
    """Mail a document, or see to it that it is not mailed; the same change may come again.

    The mail's receipt decides: what has gone by it is sent, whatever has changed since. Raises
    TryAgain.
    """
    document, reason = change.document, _MAIL_REFUSED
    if isinstance(change, DocumentHeldBack):
        reason = change.refusal.code
        fate = postbox.withhold(document_mails.key_of(document), now)
    else:
        fate = postbox.send_once(document_mails.mail_of(change), now)
    if fate == "sent":
        dispatches.mark_sent(document, now)
        return
    if fate == "spoilt":
        reason = DocumentRejected.code
    dispatches.give_up(document, "rejected" if fate == "spoilt" else "stored", reason)
    logger.warning("document not mailed", document_id=document.document_id, reason=reason)

"""Mails with documents: neither the subject nor the text says whose or of what kind they are."""

from dataclasses import replace

from shared.changes import DocumentDispatched
from shared.documents import MEDIA_TYPE, Document
from shared.mail import Attachment, Mail, compose

_FILE_NAME = "document.pdf"


def key_of(document: Document) -> str:
    """Name the mail of a document's sending, whether it goes or not."""
    return f"document#{document.dispatch_id}"


def mail_of(change: DocumentDispatched) -> Mail:
    """Return the mail that brings a document to the address which the consent names (R11)."""
    mail = compose(
        key=key_of(change.document),
        to=change.email,
        subject="Документ по Вашему запросу",
        paragraphs=[
            "К письму приложен документ, который Вы просили прислать по электронной почте.",
            (
                "Документы приходят на этот адрес по письменному согласию; отозвать его можно в "
                "регистратуре в любое время."
            ),
            "Если Вы не ждали документа, не открывайте его и позвоните в регистратуру.",
        ],
    )
    return replace(mail, attachments=(Attachment(_FILE_NAME, MEDIA_TYPE, change.document),))

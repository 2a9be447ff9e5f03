"""Documents: promised by the desk, and stored or rejected once their file has come (R11)."""

from datetime import datetime, timedelta
from typing import Literal

from shared import keys
from shared.desk import Actor
from shared.documents import Document, is_document_id, patient_of
from shared.errors import NotFound, TryAgain
from shared.ids import DocumentId
from shared.keys import Key
from shared.table import audit, moments, store
from shared.table.store import ConditionFailed, Item, Leg, OutcomeUnknown

_REMEMBERED = timedelta(days=30)
"""The desk still sees what became of a document so long after its file is gone."""


def find(document_id: str) -> Document | None:
    """Return a document, read consistently; None for anything that no document is called."""
    if not is_document_id(document_id):
        return None
    item = store.get(key_of(DocumentId(document_id)))
    return from_item(item) if item else None


def prepare(actor: Actor, document: Document, now: datetime) -> None:
    """Write a document whose file is to be uploaded: one transaction of four actions.

    Raises SessionRequired, NotFound where the register knows no such patient, TryAgain.
    """
    patient_id, document_id = document.patient_id, document.document_id
    legs = [
        *audit.guard_legs(actor, "prepare_document", now, [patient_id], document_id),
        Leg(
            "ConditionCheck",
            keys.patient(patient_id),
            condition="attribute_exists(person)",
            refusal=lambda _: NotFound(),
        ),
        Leg(
            "Put",
            key_of(document_id),
            condition=store.IS_NEW,
            refusal=lambda _: TryAgain(),
            item=to_item(document),
        ),
    ]
    try:
        store.transact(legs)
    except OutcomeUnknown:
        if find(document_id) is None:
            raise


def settle(document: Document, status: Literal["stored", "rejected"]) -> Document:
    """Write down what a promised file turned out to be, and return the document as it then stands.

    What was settled before stays as it is. Raises TryAgain.
    """
    values = {":status": status, ":promised": "promised"}
    change, condition = "SET document_status = :status", "document_status = :promised"
    try:
        item = store.update(key_of(document.document_id), change, values, condition)
    except ConditionFailed as exc:
        return from_item(exc.item) if exc.item else document
    return from_item(item)


def key_of(document_id: DocumentId) -> Key:
    """Return the key of a document."""
    return keys.document(patient_of(document_id), document_id)


def to_item(document: Document) -> Item:
    """Write a new document."""
    return {
        "kind": document.kind,
        "file_name": document.file_name,
        "size": document.size,
        "sha256": document.sha256,
        "document_status": document.status,
        "offered_at": moments.text(document.offered_at),
        "kept_until": moments.text(document.kept_until),
        "expires_at": moments.epoch(document.kept_until + _REMEMBERED),
    }


def from_item(item: Item) -> Document:
    """Read a document back."""
    sent_at = item.get("sent_at")
    return Document(
        document_id=DocumentId(keys.id_named(item["SK"])),
        kind=item["kind"],
        file_name=item["file_name"],
        size=int(item["size"]),
        sha256=item["sha256"],
        offered_at=moments.parse(item["offered_at"]),
        kept_until=moments.parse(item["kept_until"]),
        status=item["document_status"],
        dispatch_id=item.get("dispatch_id"),
        refusal=item.get("refusal"),
        sent_at=moments.from_epoch(sent_at) if sent_at is not None else None,
    )

"""Documents in the tests: what the desk asks, what a browser uploads, and what stands where."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import boto3
from botocore.exceptions import ClientError

from shared import keys
from shared.documents import patient_of
from shared.ids import DocumentId
from shared.table import store
from tests.integration.answers import Answer, call, invoke
from tests.integration.clinic import ANNA, SignedIn
from tests.integration.desk import Clerk
from tests.integration.desk_profiles import confirm, record
from tests.integration.rows import Item, Rows

BUCKET = "portal-documents"
PDF = b"%PDF-1.7\n% the results\n%%EOF\n"
FORGED = PDF.replace(b"results", b"changed")
"""As long as the other."""
HOUR = 3600
OFFERED_AT, KEPT_UNTIL = "2026-11-23T05:00:00Z", "2026-12-23T05:00:00Z"
"""DocumentRetentionDays is 30 in the tests."""
FORGOTTEN = 1795410000 + 60 * 24 * HOUR


def form(patient_id: str, content: bytes = PDF, **changes: object) -> dict[str, object]:
    """Return what the desk says of a file; `changes` are of that."""
    said = {
        "patient_id": patient_id,
        "kind": "test_results",
        "file_name": "Анализ крови.pdf",
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    return said | changes


def prepare(
    clerk: Clerk | None, patient_id: str, content: bytes = PDF, **changes: object
) -> Answer:
    """Promise a file; `changes` are of what is said of it."""
    cookie = clerk.cookie if clerk else None
    body = form(patient_id, content, **changes)
    return call("prepare_document", "POST", "/api/desk/documents", body, cookie=cookie)


def promised(clerk: Clerk, patient_id: str, content: bytes = PDF) -> str:
    """Prepare a document, and return its id."""
    answer = prepare(clerk, patient_id, content)
    assert answer.status == 201, answer
    return str(answer.body["document_id"])


def send(clerk: Clerk | None, document_id: str) -> Answer:
    cookie = clerk.cookie if clerk else None
    path = f"/api/desk/documents/{document_id}/send"
    return call("send_document", "POST", path, cookie=cookie)


def called_for(document_id: str, status: str = "sending") -> Answer:
    """Return the answer to the desk that has called for a document's mail, whole."""
    return Answer(202, {"document_id": document_id, "status": status})


def upload(key: str, content: bytes = PDF) -> None:
    """Put a file in the bucket, past all signatures."""
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)


def uploaded(key: str) -> bytes | None:
    """Return the file that lies under a key, if one does."""
    try:
        found: bytes = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    except ClientError:
        return None
    return found


def remove(key: str) -> None:
    """Remove a file, as the bucket's own rule does after its days."""
    boto3.client("s3").delete_object(Bucket=BUCKET, Key=key)


def empty_bucket() -> None:
    """Remove all files: ids begin anew with every test, and the bucket does not."""
    for found in boto3.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", []):
        remove(found["Key"])


def arrived(key: str) -> dict[str, Any]:
    """Return what S3 tells of a file that has arrived."""
    return {
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "resources": [f"arn:aws:s3:::{BUCKET}"],
        "detail": {
            "version": "0",
            "bucket": {"name": BUCKET},
            "object": {"key": key, "size": 1, "etag": "e", "sequencer": "0"},
            "reason": "PutObject",
        },
    }


def check(key: str) -> None:
    """Hand the news of a file to the function that looks at it."""
    invoke("check_document", arrived(key))


def stored(clerk: Clerk, patient_id: str, content: bytes = PDF) -> str:
    """Prepare a document, upload its file, and let it be looked at."""
    document_id = promised(clerk, patient_id, content)
    upload(document_id, content)
    check(document_id)
    return document_id


def confirm_profile(clerk: Clerk, who: SignedIn, email: str = ANNA.email) -> None:
    """Record the holder's own paper, and confirm the profile."""
    assert record(clerk, who.patient_id, email).status == 201
    assert confirm(clerk, who.account_id).status == 200


def key_of(document_id: str) -> keys.Key:
    return keys.document(patient_of(document_id), DocumentId(document_id))


def document_in(rows: Rows, document_id: str) -> Item | None:
    """Return what the table says of a document."""
    return rows.everything().get(key_of(document_id))


def status_of(document_id: str) -> str:
    item = store.get(key_of(document_id))
    assert item is not None
    return str(item["document_status"])


def dispatches_in(rows: Rows) -> dict[keys.Key, Item]:
    """Return all sendings that were called for."""
    return {key: row for key, row in rows.everything().items() if keys.kind(key.sk) == "DISPATCH"}


@dataclass(frozen=True)
class Promise:
    """A document's item, as `prepare_document` writes it."""

    content: bytes = PDF
    status: str = "promised"

    def item(self, **more: object) -> Item:
        """Return the item, whole."""
        return {
            "kind": "test_results",
            "file_name": "Анализ крови.pdf",
            "size": len(self.content),
            "sha256": sha256(self.content).hexdigest(),
            "document_status": self.status,
            "offered_at": OFFERED_AT,
            "kept_until": KEPT_UNTIL,
            "expires_at": FORGOTTEN,
            **more,
        }

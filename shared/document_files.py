"""The only module that talks to S3: documents' files are offered, looked at, fetched, deleted.

A file's key is its document's id. Only the desk's browsers put files there, and what one may put is
signed: one file of one size and one SHA-256.
"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError as NoConnection,
    HTTPClientError,
    IncompleteReadError,
)

from shared.aws import create_client
from shared.documents import MEDIA_TYPE, UPLOAD_LIFETIME, Document, Upload, is_document_id
from shared.errors import DocumentNotUploaded, DocumentRejected, TryAgain
from shared.settings import settings
from shared.table import documents

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = "NoSuchKey"
_BUSY = {"SlowDown", "ThrottlingException"}
_SERVER_ERROR = 500

logger = Logger()


@cache
def client() -> "S3Client":
    """Return this process's client: a call that nobody answers is given up after 12 s.

    It waits until there is a file to look at: most mails have none, and S3's client is the largest.
    Addresses name the bucket's own region: a new bucket's are known nowhere else at first.
    """
    besides = Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
        response_checksum_validation="when_required",  # The promised SHA-256 is compared here.
    )
    made: S3Client = create_client(
        "s3", tries=2, connect_timeout=1, read_timeout=5, besides=besides
    )
    return made


@contextmanager
def _own_errors() -> Iterator[None]:
    """Turn the client's failures into the portal's; what is our own mistake passes through."""
    try:
        yield
    except (HTTPClientError, IncompleteReadError, NoConnection) as exc:
        logger.warning("files out of reach", error=type(exc).__name__)
        raise TryAgain from exc
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        if code == _MISSING:
            raise DocumentNotUploaded from exc
        status = exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in _BUSY or status >= _SERVER_ERROR:
            logger.warning("files not served", error=code)
            raise TryAgain from exc
        raise


def offer(document: Document, now: datetime) -> Upload:
    """Return how the file of a document is uploaded; S3 takes no other, and nothing later."""
    digest = b64encode(bytes.fromhex(document.sha256)).decode()
    url = client().generate_presigned_url(
        "put_object",
        Params={
            "Bucket": settings().document_bucket,
            "Key": document.document_id,
            "ContentType": MEDIA_TYPE,
            "ContentLength": document.size,
            "ChecksumSHA256": digest,
        },
        ExpiresIn=int(UPLOAD_LIFETIME.total_seconds()),
    )
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(document.size),
        "x-amz-checksum-sha256": digest,
    }
    return Upload("PUT", url, headers, now + UPLOAD_LIFETIME)


def fetch(document: Document) -> bytes:
    """Return the file of a document.

    Raises DocumentNotUploaded where there is none, DocumentRejected where it is not the one that
    was promised, TryAgain. A file of another size is not read.
    """
    with _own_errors():
        answer = client().get_object(Bucket=settings().document_bucket, Key=document.document_id)
        with closing(answer["Body"]) as body:
            is_of_size = answer["ContentLength"] == document.size
            content = body.read() if is_of_size else b""
    if not document.is_promised_file(content):
        raise DocumentRejected
    return content


def examine(document: Document) -> Document:
    """Look at the file of a promised document, and return the document as that leaves it.

    A file that is not the promised one is deleted. Raises TryAgain.
    """
    try:
        fetch(document)
    except DocumentNotUploaded:
        return document
    except DocumentRejected:
        _delete(document.document_id)
        return documents.settle(document, "rejected")
    return documents.settle(document, "stored")


def receive(key: str) -> None:
    """Look at a file that has arrived, once; one that nobody awaits is deleted.

    The news may come twice, and late: what was settled before stays as it is. Raises TryAgain.
    """
    document = documents.find(key)
    if document is None or document.status == "rejected":
        _delete(key)
        known = key if is_document_id(key) else None  # Anything else might be somebody's name.
        logger.warning("unexpected file deleted", document_id=known)
    elif document.status == "promised":
        status = examine(document).status
        logger.info("file examined", document_id=document.document_id, status=status)


def _delete(key: str) -> None:
    with _own_errors():
        client().delete_object(Bucket=settings().document_bucket, Key=key)

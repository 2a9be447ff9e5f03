"""Documents' files: what S3 says of them, and which of it is the portal's own failure."""

from io import BytesIO

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
)

from shared import document_files
from shared.errors import DocumentNotUploaded, DocumentRejected, TryAgain
from tests.unit.builders import DOCUMENT, FILE
from tests.unit.table.fake_client import FakeClient, client_error


class Body(BytesIO):
    """A file on its way."""

    is_read = False

    def read(self, size: int | None = -1) -> bytes:
        """Note that it was asked for."""
        self.is_read = True
        return super().read(size)


class Broken(Body):
    """A file that breaks off on its way."""

    def read(self, _: int | None = -1) -> bytes:
        """Break off."""
        raise IncompleteReadError(actual_bytes=1, expected_bytes=2)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """Put a scripted client in the place of S3."""
    scripted = FakeClient()
    monkeypatch.setattr(document_files, "client", lambda: scripted)
    return scripted


def test_the_promised_file_is_fetched_by_its_documents_id(files: FakeClient) -> None:
    body = Body(FILE)
    files.answers({"ContentLength": len(FILE), "Body": body})
    assert document_files.fetch(DOCUMENT) == FILE
    assert files.requests == [("get_object", {"Bucket": "documents", "Key": DOCUMENT.document_id})]
    assert body.closed


def test_a_file_of_another_size_is_rejected_unread(files: FakeClient) -> None:
    body = Body(FILE * 1000)
    files.answers({"ContentLength": len(FILE) * 1000, "Body": body})
    with pytest.raises(DocumentRejected):
        document_files.fetch(DOCUMENT)
    assert (body.is_read, body.closed) == (False, True)


def test_a_file_that_is_not_there_has_not_come(files: FakeClient) -> None:
    files.answers(client_error("NoSuchKey", 404))
    with pytest.raises(DocumentNotUploaded):
        document_files.fetch(DOCUMENT)


@pytest.mark.parametrize(
    "failure",
    [
        client_error("SlowDown", 503),
        client_error("InternalError", 500),
        client_error("ThrottlingException", 400),
        ReadTimeoutError(endpoint_url="https://s3"),
        ConnectTimeoutError(endpoint_url="https://s3"),
        EndpointConnectionError(endpoint_url="https://s3"),
    ],
    ids=repr,
)
def test_files_that_are_not_served_now_are_asked_for_again(
    failure: Exception, files: FakeClient
) -> None:
    files.answers(failure)
    with pytest.raises(TryAgain) as caught:
        document_files.fetch(DOCUMENT)
    assert caught.value.__cause__ is failure


def test_a_file_that_breaks_off_is_asked_for_again(files: FakeClient) -> None:
    files.answers({"ContentLength": len(FILE), "Body": Broken(FILE)})
    with pytest.raises(TryAgain):
        document_files.fetch(DOCUMENT)


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "InvalidRequest"])
def test_what_is_our_own_mistake_is_no_missing_file(code: str, files: FakeClient) -> None:
    failure = client_error(code, 403)
    files.answers(failure)
    with pytest.raises(type(failure)) as caught:
        document_files.fetch(DOCUMENT)
    assert caught.value is failure

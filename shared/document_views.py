"""Documents at the desk: what is typed about a file, and what the answers look like."""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from shared.documents import LARGEST_FILE, Document, DocumentStatus, Upload
from shared.ids import DocumentId
from shared.settings import settings

_LONGEST_FILE_NAME = 100
_SLASHES = {"/", "\\"}
_EXTENSION = ".pdf"


def _read_file_name(text: str) -> str:
    name = unicodedata.normalize("NFC", text.strip())
    has_controls = any(unicodedata.category(character)[0] == "C" for character in name)
    if has_controls or not _SLASHES.isdisjoint(name):
        raise PydanticCustomError("file_name_characters", "В имени файла есть недопустимые знаки.")
    if not name.casefold().removesuffix(_EXTENSION) or not name.casefold().endswith(_EXTENSION):
        raise PydanticCustomError("file_name_pdf", "Имя файла должно кончаться на .pdf.")
    return name


def _check_size(size: int) -> int:
    if not 1 <= size <= LARGEST_FILE:
        raise PydanticCustomError("file_size", "В файле должно быть от 1 байта до 10 МБ.")
    return size


FileName = Annotated[str, Field(max_length=_LONGEST_FILE_NAME), AfterValidator(_read_file_name)]
FileSize = Annotated[
    int,
    Field(strict=True, json_schema_extra={"minimum": 1, "maximum": LARGEST_FILE}),
    AfterValidator(_check_size),
]
Sha256 = Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]


class UploadView(BaseModel):
    """The one request that uploads the file; its headers are part of what is signed."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]
    expires_at: datetime


class DocumentPromisedView(BaseModel):
    """Answer of `POST /api/desk/documents`."""

    document_id: DocumentId
    upload: UploadView

    @classmethod
    def of(cls, document: Document, upload: Upload) -> "DocumentPromisedView":
        """Show a document whose file is to be uploaded."""
        return cls(
            document_id=document.document_id,
            upload=UploadView(
                method=upload.method,
                url=upload.url,
                headers=dict(upload.headers),
                expires_at=upload.expires_at.astimezone(settings().zone),
            ),
        )


class DocumentView(BaseModel):
    """Answer of `POST /api/desk/documents/{document_id}/send`."""

    document_id: DocumentId
    status: DocumentStatus

    @classmethod
    def of(cls, document: Document) -> "DocumentView":
        """Show a document that is under way or was sent."""
        return cls(document_id=document.document_id, status=document.status)

"""POST /api/desk/documents: the desk promises a patient's PDF and learns how to upload it (R11)."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, document_files, fields
from shared.api import create_app, created, entry_point
from shared.desk_api import actor
from shared.document_views import DocumentPromisedView, FileName, FileSize, Sha256
from shared.documents import Document, DocumentKind, new_document_id
from shared.errors import NotFound, SessionRequired
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.settings import settings
from shared.table import documents

app = create_app()
OUTCOMES = outcomes(201, refusals=(SessionRequired, NotFound))


class PrepareDocument(fields.Form):
    """Whose document it is, of which kind, and which file is to be uploaded."""

    patient_id: fields.Id
    kind: DocumentKind
    file_name: FileName
    size: FileSize
    sha256: Sha256


@app.post("/api/desk/documents", openapi_extensions=OUTCOMES)
def prepare_document(form: PrepareDocument) -> Response[DocumentPromisedView]:
    """Take the promise of this very file: S3 takes no other one."""
    who, now = actor(app), clock.now()
    document = Document(
        document_id=new_document_id(PatientId(form.patient_id), clock.new_id()),
        kind=form.kind,
        file_name=form.file_name,
        size=form.size,
        sha256=form.sha256,
        offered_at=now,
        kept_until=now + settings().document_retention,
    )
    upload = document_files.offer(document, now)
    documents.prepare(who, document, now)
    return created(DocumentPromisedView.of(document, upload))


lambda_handler = entry_point(app)

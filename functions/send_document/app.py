"""POST /api/desk/documents/{document_id}/send: the desk has a patient's document mailed (R11)."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, document_files, errors, fields
from shared.api import accepted, create_app, entry_point
from shared.desk_api import actor
from shared.document_views import DocumentView
from shared.ids import DocumentId
from shared.outcomes import outcomes
from shared.table import dispatches

app = create_app()
REFUSALS = (
    *(errors.SessionRequired, errors.NotFound, errors.ProfileNotConfirmed, errors.ConsentMissing),
    *(errors.AddressUnreachable, errors.DocumentNotUploaded, errors.DocumentRejected),
)


@app.post(
    "/api/desk/documents/<document_id>/send", openapi_extensions=outcomes(202, refusals=REFUSALS)
)
def send_document(document_id: Annotated[fields.Id, Path()]) -> Response[DocumentView]:
    """Call for the mail, or raise the reason why not; one that is under way is not sent twice."""
    called_for = DocumentId(document_id)
    document = dispatches.send(actor(app), called_for, clock.now(), document_files.examine)
    return accepted(DocumentView.of(document))


lambda_handler = entry_point(app)

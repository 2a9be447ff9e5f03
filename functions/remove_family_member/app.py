"""DELETE /api/family/{patient_id}: a patient gives a relative up."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, session
from shared.errors import NotFound, SessionRequired
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.table import family

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, NotFound))


@app.delete("/api/family/<patient_id>", openapi_extensions=OUTCOMES)
def remove_family_member(patient_id: Annotated[fields.Id, Path()]) -> Response[None]:
    """End this account's part in the relative; their ticket and other guardians stay."""
    family.remove(session(app), PatientId(patient_id), clock.now())
    return no_content()


lambda_handler = entry_point(app)

"""DELETE /api/desk/consents/{patient_id}: the desk records that a consent is withdrawn (R11)."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, no_content
from shared.desk_api import actor
from shared.errors import NotFound, SessionRequired
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.table import consents

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, NotFound))


@app.delete("/api/desk/consents/<patient_id>", openapi_extensions=OUTCOMES)
def withdraw_consent(patient_id: Annotated[fields.Id, Path()]) -> Response[None]:
    """End the consent; no document is mailed by it from now on."""
    consents.withdraw(actor(app), PatientId(patient_id), clock.now())
    return no_content()


lambda_handler = entry_point(app)

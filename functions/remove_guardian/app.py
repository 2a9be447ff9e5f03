"""DELETE /api/guardians/{guardian_id}: an adult no longer lets an account act for them."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, session
from shared.errors import NotFound, SessionRequired
from shared.ids import AccountId
from shared.outcomes import outcomes
from shared.table import family

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, NotFound))


@app.delete("/api/guardians/<guardian_id>", openapi_extensions=OUTCOMES)
def remove_guardian(guardian_id: Annotated[fields.Id, Path()]) -> Response[None]:
    """Take the guardian's right to act at once; a ticket that was taken stays."""
    family.dismiss(session(app), AccountId(guardian_id), clock.now())
    return no_content()


lambda_handler = entry_point(app)

"""DELETE /api/tickets/{ticket_id}: a patient gives a ticket back."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, session
from shared.errors import NotFound, SessionRequired, TooLate
from shared.outcomes import outcomes
from shared.table import tickets

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, NotFound, TooLate))


@app.delete("/api/tickets/<ticket_id>", openapi_extensions=OUTCOMES)
def cancel_ticket(ticket_id: Annotated[fields.Id, Path()]) -> Response[None]:
    """Return the slot to the pool; a ticket that was given back before stays so."""
    tickets.cancel(session(app), ticket_id, clock.now())
    return no_content()


lambda_handler = entry_point(app)

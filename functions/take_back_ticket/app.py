"""DELETE /api/desk/tickets/{ticket_id}: the desk cancels a ticket for a patient who asks for it."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, no_content
from shared.desk_api import actor
from shared.errors import NotFound, SessionRequired, TooLate
from shared.outcomes import outcomes
from shared.table import desk_tickets

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, NotFound, TooLate))


@app.delete("/api/desk/tickets/<ticket_id>", openapi_extensions=OUTCOMES)
def take_back_ticket(ticket_id: Annotated[fields.Id, Path()]) -> Response[None]:
    """Return the slot to the pool; a ticket that was given back before stays so."""
    desk_tickets.take_back(actor(app), ticket_id, clock.now())
    return no_content()


lambda_handler = entry_point(app)

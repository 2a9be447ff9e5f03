"""GET /api/tickets/{ticket_id}/calendar: a patient takes a ticket into their own calendar."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import calendars, clock, fields
from shared.api import attachment, create_app, entry_point, session
from shared.errors import NotFound, SessionRequired
from shared.outcomes import outcomes
from shared.table import districts, tickets

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired, NotFound), media_type="text/calendar")


@app.get("/api/tickets/<ticket_id>/calendar", openapi_extensions=OUTCOMES)
def ticket_calendar(ticket_id: Annotated[fields.Id, Path()]) -> Response[str]:
    """Return the calendar file of the ticket as it stands."""
    now = clock.now()
    ticket = tickets.find(session(app), ticket_id, now)
    district_id = ticket.place.district_id
    district = districts.shown_districts([district_id]).get(district_id)
    text = calendars.calendar_of(ticket, district.doctor if district else None, now)
    return attachment(text, calendars.content_type_of(text), calendars.FILE_NAME)


lambda_handler = entry_point(app)

"""PUT /api/tickets/{ticket_id}: a patient moves a ticket to another time."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, errors, fields
from shared.api import create_app, entry_point, ok, session
from shared.outcomes import outcomes
from shared.table import districts, tickets
from shared.tickets import SlotPlace
from shared.views import TicketView

app = create_app()
REFUSALS = (
    *(errors.SessionRequired, errors.NotFound, errors.TooLate, errors.NotAttached),
    *(errors.WrongDistrict, errors.PolicyExpired, errors.TicketLimitReached),
    *(errors.SlotUnknown, errors.SlotWithdrawn, errors.SlotTaken),
)


class MoveTicket(fields.Form):
    """The time that is wanted instead."""

    slot_id: fields.Id


@app.put("/api/tickets/<ticket_id>", openapi_extensions=outcomes(200, refusals=REFUSALS))
def move_ticket(
    ticket_id: Annotated[fields.Id, Path()], wanted: MoveTicket
) -> Response[TicketView]:
    """Take the new slot and free the old one, or neither: the old ticket stands if it fails."""
    key, place = session(app), SlotPlace.parse_published(wanted.slot_id)
    shown = districts.shown_districts([place.district_id])
    return ok(TicketView.of(tickets.move(key, ticket_id, place, clock.now()), shown))


lambda_handler = entry_point(app)

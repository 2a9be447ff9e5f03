"""POST /api/desk/tickets/{ticket_id}/outcome: the desk notes whether the patient came."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import model_validator

from shared import clock, fields
from shared.api import create_app, entry_point, ok
from shared.desk_api import actor
from shared.errors import NotFound, SessionRequired, TooLate
from shared.outcomes import outcomes
from shared.table import desk_tickets, districts
from shared.tickets import Outcome
from shared.views import TicketView

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired, NotFound, TooLate))


class NoteOutcome(fields.Form):
    """What became of a ticket; the bare word is understood as well."""

    outcome: Outcome

    @model_validator(mode="before")
    @classmethod
    def _read_bare_word(cls, body: Any) -> Any:  # noqa: ANN401 - a body may hold anything
        return {"outcome": body} if isinstance(body, str) else body


@app.post("/api/desk/tickets/<ticket_id>/outcome", openapi_extensions=OUTCOMES)
def note_outcome(
    ticket_id: Annotated[fields.Id, Path()], form: NoteOutcome
) -> Response[TicketView]:
    """Note it; what was noted before can be put right.

    What the answer shows of the districts is read before, so that nothing can fail afterwards.
    """
    who, shown = actor(app), districts.shown_districts(())
    ticket = desk_tickets.note_outcome(who, ticket_id, form.outcome, clock.now())
    return ok(TicketView.of(ticket, shown))


lambda_handler = entry_point(app)

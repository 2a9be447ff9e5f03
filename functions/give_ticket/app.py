"""POST /api/desk/tickets: the desk gives a patient a time, beyond the online caps."""

from datetime import datetime, timedelta
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from shared import clock, errors, fields
from shared.api import create_app, created, entry_point, ok
from shared.desk_api import actor
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.table import desk_tickets, districts
from shared.views import TicketView

app = create_app()
REFUSALS = (
    *(errors.SessionRequired, errors.NotFound, errors.NotAttached, errors.PolicyExpired),
    *(errors.TicketLimitReached, errors.SlotTaken, errors.SlotWithdrawn),
)
_FURTHEST = timedelta(days=366)
"""A mistyped year is not to hold the patient's one ticket."""


def _check_moment(starts_at: datetime) -> datetime:
    if starts_at - clock.now() > _FURTHEST:
        raise PydanticCustomError("moment_range", "Проверьте дату: талон дают на год вперёд.")
    return starts_at


class GiveTicket(fields.Form):
    """Who needs the ticket, and when."""

    patient_id: fields.Id
    starts_at: Annotated[fields.Moment, AfterValidator(_check_moment)]


@app.post("/api/desk/tickets", openapi_extensions=outcomes(201, 200, refusals=REFUSALS))
def give_ticket(form: GiveTicket) -> Response[TicketView]:
    """Give the time, or raise the reason why not; the same request again finds the same ticket.

    What the answer shows of the districts is read before, so that nothing can fail afterwards.
    """
    who, patient_id = actor(app), PatientId(form.patient_id)
    shown = districts.shown_districts(())
    ticket, is_new = desk_tickets.give(who, patient_id, form.starts_at, clock.now())
    view = TicketView.of(ticket, shown)
    return created(view) if is_new else ok(view)


lambda_handler = entry_point(app)

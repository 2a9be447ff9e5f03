"""POST /api/tickets: a patient takes one free slot."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, errors, fields
from shared.api import create_app, created, entry_point, ok, session
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.table import booking, districts
from shared.tickets import SlotPlace
from shared.views import TicketView

app = create_app()
REFUSALS = (
    *(errors.SessionRequired, errors.PatientUnknown, errors.NotAttached, errors.WrongDistrict),
    *(errors.PolicyExpired, errors.TicketLimitReached),
    *(errors.SlotUnknown, errors.SlotWithdrawn, errors.SlotTaken),
)


class BookTicket(fields.Form):
    """Who needs the ticket, and which time."""

    patient_id: fields.Id
    slot_id: fields.Id


@app.post("/api/tickets", openapi_extensions=outcomes(201, 200, refusals=REFUSALS))
def book_ticket(wanted: BookTicket) -> Response[TicketView]:
    """Take the slot, or raise the reason why not; the same request again finds the same ticket.

    What the answer shows of the doctor is read before the slot is taken, so that nothing can fail
    once it is.
    """
    key = session(app)
    patient_id, place = PatientId(wanted.patient_id), SlotPlace.parse_published(wanted.slot_id)
    shown = districts.shown_districts([place.district_id])
    ticket, is_new = booking.book(key, patient_id, place, clock.now())
    view = TicketView.of(ticket, shown)
    return created(view) if is_new else ok(view)


lambda_handler = entry_point(app)

"""GET /api/tickets: a patient sees the whole family's tickets, upcoming and past."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok, session
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import accounts, archive, districts
from shared.tickets import districts_of
from shared.views import TicketsView

app = create_app()


@app.get("/api/tickets", openapi_extensions=outcomes(200, refusals=(SessionRequired,)))
def list_tickets() -> Response[TicketsView]:
    """List the tickets of the members that the account acts for."""
    now = clock.now()
    held = archive.tickets_of(accounts.show(session(app), now))
    shown = districts.shown_districts(districts_of(held))
    return ok(TicketsView.of(held, shown, now))


lambda_handler = entry_point(app)

"""GET /api/account/export: a patient takes away all that is held about the account."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok, session
from shared.errors import SessionRequired
from shared.export_views import ExportView, Held
from shared.outcomes import outcomes
from shared.table import accounts, archive, consents, districts, sessions
from shared.tickets import districts_of

app = create_app()


@app.get("/api/account/export", openapi_extensions=outcomes(200, refusals=(SessionRequired,)))
def export_account() -> Response[ExportView]:
    """Show everything, what was typed of persons who are not listed included."""
    key, now = session(app), clock.now()
    household = accounts.show(key, now)
    held = Held(
        papers=consents.of_account(household.account),
        tickets=archive.tickets_of(household),
        sessions=sessions.open_of(key.account_id, now),
    )
    shown = districts.shown_districts(household.district_ids | districts_of(held.tickets))
    return ok(ExportView.of(household, held, shown, now))


lambda_handler = entry_point(app)

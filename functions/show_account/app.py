"""GET /api/account: a patient sees the account, the family and their tickets."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok, session
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import accounts, districts
from shared.views import AccountView

app = create_app()


@app.get("/api/account", openapi_extensions=outcomes(200, refusals=(SessionRequired,)))
def show_account() -> Response[AccountView]:
    """Show what the account may see of its members."""
    now = clock.now()
    household = accounts.show(session(app), now)
    shown = districts.shown_districts(household.district_ids)
    return ok(AccountView.of(household, shown, now))


lambda_handler = entry_point(app)

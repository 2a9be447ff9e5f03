"""GET /api/desk/districts: the desk sees the districts with their doctors, hours and absences."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok
from shared.desk_api import desk_session
from shared.desk_views import DeskDistrictView, DistrictsView
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import districts, sessions

app = create_app()


@app.get("/api/desk/districts", openapi_extensions=outcomes(200, refusals=(SessionRequired,)))
def list_districts() -> Response[DistrictsView]:
    """Show every district as it stands now."""
    sessions.require(desk_session(app), clock.now())
    shown = [DeskDistrictView.of(district) for district in districts.all_districts()]
    return ok(DistrictsView(districts=shown))


lambda_handler = entry_point(app)

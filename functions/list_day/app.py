"""GET /api/desk/days/{day}: the desk sees a day's tickets by district."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, ok
from shared.desk_api import actor
from shared.desk_views import ClinicDayView
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import days

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired,))


@app.get("/api/desk/days/<day>", openapi_extensions=OUTCOMES)
def list_day(day: Annotated[fields.Day, Path()]) -> Response[ClinicDayView]:
    """Show who is expected, who came and who did not."""
    return ok(ClinicDayView.of(day, days.show(actor(app), day, clock.now())))


lambda_handler = entry_point(app)

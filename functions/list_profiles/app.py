"""GET /api/desk/profiles: the desk sees whose profiles wait to be confirmed (R11)."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared import clock
from shared.api import create_app, entry_point, ok
from shared.desk_api import actor
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.profile_views import WaitingProfilesView
from shared.settings import settings
from shared.table import profiles

app = create_app()


@app.get("/api/desk/profiles", openapi_extensions=outcomes(200, refusals=(SessionRequired,)))
def list_profiles(
    status: Annotated[Literal["consent_received"], Query()],  # noqa: ARG001 - there is one queue
) -> Response[WaitingProfilesView]:
    """List those that wait, by due day, the overdue first."""
    now = clock.now()
    found = profiles.waiting(actor(app), now)
    return ok(WaitingProfilesView.of(found, settings().day_of(now)))


lambda_handler = entry_point(app)

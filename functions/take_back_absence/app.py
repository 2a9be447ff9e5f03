"""DELETE /api/desk/districts/{district_id}/absences/{first_on}: the doctor is there after all."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, no_content
from shared.desk_api import actor
from shared.errors import NotFound, SessionRequired
from shared.ids import DistrictId
from shared.outcomes import outcomes
from shared.table import absences

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, NotFound))


@app.delete("/api/desk/districts/<district_id>/absences/<first_on>", openapi_extensions=OUTCOMES)
def take_back_absence(
    district_id: Annotated[fields.DistrictId, Path()], first_on: Annotated[fields.Day, Path()]
) -> Response[None]:
    """Publish the days' free slots again; cancelled tickets stay cancelled."""
    absences.take_back(actor(app), DistrictId(district_id), first_on, clock.now())
    return no_content()


lambda_handler = entry_point(app)

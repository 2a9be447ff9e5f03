"""PUT /api/desk/districts/{district_id}/absences: the desk says when a doctor is absent (R10)."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field, ValidationInfo, field_validator

from shared import clock, fields
from shared.api import create_app, entry_point, ok
from shared.desk_api import actor
from shared.desk_views import AbsenceDeclaredView
from shared.districts import Absence
from shared.errors import NotFound, SessionRequired
from shared.ids import DistrictId
from shared.outcomes import outcomes
from shared.table import absences

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired, NotFound))


class DeclareAbsence(fields.Form):
    """The first and the last day, and why; patients are not told why."""

    first_on: fields.Day = Field(alias="from")
    last_on: fields.Day = Field(alias="to")
    reason: fields.Line

    @field_validator("last_on")
    @classmethod
    def _check_period(cls, last_on: date, known: ValidationInfo) -> date:
        if "first_on" in known.data:
            fields.check_period(known.data["first_on"], last_on)
        return last_on


@app.put("/api/desk/districts/<district_id>/absences", openapi_extensions=OUTCOMES)
def declare_absence(
    district_id: Annotated[fields.DistrictId, Path()], form: DeclareAbsence
) -> Response[AbsenceDeclaredView]:
    """Withdraw the days' slots, cancel their tickets, and tell whom the desk has to call."""
    absence = Absence(form.first_on, form.last_on, form.reason)
    declared = absences.declare(actor(app), DistrictId(district_id), absence, clock.now())
    return ok(AbsenceDeclaredView.of(declared))


lambda_handler = entry_point(app)

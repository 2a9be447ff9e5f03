"""PUT /api/desk/districts/{district_id}: the desk makes a district, or changes it."""

from dataclasses import replace
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, ok
from shared.desk_api import actor
from shared.desk_views import DeskDistrictView
from shared.districts import District, Doctor, Kind
from shared.errors import SessionRequired
from shared.forms import HoursForm
from shared.ids import DistrictId
from shared.outcomes import outcomes
from shared.table import districts, schedule

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired,))


class DoctorForm(fields.Form):
    """A district's permanent doctor."""

    name: fields.Line
    room: fields.Line


class ChangeDistrict(fields.Form):
    """All that the desk says of a district but its absences."""

    name: fields.Line
    kind: Kind
    doctor: DoctorForm | None
    hours: HoursForm


@app.put("/api/desk/districts/<district_id>", openapi_extensions=OUTCOMES)
def change_district(
    district_id: Annotated[fields.DistrictId, Path()], form: ChangeDistrict
) -> Response[DeskDistrictView]:
    """Write the district; its slots follow at once, by the rules of the schedule."""
    who, now = actor(app), clock.now()
    doctor = Doctor(form.doctor.name, form.doctor.room) if form.doctor else None

    def changed(before: District | None) -> District:
        after = District(
            DistrictId(district_id), form.kind, form.name, doctor, form.hours.by_weekday()
        )
        return replace(after, absences=before.absences) if before else after

    after = districts.change(who, "change_district", DistrictId(district_id), changed, now)
    schedule.agree(after, now, who)
    return ok(DeskDistrictView.of(after))


lambda_handler = entry_point(app)

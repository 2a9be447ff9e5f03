"""GET /api/slots: a patient sees the times of their own district's doctor."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared import clock, fields
from shared.api import create_app, entry_point, ok, session
from shared.errors import PatientUnknown, SessionRequired
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.publishing import why_offline, window
from shared.settings import settings
from shared.slot_views import SlotsView
from shared.table import districts, patients, slots

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired, PatientUnknown))


@app.get("/api/slots", openapi_extensions=OUTCOMES)
def list_slots(patient_id: Annotated[fields.Id, Query()]) -> Response[SlotsView]:
    """List the district's published times, or say why there are none (R7, R10)."""
    now = clock.now()
    key = session(app)
    patient = patients.find_for(key, PatientId(patient_id), now)
    has_say = patient.is_guarded_by(key.account_id, settings().day_of(now))
    if not has_say or patient.district_id is None:
        return ok(SlotsView.offline(patient.patient_id, None, "not_attached"))
    district = districts.shown_districts([patient.district_id]).get(patient.district_id)
    days = list(window(now, settings().horizon_days, settings().zone))
    reason = why_offline(district, days, now, settings().zone)
    if district is None or reason is not None:
        return ok(SlotsView.offline(patient.patient_id, district, reason or "no_permanent_doctor"))
    found = slots.slots_between(district.district_id, days[0], days[-1])
    return ok(SlotsView.of(patient.patient_id, district, found, now))


lambda_handler = entry_point(app)

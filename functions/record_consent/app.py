"""POST /api/desk/consents: the desk records a signed consent that a patient has brought (R11)."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from shared import clock, fields
from shared.api import create_app, created, entry_point
from shared.consents import Paper
from shared.desk_api import actor
from shared.email_field import Email
from shared.errors import EmailDiffers, NotFound, SessionRequired
from shared.ids import PatientId
from shared.outcomes import outcomes
from shared.profile_views import ConsentRecordedView
from shared.settings import settings
from shared.table import consents
from shared.working_days import due_on

app = create_app()
OUTCOMES = outcomes(201, refusals=(SessionRequired, NotFound, EmailDiffers))


def _check_signed_on(day: date) -> date:
    if day > settings().day_of(clock.now()):
        raise PydanticCustomError("signed_on_future", "Проверьте дату подписания.")
    return day


class RecordConsent(fields.Form):
    """Whose paper it is, the address it names, and what stands on it."""

    patient_id: fields.Id
    email: Email
    signed_on: Annotated[fields.Day, AfterValidator(_check_signed_on)]
    document_number: fields.Line
    text_version: fields.Line


@app.post("/api/desk/consents", openapi_extensions=OUTCOMES)
def record_consent(form: RecordConsent) -> Response[ConsentRecordedView]:
    """Put the paper in force; an unconfirmed profile is to be confirmed in 3 working days."""
    now = clock.now()
    paper = Paper(
        consent_id=clock.new_id(),
        patient_id=PatientId(form.patient_id),
        document_number=form.document_number,
        signed_on=form.signed_on,
        text_version=form.text_version,
        received_on=settings().day_of(now),
    )
    account = consents.record(actor(app), paper, form.email, due_on(paper.received_on), now)
    return created(ConsentRecordedView.of(paper.patient_id, account))


lambda_handler = entry_point(app)

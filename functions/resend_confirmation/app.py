"""POST /api/registrations/resend: a patient whose confirmation mail is lost asks for another."""

from typing import Literal

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from shared import clock, fields
from shared.api import accepted, create_app, entry_point
from shared.clients import client_of
from shared.keyring import email_key_of
from shared.limits import RESEND
from shared.outcomes import outcomes
from shared.table import limits, pending

app = create_app()


class Resend(fields.Form):
    """The address that was registered."""

    email: fields.Email


class Resent(BaseModel):
    """The one answer, whatever stands behind the address (R3)."""

    status: Literal["confirmation_sent"] = "confirmation_sent"


@app.post("/api/registrations/resend", openapi_extensions=outcomes(202))
def resend_confirmation(form: Resend) -> Response[Resent]:
    """Call for the mail; who the address belongs to is looked up when it is sent, not here."""
    now, email_key = clock.now(), email_key_of(form.email)
    limits.count_both(RESEND, client_of(app), email_key, now)
    pending.request_resend(email_key, now)
    return accepted(Resent())


lambda_handler = entry_point(app)

"""POST /api/password-resets: a patient who forgot the password asks for a link to a new one."""

from typing import Literal

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from shared import clock, fields
from shared.api import accepted, create_app, entry_point
from shared.clients import client_of
from shared.email_field import Email
from shared.keyring import email_key_of
from shared.limits import RESET
from shared.outcomes import outcomes
from shared.table import credentials, limits

app = create_app()


class RequestReset(fields.Form):
    """The account's address."""

    email: Email


class ResetSent(BaseModel):
    """The one answer, whatever stands behind the address (R3)."""

    status: Literal["reset_sent"] = "reset_sent"


@app.post("/api/password-resets", openapi_extensions=outcomes(202))
def request_reset(form: RequestReset) -> Response[ResetSent]:
    """Call for the mail; who the address belongs to is looked up when it is sent, not here."""
    now, email_key = clock.now(), email_key_of(form.email)
    limits.count_both(RESET, client_of(app), email_key, now)
    credentials.request_reset(email_key, now)
    return accepted(ResetSent())


lambda_handler = entry_point(app)

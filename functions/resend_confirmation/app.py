"""POST /api/registrations/resend: a patient whose confirmation mail is lost asks for another."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import accepted, create_app, entry_point
from shared.clients import client_of
from shared.email_field import Email
from shared.keyring import email_key_of
from shared.limits import RESEND
from shared.outcomes import outcomes
from shared.table import limits, pending
from shared.views import ConfirmationSent

app = create_app()


class Resend(fields.Form):
    """The address that was registered."""

    email: Email


@app.post("/api/registrations/resend", openapi_extensions=outcomes(202))
def resend_confirmation(form: Resend) -> Response[ConfirmationSent]:
    """Call for the mail; who the address belongs to is looked up when it is sent, not here."""
    now, email_key = clock.now(), email_key_of(form.email)
    limits.count_both(RESEND, client_of(app), email_key, now)
    pending.request_resend(email_key, now)
    return accepted(ConfirmationSent())


lambda_handler = entry_point(app)

"""POST /api/registrations: a patient asks for an account."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields, policies
from shared.accounts import CONFIRMATION_LIFETIME, Registration
from shared.api import accepted, create_app, entry_point
from shared.clients import client_of
from shared.email_field import Email
from shared.forms import PersonForm
from shared.keyring import email_key_of, patient_id_of
from shared.limits import REGISTRATION
from shared.outcomes import outcomes
from shared.passwords import hash_password
from shared.policies import PolicyNumber
from shared.table import accounts, limits, pending
from shared.views import ConfirmationSent

app = create_app()


class Register(PersonForm):
    """The form «Регистрация»; the series is read and not kept, as nothing is decided by it."""

    email: Email
    password: fields.NewPassword


@app.post("/api/registrations", openapi_extensions=outcomes(202))
def register(form: Register) -> Response[ConfirmationSent]:
    """Keep the form until the address is confirmed; a taken address costs the same work."""
    now = clock.now()
    number, email_key = PolicyNumber(form.policy_number), email_key_of(form.email)
    limits.count_both(REGISTRATION, client_of(app), email_key, now)
    registration = Registration(
        registration_id=clock.new_id(),
        email_key=email_key,
        email=form.email,
        password_hash=hash_password(form.password),
        patient_id=patient_id_of(number),
        person=form.person(),
        policy_last4=policies.last4(number),
        address_taken=accounts.owner_of(email_key) is not None,
        expires_at=now + CONFIRMATION_LIFETIME,
    )
    pending.start(registration)
    return accepted(ConfirmationSent())


lambda_handler = entry_point(app)

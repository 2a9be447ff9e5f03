"""PUT /api/account/email: a patient asks for another address of the account."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.accounts import CONFIRMATION_LIFETIME, AddressChange
from shared.api import accepted, create_app, entry_point, session
from shared.email_field import Email
from shared.errors import SessionRequired, WrongPassword
from shared.keyring import email_key_of
from shared.limits import NEW_ADDRESS
from shared.outcomes import outcomes
from shared.table import accounts, addresses, credentials, limits
from shared.views import ConfirmationSent

app = create_app()
OUTCOMES = outcomes(202, refusals=(SessionRequired, WrongPassword))


class ChangeEmail(fields.Form):
    """The address that is to be, and the account's password."""

    email: Email
    password: fields.Password


@app.put("/api/account/email", openapi_extensions=OUTCOMES)
def change_email(form: ChangeEmail) -> Response[ConfirmationSent]:
    """Keep the new address until it is confirmed; a taken one costs the same work."""
    key, now = session(app), clock.now()
    verified = credentials.signed_in_again(key, form.password, now)
    limits.count(NEW_ADDRESS, key.account_id, now)
    email_key = email_key_of(form.email)
    change = AddressChange(
        change_id=clock.new_id(),
        email_key=email_key,
        email=form.email,
        account_id=key.account_id,
        address_taken=accounts.owner_of(email_key) is not None,
        expires_at=now + CONFIRMATION_LIFETIME,
    )
    addresses.request(key, verified, change, now)
    return accepted(ConfirmationSent())


lambda_handler = entry_point(app)

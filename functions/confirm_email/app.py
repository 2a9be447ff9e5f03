"""POST /api/email-confirmations: a patient confirms the address and is signed in."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.accounts import Account
from shared.api import create_app, created, entry_point, session_cookie, session_key
from shared.errors import WrongPassword
from shared.ids import AccountId
from shared.keyring import read_confirmation_token
from shared.passwords import verify_password
from shared.table import districts, registrations
from shared.views import AccountView

app = create_app()


class ConfirmEmail(fields.Form):
    """The mailed link's token, and the password chosen at registration (R4)."""

    token: fields.Token
    password: fields.Password


@app.post("/api/email-confirmations")
def confirm_email(form: ConfirmEmail) -> Response[AccountView]:
    """Open the account and its first session, or raise the reason why not.

    What the answer shows of the districts is read before, so that nothing can fail afterwards.
    """
    now = clock.now()
    registration = registrations.count_try(*read_confirmation_token(form.token), now)
    if not verify_password(registration.password_hash, form.password):
        raise WrongPassword
    account = Account(
        account_id=AccountId(clock.new_id()),
        email=registration.email,
        password_hash=registration.password_hash,
        holder_id=registration.patient_id,
    )
    secret = clock.new_secret()
    shown = districts.shown_districts(())
    session = session_key(account.account_id, secret)
    household = registrations.confirm(registration, account, session, now)
    view = AccountView.of(household, shown, now)
    return created(view, session_cookie(account.account_id, secret))


lambda_handler = entry_point(app)

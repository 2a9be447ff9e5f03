"""POST /api/email-confirmations: a patient confirms the address and is signed in."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, created, entry_point, session_cookie, session_key
from shared.clients import client_of
from shared.errors import ConfirmationExpired, PolicyAlreadyRegistered, WrongPassword
from shared.ids import EmailKey
from shared.keyring import read_token
from shared.limits import CONFIRMATION
from shared.outcomes import outcomes
from shared.passwords import verify_password
from shared.table import confirmations, districts, limits, pending
from shared.views import AccountView

app = create_app()
OUTCOMES = outcomes(201, refusals=(ConfirmationExpired, WrongPassword, PolicyAlreadyRegistered))


class ConfirmEmail(fields.Form):
    """The mailed link's token, and the password: of the registration or the account (R4)."""

    token: fields.Token
    password: fields.Password


@app.post("/api/email-confirmations", openapi_extensions=OUTCOMES)
def confirm_email(form: ConfirmEmail) -> Response[AccountView]:
    """Open the account, or give it its new address, and a session; or raise the reason why not.

    What the answer shows of the districts is read before, so that nothing can fail afterwards.
    """
    now = clock.now()
    limits.count_client(CONFIRMATION, client_of(app), now)
    email_key, pending_id = read_token("confirm", form.token, ConfirmationExpired)
    waiting = pending.count_try(EmailKey(email_key), pending_id, now)
    account = confirmations.account_of(waiting)
    if not verify_password(account.password_hash, form.password):
        raise WrongPassword
    secret = clock.new_secret()
    session = session_key(account.account_id, secret)
    shown = districts.shown_districts(())
    household = confirmations.confirm(waiting, account, session, now)
    view = AccountView.of(household, shown, now)
    return created(view, session_cookie(account.account_id, secret))


lambda_handler = entry_point(app)

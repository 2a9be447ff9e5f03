"""POST /api/sessions: a patient signs in."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, created, entry_point, session_cookie, session_key
from shared.clients import client_of
from shared.email_field import Email
from shared.errors import SignInFailed
from shared.keyring import email_key_of
from shared.limits import SIGN_IN
from shared.outcomes import outcomes
from shared.passwords import verify_password
from shared.table import accounts, districts, limits
from shared.views import AccountView

app = create_app()


class SignIn(fields.Form):
    """A confirmed address and its password."""

    email: Email
    password: fields.Password


@app.post("/api/sessions", openapi_extensions=outcomes(201, refusals=(SignInFailed,)))
def sign_in(form: SignIn) -> Response[AccountView]:
    """Open a session; an unknown address costs the same work as a wrong password."""
    now, client, email_key = clock.now(), client_of(app), email_key_of(form.email)
    limits.count_both(SIGN_IN, client, email_key, now)
    account = accounts.find_by_address(email_key)
    verified = verify_password(account.password_hash if account else None, form.password)
    if account is None or not verified:
        raise SignInFailed
    limits.give_back_both(SIGN_IN, client, email_key, now)
    household = accounts.household_of(account.account_id, now)
    if household is None:
        raise SignInFailed
    shown = districts.shown_districts(household.district_ids)
    secret = clock.new_secret()
    session = session_key(account.account_id, secret)
    accounts.open_session(account, session, now, SignInFailed())
    view = AccountView.of(household, shown, now)
    return created(view, session_cookie(account.account_id, secret))


lambda_handler = entry_point(app)

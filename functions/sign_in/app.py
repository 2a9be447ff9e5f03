"""POST /api/sessions: a patient signs in."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, created, entry_point, session_cookie, session_key
from shared.errors import SignInFailed
from shared.keyring import email_key_of
from shared.passwords import verify_password
from shared.table import accounts, districts, sessions
from shared.views import AccountView

app = create_app()


class SignIn(fields.Form):
    """A confirmed address and its password."""

    email: fields.Email
    password: fields.Password


@app.post("/api/sessions")
def sign_in(form: SignIn) -> Response[AccountView]:
    """Open a session; an unknown address costs the same work as a wrong password."""
    now = clock.now()
    account = accounts.find_by_address(email_key_of(form.email))
    verified = verify_password(account.password_hash if account else None, form.password)
    if account is None or not verified:
        raise SignInFailed
    household = accounts.household_of(account.account_id)
    shown = districts.shown_districts(household.district_ids)
    secret = clock.new_secret()
    sessions.open_session(session_key(account.account_id, secret), now)
    view = AccountView.of(household, shown, now)
    return created(view, session_cookie(account.account_id, secret))


lambda_handler = entry_point(app)

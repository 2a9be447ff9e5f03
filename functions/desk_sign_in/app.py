"""POST /api/desk/sessions: a clerk of the registry signs in with a password and a one-time code."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, created, entry_point
from shared.clients import address_of, client_of
from shared.desk import Actor
from shared.desk_api import desk_cookie, desk_session_key
from shared.desk_views import DeskSessionView
from shared.errors import SignInFailed
from shared.ids import DeskLogin
from shared.keyring import login_key_of, totp_key_of
from shared.limits import DESK_SIGN_IN
from shared.outcomes import outcomes
from shared.passwords import verify_password
from shared.second_factor import matching_step
from shared.table import desk_users, limits

app = create_app()


class DeskSignIn(fields.Form):
    """Whom the registry's user is called, the password, and the authenticator's code."""

    login: fields.Login
    password: fields.Password
    code: fields.Code


@app.post("/api/desk/sessions", openapi_extensions=outcomes(201, refusals=(SignInFailed,)))
def desk_sign_in(form: DeskSignIn) -> Response[DeskSessionView]:
    """Open a session; an unknown login costs the same work as a wrong password or code."""
    now, client, login = clock.now(), client_of(app), DeskLogin(form.login)
    login_key = login_key_of(login)
    limits.count_both(DESK_SIGN_IN, client, login_key, now)
    user = desk_users.find(login)
    verified = verify_password(user.password_hash if user else None, form.password)
    seed, used = (user.totp_seed, user.code_step) if user else ("", 0)
    step = matching_step(totp_key_of(login, seed), form.code, now, used)
    if user is None or step is None or not verified:
        raise SignInFailed
    secret = clock.new_secret()
    actor = Actor(desk_session_key(login, secret), address_of(app))
    desk_users.open_session(user, step, actor, now)
    limits.give_back_both(DESK_SIGN_IN, client, login_key, now)
    return created(DeskSessionView.opened(login, now), desk_cookie(login, secret))


lambda_handler = entry_point(app)

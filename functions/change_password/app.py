"""PUT /api/account/password: a patient chooses another password."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, session
from shared.errors import SessionRequired, WrongPassword
from shared.outcomes import outcomes
from shared.passwords import hash_password
from shared.table import credentials

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, WrongPassword))


class ChangePassword(fields.Form):
    """The password that was, and the one that is to be."""

    current_password: fields.Password
    new_password: fields.NewPassword


@app.put("/api/account/password", openapi_extensions=OUTCOMES)
def change_password(form: ChangePassword) -> Response[None]:
    """Set the password; this browser stays signed in, and every other is signed out."""
    key, now = session(app), clock.now()
    verified = credentials.signed_in_again(key, form.current_password, now)
    credentials.change(verified, key, hash_password(form.new_password), now)
    return no_content()


lambda_handler = entry_point(app)

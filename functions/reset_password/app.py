"""PUT /api/password-resets: a patient sets a new password by the mailed link."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, no_session_cookie
from shared.clients import client_of
from shared.errors import ResetExpired
from shared.ids import EmailKey
from shared.keyring import read_token
from shared.limits import NEW_PASSWORD
from shared.outcomes import outcomes
from shared.passwords import hash_password
from shared.table import credentials, limits

app = create_app()


class ResetPassword(fields.Form):
    """The mailed link's token, and the password that is to be."""

    token: fields.Token
    password: fields.NewPassword


@app.put("/api/password-resets", openapi_extensions=outcomes(204, refusals=(ResetExpired,)))
def reset_password(form: ResetPassword) -> Response[None]:
    """Set the password and end all sessions, this browser's too."""
    now = clock.now()
    limits.count_client(NEW_PASSWORD, client_of(app), now)
    email_key, reset_id = read_token("reset", form.token, ResetExpired)
    credentials.reset(EmailKey(email_key), reset_id, hash_password(form.password), now)
    return no_content(no_session_cookie())


lambda_handler = entry_point(app)

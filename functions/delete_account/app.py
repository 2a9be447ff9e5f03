"""DELETE /api/account: a patient gives the account up, and its data are erased."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, no_session_cookie, session
from shared.errors import SessionRequired, WrongPassword
from shared.outcomes import outcomes
from shared.table import credentials, erasure

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, WrongPassword))


class DeleteAccount(fields.Form):
    """The password, so that no browser left open can do this."""

    password: fields.Password


@app.delete("/api/account", openapi_extensions=OUTCOMES)
def delete_account(form: DeleteAccount) -> Response[None]:
    """Erase the account, end its sessions and free its tickets, all or nothing."""
    key, now = session(app), clock.now()
    verified = credentials.signed_in_again(key, form.password, now)
    erasure.erase(verified, key, now)
    return no_content(no_session_cookie())


lambda_handler = entry_point(app)

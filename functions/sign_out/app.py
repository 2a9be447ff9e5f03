"""DELETE /api/sessions/current: a patient signs out."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, no_content, no_session_cookie, session
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import sessions

app = create_app()


@app.delete("/api/sessions/current", openapi_extensions=outcomes(204, refusals=(SessionRequired,)))
def sign_out() -> Response[None]:
    """End this browser's session at once."""
    sessions.end(session(app), clock.now())
    return no_content(no_session_cookie())


lambda_handler = entry_point(app)

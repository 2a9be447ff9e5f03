"""DELETE /api/desk/sessions/current: a clerk of the registry signs out."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, no_content
from shared.desk_api import desk_session, no_desk_cookie
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import sessions

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired,))


@app.delete("/api/desk/sessions/current", openapi_extensions=OUTCOMES)
def desk_sign_out() -> Response[None]:
    """End the session at once, and make the browser forget it."""
    sessions.end(desk_session(app), clock.now())
    return no_content(no_desk_cookie())


lambda_handler = entry_point(app)

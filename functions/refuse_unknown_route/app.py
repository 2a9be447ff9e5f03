"""ANY /api/*: every request that no other function serves is refused as a problem document."""

from aws_lambda_powertools.event_handler import Response

from shared.api import create_app, entry_point
from shared.routes import refusal_of

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

app = create_app()


@app.route("/.+", method=METHODS)
def refuse_unknown_route() -> Response[None]:
    """Refuse the method where the address is known, and the address where it is not."""
    raise refusal_of(app.current_event.path)


lambda_handler = entry_point(app)

"""GET /api/desk/patients/grown-children: the desk sees who has outgrown a child district."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok
from shared.card_views import GrownChildrenView
from shared.desk_api import actor
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import search

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired,))


@app.get("/api/desk/patients/grown-children", openapi_extensions=OUTCOMES)
def list_grown_children() -> Response[GrownChildrenView]:
    """List the adults whom the register still has in a child district."""
    return ok(GrownChildrenView.of(search.grown_children(actor(app), clock.now())))


lambda_handler = entry_point(app)

"""GET /api/guardians: an adult sees whose accounts may take tickets for them."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok, session
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.table import family
from shared.views import GuardiansView, GuardianView

app = create_app()


@app.get("/api/guardians", openapi_extensions=outcomes(200, refusals=(SessionRequired,)))
def list_guardians() -> Response[GuardiansView]:
    """List the other accounts that may act for this one's holder."""
    found = family.guardians_of_holder(session(app), clock.now())
    return ok(GuardiansView(guardians=[GuardianView.of(claim) for claim in found]))


lambda_handler = entry_point(app)

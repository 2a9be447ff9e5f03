"""POST /api/desk/profiles/{account_id}/confirm: the desk confirms a profile (R11)."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from shared import clock, fields
from shared.api import create_app, entry_point, ok
from shared.desk_api import actor
from shared.errors import ConsentMissing, NotFound, SessionRequired
from shared.ids import AccountId
from shared.outcomes import outcomes
from shared.profile_views import ConfirmedProfileView
from shared.table import profiles

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired, NotFound, ConsentMissing))


class ConfirmProfile(fields.Form):
    """Nothing has to be said; an empty object is understood as well."""


@app.post("/api/desk/profiles/<account_id>/confirm", openapi_extensions=OUTCOMES)
def confirm_profile(
    account_id: Annotated[fields.Id, Path()],
    form: ConfirmProfile | None = None,  # noqa: ARG001 - it is only seen to be empty
) -> Response[ConfirmedProfileView]:
    """Confirm it, once its consent was received; what was confirmed before stays so."""
    account = profiles.confirm(actor(app), AccountId(account_id), clock.now())
    return ok(ConfirmedProfileView.of(account))


lambda_handler = entry_point(app)

"""POST /api/invitation-acceptances: an adult lets a relative's account take tickets for them."""

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, entry_point, no_content, session
from shared.errors import InvitationExpired, SessionRequired
from shared.ids import AccountId, PatientId
from shared.keyring import read_token
from shared.outcomes import outcomes
from shared.table import family

app = create_app()
OUTCOMES = outcomes(204, refusals=(SessionRequired, InvitationExpired))


class AcceptInvitation(fields.Form):
    """The mailed link's token; it is worth nothing but in the hands of whom it was mailed to."""

    token: fields.Token


@app.post("/api/invitation-acceptances", openapi_extensions=OUTCOMES)
def accept_invitation(form: AcceptInvitation) -> Response[None]:
    """Make the account that asked a guardian of this one's holder."""
    key = session(app)
    account_id, patient_id, invitation_id = read_token("invite", form.token, InvitationExpired)
    asking = AccountId(account_id)
    family.accept(key, asking, PatientId(patient_id), invitation_id, clock.now())
    return no_content()


lambda_handler = entry_point(app)

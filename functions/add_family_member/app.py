"""POST /api/family: a patient adds a relative who cannot use the Internet."""

from typing import Literal

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from shared import clock, policies
from shared.accounts import Claim
from shared.api import accepted, create_app, entry_point, session
from shared.errors import FamilyFull, SessionRequired
from shared.forms import PersonForm
from shared.keyring import email_key_of, patient_id_of
from shared.limits import FAMILY
from shared.outcomes import outcomes
from shared.policies import PolicyNumber
from shared.settings import settings
from shared.table import accounts, family, limits

app = create_app()
OUTCOMES = outcomes(202, refusals=(SessionRequired, FamilyFull))


class AddFamilyMember(PersonForm):
    """The form «Семья»; the series is read and not kept, as nothing is decided by it."""


class Checked(BaseModel):
    """The one answer, whether the register knows the person or not (R5)."""

    status: Literal["checked"] = "checked"


@app.post("/api/family", openapi_extensions=OUTCOMES)
def add_family_member(form: AddFamilyMember) -> Response[Checked]:
    """Keep what was typed; the relative is listed as soon as the register agrees."""
    key, now, number = session(app), clock.now(), PolicyNumber(form.policy_number)
    typed = Claim(
        account_id=key.account_id,
        patient_id=patient_id_of(number),
        relation="relative",
        person=form.person(),
        policy_last4=policies.last4(number),
        claimed_on=settings().day_of(now),
    )
    household = accounts.show(key, now)
    limits.count(FAMILY, email_key_of(household.account.email), now)
    if household.holder.matches:
        limits.count(FAMILY, household.account.holder_id, now)
    if typed.patient_id != household.account.holder_id:
        family.add(key, typed, now)
    return accepted(Checked())


lambda_handler = entry_point(app)

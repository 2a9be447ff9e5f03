"""POST /api/desk/patients/search: the desk finds a patient, by policy or by name and birth date."""

from collections.abc import Iterator

from aws_lambda_powertools.event_handler import Response

from shared import clock, fields
from shared.api import create_app, entry_point, ok
from shared.card_views import FoundView
from shared.desk_api import actor
from shared.errors import Fault, InvalidRequest, SessionRequired
from shared.keyring import patient_id_of
from shared.outcomes import outcomes
from shared.policies import PolicyNumber
from shared.table import districts, search
from shared.tickets import districts_of

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired,))
_EITHER = "Ищите либо по номеру полиса, либо по фамилии и дате рождения."


class SearchPatients(fields.Form):
    """Either the policy, or the last name with the birth date."""

    policy_number: fields.PolicyNumber | None = None
    last_name: fields.Name | None = None
    birth_date: fields.BirthDate | None = None


@app.post("/api/desk/patients/search", openapi_extensions=OUTCOMES)
def search_patients(form: SearchPatients) -> Response[FoundView]:
    """Show the cards of the patients found; whom the desk sees, the audit trail knows."""
    who, now = actor(app), clock.now()
    number, last_name, birth_date = form.policy_number, form.last_name, form.birth_date
    if number is not None and last_name is None and birth_date is None:
        found = search.by_policy(who, patient_id_of(PolicyNumber(number)), now)
    elif number is None and last_name is not None and birth_date is not None:
        found = search.by_name(who, last_name, birth_date, now)
    else:
        raise InvalidRequest(*_faults(form))
    tickets = filter(None, (card.patient.upcoming(now) for card in found))
    return ok(FoundView.of(found, districts.shown_districts(districts_of(tickets)), now))


def _faults(form: SearchPatients) -> Iterator[Fault]:
    """Name what is missing of the name and the birth date, or too much beside the policy."""
    with_policy = form.policy_number is not None
    for name, typed in (("last_name", form.last_name), ("birth_date", form.birth_date)):
        if with_policy == (typed is not None):
            yield Fault(f"/{name}", _EITHER, "search_either" if with_policy else "missing")


lambda_handler = entry_point(app)

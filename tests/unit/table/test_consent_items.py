"""Consents and their papers: what is written of them is read back, whole."""

from datetime import date
from typing import Any

from hypothesis import given, strategies as st

from shared import keys
from shared.consents import Consent, Paper
from shared.ids import AccountId, PatientId
from shared.keys import Key
from shared.table import consents, wire

_ids = st.text("0123456789abcdef", min_size=32, max_size=32)
_days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
_consents = st.builds(Consent, _ids, _ids.map(PatientId), _ids.map(AccountId), st.emails())
_papers = st.builds(
    Paper, _ids, _ids.map(PatientId), st.text(), _days, st.text(), _days, withdrawn_on=st.none()
)


def _through_the_wire(item: Any, key: Key) -> Any:  # noqa: ANN401
    """Return an item as the store gives it back."""
    return wire.from_wire(wire.to_wire({**item, "PK": key.pk, "SK": key.sk}))


@given(_consents)
def test_a_consent_in_force_is_read_back(consent: Consent) -> None:
    item = _through_the_wire(consents.to_item(consent), keys.consent(consent.patient_id))
    assert consents.from_item(item) == consent


@given(_papers)
def test_a_paper_is_read_back(paper: Paper) -> None:
    key = keys.consent_paper(paper.patient_id, paper.consent_id)
    assert consents.paper_from_item(_through_the_wire(consents.paper_to_item(paper), key)) == paper


@given(_papers, _days)
def test_the_day_of_its_withdrawal_is_read_with_a_paper(paper: Paper, day: date) -> None:
    written = {**consents.paper_to_item(paper), "withdrawn_on": str(day)}
    key = keys.consent_paper(paper.patient_id, paper.consent_id)
    assert consents.paper_from_item(_through_the_wire(written, key)).withdrawn_on == day

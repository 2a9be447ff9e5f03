"""Steps of consents and profiles: R11."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration import desk_profiles
from tests.model import views
from tests.model.facts import Outcome
from tests.model.walk import Walk


class ConsentWalk(Walk):
    """Clerks who record consents and confirm profiles."""

    @rule(data=st.data(), number=st.sampled_from(["1", "2"]))
    def records_a_consent(self, data: st.DataObject, number: str) -> None:
        patient = self.patient(data)
        account = self.account(data)
        answer = self.as_clerk(
            lambda clerk: desk_profiles.record(
                clerk, patient.patient_id, account.email, document_number=number
            ),
            lambda _: self.clinic.record_consent(patient.patient_id, account.email, number),
        )
        if answer.status == 201:
            assert answer.body["profile"] == views.profile_view(account)

    @rule(data=st.data())
    def withdraws_a_consent(self, data: st.DataObject) -> None:
        patient = self.patient(data)
        self.as_clerk(
            lambda clerk: desk_profiles.withdraw(clerk, patient.patient_id),
            lambda _: self.clinic.withdraw_consent(patient.patient_id),
        )

    @rule(data=st.data())
    def confirms_a_profile(self, data: st.DataObject) -> None:
        account = self.account(data)
        self.as_clerk(
            lambda clerk: desk_profiles.confirm(clerk, account.account_id),
            lambda _: self.clinic.confirm_profile(account),
        )
        self.look(account)

    @rule()
    def looks_at_the_queue(self) -> None:
        answer = self.as_clerk(desk_profiles.list_profiles, lambda _: Outcome(200, use="write"))
        listed = [
            (date.fromisoformat(one["due_on"]), one["account_id"], one["overdue"])
            for one in answer.body["profiles"]
        ]
        today = self.clinic.today
        assert listed == [(due_on, one, due_on < today) for due_on, one in self.clinic.waiting()]

"""Steps of the desk's districts: doctors, hours and absences (R8, R10)."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration import desk_districts
from tests.model import prologue
from tests.model.facts import District
from tests.model.walk import Walk

_DISTRICTS = st.sampled_from(["a1", "c1"])
_AHEAD = st.integers(0, 6)


class DistrictWalk(Walk):
    """Clerks who keep the districts."""

    @rule(
        district_id=_DISTRICTS,
        hours=st.sampled_from(list(prologue.HOURS)),
        doctor=st.sampled_from(["a", "b", ""]),
    )
    def changes_a_district(self, district_id: str, hours: str, doctor: str) -> None:
        before = self.clinic.districts[district_id]
        after = District(
            district_id,
            before.kind,
            before.name,
            prologue.DOCTORS[doctor],
            prologue.HOURS[hours],
        )
        form = prologue.form_of(after)
        self.as_clerk(
            lambda clerk: desk_districts.change_district(clerk, district_id, **form),
            lambda _: self.clinic.put_district(after),
        )
        self.schedule_changed()

    @rule(district_id=_DISTRICTS, ahead=_AHEAD, days=_AHEAD)
    def declares_an_absence(self, district_id: str, ahead: int, days: int) -> None:
        clinic = self.clinic
        first_on = clinic.today + timedelta(days=ahead)
        last_on = first_on + timedelta(days=days)
        period = {"from": str(first_on), "to": str(last_on), "reason": "учёба"}
        answer = self.as_clerk(
            lambda clerk: desk_districts.declare(clerk, period, district_id),
            lambda _: clinic.declare_absence(district_id, first_on, last_on),
        )
        self.schedule_changed()
        called_off = clinic.called_off(district_id, first_on, last_on)
        about = clinic.called_off_patients(called_off)
        told = {one for one in about if clinic.is_looked_after(one)}
        to_be_called = {one["patient_id"] for one in answer.body["to_be_called"]}
        assert answer.body["withdrawn_slots"] == len(called_off)
        assert answer.body["notified_patients"] == len(told)
        assert to_be_called == about - told

    @rule(data=st.data(), district_id=_DISTRICTS)
    def takes_an_absence_back(self, data: st.DataObject, district_id: str) -> None:
        known = [*self.clinic.districts[district_id].absences, self.clinic.today]
        first_on = self.pick(data, known, "from")
        self.as_clerk(
            lambda clerk: desk_districts.take_back(clerk, str(first_on), district_id),
            lambda _: self.clinic.take_back_absence(district_id, first_on),
        )
        self.schedule_changed()

"""Steps of the attachment register: R5, R6, R7."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.answers import Answer, call
from tests.integration.desk import Clerk
from tests.model import prologue
from tests.model.desk import Line
from tests.model.facts import Outcome
from tests.model.walk import Walk

_DISTRICTS = st.sampled_from(["a1", "c1"])


class RegisterWalk(Walk):
    """Clerks who take the register over."""

    @rule(
        data=st.data(),
        district_id=_DISTRICTS,
        how=st.sampled_from(["right", "right", "wrong"]),
        insured=st.sampled_from([None, None, -1, 1, 3]),
    )
    def imports_a_line(
        self, data: st.DataObject, district_id: str, how: str, insured: int | None
    ) -> None:
        citizen = self.pick(data, list(prologue.citizens().values()), "citizen")
        until = None if insured is None else self.clinic.today + timedelta(days=insured)
        line = Line(citizen.patient_id, prologue.typed(citizen, how), district_id, until)
        body = "\n".join([prologue.HEADER, prologue.line(citizen, line)])
        verdicts = []

        def put(clerk: Clerk) -> Answer:
            path, headers = "/api/desk/patients", {"content-type": "text/csv; charset=utf-8"}
            return call("import_patients", "PUT", path, body, cookie=clerk.cookie, headers=headers)

        def take_over(_: Answer) -> Outcome:
            verdicts.append(self.clinic.import_line(line))
            is_quiet = verdicts == ["unchanged"] and not self.clinic.has_lost(line.patient_id)
            return Outcome(200, use="read" if is_quiet else "write")

        answer = self.as_clerk(put, take_over)
        counted = {name: answer.body[name] for name in ("created", "updated", "unchanged")}
        assert counted == {name: int(name in verdicts) for name in counted}
        assert len(answer.body["freed_tickets"]) == self.clinic.has_lost(line.patient_id)

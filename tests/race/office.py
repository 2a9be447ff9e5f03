"""The registry at the same time: times it gives, absences, hours, the register; and releases."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from shared import clock
from shared.districts import WEEKDAYS, District
from shared.settings import settings
from tests.race.attempts import Ask, Attempt, Body, outcome_of, request
from tests.race.wild import GONE, TAKEN, Draw, Wild, learning_ticket, ticket_of
from tests.race.world import Citizen
from tests.stack.portal import DOCTOR
from tests.stack.running import RunningStack

_LINES = 3
"""Of one call for the register."""
_COLUMNS = (
    "policy_number,last_name,first_name,middle_name,birth_date,district_id,policy_valid_until"
)
_HOURS = tuple(f"23:{minute:02}" for minute in range(0, 60, 10))
_EARLIER_HOURS = tuple(f"22:{minute:02}" for minute in range(0, 60, 10))
_NEVER = time(8, 30)
"""A time that no doctor has."""


@dataclass
class Office(Wild):
    """Draws what the desk does besides, and when slots are released."""

    @property
    def weights(self) -> Mapping[Draw, int]:
        """How often each thing is asked for."""
        return {
            **super().weights,
            self.give: 25,
            self.take_back: 20,
            self.note_outcome: 4,
            self.attach: 8,
            self.be_absent: 3,
            self.be_back: 5,
            self.change_hours: 2,
            self.release: 2,
        }

    def give(self) -> Attempt:
        """Give any time of the coming days, published or not."""
        citizen = self.citizen()
        times = [time.fromisoformat(at) for at in (*_HOURS, *_EARLIER_HOURS)]
        at = self.chance.choice([*times, _NEVER])
        starts_at = datetime.combine(self._day(), at, settings().zone).isoformat()
        body = {"patient_id": citizen.patient_id, "starts_at": starts_at}
        ask = request("POST /api/desk/tickets", self._clerk(), body)
        return Attempt(
            "desk: give", ask, frozenset({"200", "201"} | TAKEN), learning_ticket(citizen)
        )

    def take_back(self) -> Attempt:
        """Cancel a ticket that was there lately."""
        ask = request(f"DELETE /api/desk/tickets/{ticket_of(self.holder())}", self._clerk())
        return Attempt("desk: take back", ask, frozenset({"204"} | GONE))

    def note_outcome(self) -> Attempt:
        """Note an outcome before the time has come, which the desk may."""
        what = f"POST /api/desk/tickets/{ticket_of(self.holder())}/outcome"
        body = {"outcome": self.chance.choice(("arrived", "no_show"))}
        ask = request(what, self._clerk(), body)
        return Attempt("desk: outcome", ask, frozenset({"200"} | GONE))

    def attach(self) -> Attempt:
        """Import some patients: as they are, misspelt, or into another district of their kind."""
        some = self.chance.sample(self.world.citizens, _LINES)
        sheet = "\n".join((_COLUMNS, *map(self._line, some)))
        return Attempt("desk: import", _importing(sheet, self._clerk()), frozenset({"200"}))

    def _line(self, citizen: Citizen) -> str:
        kind = self.world.districts[citizen.district_id].kind
        same = [one.district_id for one in self.world.districts.values() if one.kind == kind]
        citizen.district_id = self.chance.choice([citizen.district_id, *same])
        person = citizen.person
        if not self.chance.randrange(4):
            person = replace(person, first_name="Описка")
        names = (person.last_name, person.first_name, "")
        return ",".join((citizen.number, *names, str(person.birth_date), citizen.district_id, ""))

    def be_absent(self) -> Attempt:
        """Declare a doctor absent on a day or two."""
        district, first_on = self._district(), self._day()
        last_on = first_on + timedelta(days=self.chance.randrange(2))
        body = {"from": str(first_on), "to": str(last_on), "reason": "проба"}
        what = f"PUT /api/desk/districts/{district.district_id}/absences"
        return Attempt("desk: absence", request(what, self._clerk(), body), frozenset({"200"}))

    def be_back(self) -> Attempt:
        """Take back the absence that begins on a day, if there is one."""
        what = f"DELETE /api/desk/districts/{self._district().district_id}/absences/{self._day()}"
        return Attempt("desk: absence back", request(what, self._clerk()), frozenset({"204"}))

    def change_hours(self) -> Attempt:
        """Give a district other hours, or for a while no doctor."""
        district = self._district()
        hours = self.chance.choice((_HOURS, _EARLIER_HOURS, _HOURS[:3]))
        doctor = {"name": DOCTOR.name, "room": DOCTOR.room}
        body = {
            "name": district.name,
            "kind": district.kind,
            "doctor": doctor if self.chance.randrange(6) else None,
            "hours": dict.fromkeys(WEEKDAYS[:5], hours),
        }
        ask = request(f"PUT /api/desk/districts/{district.district_id}", self._clerk(), body)
        return Attempt("desk: hours", ask, frozenset({"200"}))

    def release(self) -> Attempt:
        """Run the release, as the schedule does."""
        return Attempt("release", _release, frozenset({"published"}))

    def _district(self) -> District:
        return self.chance.choice(list(self.world.districts.values()))

    def _day(self) -> date:
        """Return any of the days that are published, but for today."""
        ahead = self.chance.randrange(1, settings().horizon_days)
        return settings().day_of(clock.now()) + timedelta(days=ahead)

    def _clerk(self) -> str:
        return self.chance.choice(self.world.clerks).cookie


def _importing(sheet: str, cookie: str) -> Ask:
    headers = {"Cookie": cookie, "Content-Type": "text/csv"}

    def ask(stack: RunningStack) -> tuple[str, Body]:
        path = "/api/desk/patients"
        told, body = outcome_of(stack.api.put(path, content=sheet.encode(), headers=headers))
        return f"{told} rejected" if body.get("rejected") else told, body

    return ask


def _release(stack: RunningStack) -> tuple[str, Body]:
    """Run it up to three times, as Lambda does with what the schedule calls."""
    name, told = stack.function_name("ReleaseSlotsFunction"), {}
    for _ in range(3):
        answer = stack.aws("lambda").invoke(FunctionName=name, Payload=b"{}")
        told = json.loads(answer["Payload"].read())
        if "FunctionError" not in answer:
            return "published", told
    return "unfinished", told

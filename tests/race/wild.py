"""Families that share patients, all at once: nobody knows what the others have just done.

So an answer may be any that the contract has for it; afterwards the table tells whether all of them
together left it whole.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shared.ids import SlotId, TicketId
from tests.race.attempts import Attempt, Body, Learn, booking, request
from tests.race.world import Citizen, World
from tests.stack import portal

TAKEN = {"409 slot_taken", "409 slot_withdrawn", "409 ticket_limit_reached"}
GONE = {"404 not_found", "409 too_late"}
_NOT_MINE = {"403 not_attached", "403 wrong_district", "404 patient_unknown"}
_NOBODYS_TICKET = TicketId(f"{'0' * 32}.{'0' * 16}")

Draw = Callable[[], Attempt]


@dataclass
class Wild:
    """Draws which patient, or who acts for them, asks for what."""

    world: World
    chance: random.Random
    _again: deque[Attempt] = field(default_factory=deque)
    """Requests that are sent a second time while the first is on its way."""

    @property
    def weights(self) -> Mapping[Draw, int]:
        """How often each thing is asked for."""
        return {
            self.book: 600,
            self.book_twice: 80,
            self.move: 90,
            self.cancel: 80,
            self.look: 40,
            self.leave: 3,
            self.join: 3,
        }

    def repeated(self) -> Attempt | None:
        """Return what is to be sent a second time, if anything is."""
        return self._again.popleft() if self._again else None

    def book(self) -> Attempt:
        """Take any slot of the patient's district."""
        citizen = self.citizen()
        ask = booking(citizen.patient_id, self._slot_of(citizen), self._cookie(citizen))
        allowed = frozenset({"200", "201"} | TAKEN | _NOT_MINE)
        return Attempt("book", ask, allowed, learning_ticket(citizen))

    def book_twice(self) -> Attempt:
        """Send the same booking two times at once."""
        attempt = replace(self.book(), name="book, sent twice")
        self._again.append(attempt)
        return attempt

    def move(self) -> Attempt:
        """Take another slot in the place of a ticket that was there lately."""
        citizen = self.holder()
        what, body = f"PUT /api/tickets/{ticket_of(citizen)}", {"slot_id": self._slot_of(citizen)}
        allowed = frozenset({"200", "403 wrong_district"} | TAKEN | GONE)
        return Attempt("move", request(what, self._cookie(citizen), body), allowed)

    def cancel(self) -> Attempt:
        """Give a ticket back that was there lately."""
        citizen = self.holder()
        ask = request(f"DELETE /api/tickets/{ticket_of(citizen)}", self._cookie(citizen))
        return Attempt("cancel", ask, frozenset({"204"} | GONE))

    def look(self) -> Attempt:
        """List the slots; from then on all choose among these."""
        citizen = self.citizen()

        def learn(outcome: str, body: Body) -> None:
            days = body["days"] if outcome == "200" else []
            listed = [SlotId(slot["slot_id"]) for day in days for slot in day["slots"]]
            if listed:
                self.world.slots[body["district_id"]] = listed

        ask = request(f"GET /api/slots?patient_id={citizen.patient_id}", self._cookie(citizen))
        return Attempt("look", ask, frozenset({"200", "404 patient_unknown"}), learn)

    def leave(self) -> Attempt:
        """Give a relative up."""
        citizen = self.chance.choice(self.world.relatives)
        what = f"DELETE /api/family/{citizen.patient_id}"
        ask = request(what, self._cookie(citizen))
        return Attempt("family: leave", ask, frozenset({"204", "404 not_found"}))

    def join(self) -> Attempt:
        """Claim a relative again, up to the limit of a day."""
        citizen = self.chance.choice(self.world.relatives)
        form = portal.form_of(citizen.number, citizen.person)
        ask = request("POST /api/family", self._cookie(citizen), form)
        return Attempt("family: join", ask, frozenset({"202", "429 too_many_requests"}))

    def citizen(self) -> Citizen:
        """Return any patient."""
        return self.chance.choice(self.world.citizens)

    def holder(self) -> Citizen:
        """Return a patient of whom a ticket is known, where a few tries find one."""
        drawn = [self.citizen() for _ in range(5)]
        return next((one for one in drawn if one.ticket_id), drawn[0])

    def _slot_of(self, citizen: Citizen) -> SlotId:
        return self.chance.choice(self.world.slots[citizen.district_id])

    def _cookie(self, citizen: Citizen) -> str:
        return self.chance.choice(citizen.guardians).cookie


@dataclass
class Bookers(Wild):
    """Those who only book."""

    @property
    def weights(self) -> Mapping[Draw, int]:
        """How often each thing is asked for."""
        return {self.book: 1}


def ticket_of(citizen: Citizen) -> TicketId:
    """Return the ticket that was last known of a patient."""
    return citizen.ticket_id or _NOBODYS_TICKET


def learning_ticket(citizen: Citizen) -> Learn:
    """Return what keeps the ticket that a patient was given."""

    def learn(outcome: str, body: Body) -> None:
        if outcome in {"200", "201"}:
            citizen.ticket_id = TicketId(body["ticket_id"])

    return learn

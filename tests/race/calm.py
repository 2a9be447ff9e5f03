"""Patients of the calm district: few slots, many who want them, and every answer is kept."""

import random
from dataclasses import dataclass, field

from shared.ids import PatientId, SlotId, TicketId
from tests.race.attempts import Attempt, Body, Learn, booking, request
from tests.race.ledger import Held, Ledger
from tests.race.world import Citizen, World


@dataclass
class Calm:
    """Asks for one thing at a time for each patient."""

    world: World
    chance: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    _busy: set[PatientId] = field(default_factory=set)

    def attempt(self) -> Attempt | None:
        """Return what a patient who waits for no answer asks for next; None where all wait."""
        idle = [one for one in self.world.calm_citizens if one.patient_id not in self._busy]
        if not idle:
            return None
        citizen = self.chance.choice(idle)
        self._busy.add(citizen.patient_id)
        held = self.ledger.held.get(citizen.patient_id)
        slot_id = self.chance.choice(self.world.slots[self.world.calm.district_id])
        if held is None:
            return self._book(citizen, slot_id)
        if held.slot_id == slot_id:
            return self._book_again(citizen, held)
        asks = self.chance.choice((self._move, self._move, self._cancel, self._book_second))
        return asks(citizen, held, slot_id)

    def _book(self, citizen: Citizen, slot_id: SlotId) -> Attempt:
        def learn(outcome: str, body: Body) -> None:
            held = Held(TicketId(body["ticket_id"]), slot_id) if outcome == "201" else None
            self._done(citizen, held)

        ask = booking(citizen.patient_id, slot_id, citizen.cookie)
        return Attempt("calm: book", ask, frozenset({"201", "409 slot_taken"}), learn)

    def _book_again(self, citizen: Citizen, held: Held) -> Attempt:
        def learn(outcome: str, body: Body) -> None:
            if outcome == "200" and body["ticket_id"] != held.ticket_id:
                self.ledger.breaches.append(
                    f"{held.ticket_id} is {body['ticket_id']} when repeated"
                )
            self._done(citizen, held)

        ask = booking(citizen.patient_id, held.slot_id, citizen.cookie)
        return Attempt("calm: book again", ask, frozenset({"200"}), learn)

    def _book_second(self, citizen: Citizen, held: Held, slot_id: SlotId) -> Attempt:
        ask, allowed = (
            booking(citizen.patient_id, slot_id, citizen.cookie),
            "409 ticket_limit_reached",
        )
        return Attempt("calm: book two", ask, frozenset({allowed}), self._keeping(citizen, held))

    def _move(self, citizen: Citizen, held: Held, slot_id: SlotId) -> Attempt:
        def learn(outcome: str, _body: Body) -> None:
            self._done(citizen, Held(held.ticket_id, slot_id) if outcome == "200" else held)

        self.ledger.give_up(citizen.patient_id)
        what = f"PUT /api/tickets/{held.ticket_id}"
        ask = request(what, citizen.cookie, {"slot_id": slot_id})
        return Attempt("calm: move", ask, frozenset({"200", "409 slot_taken"}), learn)

    def _cancel(self, citizen: Citizen, held: Held, _slot_id: SlotId) -> Attempt:
        def learn(outcome: str, _body: Body) -> None:
            self._done(citizen, None if outcome == "204" else held)

        self.ledger.give_up(citizen.patient_id)
        ask = request(f"DELETE /api/tickets/{held.ticket_id}", citizen.cookie)
        return Attempt("calm: cancel", ask, frozenset({"204"}), learn)

    def _keeping(self, citizen: Citizen, held: Held) -> Learn:
        return lambda _outcome, _body: self._done(citizen, held)

    def _done(self, citizen: Citizen, held: Held | None) -> None:
        self.ledger.note(citizen.patient_id, held)
        self._busy.discard(citizen.patient_id)

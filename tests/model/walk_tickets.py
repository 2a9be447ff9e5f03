"""Steps of tickets: patients take, move and cancel them; the desk gives and takes back (R6..R8)."""

from datetime import datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from shared.tickets import SlotPlace
from tests.integration import family_people as ask
from tests.integration.answers import Answer, call
from tests.integration.desk import Clerk
from tests.model import views
from tests.model.facts import ZONE, Account, Patient, Ticket
from tests.model.walk import Walk


class TicketWalk(Walk):
    """Patients and clerks who want tickets."""

    def free_places(self, patient: Patient) -> list[SlotPlace]:
        """Return what a patient could be given, the latest first."""
        found = [
            slot.place
            for slot in self.clinic.schedule.slots.values()
            if slot.status == "free" and slot.place.district_id == patient.district_id
        ]
        return sorted(found, key=lambda place: place.slot_id, reverse=True)

    def place(self, data: st.DataObject, patient: Patient) -> SlotPlace:
        """Choose a time: one that is free for the patient, one that is held, or any at all."""
        schedule = self.clinic.schedule
        of_district = [
            slot
            for slot in schedule.slots.values()
            if slot.place.district_id == patient.district_id and slot.place.ordinal
        ]
        free = [slot.place for slot in of_district if slot.status == "free"]
        held = [slot.place for slot in of_district if slot.status == "booked"]
        every = sorted(schedule.known, key=lambda place: place.slot_id)
        never = [SlotPlace(place.district_id, place.day, 9, place.time) for place in every[:1]]
        kinds = [one for one in (free, free, free, held, every, never) if one]
        return self.pick(data, self.pick(data, kinds, "which"), "place")

    def member(self, data: st.DataObject, account: Account) -> Patient:
        """Choose for whom a ticket is wanted, rather somebody whom the account acts for."""
        today, everybody = self.clinic.today, list(self.clinic.patients.values())
        own = [one for one in everybody if one.may_act(account.account_id, today)]
        return self.pick(
            data, self.pick(data, [own or everybody] * 3 + [everybody], "who"), "patient"
        )

    def ticket(self, data: st.DataObject) -> Ticket:
        """Choose a ticket, rather one that stands."""
        standing = [one for one in self.clinic.tickets if one.is_upcoming(self.clinic.now)]
        is_any = not standing or data.draw(st.booleans(), label="any")
        return self.pick(data, self.clinic.tickets if is_any else standing, "ticket")

    def is_shown(self, answer: Answer, ticket: Ticket | None) -> None:
        """Demand that an answer with a ticket shows the one that the model knows."""
        if answer.status in {200, 201}:
            assert ticket is not None
            assert answer.body == views.ticket_view(self.clinic, ticket)

    @rule(data=st.data())
    def books(self, data: st.DataObject) -> None:
        account = self.account(data)
        patient = self.member(data, account)
        self._book(account, patient, self.place(data, patient))

    @precondition(lambda self: any(self.free_places(one) for one in self.clinic.patients.values()))
    @rule(data=st.data())
    def books_a_free_time(self, data: st.DataObject) -> None:
        everybody = list(self.clinic.patients.values())
        patient = self.pick(data, [one for one in everybody if self.free_places(one)], "patient")
        account = self.account(data)
        self._book(account, patient, self.pick(data, self.free_places(patient), "place"))

    @precondition(lambda self: self.rivals())
    @rule(data=st.data())
    def books_what_somebody_holds(self, data: st.DataObject) -> None:
        patient, place = self.pick(data, self.rivals(), "rival")
        self._book(self.account(data), patient, place)

    def rivals(self) -> list[tuple[Patient, SlotPlace]]:
        """Return who could have a time if nobody held it."""
        slots = [one for one in self.clinic.schedule.slots.values() if one.status == "booked"]
        return [
            (patient, slot.place)
            for patient in self.clinic.patients.values()
            for slot in slots
            if slot.place.ordinal and not patient.upcoming(self.clinic.now)
            if slot.place.district_id == patient.district_id
        ]

    def _book(self, account: Account, patient: Patient, place: SlotPlace) -> None:
        answer = self.as_patient(
            account,
            lambda who: ask.book(who, place.slot_id, patient.patient_id),
            lambda answer: self.clinic.book(account, patient.patient_id, place, _drawn(answer)),
        )
        self.is_shown(answer, patient.ticket)

    @precondition(lambda self: self.clinic.tickets)
    @rule(data=st.data())
    def moves(self, data: st.DataObject) -> None:
        account, ticket = self.account(data), self.ticket(data)
        place = self.place(data, self.clinic.patients[ticket.patient_id])
        answer = self.as_patient(
            account,
            lambda who: ask.move(who, ticket.ticket_id, place.slot_id),
            lambda _: self.clinic.move(account, ticket, place),
        )
        self.is_shown(answer, ticket)

    @precondition(lambda self: self.clinic.tickets)
    @rule(data=st.data())
    def cancels(self, data: st.DataObject) -> None:
        account, ticket = self.account(data), self.ticket(data)
        self.as_patient(
            account,
            lambda who: ask.cancel(who, ticket.ticket_id),
            lambda _: self.clinic.cancel(account, ticket),
        )

    @rule(
        data=st.data(),
        ahead=st.integers(0, 7),
        at=st.sampled_from([time(9, 0), time(9, 10), time(9, 20), time(18, 40)]),
    )
    def is_given_a_ticket(self, data: st.DataObject, ahead: int, at: time) -> None:
        patient = self.patient(data)
        day = self.clinic.today + timedelta(days=ahead)
        place = SlotPlace(patient.district_id or "", day, 0, at)  # type: ignore[arg-type]
        starts_at = datetime.combine(day, at, ZONE).isoformat()
        sent = {"patient_id": patient.patient_id, "starts_at": starts_at}
        answer = self.as_clerk(
            lambda clerk: call(
                "give_ticket", "POST", "/api/desk/tickets", sent, cookie=clerk.cookie
            ),
            lambda answer: self.clinic.give(patient.patient_id, place, _drawn(answer)),
        )
        self.is_shown(answer, patient.ticket)

    @precondition(lambda self: self.clinic.tickets)
    @rule(data=st.data())
    def loses_a_ticket_to_the_desk(self, data: st.DataObject) -> None:
        ticket = self.ticket(data)
        path = f"/api/desk/tickets/{ticket.ticket_id}"
        self.as_clerk(
            lambda clerk: call("take_back_ticket", "DELETE", path, cookie=clerk.cookie),
            lambda _: self.clinic.take_back(ticket),
        )

    @precondition(lambda self: self.clinic.tickets)
    @rule(data=st.data(), outcome=st.sampled_from(["arrived", "no_show"]))
    def came_or_not(self, data: st.DataObject, outcome: str) -> None:
        ticket = self.ticket(data)
        path = f"/api/desk/tickets/{ticket.ticket_id}/outcome"

        def note(clerk: Clerk) -> Answer:
            return call("note_outcome", "POST", path, {"outcome": outcome}, cookie=clerk.cookie)

        answer = self.as_clerk(note, lambda _: self.clinic.note_outcome(ticket, outcome))
        self.is_shown(answer, ticket)


def _drawn(answer: Answer) -> str:
    return str((answer.body or {}).get("ticket_id", ""))

"""The model's desk and schedules: districts, absences, the register, tickets and consents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.patients import Person
from shared.tickets import SlotPlace
from tests.model import families
from tests.model.clinic import NOT_FOUND, Clinic
from tests.model.facts import (
    ENDED,
    ZONE,
    Account,
    District,
    Outcome,
    Patient,
    Slot,
    Ticket,
    third_working_day_after,
)

_DONE = Outcome(200, use="write")


@dataclass(frozen=True)
class Line:
    """A line of the attachment register."""

    patient_id: str
    person: Person
    district_id: str
    valid_until: date | None


class WholeClinic(Clinic):
    """The clinic with its registry and its daily runs."""

    def put_district(self, district: District) -> Outcome:
        """Make or change a district; its absences stay, its slots follow."""
        before = self.districts.get(district.district_id)
        district.absences = before.absences if before else {}
        self.districts[district.district_id] = district
        self._agree(district)
        return _DONE

    def _agree(self, district: District) -> int:
        return self.schedule.agree(district, self.patients, self.now)

    def release(self) -> int:
        """Publish what is missing; tell how many times are offered that were not."""
        return sum(map(self._agree, self.districts.values()))

    def declare_absence(self, district_id: str, first_on: date, last_on: date) -> Outcome:
        """Let a doctor be away; the tickets of these days end."""
        district = self.districts[district_id]
        self._forget_absences(district, first_on)
        district.absences[first_on] = last_on
        self._agree(district)
        return _DONE

    def take_back_absence(self, district_id: str, first_on: date) -> Outcome:
        """Let a doctor be there after all; one that was never declared is no mistake."""
        self._forget_absences(self.districts[district_id], first_on)
        self._agree(self.districts[district_id])
        return Outcome(204, use="write")

    def _forget_absences(self, district: District, first_on: date) -> None:
        """Forget the one that begins that day, and those that are over."""
        district.absences = {
            first: last
            for first, last in district.absences.items()
            if first != first_on and last >= self.today
        }

    def called_off(self, district_id: str, first_on: date, last_on: date) -> list[Slot]:
        """Return the slots to come that an absence has withdrawn."""
        return [
            slot
            for slot in self.schedule.slots.values()
            if slot.place.district_id == district_id
            and first_on <= slot.place.day <= last_on
            and slot.status == "withdrawn"
            and not slot.has_begun(self.now)
        ]

    def called_off_patients(self, slots: list[Slot]) -> set[str]:
        """Return whose tickets were withdrawn with these slots."""
        held = [slot.ticket for slot in slots if slot.ticket]
        return {ticket.patient_id for ticket in held if ticket.status == "withdrawn"}

    def is_looked_after(self, patient_id: str) -> bool:
        """Tell whether any account is told of the patient's tickets."""
        patient = self.patients[patient_id]
        return any(patient.may_act(one, self.today) for one in self.accounts)

    def import_line(self, line: Line) -> str:
        """Take a line of the register over; tell what became of it.

        A patient who moves to another district loses an upcoming ticket of a later day.
        """
        patient = self.patients[line.patient_id]
        before = _said_of(patient)
        is_new = patient.person is None
        ticket = patient.upcoming(self.now)
        if ticket and line.district_id != patient.district_id and ticket.place.day > self.today:
            ticket.status = "withdrawn"
            self.schedule.free(self._slot_of(ticket))
        patient.person, patient.valid_until = line.person, line.valid_until
        patient.district_id = line.district_id
        families.compare_with_register(patient, self.now)
        if _said_of(patient) == before:
            return "unchanged"
        return "created" if is_new else "updated"

    def has_lost(self, patient_id: str) -> bool:
        """Tell whether a ticket to come of another district than the patient's was withdrawn."""
        patient = self.patients[patient_id]
        ticket = patient.ticket
        if ticket is None or ticket.status != "withdrawn" or ticket.has_begun(self.now):
            return False
        return ticket.place.district_id != patient.district_id

    def give(self, patient_id: str, place: SlotPlace, drawn: str) -> Outcome:
        """Give a time beyond the caps, or the published slot that stands there."""
        patient, at = self.patients[patient_id], place.starts_at(ZONE)
        if patient.person is None or patient.district_id is None:
            return NOT_FOUND
        held = patient.ticket
        if held and held.status == "booked" and held.place.starts_at(ZONE) == at:
            return _DONE
        standing = self.schedule.at_time(patient.district_id, place.day, place.time)
        refusal = self._why_not_given(patient, place, standing)
        if refusal:
            return Outcome(409, refusal, "read")
        self._give(patient, standing.place if standing else place, drawn)
        return Outcome(201, use="write")

    def _why_not_given(
        self, patient: Patient, place: SlotPlace, standing: Slot | None
    ) -> str | None:
        is_absent = self.districts[place.district_id].is_absent_on(place.day)
        if place.starts_at(ZONE) <= self.now or is_absent:
            return "slot_withdrawn"
        if patient.upcoming(self.now):
            return "ticket_limit_reached"
        if patient.valid_until is not None and patient.valid_until < place.day:
            return "policy_expired"
        return "slot_taken" if standing and standing.status == "booked" else None

    def take_back(self, ticket: Ticket) -> Outcome:
        """Cancel a ticket to come for its patient, whatever was noted of it."""
        if ticket.status in ENDED:
            return Outcome(204, use="write")
        if ticket.has_begun(self.now) or self.patients[ticket.patient_id].ticket is not ticket:
            return Outcome(409, "too_late", "read")
        ticket.status = "cancelled"
        self.schedule.free(self._slot_of(ticket))
        return Outcome(204, use="write")

    def note_outcome(self, ticket: Ticket, outcome: str) -> Outcome:
        """Note whether the patient came; it can be put right."""
        if ticket.status in ENDED:
            return Outcome(409, "too_late", "read")
        ticket.status = outcome
        return _DONE

    def remind(self) -> int:
        """Call for tomorrow's reminders, once each; tell how many are new."""
        found = list(self._to_be_reminded())
        for ticket in found:
            ticket.reminded_of = ticket.place
        return len(found)

    def _to_be_reminded(self) -> Iterator[Ticket]:
        tomorrow = self.today + timedelta(days=1)
        held = [patient.ticket for patient in self.patients.values() if patient.ticket]
        for ticket in held:
            is_due = ticket.place.day == tomorrow and ticket.reminded_of != ticket.place
            if is_due and ticket.status == "booked":
                yield ticket

    def record_consent(self, patient_id: str, email: str, number: str) -> Outcome:
        """Record a paper; an unconfirmed profile waits up to the third working day (R11)."""
        patient, account = self.patients[patient_id], self.account_at(email)
        if patient.person is None and not patient.claims:
            return NOT_FOUND
        if account is None or not patient.may_act(account.account_id, self.today):
            return Outcome(409, "email_differs", "read")
        paper, before = (account.account_id, number), self.consents.get(patient_id)
        if before == paper and account.profile != "unconfirmed":
            return Outcome(201, use="write")
        if before and before[0] != account.account_id:
            self._lose(self.accounts[before[0]], patient_id)
        account.consents.add(patient_id)
        if account.profile == "unconfirmed":
            account.profile = "consent_received"
            account.due_on = third_working_day_after(self.today)
        self.consents[patient_id] = paper
        self.signed.add(patient_id)
        return Outcome(201, use="write")

    def _lose(self, account: Account, patient_id: str) -> None:
        """End a patient's consent that names an account; with the last one the profile lapses."""
        account.consents.discard(patient_id)
        if not account.consents:
            account.profile, account.due_on = "unconfirmed", None

    def withdraw_consent(self, patient_id: str) -> Outcome:
        """End the consent in force; one that was withdrawn stays so."""
        if patient_id not in self.signed:
            return NOT_FOUND
        if patient_id in self.consents:
            account_id, _ = self.consents.pop(patient_id)
            self._lose(self.accounts[account_id], patient_id)
        return Outcome(204, use="write")

    def confirm_profile(self, account: Account) -> Outcome:
        """Confirm a profile whose consent was received."""
        if account.profile == "unconfirmed":
            return Outcome(409, "consent_missing", "read")
        account.profile, account.due_on = "confirmed", None
        return _DONE

    def waiting(self) -> list[tuple[date, str]]:
        """Return the queue of profiles: by due day, then account."""
        return sorted((one.due_on, one.account_id) for one in self.accounts.values() if one.due_on)


def _said_of(patient: Patient) -> tuple[object, ...]:
    return (
        *(patient.person, patient.district_id, patient.valid_until, patient.holder),
        *(frozenset(patient.guardians), frozenset(patient.child_guardians)),
    )

"""The model of the clinic: what every request has to be answered, and what it changes (R1..R11).

A method does its deed in the model and returns the outcome. What the portal draws (ids) it is told.
Sessions are looked at by whoever plays: see `walk.py`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.patients import Person
from shared.tickets import SlotPlace
from tests.model import families
from tests.model.facts import (
    ENDED,
    Account,
    Claim,
    District,
    Outcome,
    Patient,
    Registration,
    Session,
    Slot,
    Ticket,
    day_of,
    start_of_period,
)
from tests.model.schedule import Schedule, spot_of

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_SIGN_IN = ((5, _MINUTE), (30, _HOUR))
NOT_FOUND = Outcome(404, "not_found", "read")


@dataclass
class Clinic:
    """Everything that the portal is supposed to know."""

    now: datetime
    schedule: Schedule = field(default_factory=Schedule)
    districts: dict[str, District] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    consents: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The account that a patient's consent in force names, and the paper's number."""
    signed: set[str] = field(default_factory=set)
    """The patients who ever signed a consent."""
    _hits: dict[tuple[str, datetime, timedelta], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the desk."""
        self.desk = self.new_desk_session()

    @property
    def today(self) -> date:
        """The clinic's day."""
        return day_of(self.now)

    # ------------------------------------------------------------------ accounts

    def _count(self, subject: str, *windows: tuple[int, timedelta]) -> bool:
        """Count one more time; False where it was too often."""
        for most, period in windows:
            key = (subject, start_of_period(self.now, period), period)
            if self._hits.get(key, 0) >= most:
                return False
            self._hits[key] = self._hits.get(key, 0) + 1
        return True

    def _count_back(self, subject: str, *windows: tuple[int, timedelta]) -> None:
        for _, period in windows:
            key = (subject, start_of_period(self.now, period), period)
            self._hits[key] = max(0, self._hits.get(key, 0) - 1)

    def account_at(self, email: str) -> Account | None:
        """Return the one user of an address (R3)."""
        return next((one for one in self.accounts.values() if one.email == email), None)

    def register(self, email: str, patient_id: str, person: Person, token: str) -> Outcome:
        """Keep a form; the answer is the same whatever stands behind the address."""
        if not self._count(f"register {email}", (10, _HOUR)):
            return Outcome(429, "too_many_requests")
        form = Registration(email, patient_id, person, token, self.now + _DAY)
        self.registrations.append(form)
        return Outcome(202)

    def confirm(self, form: Registration, drawn: str, *, is_password_right: bool) -> Outcome:
        """Open an account with the link and the password (R3, R4)."""
        if form.is_used or form.ends_at <= self.now or form.tries == 0:
            return Outcome(410, "confirmation_expired")
        if not is_password_right:
            form.tries -= 1
            return Outcome(403, "wrong_password")
        claim = Claim("self", form.person, self.today)
        if not families.can_be_held_by(self.patients[form.patient_id], claim):
            return Outcome(409, "policy_already_registered")
        if self.account_at(form.email):
            return Outcome(410, "confirmation_expired")
        form.is_used = True
        self.open_account(form, drawn)
        return Outcome(201)

    def open_account(self, form: Registration, drawn: str) -> None:
        """Open an account with a session."""
        claim = Claim("self", form.person, self.today)
        families.hold(self.patients[form.patient_id], drawn, claim)
        self.accounts[drawn] = Account(drawn, form.email, form.patient_id, self.new_session())

    def sign_in(self, email: str, *, is_password_right: bool) -> Outcome:
        """Open a session of a confirmed address."""
        if not self._count(f"sign in {email}", *_SIGN_IN):
            return Outcome(429, "too_many_requests")
        account = self.account_at(email)
        if account is None or not is_password_right:
            return Outcome(401, "sign_in_failed")
        self._count_back(f"sign in {email}", *_SIGN_IN)
        account.session = self.new_session()
        return Outcome(201)

    def sign_out(self, account: Account) -> Outcome:
        """End a session."""
        if not account.session.is_open(self.now):
            return Outcome(401, "session_required")
        account.session.idle_at = self.now
        return Outcome(204)

    def new_session(self) -> Session:
        """Open a patient's session: half an hour idle, twelve hours in all."""
        idle, refresh = timedelta(minutes=30), timedelta(minutes=5)
        return Session(idle, refresh, self.now + timedelta(hours=12), self.now + idle)

    def new_desk_session(self) -> Session:
        """Open a clerk's session: a quarter of an hour idle, eight hours in all."""
        idle, refresh = timedelta(minutes=15), timedelta(minutes=1)
        return Session(idle, refresh, self.now + timedelta(hours=8), self.now + idle)

    # -------------------------------------------------------------------- families

    def add_relative(self, account: Account, patient_id: str, person: Person) -> Outcome:
        """Claim a relative; the answer never tells what came of it (R5)."""
        holder = self.patients[account.holder_id]
        if not self._count(f"family {account.email}", (5, _DAY)):
            return Outcome(429, "too_many_requests", "read")
        if holder.may_act(account.account_id, self.today) and not self._count(
            f"family {account.holder_id}", (5, _DAY)
        ):
            return Outcome(429, "too_many_requests", "read")
        patient = self.patients[patient_id]
        if patient_id == account.holder_id or patient.may_act(account.account_id, self.today):
            return Outcome(202, use="read")
        claim = Claim("relative", person, self.today)
        families.claim_relative(patient, account.account_id, claim, self.now)
        return Outcome(202, use="write")

    def remove_relative(self, account: Account, patient_id: str) -> Outcome:
        """Give a relative up; ticket and other guardians stay."""
        claim = self.patients[patient_id].claims.get(account.account_id)
        if claim is None or claim.relation == "self":
            return NOT_FOUND
        families.leave(self.patients[patient_id], account.account_id)
        return Outcome(204, use="write")

    def accept(self, account: Account, asking: str, patient_id: str, *, is_newest: bool) -> Outcome:
        """Let the account that asked act for this one's holder, by a mailed link, old or newest."""
        patient, expired = self.patients[patient_id], Outcome(410, "invitation_expired", "read")
        if patient.holder != account.account_id:
            return expired
        if asking in patient.guardians:
            return Outcome(204, use="read")
        claim = patient.claims.get(asking)
        if claim is None or claim.asked_until is None or claim.asked_until <= self.now:
            return expired
        if not is_newest or not families.agrees(patient, claim):
            return expired
        claim.asked_until = None
        patient.guardians.add(asking)
        return Outcome(204, use="write")

    def look(self, _: Account) -> Outcome:
        """Look at something without a change."""
        return Outcome(200, use="read")

    def dismiss(self, account: Account, guardian_id: str) -> Outcome:
        """Take from another account its say over this one's holder."""
        patient, own = self.patients[account.holder_id], account.account_id
        if guardian_id == own or not {own, guardian_id} <= patient.guardians:
            return NOT_FOUND
        families.leave(patient, guardian_id)
        return Outcome(204, use="write")

    # --------------------------------------------------------------------- tickets

    def book(self, account: Account, patient_id: str, place: SlotPlace, drawn: str) -> Outcome:
        """Take a slot, or say why not: whose it is, then the place, then the slot (R6, R7)."""
        patient, own = self.patients[patient_id], account.account_id
        held = patient.ticket
        has_say = patient.may_act(own, self.today)
        if held and held.status == "booked" and held.place == place and has_say:
            return Outcome(200)
        if not families.is_known_to(patient, own, self.today):
            return Outcome(404, "patient_unknown")
        refusal = None if has_say else Outcome(403, "not_attached")
        refusal = refusal or self._place_refusal(patient, place)
        if refusal is None and patient.upcoming(self.now):
            refusal = Outcome(409, "ticket_limit_reached")
        refusal = refusal or self._slot_refusal(place)
        if refusal:
            return refusal
        self._give(patient, place, drawn)
        return Outcome(201, use="write")

    def _place_refusal(self, patient: Patient, place: SlotPlace) -> Outcome | None:
        if patient.district_id is None:
            return Outcome(403, "not_attached")
        if patient.district_id != place.district_id:
            return Outcome(403, "wrong_district")
        if patient.valid_until is not None and patient.valid_until < place.day:
            return Outcome(409, "policy_expired")
        return None

    def _slot_refusal(self, place: SlotPlace) -> Outcome | None:
        slot = self.schedule.find(place)
        if slot is None:
            return Outcome(404, "slot_unknown")
        if slot.place != place or slot.has_begun(self.now) or slot.status == "withdrawn":
            return Outcome(409, "slot_withdrawn")
        return Outcome(409, "slot_taken") if slot.status == "booked" else None

    def _give(self, patient: Patient, place: SlotPlace, drawn: str) -> None:
        slot = self.schedule.find(place)
        if slot is None or place.ordinal == 0:
            slot = Slot(place)
            self.schedule.slots[spot_of(place)] = slot
        patient.ticket = Ticket(patient.patient_id, place, ticket_id=drawn)
        slot.status, slot.ticket, slot.is_kept = "booked", patient.ticket, True
        self.tickets.append(patient.ticket)

    def _slot_of(self, ticket: Ticket) -> Slot:
        slot = self.schedule.find(ticket.place)
        assert slot is not None
        assert slot.ticket is ticket
        return slot

    def move(self, account: Account, ticket: Ticket, place: SlotPlace) -> Outcome:
        """Take another slot and give the old one back, or neither."""
        patient = self.patients[ticket.patient_id]
        if not patient.may_act(account.account_id, self.today):
            return NOT_FOUND
        if ticket.status == "booked" and ticket.place == place:
            return Outcome(200, use="read")
        refusal = None
        if patient.upcoming(self.now) is None:
            refusal = Outcome(409, "too_late")
        elif patient.ticket is not ticket:
            refusal = Outcome(409, "ticket_limit_reached")
        refusal = refusal or self._place_refusal(patient, place)
        if refusal is None and spot_of(place) == spot_of(ticket.place):
            refusal = Outcome(409, "slot_withdrawn")
        refusal = refusal or self._slot_refusal(place)
        if refusal:
            return Outcome(refusal.status, refusal.code, "read")
        self.schedule.free(self._slot_of(ticket))
        slot = self.schedule.slots[spot_of(place)]
        slot.status, slot.ticket = "booked", ticket
        ticket.place, ticket.reminded_of = place, None
        return Outcome(200, use="write")

    def cancel(self, account: Account, ticket: Ticket) -> Outcome:
        """Give a ticket back until it begins."""
        patient = self.patients[ticket.patient_id]
        if not patient.may_act(account.account_id, self.today):
            return NOT_FOUND
        if ticket.status in ENDED:
            return Outcome(204, use="read")
        if patient.upcoming(self.now) is not ticket:
            return Outcome(409, "too_late", "read")
        ticket.status = "cancelled"
        self.schedule.free(self._slot_of(ticket))
        return Outcome(204, use="write")

"""The attachment register taken over into the patients' rows: some lines in each transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import guardianship, keys
from shared.accounts import Claim
from shared.desk import Actor
from shared.errors import TryAgain
from shared.keyring import patient_id_of
from shared.patients import Patient, is_child, lost_by_transfer
from shared.register import Line, TakenOver, Verdict
from shared.settings import settings
from shared.table import audit, claims, patients, slots, store
from shared.table.patients import PatientChanged
from shared.table.store import Leg
from shared.tickets import Ticket

_AT_ONCE = 20
"""Lines of one transaction, which has two more actions, and one more for each ticket it frees."""


@dataclass(frozen=True)
class _Step:
    """One line beside the patient whom it is about, as they stand and as it leaves them."""

    line: Line
    before: Patient
    after: Patient
    typed: Sequence[Claim]
    verdict: Verdict

    @property
    def is_transfer(self) -> bool:
        """The register has the patient in another district than before."""
        return self.before.district_id != self.after.district_id

    @property
    def freed(self) -> Ticket | None:
        """The ticket that is lost, as it was."""
        return self.before.ticket if self.before.ticket != self.after.ticket else None


def take_over(actor: Actor | None, lines: Sequence[Line], now: datetime) -> list[TakenOver]:
    """Write lines of the register over what it said before, and return what became of each.

    The accounts that had claimed a person and whose data match get their say (R5); those whose data
    match no longer lose it; an adult with an account of their own is asked about the others. What
    stands already is not written again, so that a call that broke off may simply be made once more.
    No two lines may be about one policy. Without an actor it is the demo's own register. Raises
    SessionRequired, TryAgain.
    """
    steps: list[_Step] = []
    for first in range(0, len(lines), _AT_ONCE):
        steps += _take_over_at_once(actor, lines[first : first + _AT_ONCE], now)
    taken = [_taken_over(step, now) for step in steps]
    told_again = [one.patient_id for one in taken if one.freed and one.verdict == "unchanged"]
    if actor and told_again:
        audit.note(actor, "import_patients", now, told_again)
    return taken


def _take_over_at_once(actor: Actor | None, lines: Sequence[Line], now: datetime) -> list[_Step]:
    for _ in store.pauses():
        steps = _plan(lines, now)
        try:
            _write(actor, [step for step in steps if step.verdict != "unchanged"], now)
        except PatientChanged:
            continue
        _ask(steps)
        return steps
    raise TryAgain


def _plan(lines: Sequence[Line], now: datetime) -> list[_Step]:
    """Read the patients and their claimants' claims, and decide what every line does."""
    ids = [patient_id_of(line.attachment.policy_number) for line in lines]
    rows = store.get_many([keys.patient(one) for one in ids], consistent=True)
    items = [rows.get(keys.patient(one), {}) for one in ids]
    known = [patients.from_item(one, item) for one, item in zip(ids, items, strict=True)]
    typed = patients.claims_on(known)
    steps = []
    for line, item, before in zip(lines, items, known, strict=True):
        about = typed.get(before.patient_id, [])
        after = _after(line, before, about, now)
        new: Verdict = "created" if before.person is None else "updated"
        verdict: Verdict = "unchanged" if patients.is_written(after, item) else new
        steps.append(_Step(line, before, after, about, verdict))
    return steps


def _after(line: Line, before: Patient, typed: Sequence[Claim], now: datetime) -> Patient:
    after = guardianship.registered(before, line.attachment, typed)
    freed = lost_by_transfer(before, line.attachment.district_id, now, settings().day_of(now))
    return replace(after, ticket=freed.ended("withdrawn")) if freed else after


def _write(actor: Actor | None, changed: Sequence[_Step], now: datetime) -> None:
    """Write what changes, in one transaction. Raises PatientChanged, SessionRequired, TryAgain."""
    if not changed:
        return
    work = [_row_leg(step) for step in changed]
    work += [slots.free_leg(step.freed) for step in changed if step.freed]
    if actor is None:
        store.transact(work)
        return
    about = [step.after.patient_id for step in changed]
    audit.carry_out(audit.guard_legs(actor, "import_patients", now, about), work)


def _row_leg(step: _Step) -> Leg:
    """Write the row; of a transfer the ticket too, lest one be taken there in between."""
    return patients.change_leg(step.before, step.after, with_ticket=step.is_transfer)


def _ask(steps: Sequence[_Step]) -> None:
    """Put the questions that follow from the lines; those that a crash left out are made up for."""
    for step in steps:
        for claim in step.typed:
            if claim.invitation is None and guardianship.must_be_accepted(step.after, claim):
                claims.invite(claim)


def _taken_over(step: _Step, now: datetime) -> TakenOver:
    attachment = step.line.attachment
    is_adult = not is_child(attachment.person.birth_date, settings().day_of(now))
    return TakenOver(
        number=step.line.number,
        patient_id=step.after.patient_id,
        verdict=step.verdict,
        is_grown=attachment.kind == "child" and is_adult,
        freed=_lost(step.after, now),
    )


def _lost(patient: Patient, now: datetime) -> Ticket | None:
    """Return the ticket to come that a transfer has cost the patient, as it stands."""
    ticket = patient.ticket
    if ticket is None or ticket.status != "withdrawn" or ticket.starts_at <= now:
        return None
    return ticket if ticket.place.district_id != patient.district_id else None

"""Absences of doctors: declared and taken back at the desk; the slots follow (R10)."""

from collections.abc import Sequence
from datetime import date, datetime

from shared.days import Declared, Holding
from shared.desk import Actor
from shared.districts import Absence, District
from shared.errors import NotFound
from shared.guardianship import addressee_of
from shared.ids import DistrictId, PatientId
from shared.settings import settings
from shared.table import accounts, audit, days, districts, schedule, sessions, slots
from shared.tickets import Slot, patient_of


def declare(actor: Actor, district_id: DistrictId, absence: Absence, now: datetime) -> Declared:
    """Write an absence, and cancel what stands on its days.

    The answer is read from what stands afterwards, so the same request again has the same answer,
    and one that was cut off is brought to its end. Whom it shows is written down before. Raises
    SessionRequired, NotFound, TryAgain.
    """
    today = settings().day_of(now)

    def changed(before: District | None) -> District:
        return _known(before, actor, now).with_absence(absence, today)

    after = districts.change(actor, "declare_absence", district_id, changed, now)
    done = schedule.agree(after, now, actor)
    withdrawn = [
        slot
        for slot in slots.slots_from(district_id, max(today, absence.first_on))
        if slot.status == "withdrawn" and absence.covers(slot.place.day) and slot.starts_at > now
    ]
    affected = _affected(withdrawn)
    told = _told(affected, today)
    to_be_called = tuple(one.patient for one in affected if one not in told)
    written_down = {patient_of(ticket_id) for ticket_id in done.cancelled}
    shown = {one.patient_id for one in to_be_called} - written_down
    if shown:
        audit.note(actor, "declare_absence", now, shown, district_id)
    return Declared(
        withdrawn_slots=len(withdrawn),
        notified=tuple(one.patient for one in told),
        to_be_called=to_be_called,
    )


def _known(district: District | None, actor: Actor, now: datetime) -> District:
    """Return a district that stands. Raises SessionRequired, NotFound."""
    if district is None:
        sessions.require(actor.session, now)
        raise NotFound
    return district


def _affected(withdrawn: Sequence[Slot]) -> list[Holding]:
    """Return the tickets that were cancelled with these slots and their patients, by time."""
    holdings = days.holdings_of(withdrawn)
    affected: dict[PatientId, Holding] = {}
    for slot in sorted(withdrawn, key=lambda one: one.starts_at):
        found = holdings.get(slot.ticket_id)
        if found is not None and found.ticket.status == "withdrawn":
            affected[found.patient.patient_id] = found
    return list(affected.values())


def _told(affected: Sequence[Holding], today: date) -> list[Holding]:
    """Return those of whom an account is told by mail, at an address that mail reaches."""
    addressees = [addressee_of(one.patient, one.ticket, today) for one in affected]
    reached = {one.account_id for one in accounts.find_all(addressees) if not one.unreachable_since}
    return [
        one for one, account_id in zip(affected, addressees, strict=True) if account_id in reached
    ]


def take_back(actor: Actor, district_id: DistrictId, first_on: date, now: datetime) -> None:
    """Forget the absence that begins that day, and offer its days again, never beyond the cap.

    One that is not there is no mistake: the same request may have come before. Raises
    SessionRequired, NotFound for an unknown district, TryAgain.
    """
    today = settings().day_of(now)

    def changed(before: District | None) -> District:
        return _known(before, actor, now).without_absence(first_on, today)

    after = districts.change(actor, "take_back_absence", district_id, changed, now)
    schedule.agree(after, now, actor)

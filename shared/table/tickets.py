"""Tickets in hand: found by their id, cancelled, moved, and reminded of."""

from datetime import datetime

from shared import keys
from shared.accounts import SessionKey
from shared.errors import NotFound, TooLate, TryAgain
from shared.ids import TicketId
from shared.patients import Patient, move_refusal
from shared.settings import settings
from shared.table import moments, patients, sessions, slots, store, ticket_items
from shared.table.booking import IS_OF_DISTRICT, POLICY_IS_VALID, place_values
from shared.table.patients import IS_GUARDIAN, PatientChanged, guardian_values
from shared.table.store import ConditionFailed, Item, Leg, OutcomeUnknown
from shared.tickets import SlotPlace, Ticket, patient_of

_STANDS_AS_READ = (
    "ticket.ticket_id = :ticket_id AND ticket.slot_id = :slot AND ticket.ticket_status = :status"
)


def find(session: SessionKey, ticket_id: str, now: datetime) -> Ticket:
    """Return a ticket of a patient whom an open session's account acts for: one consistent read.

    Raises SessionRequired, NotFound (a foreign ticket and a missing one alike).
    """
    return _find(session, ticket_id, now)[1]


def cancel(session: SessionKey, ticket_id: str, now: datetime) -> None:
    """Give an upcoming ticket back: one read, one transaction of three actions, six write units.

    A ticket that no longer stands is left as it is. Raises SessionRequired, NotFound, TooLate,
    TryAgain.
    """
    for _ in store.pauses():
        patient, ticket = _find(session, ticket_id, now)
        if ticket.has_ended:
            return
        if ticket != patient.upcoming(now):
            raise TooLate
        ended = ticket.ended("cancelled")
        legs = [
            sessions.keep_open_leg(session, now),
            _replace_leg(session, ticket, ended, now),
            slots.free_leg(ticket),
        ]
        if is_done(legs, ended):
            return
    raise TryAgain


def move(session: SessionKey, ticket_id: str, place: SlotPlace, now: datetime) -> Ticket:
    """Take another slot and give the old one back, or neither: one read, four actions, eight units.

    A ticket that stands there already is returned as it is. Raises SessionRequired, NotFound,
    TooLate, TicketLimitReached, NotAttached, WrongDistrict, PolicyExpired, SlotUnknown,
    SlotWithdrawn, SlotTaken, TryAgain.
    """
    for _ in store.pauses():
        patient, ticket = _find(session, ticket_id, now)
        if ticket.status == "booked" and ticket.place == place:
            return ticket
        refusal = move_refusal(patient, ticket, place, now)
        if refusal is not None:
            raise refusal
        moved = ticket.moved(place, settings().zone, session.account_id)
        legs = [
            sessions.keep_open_leg(session, now),
            _replace_leg(session, ticket, moved, now),
            slots.take_leg(moved, now),
            slots.free_leg(ticket),
        ]
        if is_done(legs, moved):
            return moved
    raise TryAgain


def is_done(legs: list[Leg], after: Ticket) -> bool:
    """Do the legs; False where the ticket was changed since it was read."""
    try:
        store.transact(legs)
    except PatientChanged:
        return False
    except OutcomeUnknown:
        if patients.find(after.patient_id).ticket != after:
            raise
    return True


def _find(session: SessionKey, ticket_id: str, now: datetime) -> tuple[Patient, Ticket]:
    """Return a ticket and its patient; an old image would tell of a time that was moved away."""
    patient_id = patient_of(ticket_id)
    patient_key, archive_key = keys.patient(patient_id), keys.archived_ticket(TicketId(ticket_id))
    found = sessions.read_with(session, [patient_key, archive_key], now, consistent=True)
    patient = patients.from_item(patient_id, found.get(patient_key, {}))
    ticket = patient.ticket
    if ticket is None or ticket.ticket_id != ticket_id:
        archived = found.get(archive_key)
        ticket = ticket_items.from_item(archived) if archived else None
    has_say = patient.is_guarded_by(session.account_id, settings().day_of(now))
    if ticket is None or not has_say:
        raise NotFound
    return patient, ticket


def _replace_leg(session: SessionKey, before: Ticket, after: Ticket, now: datetime) -> Leg:
    """Change the patient's ticket, if the account may and the ticket is as it was read."""
    condition = f"{IS_GUARDIAN} AND ticket.starts_at > :now"
    values = {**guardian_values(session.account_id, now), ":now": moments.text(now)}
    if after.place != before.place:
        condition += f" AND {IS_OF_DISTRICT} AND {POLICY_IS_VALID}"
        values |= place_values(after.place)
    return replace_leg(before, after, condition, values)


def replace_leg(
    before: Ticket, after: Ticket, condition: str | None = None, values: Item | None = None
) -> Leg:
    """Change the ticket in its patient's row, if it is as it was read; refused with PatientChanged.

    `condition` is what has to hold besides, with the values that it names.
    """
    return Leg(
        "Update",
        keys.patient(before.patient_id),
        condition=f"{_STANDS_AS_READ} AND {condition}" if condition else _STANDS_AS_READ,
        refusal=lambda _: PatientChanged(),
        values={
            **(values or {}),
            ":ticket_id": before.ticket_id,
            ":slot": before.slot_id,
            ":status": before.status,
            ":ticket": ticket_items.to_item(after),
        },
        expression="SET ticket = :ticket",
    )


def remind(ticket_id: TicketId, slot: SlotPlace) -> bool:
    """Call for the reminder of a ticket that stands for this slot, once; tell whether it was new.

    The mail is a consequence of the change, as all mails are.
    """
    try:
        store.update(
            keys.patient(patient_of(ticket_id)),
            "SET ticket.reminded_of = :slot",
            {":ticket_id": ticket_id, ":slot": slot.slot_id, ":booked": "booked"},
            "ticket.ticket_id = :ticket_id AND ticket.slot_id = :slot"
            " AND ticket.ticket_status = :booked AND attribute_not_exists(ticket.reminded_of)",
        )
    except ConditionFailed:
        return False
    return True

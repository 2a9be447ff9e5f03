"""Tickets at the desk: given beyond the online caps, taken back, and what became of them."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared import clock, keys
from shared.desk import Actor
from shared.districts import District, cap_of
from shared.errors import (
    NotAttached,
    NotFound,
    Refusal,
    SlotTaken,
    SlotUnknown,
    SlotWithdrawn,
    TicketLimitReached,
    TooLate,
    TryAgain,
)
from shared.ids import PatientId, TicketId
from shared.patients import Patient, place_refusal
from shared.settings import settings
from shared.table import (
    audit,
    districts,
    moments,
    patients,
    sessions,
    slots,
    store,
    ticket_items,
    tickets,
)
from shared.table.booking import HOLDS_NO_TICKET, IS_OF_DISTRICT, POLICY_IS_VALID, place_values
from shared.table.districts import DistrictChanged
from shared.table.patients import PatientChanged
from shared.table.slots import SlotChanged
from shared.table.store import Leg
from shared.tickets import Outcome, Slot, SlotPlace, Ticket, new_ticket_id, patient_of

_LOOK_AGAIN = (DistrictChanged, PatientChanged, SlotChanged, SlotUnknown, SlotWithdrawn)
"""What was not as it was read; a slot that is offered at another time now leaves this one free."""


def give(
    actor: Actor, patient_id: PatientId, starts_at: datetime, now: datetime
) -> tuple[Ticket, bool]:
    """Give a patient a time of their district's doctor; tell the ticket, and whether it is new.

    A published time that is free is taken as it is; any other is given beyond the cap, and no time
    twice. The same request again finds the same ticket, however late. Raises SessionRequired,
    NotFound, NotAttached, PolicyExpired, TicketLimitReached, SlotTaken, SlotWithdrawn (the time has
    come, or the doctor is absent), TryAgain.
    """
    drawn = clock.new_id()
    for _ in store.pauses():
        patient = _registered(actor, patient_id, now)
        district = _district_of(patient)
        place = _place(district, starts_at)
        held = patient.ticket
        if held is not None and held.status == "booked" and held.starts_at == starts_at:
            audit.note(actor, "give_ticket", now, [patient_id], held.ticket_id)
            return held, False
        at_that_time = _standing(place)
        refusal = _refusal(patient, district, place, at_that_time, now)
        if refusal is not None:
            raise refusal
        place = at_that_time.place if at_that_time else place
        ticket_id = new_ticket_id(patient_id, drawn)
        ticket = Ticket(ticket_id, place, starts_at, status="booked", booked_by=None)
        guard = audit.guard_legs(actor, "give_ticket", now, [patient_id], ticket_id)
        with suppress(*_LOOK_AGAIN):
            work = [_hold_leg(ticket, now), *_slot_legs(ticket, district, now)]
            audit.carry_out(guard, work)
            return ticket, True
    raise TryAgain


def _registered(actor: Actor, patient_id: PatientId, now: datetime) -> Patient:
    """Return a patient whom the register knows. Raises SessionRequired, NotFound."""
    key = keys.patient(patient_id)
    found = sessions.read_with(actor.session, [key], now, consistent=True)
    patient = patients.from_item(patient_id, found.get(key, {}))
    if patient.person is None:
        raise NotFound
    return patient


def _district_of(patient: Patient) -> District:
    district = districts.find(patient.district_id) if patient.district_id else None
    if district is None:
        raise NotAttached
    return district


def _place(district: District, starts_at: datetime) -> SlotPlace:
    """Return the place of a time that the desk gives."""
    local = starts_at.astimezone(settings().zone)
    return SlotPlace(district.district_id, local.date(), 0, local.time())


def _standing(place: SlotPlace) -> Slot | None:
    """Return the slot that stands at this time, published or given, unless it is withdrawn."""
    for slot in slots.of_day(place.district_id, place.day):
        if slot.place.time == place.time and slot.status != "withdrawn":
            return slot
    return None


def _refusal(
    patient: Patient, district: District, place: SlotPlace, standing: Slot | None, now: datetime
) -> Refusal | None:
    """Say why the patient cannot be given this time; None where they can."""
    if place.starts_at(settings().zone) <= now or district.is_absent_on(place.day):
        return SlotWithdrawn()
    if patient.upcoming(now):
        return TicketLimitReached()
    taken = SlotTaken() if standing and standing.status == "booked" else None
    return place_refusal(patient, place) or taken


def _hold_leg(ticket: Ticket, now: datetime) -> Leg:
    """Give the patient the ticket, if they are of the district, insured, and have none."""
    return Leg(
        "Update",
        keys.patient(ticket.patient_id),
        condition=f"{IS_OF_DISTRICT} AND {POLICY_IS_VALID} AND {HOLDS_NO_TICKET}",
        refusal=lambda _: PatientChanged(),
        values={
            **place_values(ticket.place),
            ":booked": "booked",
            ":now": moments.text(now),
            ":slot": ticket.slot_id,
            ":ticket": ticket_items.to_item(ticket),
        },
        expression="SET ticket = :ticket",
    )


def _slot_legs(ticket: Ticket, district: District, now: datetime) -> list[Leg]:
    """Take a published slot; or give a time, if none is published there and the doctor comes."""
    if not ticket.place.is_given_by_desk:
        return [slots.take_leg(ticket, now)]
    given = Slot(ticket.place, ticket.starts_at, district.doctor, "booked", ticket.ticket_id)
    cap = cap_of(district, settings().adult_cap, settings().child_cap)
    others = [slots.not_offered_leg(ticket.place, ordinal) for ordinal in range(1, cap + 1)]
    return [districts.unchanged_leg(district), slots.give_leg(given), *others]


def take_back(actor: Actor, ticket_id: str, now: datetime) -> None:
    """Cancel a ticket to come for its patient; one that no longer stands is left as it is.

    One whose outcome was noted by mistake is taken back like any other. Raises SessionRequired,
    NotFound, TooLate, TryAgain.
    """
    for _ in store.pauses():
        ticket, is_newest = _find(actor, ticket_id, now)
        if ticket.has_ended:
            audit.note(actor, "take_back_ticket", now, [ticket.patient_id], ticket_id)
            return
        if ticket.starts_at <= now or not is_newest:
            raise TooLate
        ended = ticket.ended("cancelled")
        guard = audit.guard_legs(actor, "take_back_ticket", now, [ticket.patient_id], ticket_id)
        with suppress(PatientChanged):
            audit.carry_out(guard, [tickets.replace_leg(ticket, ended), slots.free_leg(ticket)])
            return
    raise TryAgain


def note_outcome(actor: Actor, ticket_id: str, outcome: Outcome, now: datetime) -> Ticket:
    """Note whether the patient came; what was noted before can be put right.

    A ticket that a newer one has replaced is looked for among the past ones. Raises
    SessionRequired, NotFound, TooLate for one that was cancelled, TryAgain.
    """
    for _ in store.pauses():
        ticket, is_newest = _find(actor, ticket_id, now)
        if ticket.has_ended:
            raise TooLate
        noted = replace(ticket, status=outcome)
        guard = audit.guard_legs(actor, "note_outcome", now, [ticket.patient_id], ticket_id)
        leg = tickets.replace_leg if is_newest else _archive_leg
        with suppress(PatientChanged):
            audit.carry_out(guard, [leg(ticket, noted)])
            return noted
    raise TryAgain


def _archive_leg(before: Ticket, after: Ticket) -> Leg:
    """Change what became of a past ticket, if that is as it was read."""
    return Leg(
        "Update",
        keys.archived_ticket(before.ticket_id),
        condition="ticket_status = :read_status",
        refusal=lambda _: PatientChanged(),
        values={":read_status": before.status, ":status": after.status},
        expression="SET ticket_status = :status",
    )


def _find(actor: Actor, ticket_id: str, now: datetime) -> tuple[Ticket, bool]:
    """Return a ticket, and whether it is its patient's newest or one of the past.

    Raises SessionRequired, NotFound.
    """
    patient_id = patient_of(ticket_id)
    patient_key, archive_key = keys.patient(patient_id), keys.archived_ticket(TicketId(ticket_id))
    found = sessions.read_with(actor.session, [patient_key, archive_key], now, consistent=True)
    patient = patients.from_item(patient_id, found.get(patient_key, {}))
    if patient.ticket is not None and patient.ticket.ticket_id == ticket_id:
        return patient.ticket, True
    if archive_key not in found:
        raise NotFound
    return ticket_items.from_item(found[archive_key]), False

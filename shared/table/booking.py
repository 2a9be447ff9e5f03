"""Booking: one request, one transaction of three actions, six write units.

Authorisation, attachment, the patient's one ticket and the claim on the slot are decided at one
instant. The cap needs no counter, because only the ordinals 1..cap exist (R8).
"""

from datetime import datetime

from shared import clock, keys
from shared.accounts import SessionKey
from shared.errors import Refusal, TryAgain
from shared.ids import AccountId, PatientId
from shared.patients import booking_refusal
from shared.settings import settings
from shared.table import moments, patients, sessions, slots, store, ticket_items
from shared.table.patients import IS_GUARDIAN, guardian_values
from shared.table.store import Item, Leg, OutcomeUnknown
from shared.tickets import SlotPlace, Ticket, new_ticket_id

IS_OF_DISTRICT = "district_id = :district"
POLICY_IS_VALID = "(attribute_not_exists(valid_until) OR valid_until >= :day)"
HOLDS_NO_TICKET = (
    "(attribute_not_exists(ticket) OR ticket.ticket_status <> :booked"
    " OR (ticket.starts_at <= :now AND ticket.slot_id <> :slot))"
)
"""A standing ticket for this very slot is a replay, however late: it must fail to be answered."""


class _AlreadyHeld(Refusal):
    """The patient holds this very slot: the same request came before."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__()
        self.ticket = ticket


def book(
    session: SessionKey, patient_id: PatientId, place: SlotPlace, now: datetime
) -> tuple[Ticket, bool]:
    """Take a slot for a patient; tell the ticket, and whether it is new.

    The same request again finds the same ticket. Raises SessionRequired, PatientUnknown,
    NotAttached, WrongDistrict, PolicyExpired, TicketLimitReached, SlotUnknown, SlotWithdrawn,
    SlotTaken, TryAgain (R6, R7, R8).
    """
    ticket = Ticket(
        ticket_id=new_ticket_id(patient_id, clock.new_id()),
        place=place,
        starts_at=place.starts_at(settings().zone),
        status="booked",
        booked_by=session.account_id,
    )
    legs = [
        sessions.keep_open_leg(session, now),
        _hold_leg(ticket, patient_id, session.account_id, now),
        slots.take_leg(ticket, now),
    ]
    try:
        store.transact(legs)
    except _AlreadyHeld as replay:
        return replay.ticket, False
    except OutcomeUnknown:
        if patients.find(patient_id).ticket != ticket:
            raise
    return ticket, True


def place_values(place: SlotPlace) -> dict[str, str]:
    """Return the values that IS_OF_DISTRICT and POLICY_IS_VALID name."""
    return {":district": place.district_id, ":day": str(place.day)}


def _hold_leg(ticket: Ticket, patient_id: PatientId, account_id: AccountId, now: datetime) -> Leg:
    """Give the patient the ticket, if the account may and the patient has none."""
    return Leg(
        "Update",
        keys.patient(patient_id),
        condition=f"{IS_GUARDIAN} AND {IS_OF_DISTRICT} AND {POLICY_IS_VALID} AND {HOLDS_NO_TICKET}",
        refusal=lambda item: _why_not_held(ticket, patient_id, account_id, now, item),
        values={
            **guardian_values(account_id, now),
            **place_values(ticket.place),
            ":booked": "booked",
            ":now": moments.text(now),
            ":slot": ticket.slot_id,
            ":ticket": ticket_items.to_item(ticket),
        },
        expression="SET ticket = :ticket",
    )


def _why_not_held(
    ticket: Ticket, patient_id: PatientId, account_id: AccountId, now: datetime, item: Item | None
) -> Refusal:
    patient, today = patients.from_item(patient_id, item or {}), settings().day_of(now)
    held = patient.ticket
    is_same_slot = held is not None and held.status == "booked" and held.place == ticket.place
    if held is not None and is_same_slot and patient.is_guarded_by(account_id, today):
        return _AlreadyHeld(held)
    refusal = booking_refusal(patient, account_id, ticket.place, now, today)
    return refusal or TryAgain()

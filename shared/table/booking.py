"""Booking: one request, one transaction of three actions, six write units.

Authorisation, attachment, the patient's one ticket and the claim on the slot are decided at one
instant. The cap needs no counter, because only the ordinals 1..cap exist (R8).
"""

from dataclasses import dataclass
from datetime import datetime

from shared import clock, keys
from shared.accounts import SessionKey
from shared.errors import Refusal, SlotTaken, SlotUnknown, SlotWithdrawn, TryAgain
from shared.ids import AccountId, PatientId, TicketId
from shared.patients import HeldTicket, booking_refusal
from shared.settings import settings
from shared.table import moments, patients, sessions, store
from shared.table.store import Item, Leg, OutcomeUnknown
from shared.tickets import SlotPlace

_TICKET_DIGITS = 16

_IS_FREE = "slot_status = :free"
_IS_AT_THIS_TIME = "starts_at = :starts_at"
_HAS_NOT_STARTED = "starts_at > :now"
_IS_GUARDIAN = "contains(guardians, :account)"
_IS_OF_DISTRICT = "district_id = :district"
_POLICY_IS_VALID = "(attribute_not_exists(valid_until) OR valid_until >= :day)"
_HOLDS_NO_TICKET = (
    "(attribute_not_exists(ticket) OR (ticket.starts_at <= :now AND ticket.slot_id <> :slot))"
)
"""A ticket for this very slot is a replay, however late: it must fail to be answered as one."""


class _AlreadyHeld(Refusal):
    """The patient holds this very slot: the same request came before."""

    def __init__(self, ticket: HeldTicket) -> None:
        super().__init__()
        self.ticket = ticket


@dataclass(frozen=True)
class _Wish:
    """Who asks for which slot, for whom and when, and the ticket it would be."""

    account_id: AccountId
    patient_id: PatientId
    place: SlotPlace
    ticket: HeldTicket
    now: datetime


def book(
    session: SessionKey, patient_id: PatientId, place: SlotPlace, now: datetime
) -> tuple[HeldTicket, bool]:
    """Take a slot for a patient; tell the ticket, and whether it is new.

    The same request again finds the same ticket. Raises SessionRequired, PatientUnknown,
    NotAttached, WrongDistrict, PolicyExpired, TicketLimitReached, SlotUnknown, SlotWithdrawn,
    SlotTaken, TryAgain (R6, R7, R8).
    """
    ticket_id = TicketId(f"{place.slot_id}.{clock.new_id()[:_TICKET_DIGITS]}")
    ticket = HeldTicket(ticket_id, place.slot_id, place.starts_at(settings().zone))
    wish = _Wish(session.account_id, patient_id, place, ticket, now)
    try:
        store.transact([sessions.keep_open_leg(session, now), _hold_leg(wish), _take_leg(wish)])
    except _AlreadyHeld as replay:
        return replay.ticket, False
    except OutcomeUnknown:
        if patients.find(patient_id).ticket != ticket:
            raise
    return ticket, True


def _hold_leg(wish: _Wish) -> Leg:
    """Give the patient the ticket, if the account may and the patient has none."""
    return Leg(
        "Update",
        keys.patient(wish.patient_id),
        condition=f"{_IS_GUARDIAN} AND {_IS_OF_DISTRICT} AND {_POLICY_IS_VALID}"
        f" AND {_HOLDS_NO_TICKET}",
        refusal=lambda item: _why_not_held(wish, item),
        values={
            ":account": wish.account_id,
            ":district": wish.place.district_id,
            ":day": str(wish.place.day),
            ":now": moments.text(wish.now),
            ":slot": wish.place.slot_id,
            ":ticket": patients.ticket_to_item(wish.ticket),
        },
        expression="SET ticket = :ticket",
    )


def _why_not_held(wish: _Wish, item: Item | None) -> Refusal:
    patient = patients.from_item(wish.patient_id, item or {})
    held = patient.ticket
    if wish.account_id in patient.guardians and held and held.slot_id == wish.place.slot_id:
        return _AlreadyHeld(held)
    return booking_refusal(patient, wish.account_id, wish.place, wish.now) or TryAgain()


def _take_leg(wish: _Wish) -> Leg:
    """Turn the free slot into the patient's ticket."""
    return Leg(
        "Update",
        keys.slot(wish.place),
        condition=f"{_IS_FREE} AND {_IS_AT_THIS_TIME} AND {_HAS_NOT_STARTED}",
        refusal=lambda item: _why_not_taken(wish, item),
        values={
            ":free": "free",
            ":booked": "booked",
            ":starts_at": moments.text(wish.ticket.starts_at),
            ":now": moments.text(wish.now),
            ":ticket": wish.ticket.ticket_id,
            ":patient": wish.patient_id,
            ":account": wish.account_id,
        },
        expression="SET slot_status = :booked, ticket_id = :ticket, patient_id = :patient,"
        " booked_by = :account",
    )


def _why_not_taken(wish: _Wish, item: Item | None) -> Refusal:
    if item is None:
        return SlotUnknown()
    starts_at = wish.ticket.starts_at
    offered = item["starts_at"] == moments.text(starts_at) and starts_at > wish.now
    return SlotTaken() if offered and item["slot_status"] == "booked" else SlotWithdrawn()

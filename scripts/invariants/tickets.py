"""What holds of tickets: one upcoming for each patient, and slot and patient agree."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from scripts.invariants.found import Found
from shared import keys
from shared.ids import PatientId
from shared.keys import Key
from shared.settings import settings
from shared.tickets import Ticket, patient_of

_HOLDS = {"booked", "arrived", "no_show"}
"""What becomes of a ticket that keeps its slot."""


def one_upcoming_ticket(found: Found) -> Iterator[Key]:
    """A patient holds at most one slot to come; one whose outcome is noted counts no more."""
    held: Counter[PatientId] = Counter()
    for slot in found.slots.values():
        if slot.status == "booked" and slot.ticket_id and slot.starts_at > found.now:
            ticket = found.tickets.get(slot.ticket_id)
            held[patient_of(slot.ticket_id)] += ticket is None or ticket.status == "booked"
    for patient_id, count in held.items():
        if count > 1:
            yield keys.patient(patient_id)


def ticket_holds_one_slot(found: Found) -> Iterator[Key]:
    """No two slots are booked by one ticket."""
    holding: dict[str, list[Key]] = defaultdict(list)
    for key, slot in found.slots.items():
        if slot.status == "booked" and slot.ticket_id:
            holding[slot.ticket_id].append(key)
    for several in holding.values():
        yield from several[1:]


def ticket_has_its_slot(found: Found) -> Iterator[Key]:
    """A ticket that stands has its slot, at its time; also one that has been replaced."""
    for key, ticket in _newest(found):
        if ticket.status in _HOLDS and not _has_slot(found, ticket):
            yield key
    for key, ticket in found.archived.items():
        if ticket.status == "booked" and not _has_slot(found, ticket):
            yield key


def booked_slot_has_its_ticket(found: Found) -> Iterator[Key]:
    """The ticket that a booked slot names stands, for this very slot."""
    for key, slot in found.slots.items():
        if slot.status != "booked" or slot.ticket_id is None:
            continue
        ticket = found.tickets.get(slot.ticket_id)
        if ticket is None or ticket.status not in _HOLDS or ticket.place != slot.place:
            yield key


def ticket_of_its_patient(found: Found) -> Iterator[Key]:
    """A ticket's id is that of the patient under whom it stands, and of its key."""
    for key, ticket in _newest(found):
        if ticket.patient_id != keys.patient_named(key.pk):
            yield key
    for key, ticket in found.archived.items():
        if keys.archived_ticket(ticket.ticket_id) != key:
            yield key


def ticket_at_its_time(found: Found) -> Iterator[Key]:
    """A ticket begins at the time that its slot's id says."""
    for key, ticket in [*_newest(found), *found.archived.items()]:
        if ticket.place.starts_at(settings().zone) != ticket.starts_at:
            yield key


def archived_ticket_is_replaced(found: Found) -> Iterator[Key]:
    """An archived ticket is not its patient's newest, and is not upcoming."""
    newest = {ticket.ticket_id for _, ticket in _newest(found)}
    for key, ticket in found.archived.items():
        if ticket.ticket_id in newest or ticket.is_upcoming(found.now):
            yield key


def ticket_of_own_district(found: Found) -> Iterator[Key]:
    """An upcoming ticket of a later day is for the patient's own district (R7)."""
    for patient in found.patients.values():
        ticket = patient.upcoming(found.now)
        is_later = ticket is not None and ticket.place.day > found.today
        if ticket and is_later and ticket.place.district_id != patient.district_id:
            yield keys.patient(patient.patient_id)


RULES = (
    one_upcoming_ticket,
    ticket_holds_one_slot,
    ticket_has_its_slot,
    booked_slot_has_its_ticket,
    ticket_of_its_patient,
    ticket_at_its_time,
    archived_ticket_is_replaced,
    ticket_of_own_district,
)


def _newest(found: Found) -> Iterator[tuple[Key, Ticket]]:
    """Yield the tickets in patients' rows, by the rows' keys."""
    for patient in found.patients.values():
        if patient.ticket is not None:
            yield keys.patient(patient.patient_id), patient.ticket


def _has_slot(found: Found, ticket: Ticket) -> bool:
    slot = found.slots.get(keys.slot(ticket.place))
    return (
        slot is not None
        and (slot.status, slot.ticket_id) == ("booked", ticket.ticket_id)
        and slot.starts_at == ticket.starts_at
    )

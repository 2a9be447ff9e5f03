"""The archive: tickets that newer ones have replaced in their patients' rows."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from shared import keys
from shared.accounts import Household, Member
from shared.table import patients, store, ticket_items
from shared.table.store import ConditionFailed, Item
from shared.tickets import Ticket


def replaced_ticket(before: Item, after: Item) -> Ticket | None:
    """Return the ticket that a patient's row has forgotten over a newer one, if that is the change.

    A row that is deleted has no ticket that the clinic must keep.
    """
    if not before or not after or keys.kind(before["SK"]) != "PATIENT":
        return None
    patient_id = keys.patient_named(before["PK"])
    old, new = (patients.from_item(patient_id, item).ticket for item in (before, after))
    return old if old is not None and new is not None and old.ticket_id != new.ticket_id else None


def keep(ticket: Ticket) -> None:
    """Keep a ticket that its patient's row has forgotten; the first word counts.

    Who took it is no longer of use to anybody.
    """
    kept = ticket_items.to_item(replace(ticket, booked_by=None, reminded_of=None))
    with suppress(ConditionFailed):
        store.put(keys.archived_ticket(ticket.ticket_id), kept, store.IS_NEW)


def tickets_of(household: Household) -> list[Ticket]:
    """Return all tickets of the members that the account acts for: one query for each member."""
    return [ticket for member in household.members if member.matches for ticket in _of(member)]


def _of(member: Member) -> Iterator[Ticket]:
    if member.patient.ticket is not None:
        yield member.patient.ticket
    partition = keys.patient(member.patient.patient_id).pk
    yield from map(ticket_items.from_item, store.query(partition, keys.archived_tickets()))

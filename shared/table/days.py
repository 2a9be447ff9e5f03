"""Days of the clinic in the table: each district's tickets and who holds them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from shared import keys
from shared.days import DistrictDay, Holding
from shared.desk import Actor
from shared.ids import PatientId, TicketId
from shared.table import audit, districts, patients, sessions, slots, store, ticket_items
from shared.tickets import Slot, patient_of


def show(actor: Actor, day: date, now: datetime) -> list[DistrictDay]:
    """Return each district's day: one query for each, and one read for each fifty tickets.

    Who is shown is written down first. Raises SessionRequired, TryAgain.
    """
    sessions.require(actor.session, now)
    known = [
        (district, sorted(slots.of_day(district.district_id, day), key=lambda one: one.starts_at))
        for district in districts.all_districts()
    ]
    holdings = holdings_of(slot for _, standing in known for slot in standing)
    shown = [
        DistrictDay(district, tuple(standing), tuple(_in_order(standing, holdings)))
        for district, standing in known
    ]
    seen: set[PatientId] = {one.patient.patient_id for day in shown for one in day.holdings}
    audit.note(actor, "list_day", now, seen, str(day))
    return shown


def _in_order(
    standing: Iterable[Slot], holdings: Mapping[TicketId | None, Holding]
) -> Iterator[Holding]:
    """Yield what the slots name; a ticket that was moved away meanwhile is no longer theirs."""
    for slot in standing:
        found = holdings.get(slot.ticket_id)
        if found is not None and found.ticket.starts_at == slot.starts_at:
            yield found


def holdings_of(standing: Iterable[Slot]) -> dict[TicketId | None, Holding]:
    """Return the tickets that slots name, by their ids, read consistently.

    The one moment in which a replaced ticket is in neither place, it is left out.
    """
    wanted = {slot.ticket_id for slot in standing if slot.ticket_id is not None}
    patient_keys = {keys.patient(patient_of(ticket_id)) for ticket_id in wanted}
    archive_keys = {keys.archived_ticket(ticket_id) for ticket_id in wanted}
    found = store.get_many(sorted(patient_keys | archive_keys), consistent=True)
    holdings: dict[TicketId | None, Holding] = {}
    for ticket_id in wanted:
        patient_id = patient_of(ticket_id)
        patient = patients.from_item(patient_id, found.get(keys.patient(patient_id), {}))
        ticket, archived = patient.ticket, found.get(keys.archived_ticket(ticket_id))
        if ticket is None or ticket.ticket_id != ticket_id:
            ticket = ticket_items.from_item(archived) if archived else None
        if ticket is not None:
            holdings[ticket_id] = Holding(ticket, patient)
    return holdings

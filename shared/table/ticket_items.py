"""How a ticket stands inside items: in its patient's row, and in the archive."""

from shared.table import moments
from shared.table.store import Item
from shared.tickets import SlotPlace, Ticket


def to_item(ticket: Ticket) -> Item:
    """Write a ticket as a map."""
    item = {
        "ticket_id": ticket.ticket_id,
        "slot_id": ticket.slot_id,
        "starts_at": moments.text(ticket.starts_at),
        "ticket_status": ticket.status,
        "sequence": ticket.sequence,
    }
    optional = {"booked_by": ticket.booked_by, "reminded_of": ticket.reminded_of}
    return item | {name: value for name, value in optional.items() if value is not None}


def from_item(item: Item) -> Ticket:
    """Read a ticket back."""
    return Ticket(
        ticket_id=item["ticket_id"],
        place=SlotPlace.parse(item["slot_id"]),
        starts_at=moments.parse(item["starts_at"]),
        status=item["ticket_status"],
        booked_by=item.get("booked_by"),
        sequence=int(item["sequence"]),
        reminded_of=item.get("reminded_of"),
    )

"""What a patient's lists of slots and tickets cost, and each step of a ticket's life."""

from collections.abc import Mapping

from shared import clock, keys
from shared.districts import Kind
from shared.tickets import new_ticket_id
from tests.contract.bill import Bill
from tests.contract.costs import (
    OTHER_SLOT,
    Work,
    anna_signed_in,
    anna_with_ticket,
    ask,
    more_with_a_relative,
)
from tests.integration.answers import invoke
from tests.integration.clinic import (
    ANNA,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
)
from tests.integration.rows import Rows


def _book(_: Rows) -> Bill:
    anna = anna_signed_in()
    publish(SLOT)
    body = {"patient_id": anna.patient_id, "slot_id": SLOT}
    return ask("book_ticket", "POST /api/tickets", body, anna.cookie)


def _book_again(_: Rows) -> Bill:
    anna, _ticket_id = anna_with_ticket()
    body = {"patient_id": anna.patient_id, "slot_id": SLOT}
    return ask("book_ticket", "POST /api/tickets", body, anna.cookie)


def _list_tickets(anna: SignedIn) -> Bill:
    return ask("list_tickets", "GET /api/tickets", cookie=anna.cookie)


def _move(_: Rows) -> Bill:
    anna, ticket_id = anna_with_ticket()
    body = {"slot_id": OTHER_SLOT}
    return ask("move_ticket", f"PUT /api/tickets/{ticket_id}", body, anna.cookie)


def _cancel(_: Rows) -> Bill:
    anna, ticket_id = anna_with_ticket()
    return ask("cancel_ticket", f"DELETE /api/tickets/{ticket_id}", cookie=anna.cookie)


def _calendar(_: Rows) -> Bill:
    anna, ticket_id = anna_with_ticket()
    route = f"GET /api/tickets/{ticket_id}/calendar"
    return ask("ticket_calendar", route, cookie=anna.cookie)


def _list_slots(kind: Kind, *, booked: bool) -> Work:
    """List all slots of the window, every one of them free or every one booked."""

    def work(rows: Rows) -> Bill:
        open_district(kind=kind)
        attach(ANNA)
        anna = open_account(ANNA)
        invoke("release_slots", {})
        for key, item in rows.everything().items():
            if booked and keys.kind(key.sk) == "SLOT":
                ticket_id = new_ticket_id(anna.patient_id, clock.new_id())
                rows.put(key, item | {"slot_status": "booked", "ticket_id": ticket_id})
        route = f"GET /api/slots?patient_id={anna.patient_id}"
        return ask("list_slots", route, cookie=anna.cookie)

    return work


COSTS_OF_TICKETS: Mapping[str, Work] = {
    "book": _book,
    "book, the same again": _book_again,
    "list the tickets, alone": lambda _: _list_tickets(anna_signed_in()),
    "list the tickets, for each relative": lambda _: more_with_a_relative(_list_tickets),
    "move a ticket": _move,
    "cancel a ticket": _cancel,
    "take a ticket's calendar file": _calendar,
    "list the slots of 14 days, adult district, all free": _list_slots("adult", booked=False),
    "list the slots of 14 days, child district, all booked": _list_slots("child", booked=True),
}
"""By the document's words."""

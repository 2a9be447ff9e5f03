"""What is done over and over while it is timed: requests and events, and the table put back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared import clock, keys, policies
from shared.accounts import Claim
from shared.districts import District
from shared.keys import Key
from shared.settings import settings
from shared.table import booking, family, store
from shared.tickets import Slot
from tests.integration.answers import event, invoke
from tests.integration.district_queue import messages
from tests.stack import portal
from tests.stack.portal import SignedIn

_REFUSED = 400


@dataclass(frozen=True)
class Deed:
    """An event for a function, which must be served, and which items it changes."""

    name: str
    function: str
    event: Mapping[str, Any]
    changed: Sequence[Key] = ()

    def do(self) -> None:
        """Give the event to the function. Raises RuntimeError where it is refused."""
        answer = invoke(self.function, self.event) or {}
        if answer.get("statusCode", 0) >= _REFUSED or answer.get("batchItemFailures"):
            raise RuntimeError(answer)

    def undoing(self) -> Callable[[], None]:
        """Return what puts the items that will be changed back as they are now."""
        client, table = store.client(), settings().table_name
        images = [
            client.get_item(TableName=table, Key=store.key_attributes(key))["Item"]
            for key in self.changed
        ]

        def undo() -> None:
            for image in images:
                client.put_item(TableName=table, Item=image)

        return undo


@dataclass(frozen=True)
class _Browser:
    """One patient's requests, as they come through the distribution."""

    who: SignedIn
    origin_key: str

    def ask(self, name: str, function: str, route: str, body: object = None, *changed: Key) -> Deed:
        """Return a request such as `GET /api/slots?patient_id=…` for a function."""
        method, address = route.split(" ")
        path, _, query = address.partition("?")
        asked = dict([query.split("=")]) if query else None
        headers = {"x-origin-key": self.origin_key}
        sent = event(method, path, body, cookie=self.who.cookie, query=asked)
        return Deed(name, function, sent | {"headers": sent["headers"] | headers}, changed)

    def change(self, name: str, function: str, route: str, body: object, *of: Slot) -> Deed:
        """Return a request that changes the session, the patient's row and some slots."""
        rows = keys.session(self.who.session), keys.patient(self.who.patient_id)
        return self.ask(name, function, route, body, *rows, *(keys.slot(one.place) for one in of))


def deeds(origin_key: str) -> list[Deed]:
    """Write a district with two families, one of which holds a ticket; return what is done there.

    `origin_key` is what the distribution shows.
    """
    district = portal.new_district()
    free, taken, other = portal.slots_of(district)[-3:]
    who, holder = (_Browser(_new_family(district), origin_key) for _ in range(2))
    ticket, _ = booking.book(holder.who.session, holder.who.patient_id, taken.place, clock.now())
    path = f"/api/tickets/{ticket.ticket_id}"
    slots = f"GET /api/slots?patient_id={who.who.patient_id}"
    wanted = {"patient_id": who.who.patient_id, "slot_id": free.place.slot_id}
    place = {"slot_id": other.place.slot_id}
    return [
        who.change("book", "book_ticket", "POST /api/tickets", wanted, free),
        holder.change("move", "move_ticket", f"PUT {path}", place, taken, other),
        holder.change("cancel", "cancel_ticket", f"DELETE {path}", None, taken),
        who.ask("list the slots", "list_slots", slots),
        holder.ask("show the account", "show_account", "GET /api/account"),
        holder.ask("list the tickets", "list_tickets", "GET /api/tickets"),
        Deed(
            "release with nothing to do",
            "release_district",
            {"Records": messages(district.district_id)},
        ),
    ]


def _new_family(district: District) -> SignedIn:
    """Write a patient with an account, who looks after another one."""
    who, number = portal.new_signed_in(district), portal.new_policy_number()
    child = replace(portal.SOMEBODY, birth_date=portal.CHILD)
    today, last4 = settings().day_of(clock.now()), policies.last4(number)
    relative = portal.attach(number, child, portal.new_district("child", published=False))
    claim = Claim(who.account_id, relative, "relative", child, last4, claimed_on=today)
    family.add(who.session, claim, clock.now())
    return who

"""What is done over and over while it is timed: requests and events, and the table put back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared import clock, keys, policies
from shared.accounts import Claim
from shared.districts import District
from shared.keys import Key
from shared.patients import Person
from shared.settings import settings
from shared.table import booking, family, store
from shared.tickets import Slot, Ticket
from tests.integration.answers import event, invoke
from tests.integration.district_queue import messages
from tests.stack import portal
from tests.stack.desk import Clerk
from tests.stack.portal import SOMEBODY, SignedIn

_REFUSED = 400
HOLDER = replace(SOMEBODY, last_name="Искомова")
"""Nobody else in the scene has this name."""


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
class Browser:
    """A browser's requests, as they come through the distribution."""

    cookie: str
    origin_key: str

    def ask(self, name: str, function: str, route: str, body: object = None, *changed: Key) -> Deed:
        """Return a request such as `GET /api/slots?patient_id=…` for a function."""
        method, address = route.split(" ")
        path, _, query = address.partition("?")
        asked = dict([query.split("=")]) if query else None
        headers = {"x-origin-key": self.origin_key}
        sent = event(method, path, body, cookie=self.cookie, query=asked)
        return Deed(name, function, sent | {"headers": sent["headers"] | headers}, changed)


@dataclass(frozen=True)
class Scene:
    """A district with three families, and a child district in which their children are.

    `visitor` holds no ticket, `holder` one of the last day, `expected` one of the first that is to
    come after today.
    """

    origin_key: str
    district: District
    children: District
    visitor: SignedIn
    holder: SignedIn
    expected: SignedIn
    free: Slot
    ticket: Ticket
    """The holder's."""
    other: Slot
    """To which the holder moves."""

    def deeds(self) -> list[Deed]:
        """Return what patients do here, and the release."""
        path = f"/api/tickets/{self.ticket.ticket_id}"
        visitor, holder, expected = map(self.browser, (self.visitor, self.holder, self.expected))
        slots = f"GET /api/slots?patient_id={self.visitor.patient_id}"
        wanted = {"patient_id": self.visitor.patient_id, "slot_id": self.free.place.slot_id}
        place = {"slot_id": self.other.place.slot_id}
        held, booked = self.held, (*_rows(self.visitor), keys.slot(self.free.place))
        return [
            visitor.ask("book", "book_ticket", "POST /api/tickets", wanted, *booked),
            holder.ask("move", "move_ticket", f"PUT {path}", place, *held),
            holder.ask("cancel", "cancel_ticket", f"DELETE {path}", None, *held),
            visitor.ask("list the slots", "list_slots", slots),
            holder.ask("show the account", "show_account", "GET /api/account"),
            expected.ask("list the tickets", "list_tickets", "GET /api/tickets"),
            Deed(
                "release with nothing to do",
                "release_district",
                {"Records": messages(self.district.district_id)},
            ),
        ]

    @property
    def held(self) -> tuple[Key, ...]:
        """What changes with the holder's ticket: the session, the patient's row and both slots."""
        places = self.ticket.place, self.other.place
        return (*_rows(self.holder), *map(keys.slot, places))

    def browser(self, who: SignedIn | Clerk) -> Browser:
        """Return the browser in which somebody is signed in."""
        return Browser(who.cookie, self.origin_key)


def _rows(who: SignedIn) -> tuple[Key, Key]:
    return keys.session(who.session), keys.patient(who.patient_id)


def arrange(origin_key: str) -> Scene:
    """Write the scene; `origin_key` is what the distribution shows."""
    district, children = portal.new_district(), portal.new_district("child", published=False)
    published, today = portal.slots_of(district), settings().day_of(clock.now())
    free, taken, other = published[-3:]
    first = next(slot for slot in published if slot.place.day > today)
    visitor, holder, expected = (
        _new_family(district, children, person) for person in (SOMEBODY, HOLDER, SOMEBODY)
    )
    ticket, _ = booking.book(holder.session, holder.patient_id, taken.place, clock.now())
    booking.book(expected.session, expected.patient_id, first.place, clock.now())
    return Scene(origin_key, district, children, visitor, holder, expected, free, ticket, other)


def _new_family(district: District, children: District, person: Person) -> SignedIn:
    """Write a patient with an account, who looks after another one."""
    who, number = portal.new_signed_in(district, person), portal.new_policy_number()
    child = replace(SOMEBODY, birth_date=portal.CHILD)
    today, last4 = settings().day_of(clock.now()), policies.last4(number)
    relative = portal.attach(number, child, children)
    claim = Claim(who.account_id, relative, "relative", child, last4, claimed_on=today)
    family.add(who.session, claim, clock.now())
    return who

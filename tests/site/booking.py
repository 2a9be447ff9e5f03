"""A patient in front of «Талоны»: a district that is shown at once, and what is seen there."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Route, expect

from shared import clock
from shared.districts import District
from shared.ids import SlotId
from shared.tickets import Slot, Ticket
from tests.site.visits import intercept, sign_in
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

TIME = re.compile(r"^\d\d:\d\d, [а-я]+, \d+ [а-я]+$")
"""How the link of a free time is read out: «23:00, понедельник, 30 ноября»."""


NAME = "Образцова Проба"
"""How every patient of these tests is called."""

REFERRAL = "К врачам-специалистам направляет участковый врач."
"""What is always said to whoever looks for times (R9)."""


@dataclass(frozen=True)
class Booking:
    """A signed-in patient of a district of their own."""

    stack: RunningStack
    who: SignedIn
    district: District

    @property
    def address(self) -> str:
        """Where the patient's times are chosen."""
        return f"/tickets.html?patient={self.who.patient_id}"

    def another(self) -> SignedIn:
        """Return somebody else of the same district."""
        return portal.new_signed_in(self.district)

    def take(self, slot: Slot) -> str:
        """Take a slot over HTTP, and return the address of its ticket."""
        return f"/ticket.html?id={portal.take(self.stack, self.who, slot)}"

    def take_last(self) -> str:
        """Take a time of the last day, and return the address of its ticket."""
        return self.take(portal.last_day(self.district)[0])

    def slots_to_come(self) -> list[Slot]:
        """Return the district's slots that have not begun."""
        return [slot for slot in portal.slots_of(self.district) if slot.starts_at > clock.now()]

    def ticket(self) -> Ticket:
        """Return the ticket that the patient holds, or held last."""
        held = portal.held_ticket(self.who)
        assert held is not None
        return held


def begin(page: Page, stack: RunningStack, district: District | None = None) -> Booking:
    """Sign somebody in who is attached to the district, a new one unless it is named."""
    district = district or portal.new_district()
    booking = Booking(stack, portal.new_signed_in(district), district)
    sign_in(page, booking.who)
    return booking


def heading(page: Page, text: str) -> Locator:
    """Return the page's main heading, which must come to say this."""
    found = page.get_by_role("heading", level=1)
    expect(found).to_have_text(text)
    return found


def free_times(page: Page) -> Locator:
    """Return the links of the free times, in their order."""
    return page.get_by_role("link", name=TIME)


def slot_behind(link: Locator) -> SlotId:
    """Return the slot that the link of a free time leads to."""
    return SlotId(link.get_attribute("data-slot") or "")


def last_time(page: Page) -> Locator:
    """Return the link of the last free time: the first may begin while a test runs."""
    return free_times(page).last


def choose_time(page: Page, booking: Booking) -> SlotId:
    """Open the times and choose one that is surely to come; return its slot."""
    page.goto(booking.address)
    chosen = last_time(page)
    slot_id = slot_behind(chosen)
    chosen.click()
    heading(page, "Взять талон?")
    return slot_id


def read_out(link: Locator) -> tuple[str, str]:
    """Return the time and the day, as the link of a free time is read out."""
    time, day = (link.get_attribute("aria-label") or "").split(", ", maxsplit=1)
    return time, day


def say_of(page: Page, text: str | re.Pattern[str]) -> None:
    """Expect the page to say something above its heading, and to have the reader begin there."""
    notice = page.locator("#notice")
    expect(notice).to_have_text(text)
    expect(notice).to_be_focused()


def lose_the_answer(page: Page, path: str) -> Callable[[], None]:
    """Let the network break once the portal has done what was asked; return what mends it."""

    def carry_out(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    intercept(page, path, carry_out)
    return lambda: page.unroute(path, carry_out)

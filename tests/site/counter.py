"""At the registry's counter: patients whom nobody else has met, and what a clerk sees of them."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from shared import clock
from shared.consents import Paper
from shared.districts import District
from shared.ids import PatientId
from shared.patients import Person
from shared.policies import PolicyNumber
from shared.settings import settings
from shared.table import consents, profiles
from shared.working_days import due_on
from tests.site.visits import intercept, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

BIRTH = date(1948, 3, 27)
TYPED_BIRTH = "27.03.1948"
SIGN_IN = "**/api/desk/sessions"


@dataclass(frozen=True)
class Known:
    """A patient of the register."""

    number: PolicyNumber
    person: Person
    patient_id: PatientId

    @property
    def name(self) -> str:
        """As the pages call them."""
        return f"{self.person.last_name} {self.person.first_name}"


def new_person(first_name: str = "Проба", last_name: str | None = None) -> Person:
    """Return somebody whose last name nobody else has, unless it is given."""
    letters = "".join(random.choices("абвгдежз", k=10))
    return Person(last_name or f"Образцова{letters}", first_name, None, BIRTH)


def new_known(person: Person | None = None, district: District | None = None) -> Known:
    """Write a patient into the register, of a demo's district unless it is given."""
    number, person = portal.new_policy_number(), person or new_person()
    patient_id = portal.attach(number, person, district or portal.demo_district())
    return Known(number, person, patient_id)


def new_holder(district: District | None = None) -> tuple[SignedIn, Known]:
    """Write a patient with an account, and return both."""
    number, person = portal.new_policy_number(), new_person()
    who = portal.new_signed_in(district or portal.demo_district(), person, number)
    return who, Known(number, person, who.patient_id)


def at_the_desk(page: Page) -> None:
    """Sign a new clerk in."""
    sign_in(page, desk.new_clerk())


def consent(clerk: Clerk, who: SignedIn) -> None:
    """Record a paper for the account's address, and confirm the profile."""
    now = clock.now()
    today = settings().day_of(now)
    paper = Paper(clock.new_id(), who.patient_id, clock.new_id()[:8], today, "2026-1", today)
    consents.record(clerk.actor, paper, who.email, due_on(paper.received_on), now)
    profiles.confirm(clerk.actor, who.account_id, now)


def found(page: Page, who: Known) -> Locator:
    """Find a patient by name, as a clerk does, and return the card."""
    page.goto("/desk/patients.html")
    page.get_by_label("Фамилия").fill(who.person.last_name)
    page.get_by_label("Дата рождения").fill(TYPED_BIRTH)
    page.get_by_role("button", name="Найти по фамилии").click()
    card = card_of(page, who)
    expect(card).to_be_visible()
    return card


def card_of(page: Page, who: Known) -> Locator:
    """Return where a patient's card is shown."""
    return page.get_by_role("article", name=who.name)


def open_step(card: Locator, name: str) -> None:
    """Press what opens a form or a second step."""
    card.locator("summary", has_text=name).click()


@contextmanager
def session_ends(page: Page, back_to: str) -> Iterator[None]:
    """End the clerk's session meanwhile; see to it that they sign in and come back.

    Whether the password and the code are right is not what is tried here: the portal's answer to
    them is played.
    """

    def let_in(route: Route) -> None:
        sign_in(page, desk.new_clerk())
        route.fulfill(status=201, json={})

    sign_out(page)
    intercept(page, SIGN_IN, let_in)
    yield
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    expect(page.get_by_role("status").first).to_contain_text("вход устарел")
    assert parse_qs(urlsplit(page.url).query) == {"next": [back_to]}
    for name in ("Логин", "Пароль", "Одноразовый код"):
        page.get_by_label(name, exact=True).fill("123456")
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url(f"**{back_to}")
    page.unroute(SIGN_IN, let_in)


def open_district(page: Page, district: District) -> Clerk:
    """Open a district's own page as a clerk of the desk."""
    clerk = desk.new_clerk()
    sign_in(page, clerk)
    page.goto(f"/desk/districts.html?district={district.district_id}")
    return clerk


def district_now(stack: RunningStack, clerk: Clerk, district_id: str) -> dict[str, Any]:
    """Return a district as the desk's API tells it."""
    known = clerk.ask(stack, "GET /api/desk/districts").json()["districts"]
    return next(one for one in known if one["district_id"] == district_id)

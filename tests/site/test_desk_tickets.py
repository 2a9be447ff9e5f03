"""The patient's card: a ticket that the desk gives, also beyond the cap, and takes back."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from shared import clock
from shared.settings import settings
from shared.table import desk_tickets, patients
from shared.tickets import Slot
from tests.site.booking import lose_the_answer
from tests.site.conftest import NewPage
from tests.site.counter import (
    TYPED_BIRTH,
    Known,
    at_the_desk,
    card_of,
    found,
    new_holder,
    new_known,
    open_step,
)
from tests.site.looks import check_accessibility, whole
from tests.site.visits import intercept, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.running import RunningStack


def test_a_ticket_is_given_beyond_the_cap(page: Page) -> None:
    district = portal.new_district()
    known = new_known(district=district)
    day = portal.last_day(district)[0].place.day
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Выдать талон")
    card.get_by_label("День").fill(str(day))
    card.get_by_label("Время").fill("25:00")
    give = card.get_by_role("button", name="Выдать талон")
    give.click()
    expect(card.get_by_text("Напишите время так: 09:20.")).to_be_visible()
    expect(card.get_by_label("Время")).to_be_focused()
    expect(card.get_by_role("button", name="23:10")).to_be_visible()
    whole(page, "desk-give-ticket")
    card.get_by_label("Время").fill("23.45")
    give.click()
    expect(card.locator(".notice")).to_contain_text("Талон выдан:")
    expect(card.locator(".notice")).to_be_focused()
    expect(card.get_by_role("link", name="23:45")).to_be_visible()
    ticket = patients.find(known.patient_id).ticket
    assert ticket is not None
    assert (ticket.place.day, ticket.place.ordinal, f"{ticket.place.time:%H%M}") == (day, 0, "2345")


def somebody_and_a_taken_time() -> tuple[Known, Slot]:
    """Return a patient without a ticket, and a time of the district that another one has."""
    district = portal.new_district()
    taken = portal.last_day(district)[0]
    holder = new_known(district=district).patient_id
    desk_tickets.give(desk.new_clerk().actor, holder, taken.starts_at, clock.now())
    return new_known(district=district), taken


def test_a_time_that_is_taken_is_given_nobody_else_and_a_free_one_is_cancelled(page: Page) -> None:
    known, taken = somebody_and_a_taken_time()
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Выдать талон")
    card.get_by_label("День").fill(str(taken.place.day))
    expect(card).to_contain_text("Занято: 23:00.")
    card.get_by_label("Время").fill("23:00")
    card.get_by_role("button", name="Выдать талон").click()
    expect(card.locator(".advice").filter(has_text="На это время у врача уже")).to_be_visible()
    expect(card.get_by_label("Время")).to_be_focused()
    card.get_by_role("button", name="23:10").click()
    expect(card.get_by_label("Время")).to_have_value("23:10")
    card.get_by_role("button", name="Выдать талон").click()
    expect(card.get_by_role("link", name="23:10")).to_be_visible()
    open_step(card, "Отменить талон")
    check_accessibility(page)
    card.get_by_role("button", name="Отменить", exact=True).click()
    expect(card.locator(".notice")).to_contain_text("Талон отменён:")
    assert patients.find(known.patient_id).upcoming(clock.now()) is None


def test_who_took_a_ticket_meanwhile_is_shown_with_it(page: Page, stack: RunningStack) -> None:
    district = portal.new_district()
    who, known = new_holder(district)
    slots = portal.last_day(district)
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Выдать талон")
    card.get_by_label("День").fill(str(slots[0].place.day))
    card.get_by_label("Время").fill("23:30")
    portal.take(stack, who, slots[0])
    card.get_by_role("button", name="Выдать талон").click()
    expect(card.locator(".notice")).to_contain_text("У пациента уже есть талон")
    expect(card.get_by_role("link", name="23:00")).to_be_visible()


@pytest.mark.parametrize("place", ["Europe/Moscow", "America/New_York"])
def test_a_ticket_is_given_for_the_clinics_clock_by_the_keyboard_alone(
    new_page: NewPage, place: str
) -> None:
    page = new_page(timezone_id=place)
    known = new_known(district=portal.new_district())
    day = settings().day_of(clock.now()) + timedelta(days=30)
    at_the_desk(page)
    page.goto("/desk/patients.html")
    page.get_by_label("Фамилия").focus()
    page.keyboard.type(known.person.last_name)
    page.keyboard.press("Tab")
    page.keyboard.type(TYPED_BIRTH)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Найдено")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card_of(page, known).locator("summary", has_text="Выдать талон")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.get_by_label("День").fill(str(day))  # How a day is typed is each browser's own affair.
    page.get_by_label("Время").focus()
    page.get_by_label("Время").fill("10:05")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.done")).to_contain_text("10:05")
    ticket = patients.find(known.patient_id).ticket
    assert ticket is not None
    assert f"{ticket.starts_at.astimezone(settings().zone):%F %H:%M}" == f"{day} 10:05"


def test_a_time_is_given_once_though_the_answer_was_lost(page: Page) -> None:
    district = portal.new_district()
    known = new_known(district=district)
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Выдать талон")
    card.get_by_label("День").fill(str(portal.last_day(district)[0].place.day))
    expect(card.get_by_text("Свобод").first).to_be_visible()
    card.get_by_label("Время").fill("23:59")
    give = card.get_by_role("button", name="Выдать талон")

    mend = lose_the_answer(page, "**/api/desk/tickets")
    give.click()
    expect(card.locator("output").filter(has_text="Нет связи")).to_be_visible()
    mend()
    give.click()
    expect(card.locator(".notice")).to_contain_text("Талон выдан:")


def test_whoever_chooses_a_day_when_the_session_has_ended_keeps_the_card(page: Page) -> None:
    district = portal.new_district()
    known = new_known(district=district)
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Выдать талон")
    card.get_by_label("Время").fill("23:59")
    expect(card.get_by_text("Свобод").first).to_be_visible()
    sign_out(page)
    card.get_by_label("День").fill(str(portal.last_day(district)[0].place.day))
    expect(card.get_by_role("link", name="Войти в новой вкладке")).to_be_visible()
    expect(card.get_by_label("Время")).to_have_value("23:59")
    check_accessibility(page)
    sign_in(page, desk.new_clerk())
    card.get_by_role("button", name="Попробовать ещё раз").click()
    expect(card.get_by_role("button", name="23:10")).to_be_visible()


def test_the_times_of_a_day_that_was_chosen_before_do_not_come_late(page: Page) -> None:
    known, taken = somebody_and_a_taken_time()
    at_the_desk(page)
    card = found(page, known)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    today = f"**/api/desk/days/{settings().day_of(clock.now())}"
    intercept(page, today, hold)
    with page.expect_request(today):
        open_step(card, "Выдать талон")
    card.get_by_label("День").fill(str(taken.place.day))
    expect(card).to_contain_text("Занято: 23:00.")
    with page.expect_response(today):
        held[0].continue_()
    page.wait_for_timeout(200)
    expect(card).to_contain_text("Занято: 23:00.")

"""«Талоны»: the member of the family, then the time, then the ticket (R7)."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect

from tests.site.booking import (
    NAME,
    REFERRAL,
    begin,
    free_times,
    heading,
    last_time,
    read_out,
    say_of,
    slot_behind,
)
from tests.site.conftest import NewPage
from tests.site.looks import PHONE, whole
from tests.site.visits import intercept, press, sign_out
from tests.stack import portal
from tests.stack.running import RunningStack

IN_FOCUS = """() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
    && box.bottom > 0 && box.top < innerHeight && box.right > 0;
  if (one !== document.body && !isSeen) throw new Error(`unseen focus: ${one.outerHTML}`);
  const label = one.labels?.length ? one.labels[0].textContent : one.textContent;
  return (one.getAttribute("aria-label") ?? label).trim();
}"""


def test_a_patient_takes_a_ticket(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    page.goto("/tickets.html")
    heading(page, "Талоны")
    expect(page.get_by_text("Сейчас взятых талонов нет.")).to_be_visible()
    whole(page, "tickets-choice")
    page.get_by_role("link", name=NAME).click()

    expect(heading(page, "Выберите время")).to_be_focused()
    assert page.title() == "Выберите время — личный кабинет пациента"
    expect(page.get_by_role("main")).to_contain_text("Врачева Проба Тестовна")
    expect(page.get_by_role("main")).to_contain_text(REFERRAL)
    expect(free_times(page)).to_have_count(len(booking.slots_to_come()))
    whole(page, "tickets-times")
    chosen = last_time(page)
    slot_id, (time, day) = slot_behind(chosen), read_out(chosen)
    chosen.click()

    expect(heading(page, "Взять талон?")).to_be_focused()
    expect(page.get_by_text(f"{day}, {time}")).to_be_visible()
    whole(page, "tickets-question")
    press(page, "Взять талон")

    heading(page, "Талон")
    say_of(page, "Талон взят.")
    assert (booking.ticket().slot_id, booking.ticket().status) == (slot_id, "booked")


def test_a_patient_moves_a_ticket_and_it_stays_the_same_ticket(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    page.goto(booking.take_last())
    before = booking.ticket()
    page.get_by_role("link", name="Перенести").click()
    heading(page, "Выберите новое время")
    expect(page.get_by_text("Сейчас талон на это время:")).to_be_visible()
    whole(page, "tickets-move")
    chosen = last_time(page)
    slot_id = slot_behind(chosen)
    chosen.click()
    heading(page, "Перенести талон?")
    assert booking.ticket() == before
    whole(page, "tickets-move-question")
    press(page, "Перенести талон")

    say_of(page, "Талон перенесён.")
    assert (booking.ticket().ticket_id, booking.ticket().slot_id) == (before.ticket_id, slot_id)


def test_a_relative_gets_a_ticket_of_their_own_doctor(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    number, district = portal.new_policy_number(), portal.new_district("child")
    child = replace(portal.SOMEBODY, first_name="Малыш", birth_date=portal.CHILD)
    patient_id = portal.attach(number, child, district)
    added = stack.ask("POST /api/family", portal.form_of(number, child), booking.who.cookie)
    assert added.status_code == 202
    booking.take_last()

    page.goto("/tickets.html")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=NAME))
    expect(row).to_contain_text("Талон взят:")
    whole(page, "tickets-family")
    page.get_by_role("link", name="Образцова Малыш").click()
    last_time(page).click()
    press(page, "Взять талон")

    say_of(page, "Талон взят.")
    expect(page.get_by_role("main")).to_contain_text("Образцова Малыш")
    assert f"id={patient_id}." in page.url


def test_a_ticket_is_taken_with_the_keyboard_alone(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    sign_out(page)
    page.goto("/index.html")
    tab_to(page, "Адрес электронной почты")
    page.keyboard.type(booking.who.email)
    tab_to(page, "Пароль")
    page.keyboard.type(portal.PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Талоны")
    expect(page.get_by_role("link", name=NAME)).to_be_visible()

    tab_to(page, NAME)
    page.keyboard.press("Enter")
    heading(page, "Выберите время")
    tab_to(page, last_time(page).get_attribute("aria-label") or "")
    page.keyboard.press("Enter")
    heading(page, "Взять талон?")
    tab_to(page, "Взять талон")
    page.keyboard.press("Space")

    say_of(page, "Талон взят.")
    assert booking.ticket().status == "booked"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus; wherever it is on the way is seen."""
    for _ in range(40):
        page.keyboard.press("Tab")
        found: str = page.evaluate(IN_FOCUS)
        if found.startswith(name):
            return
    pytest.fail(f"{name} is not reached with Tab.")


def test_the_back_button_and_a_reload_lead_where_one_expects(
    new_page: NewPage, stack: RunningStack
) -> None:
    page = new_page(viewport=PHONE)
    begin(page, stack)
    page.goto("/tickets.html")
    page.get_by_role("link", name=NAME).click()
    far = free_times(page).last
    slot_id = slot_behind(far)
    far.click()
    heading(page, "Взять талон?")
    page.reload()
    heading(page, "Взять талон?")
    page.go_back()

    heading(page, "Выберите время")
    page.go_forward()
    heading(page, "Взять талон?")
    page.go_back()
    chosen = page.locator(f"[data-slot='{slot_id}']")
    expect(chosen).to_be_focused()
    expect(chosen).to_be_in_viewport()
    page.go_back()
    heading(page, "Талоны")


def test_nobody_is_chosen_who_is_no_member_of_the_family(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    stranger = booking.another()
    for address in (
        f"/tickets.html?patient={stranger.patient_id}",
        f"/tickets.html?patient={'x' * 200}",
    ):
        page.goto(address)
        expect(page.get_by_text("Этого человека в Вашем личном кабинете нет.")).to_be_visible()
    whole(page, "tickets-nobody")
    page.get_by_role("link", name="Выбрать другого пациента").click()
    expect(page.get_by_role("link", name=NAME)).to_be_visible()


def test_an_answer_that_comes_late_does_not_bring_back_what_was_left(
    page: Page, stack: RunningStack
) -> None:
    begin(page, stack)
    page.goto("/tickets.html")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    intercept(page, "**/api/slots?*", hold)
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_text("Загружаем…")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name=NAME)).to_be_visible()
    with page.expect_response("**/api/slots?*"):
        held[0].continue_()
    page.wait_for_timeout(200)
    heading(page, "Талоны")
    expect(page.get_by_role("link", name=NAME)).to_be_visible()


def test_times_that_were_shown_long_ago_are_asked_for_anew(page: Page, stack: RunningStack) -> None:
    page.clock.install()
    booking = begin(page, stack)
    page.goto(booking.address)
    taken = last_time(page)
    assert portal.book(stack, booking.another(), slot_behind(taken))[0] == 201
    page.clock.fast_forward("01:01")
    taken.click()
    say_of(page, re.compile(r"уже занято\. Список обновлён"))
    heading(page, "Выберите время")

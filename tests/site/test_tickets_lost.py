"""«Талоны» when things go wrong: a lost race, a lost connection, a session that ended."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.site.booking import (
    begin,
    choose_time,
    free_times,
    heading,
    last_time,
    lose_the_answer,
    read_out,
    say_of,
    slot_behind,
)
from tests.site.looks import whole
from tests.site.visits import no_network, press, refusing, sign_out
from tests.stack import portal
from tests.stack.running import RunningStack


def test_a_time_lost_between_list_and_click_ends_in_words_and_fresh_times(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    page.goto(booking.address)
    lost = last_time(page)
    slot_id, (time, day) = slot_behind(lost), read_out(lost)
    before = free_times(page).count()
    assert portal.book(stack, booking.another(), slot_id)[0] == 201
    lost.click()
    press(page, "Взять талон")

    say_of(
        page,
        f"Время {time} ({day}) только что занял другой пациент. Список обновлён: выберите другое.",
    )
    heading(page, "Выберите время")
    expect(free_times(page)).to_have_count(before - 1)
    expect(page.locator(f"[data-slot='{slot_id}']")).to_have_count(0)
    assert portal.held_ticket(booking.who) is None
    assert page.url.endswith(booking.address)
    whole(page, "tickets-lost")
    last_time(page).click()
    press(page, "Взять талон")
    say_of(page, "Талон взят.")


def test_a_move_to_a_time_that_was_lost_keeps_the_ticket(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    page.goto(booking.take_last())
    before = booking.ticket()
    page.get_by_role("link", name="Перенести").click()
    lost = last_time(page)
    slot_id = slot_behind(lost)
    assert portal.book(stack, booking.another(), slot_id)[0] == 201
    lost.click()
    press(page, "Перенести талон")

    say_of(page, re.compile("только что занял другой пациент"))
    heading(page, "Выберите новое время")
    assert booking.ticket() == before
    page.get_by_role("link", name="Оставить как есть").click()
    heading(page, "Талон")


@pytest.mark.parametrize(
    "code, said",
    [
        ("slot_withdrawn", r"На \d\d:\d\d \(.+\) больше не записывают\. Список обновлён"),
        ("slot_unknown", r"Времени \d\d:\d\d \(.+\) больше нет\. Список обновлён"),
        ("wrong_district", r"теперь у врача другого участка\. Список обновлён"),
    ],
)
def test_a_time_that_is_no_longer_offered_leads_back_to_fresh_times(
    page: Page, stack: RunningStack, code: str, said: str
) -> None:
    booking = begin(page, stack)
    choose_time(page, booking)
    with refusing(page, "POST /api/tickets", 409, code):
        press(page, "Взять талон")
        say_of(page, re.compile(said))
    heading(page, "Выберите время")
    assert page.url.endswith(booking.address)


def test_who_has_a_ticket_already_sees_it_in_place_of_the_times(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    choose_time(page, booking)
    booking.take_last()
    press(page, "Взять талон")

    say_of(page, "У пациента уже есть талон. Отмените его или перенесите на другое время.")
    heading(page, "Талон уже взят")
    expect(free_times(page)).to_have_count(0)
    whole(page, "tickets-held")
    page.reload()
    heading(page, "Талон уже взят")
    page.get_by_role("link", name="Отменить").click()
    expect(page.get_by_role("heading", name="Отменить талон?")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Перенести").click()
    heading(page, "Выберите новое время")


def test_a_ticket_that_ended_elsewhere_is_not_moved(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    ticket_id = booking.take_last().partition("=")[2]
    page.goto(f"{booking.address}&move={ticket_id}")
    last_time(page).click()
    heading(page, "Перенести талон?")
    assert stack.ask(f"DELETE /api/tickets/{ticket_id}", cookie=booking.who.cookie).is_success
    press(page, "Перенести талон")

    say_of(page, re.compile("Этот талон уже нельзя изменить"))
    heading(page, "Выберите время")
    assert page.url.endswith(booking.address)
    page.goto(f"{booking.address}&move={ticket_id}")
    say_of(page, re.compile("Этот талон уже нельзя перенести"))
    heading(page, "Выберите время")


def test_a_ticket_is_one_though_the_connection_broke_after_it_was_taken(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    slot_id = choose_time(page, booking)
    with no_network(page):
        press(page, "Взять талон")
        expect(page.get_by_text("второй талон не появится")).to_be_visible()
    assert portal.held_ticket(booking.who) is None
    whole(page, "tickets-no-connection")
    mend = lose_the_answer(page, "**/api/tickets")
    press(page, "Взять талон")
    expect(page.get_by_text("второй талон не появится")).to_be_visible()
    taken = booking.ticket()
    mend()
    press(page, "Взять талон")

    say_of(page, "Талон взят.")
    assert booking.ticket() == taken
    assert taken.slot_id == slot_id


def test_a_busy_portal_is_asked_again_and_nothing_is_forgotten(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    with refusing(page, "GET /api/slots", 503, "try_again", retry_after=1):
        page.goto(booking.address)
        expect(page.get_by_role("alert")).to_contain_text("Сейчас не получилось.")
        whole(page, "tickets-busy")
    press(page, "Попробовать ещё раз")
    last_time(page).click()
    with refusing(page, "POST /api/tickets", 503, "try_again", retry_after=1):
        press(page, "Взять талон")
        expect(page.get_by_text("Подождите немного и попробуйте ещё раз")).to_be_visible()
    with refusing(page, "POST /api/tickets", 409, "policy_expired"):
        press(page, "Взять талон")
        expect(page.get_by_text("На день приёма полис уже не действует.")).to_be_visible()
    press(page, "Взять талон")
    say_of(page, "Талон взят.")


def test_a_session_that_ended_leads_to_the_sign_in_and_back_to_the_very_step(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    slot_id = choose_time(page, booking)
    sign_out(page)
    press(page, "Взять талон")
    heading(page, "Вход")
    say_of(page, re.compile("вход устарел"))
    page.get_by_label("Адрес электронной почты").fill(booking.who.email)
    page.get_by_label("Пароль", exact=True).fill(portal.PASSWORD)
    press(page, "Войти")

    heading(page, "Взять талон?")
    assert page.url.endswith(f"{booking.address}&slot={slot_id}")
    page.get_by_role("link", name="Выбрать другое время").click()
    heading(page, "Выберите время")
    sign_out(page)
    page.reload()
    heading(page, "Вход")
    assert portal.held_ticket(booking.who) is None


def test_a_time_that_was_taken_before_a_reload_is_told_so(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    slot_id = choose_time(page, booking)
    assert portal.book(stack, booking.another(), slot_id)[0] == 201
    page.reload()
    say_of(page, re.compile(r"^Время \d\d:\d\d \(.+\) уже занято\. Список обновлён"))
    heading(page, "Выберите время")

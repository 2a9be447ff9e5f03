"""The desk's sign-in: a login, a password and a one-time code, and back to where one was."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.site.counter import SIGN_IN, at_the_desk
from tests.site.looks import whole
from tests.site.visits import intercept, no_network, refusing, sign_out
from tests.stack.running import RunningStack
from tests.stack.test_desk import next_code

FAILED = "Логин, пароль или код не подошли"


def type_in(page: Page, login: str, password: str, code: str) -> None:
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль", exact=True).fill(password)
    page.get_by_label("Одноразовый код").fill(code)
    page.get_by_role("button", name="Войти").click()


def test_a_clerk_signs_in_where_the_way_led_and_out_again(page: Page, stack: RunningStack) -> None:
    card = stack.card.desk
    page.goto("/desk/profiles.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    expect(page.locator("#notice")).to_have_text("Вы не вошли или вход устарел. Войдите ещё раз.")
    type_in(page, card["login"], card["password"], "000 000")
    expect(page.locator("output")).to_contain_text(FAILED)
    expect(page.get_by_label("Одноразовый код")).to_be_focused()
    expect(page.get_by_label("Одноразовый код")).to_have_value("")
    expect(page.get_by_label("Логин")).to_have_value(card["login"])
    whole(page, "desk-sign-in-refused")
    code = next_code(card["login"], card["totp_secret"])
    page.get_by_label("Одноразовый код").fill(f" {code[:3]} {code[3:]} ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/profiles.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Профили")
    page.goto("/desk/index.html")
    page.wait_for_url("**/desk/day.html")
    page.get_by_role("button", name="Выйти").click()
    expect(page.locator("#notice")).to_have_text("Вы вышли.")
    page.go_back()
    page.wait_for_url("**/desk/index.html?next=**")


def test_nothing_is_sent_before_all_is_typed_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto("/desk/index.html")
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_label("Логин")).to_be_focused()
    expect(page.get_by_text("Заполните это поле.")).to_have_count(3)
    with no_network(page):
        type_in(page, "registry", "верблюд", "123456")
        expect(page.locator("output")).to_contain_text("Нет связи")
    with refusing(page, "POST /api/desk/sessions", 503, "try_again", retry_after=1):
        page.get_by_role("button", name="Войти").click()
        expect(page.locator("output")).to_contain_text("Сейчас не получилось")
    with refusing(page, "POST /api/desk/sessions", 429, "too_many_requests", retry_after=600):
        page.get_by_role("button", name="Войти").click()
        expect(page.locator("output")).to_contain_text("через 10 мин")
    expect(page.get_by_label("Пароль", exact=True)).to_have_value("верблюд")
    expect(page.get_by_label("Одноразовый код")).to_have_value("123456")


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example/desk/", "/tickets.html", "javascript:1"]
)
def test_nobody_is_led_away_from_the_desk(page: Page, next_page: str) -> None:
    at_the_desk(page)
    intercept(page, SIGN_IN, lambda route: route.fulfill(status=201, json={}))
    page.goto(f"/desk/index.html?next={next_page}")
    type_in(page, "registry", "верблюд", "123456")
    page.wait_for_url(re.compile(r"//127[^/]+/desk/day\.html$"))


def test_who_was_signed_in_and_is_no_more_is_asked_once(page: Page) -> None:
    at_the_desk(page)
    page.goto("/desk/day.html")
    page.evaluate("() => localStorage.setItem('desk-signed-in', 'yes')")
    sign_out(page)
    page.goto("/desk/index.html")
    page.wait_for_url("**/desk/index.html?next=%2Fdesk%2Fday.html")
    expect(page.get_by_label("Логин")).to_be_visible()

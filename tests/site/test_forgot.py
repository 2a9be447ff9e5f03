"""«Забыли пароль?»: the mailed link, the new password, and that nothing is told to a stranger."""

import re

from playwright.sync_api import Page, expect

from shared import clock
from tests.site.looks import whole
from tests.site.test_links import NEW_PASSWORD, type_password
from tests.site.test_register import history
from tests.site.visits import mailed_link, no_network, press, sign_in
from tests.stack import portal
from tests.stack.portal import PASSWORD
from tests.stack.running import RunningStack, within_one


def test_a_forgotten_password_is_replaced_by_the_mailed_link(
    page: Page, stack: RunningStack
) -> None:
    who = portal.new_signed_in(portal.demo_district())
    sign_in(page, who)
    _ask_for_link_from_the_sign_in(page, who.email)
    whole(page, "link-forgot-sent")

    page.goto(link := mailed_link(stack, who.email, "reset"))
    type_password(page, "короче")
    page.get_by_label("Показать пароль").check()
    press(page, "Сменить пароль")
    expect(page.locator("#password")).to_have_accessible_description(
        "Не короче 8 знаков. Хорошо подходят несколько слов подряд. "
        "В пароле должно быть не меньше 8 знаков."
    )
    whole(page, "link-reset-refused")
    type_password(page, NEW_PASSWORD)
    press(page, "Сменить пароль")
    page.wait_for_url("**/index.html")
    expect(page.get_by_text("Пароль изменён.")).to_be_focused()
    assert not [url for url in history(page) if "token" in url]
    assert page.evaluate("async () => (await fetch('/api/account')).status") == 401
    _sign_in_by_hand(page, who.email, NEW_PASSWORD)

    page.goto(link)
    type_password(page, PASSWORD)
    press(page, "Сменить пароль")
    page.get_by_role("link", name="Запросить новую ссылку").click()
    page.wait_for_url("**/forgot.html")


def _ask_for_link_from_the_sign_in(page: Page, address: str) -> None:
    page.goto("/")
    page.evaluate("() => localStorage.setItem('signed-in', 'yes')")
    page.get_by_role("link", name="Забыли пароль?").click()
    page.wait_for_url("**/forgot.html")
    _ask_for_link(page, address)


def _ask_for_link(page: Page, address: str) -> None:
    page.get_by_label("Адрес электронной почты").fill(address)
    press(page, "Прислать ссылку")
    expect(page.get_by_role("heading", level=1)).to_have_text("Проверьте почту")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("main")).to_contain_text(f"Если у адреса {address} есть личный кабинет")


def _sign_in_by_hand(page: Page, address: str, password: str) -> None:
    page.get_by_label("Адрес электронной почты").fill(address)
    type_password(page, password)
    press(page, "Войти")
    page.wait_for_url("**/tickets.html")


def test_whoever_asks_for_a_new_password_learns_nothing_and_may_ask_once_a_minute(
    page: Page,
) -> None:
    page.goto("/forgot.html")
    whole(page, "link-forgot")
    address = f"nobody-{clock.new_id()}@stack.example"
    email, output = page.get_by_label("Адрес электронной почты"), page.locator("output")
    email.fill("не адрес")
    press(page, "Прислать ссылку")
    expect(email).to_have_accessible_description(re.compile("Это не адрес электронной почты"))
    expect(email).to_be_focused()
    with no_network(page):
        email.fill(address)
        press(page, "Прислать ссылку")
        expect(output).to_contain_text("Нет связи")
        expect(email).to_have_value(address)
    within_one(60)
    _ask_for_link(page, address)
    press(page, "Указать адрес ещё раз")
    expect(email).to_be_focused()
    expect(email).to_have_value(address)
    press(page, "Прислать ссылку")
    expect(output).to_contain_text("Нельзя просить письмо так часто. Попробуйте ещё раз через 1")

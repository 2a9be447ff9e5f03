"""«Вход»: by hand, back to where one was, and never to anybody else's page."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.site.looks import whole
from tests.site.visits import intercept, no_network, refusing, sign_out
from tests.stack import portal
from tests.stack.portal import PASSWORD

FOREIGN = (
    "https://evil.example",
    "//evil.example",
    r"/\evil.example",
    "javascript:document.title='evil'",
    "data:text/html,evil",
    "/desk/index.html",
    "/./desk/index.html",
    "http://[",
)
"""Where nobody may be led after a patient's sign-in."""


def type_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Адрес электронной почты").fill(email)
    page.get_by_label("Пароль", exact=True).fill(password)


def send(page: Page) -> None:
    page.get_by_role("button", name="Войти").click()


def test_a_patient_signs_in_after_a_wrong_password_and_is_known_until_they_sign_out(
    page: Page,
) -> None:
    who = portal.new_signed_in(portal.demo_district())
    page.goto("/")
    type_in(page, who.email, "не тот пароль")
    send(page)
    expect(page.locator("output")).to_contain_text("Адрес или пароль не подошли")
    expect(page.get_by_label("Пароль", exact=True)).to_be_focused()
    expect(page.get_by_label("Адрес электронной почты")).to_have_value(who.email)
    whole(page, "sign-in-wrong")
    page.get_by_label("Показать пароль").check()
    expect(page.get_by_label("Пароль", exact=True)).to_have_attribute("type", "text")

    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_label("Пароль", exact=True).press("Enter")
    page.wait_for_url("**/tickets.html")
    page.goto("/")
    page.wait_for_url("**/tickets.html")
    page.get_by_role("button", name="Выйти").click()
    page.wait_for_url("**/index.html")
    expect(page.get_by_text("Вы вышли.")).to_be_focused()
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0


def test_nothing_is_sent_while_a_field_is_empty_and_no_address_is_no_secret(page: Page) -> None:
    page.goto("/")
    send(page)
    email = page.get_by_label("Адрес электронной почты")
    expect(email).to_have_accessible_description("Заполните это поле.")
    expect(email).to_be_focused()
    type_in(page, "не адрес")
    send(page)
    expect(page.locator("output")).to_contain_text("Адрес или пароль не подошли")
    expect(email).to_be_focused()


def test_what_was_typed_outlives_a_lost_connection_and_a_busy_portal(page: Page) -> None:
    who = portal.new_signed_in(portal.demo_district())
    page.goto("/")
    type_in(page, who.email)
    output = page.locator("output")
    with no_network(page):
        send(page)
        expect(output).to_contain_text("Нет связи")
    for status, code, said in (
        (503, "try_again", "введённое сохранилось"),
        (429, "too_many_requests", "Слишком много попыток. Попробуйте ещё раз через 2 мин"),
        (500, "internal_error", "Произошла ошибка"),
    ):
        with refusing(page, "POST /api/sessions", status, code, retry_after=120):
            send(page)
            expect(output).to_contain_text(said)
            expect(output).to_be_focused()
    expect(page.get_by_label("Пароль", exact=True)).to_have_value(PASSWORD)
    send(page)
    page.wait_for_url("**/tickets.html")


def test_while_the_answer_is_awaited_the_page_says_so_and_asks_once(page: Page) -> None:
    asked: list[Route] = []
    intercept(page, "**/api/sessions", lambda route: asked.append(route))  # noqa: PLW0108
    page.goto("/")
    type_in(page, "obraztsova@stack.example")
    with page.expect_request("**/api/sessions"):
        send(page)
    send(page)
    expect(page.locator("output")).to_have_text("Отправляем…")
    expect(page.locator("form")).to_have_attribute("aria-busy", "true")
    asked[0].abort("internetdisconnected")
    expect(page.locator("output")).to_contain_text("Нет связи")
    assert len(asked) == 1
    expect(page.locator("form")).not_to_have_attribute("aria-busy", "true")


def test_an_ended_session_leads_to_the_sign_in_and_back_to_where_one_was(page: Page) -> None:
    who = portal.new_signed_in(portal.demo_district())
    page.goto("/profile.html?from=mail")
    page.wait_for_url("**/index.html?next=%2Fprofile.html%3Ffrom%3Dmail")
    expect(page.get_by_text("Вы не вошли или вход устарел.")).to_be_visible()
    type_in(page, who.email)
    send(page)
    page.wait_for_url("**/profile.html?from=mail")
    expect(page.get_by_text(who.email).first).to_be_visible()
    sign_out(page)
    page.reload()
    page.wait_for_url(re.compile(r"/index\.html\?next="))


@pytest.mark.parametrize("there", FOREIGN)
def test_the_sign_in_leads_to_nobody_elses_page(page: Page, there: str) -> None:
    who = portal.new_signed_in(portal.demo_district())
    page.goto("/reset.html")
    page.evaluate("(there) => location.replace(`/?next=${encodeURIComponent(there)}`)", there)
    page.wait_for_url("**/?next=*")
    type_in(page, who.email)
    send(page)
    page.wait_for_url("**/tickets.html")
    assert "evil" not in page.title()

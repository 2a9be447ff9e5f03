"""The pages behind mailed links: what all of them do, and «Подтверждение адреса»."""

from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from shared import clock
from tests.site.looks import whole
from tests.site.test_register import PERSON, history
from tests.site.visits import mailed_link, no_network, press, refusing, sign_in
from tests.stack import portal
from tests.stack.portal import PASSWORD
from tests.stack.running import RunningStack

NEW_PASSWORD = "новый верблюд, 8 вечера"
WRONG = "не тот пароль"
CONFIRMED = "Адрес подтверждён, Вы вошли в личный кабинет."


class Kind(NamedTuple):
    """A page that mails link to."""

    page: str
    operation: str
    button: str
    expired: str
    says: str


KINDS = (
    Kind(
        "confirm",
        "POST /api/email-confirmations",
        "Подтвердить адрес",
        "confirmation_expired",
        "Попробуйте войти",
    ),
    Kind(
        "reset",
        "PUT /api/password-resets",
        "Сменить пароль",
        "reset_expired",
        "Запросить новую ссылку",
    ),
    Kind(
        "invitation",
        "POST /api/invitation-acceptances",
        "Разрешить брать для меня талоны",
        "invitation_expired",
        "попросите родственника прислать новое",
    ),
)
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.page for kind in KINDS])


def registered(stack: RunningStack) -> str:
    """Register somebody, and return the address that waits to be confirmed."""
    address = f"newcomer-{clock.new_id()}@stack.example"
    person = portal.form_of(portal.new_policy_number(), PERSON)
    form = {"email": address, "password": PASSWORD} | person
    assert stack.ask("POST /api/registrations", form).status_code == 202
    return address


def type_password(page: Page, password: str) -> None:
    page.locator("#password").fill(password)


def test_the_way_past_the_header_keeps_the_link_and_what_was_typed(page: Page) -> None:
    page.goto("/confirm.html#token=some.token")
    type_password(page, WRONG)
    page.get_by_role("link", name="К содержанию").press("Enter")
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("#password")).to_have_value(WRONG)
    assert page.url.endswith("#token=some.token")


def arrived(page: Page, notice: str) -> None:
    """Wait until the account is open, and fail if a link is left in the browser's history."""
    page.wait_for_url("**/tickets.html")
    expect(page.locator("#notice")).to_contain_text(notice)
    assert page.evaluate("async () => (await fetch('/api/account')).status") == 200
    assert not [url for url in history(page) if "token" in url]
    page.goto("/")
    page.wait_for_url("**/tickets.html")


# Every link.


@each_kind
def test_opening_a_link_sends_nothing_and_a_cut_one_says_so(page: Page, kind: Kind) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    page.goto(f"/{kind.page}.html#token=abc", wait_until="networkidle")
    expect(page.get_by_role("button", name=kind.button)).to_be_visible()
    whole(page, f"link-{kind.page}")
    page.goto(f"/{kind.page}.html", wait_until="networkidle")
    expect(page.get_by_role("button", name=kind.button)).to_be_hidden()
    expect(page.get_by_text("В ссылке не хватает кода")).to_be_visible()
    whole(page, f"link-{kind.page}-cut")
    assert not [url for url in asked if "/api/" in url or "abc" in url]
    page.goto(f"/{kind.page}.html#token=abc")
    expect(page.get_by_role("button", name=kind.button)).to_be_visible()
    expect(page.get_by_text("В ссылке не хватает кода")).to_be_hidden()


@each_kind
def test_a_link_that_is_no_more_says_what_to_do_and_keeps_no_password(
    page: Page, kind: Kind
) -> None:
    sign_in(page, portal.new_signed_in(None))
    page.goto(f"/{kind.page}.html#token={'x' * 201}")
    _try(page, kind)
    expect(page.get_by_text("В ссылке не хватает кода")).to_be_visible()
    page.goto(f"/{kind.page}.html#token=x")
    _try(page, kind)
    if kind.page == "invitation":
        return  # Who asks is to sign in first: told below.
    ending = page.locator(f"[data-ending={kind.expired}]")
    expect(ending).to_contain_text(kind.says)
    expect(ending).to_be_focused()
    expect(page.get_by_role("button", name=kind.button)).to_be_hidden()
    expect(page.locator("#password")).to_have_value("")
    whole(page, f"link-{kind.page}-expired")


def _try(page: Page, kind: Kind) -> None:
    if kind.page != "invitation":
        type_password(page, NEW_PASSWORD)
    press(page, kind.button)


@each_kind
def test_a_lost_connection_and_a_busy_portal_keep_the_link_and_what_was_typed(
    page: Page, kind: Kind
) -> None:
    page.goto(f"/{kind.page}.html#token=x")
    output = page.locator("output")
    with no_network(page):
        _try(page, kind)
        expect(output).to_contain_text("Нет связи")
    with refusing(page, kind.operation, 503, "try_again", retry_after=1):
        press(page, kind.button)
        expect(output).to_contain_text("попробуйте ещё раз: введённое сохранилось")
    if kind.page != "invitation":
        expect(page.locator("#password")).to_have_value(NEW_PASSWORD)
    with refusing(page, kind.operation, 429, "too_many_requests", retry_after=600):
        press(page, kind.button)
        expect(output).to_contain_text("через 10 мин")
    assert page.url.endswith("#token=x")


# Confirmation.


def test_a_wrong_password_keeps_the_link_and_the_right_one_confirms_once(
    page: Page, stack: RunningStack
) -> None:
    address = registered(stack)
    page.goto("/")
    page.goto(link := mailed_link(stack, address, "confirm"))
    type_password(page, WRONG)
    press(page, "Подтвердить адрес")
    expect(page.locator("output")).to_contain_text("Пароль не подошёл")
    expect(page.locator("#password")).to_be_focused()
    whole(page, "link-confirm-wrong")
    page.reload()
    type_password(page, PASSWORD)
    press(page, "Подтвердить адрес")
    arrived(page, CONFIRMED)

    page.goto(link)
    type_password(page, PASSWORD)
    press(page, "Подтвердить адрес")
    expect(page.get_by_text("ей уже воспользовались")).to_be_visible()
    page.get_by_role("link", name="Войти", exact=True).click()
    page.wait_for_url("**/tickets.html")


def test_after_five_wrong_passwords_the_link_is_of_no_use(page: Page, stack: RunningStack) -> None:
    page.goto(mailed_link(stack, registered(stack), "confirm"))
    output = page.locator("output")
    for _ in range(5):
        type_password(page, WRONG)
        press(page, "Подтвердить адрес")
        expect(output).to_have_class("problem")
        expect(output).to_contain_text("Пароль не подошёл")
    type_password(page, PASSWORD)
    press(page, "Подтвердить адрес")
    expect(page.get_by_text("слишком много раз не подошёл")).to_be_visible()


def test_a_changed_address_is_confirmed_by_whoever_is_signed_in(
    page: Page, stack: RunningStack
) -> None:
    who = portal.new_signed_in(portal.demo_district())
    address = f"new-{who.email}"
    wanted = {"email": address, "password": PASSWORD}
    assert stack.ask("PUT /api/account/email", wanted, who.cookie).status_code == 202
    sign_in(page, who)
    page.goto(mailed_link(stack, address, "confirm"))
    type_password(page, PASSWORD)
    press(page, "Подтвердить адрес")
    arrived(page, CONFIRMED)
    told = page.evaluate("async () => (await (await fetch('/api/account')).json()).email")
    assert told == address


def test_a_policy_that_has_an_account_leads_to_it_or_to_the_registry(
    page: Page, stack: RunningStack
) -> None:
    number = portal.new_policy_number()
    portal.new_signed_in(None, number=number)
    address = f"second-{number}@stack.example"
    form = {"email": address, "password": PASSWORD} | portal.form_of(number, PERSON)
    assert stack.ask("POST /api/registrations", form).status_code == 202
    page.goto(mailed_link(stack, address, "confirm"))
    type_password(page, PASSWORD)
    press(page, "Подтвердить адрес")
    expect(page.get_by_text("уже открыт другой личный кабинет")).to_be_visible()
    phone = page.locator("[data-ending]:visible").get_by_role("link", name="+7")
    assert (phone.get_attribute("href") or "").startswith("tel:+7")
    whole(page, "link-confirm-second")

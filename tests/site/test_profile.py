"""«Профиль»: whether documents are mailed, the password, the address, the data and their end."""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from shared import clock
from shared.settings import settings
from shared.table import accounts
from shared.working_days import due_on
from tests.site.booking import say_of
from tests.site.conftest import NewPage
from tests.site.looks import whole
from tests.site.visits import intercept, mailed_link, no_network, refusing, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack

NEW_PASSWORD = "новый верблюд, 8 вечера"
ERASE = "Удалить навсегда"
STATUS = ".notice[data-status]:visible"


@pytest.fixture
def who(page: Page) -> SignedIn:
    """Sign a patient in, who looks at the profile."""
    found = portal.new_signed_in(portal.demo_district())
    sign_in(page, found)
    return found


def open_profile(page: Page) -> None:
    page.goto("/profile.html")
    expect(page.locator("#account")).to_be_visible()


def test_a_profile_that_is_not_confirmed_tells_how_it_is_and_which_address_mail_does_not_reach(
    page: Page, who: SignedIn
) -> None:
    open_profile(page)
    expect(page.locator(STATUS)).to_contain_text("не подтверждён: документы по электронной почте")
    expect(page.get_by_role("heading", name="Как подтвердить профиль")).to_be_visible()
    link = page.get_by_role("link", name="Образцова Проба")
    expect(link).to_have_attribute("href", "/consent.html")
    expect(page.get_by_text("Письма на этот адрес не доходят")).to_be_hidden()
    whole(page, "profile-unconfirmed")
    accounts.mark_unreachable(who.email, clock.now())
    page.reload()
    expect(page.get_by_text("Письма на этот адрес не доходят")).to_be_visible()
    whole(page, "profile-unreachable")


def test_a_consent_that_was_brought_shows_by_when_the_profile_is_confirmed_and_that_it_is(
    page: Page, stack: RunningStack, who: SignedIn
) -> None:
    clerk, status = desk.new_clerk(), page.locator(STATUS)
    due = _bring_consent(stack, clerk, who)
    open_profile(page)
    expect(status).to_contain_text(re.compile(rf"не позднее {due.day}\s\S+\s{due.year}"))
    expect(page.get_by_role("heading", name="Как подтвердить профиль")).to_be_hidden()
    whole(page, "profile-received")

    _answer_late(page)
    page.reload()
    expect(status).to_contain_text("не подтвердили вовремя")
    expect(status.get_by_role("link")).to_have_attribute("href", re.compile(r"^tel:\+"))
    whole(page, "profile-overdue")
    page.unroute("**/api/account")

    confirm = f"POST /api/desk/profiles/{who.account_id}/confirm"
    assert clerk.ask(stack, confirm).status_code == 200
    page.reload()
    expect(status).to_contain_text("Профиль подтверждён")
    whole(page, "profile-confirmed")


def _bring_consent(stack: RunningStack, clerk: desk.Clerk, who: SignedIn) -> date:
    """Hand the signed paper in; return the day by which the profile is to be confirmed."""
    today = settings().day_of(clock.now())
    paper = {"signed_on": str(today), "document_number": "17", "text_version": "2026-1"}
    consent = {"patient_id": who.patient_id, "email": who.email} | paper
    assert clerk.ask(stack, "POST /api/desk/consents", consent).status_code == 201
    return due_on(today)


def _answer_late(page: Page) -> None:
    """Let the day by which the profile was due be yesterday's."""

    def change(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        answer["profile"]["due_on"] = str(settings().day_of(clock.now()) - timedelta(days=1))
        route.fulfill(json=answer)

    intercept(page, "**/api/account", change)


@dataclass(frozen=True)
class PasswordForm:
    """«Сменить пароль», unfolded."""

    current: Locator
    new: Locator
    button: Locator

    @classmethod
    def of(cls, page: Page) -> "PasswordForm":
        """Unfold it on the profile."""
        open_profile(page)
        page.locator("summary", has_text="Сменить пароль").click()
        return cls(
            page.get_by_label("Нынешний пароль", exact=True),
            page.get_by_label("Новый пароль", exact=True),
            page.get_by_role("button", name="Сменить пароль"),
        )


def test_a_wrong_password_is_told_beside_its_field_and_nothing_that_was_typed_is_lost(
    page: Page, stack: RunningStack, who: SignedIn
) -> None:
    form = PasswordForm.of(page)
    form.current.fill("не тот пароль")
    form.new.fill("короче")
    form.button.click()
    expect(form.new).to_have_accessible_description(re.compile("не меньше 8 знаков"))
    expect(form.new).to_be_focused()
    form.new.fill(NEW_PASSWORD)
    form.button.click()
    expect(form.current).to_have_accessible_description(re.compile("Пароль не подошёл"))
    expect(form.current).to_be_focused()
    expect(form.new).to_have_value(NEW_PASSWORD)
    whole(page, "profile-wrong-password")
    assert _signs_in(stack, who, PASSWORD)


def _signs_in(stack: RunningStack, who: SignedIn, password: str) -> bool:
    credentials = {"email": who.email, "password": password}
    return stack.ask("POST /api/sessions", credentials).status_code == 201


def test_a_new_password_signs_out_every_other_browser_and_is_not_left_in_the_page(
    page: Page, new_page: NewPage, stack: RunningStack, who: SignedIn
) -> None:
    other = new_page()
    session, cookie = portal.new_session(who.account_id)
    sign_in(other, SignedIn(who.account_id, who.patient_id, session, cookie))
    open_profile(other)

    form = PasswordForm.of(page)
    form.current.fill(PASSWORD)
    form.new.fill(NEW_PASSWORD)
    page.get_by_label("Показать новый пароль").check()
    expect(form.new).to_have_attribute("type", "text")
    form.button.click()
    expect(page.locator("#password-form output")).to_contain_text("Пароль изменён")
    expect(form.current).to_have_value("")
    expect(form.new).to_have_value("")
    expect(form.new).to_have_attribute("type", "password")
    whole(page, "profile-new-password")

    other.reload()
    expect(other).to_have_url(re.compile(r"/index\.html\?next=%2Fprofile\.html$"))
    open_profile(page)
    assert _signs_in(stack, who, NEW_PASSWORD)
    assert not _signs_in(stack, who, PASSWORD)


def test_a_new_address_counts_once_its_mailed_link_is_opened_and_not_before(
    page: Page, stack: RunningStack, who: SignedIn
) -> None:
    email = f"new-{who.account_id}@stack.example"
    open_profile(page)
    page.locator("summary", has_text="Сменить адрес").click()
    form, button = page.locator("#email-form"), page.get_by_role("button", name="Сменить адрес")
    page.get_by_label("Новый адрес").fill("нет собаки")
    form.get_by_label("Пароль от личного кабинета").fill(PASSWORD)
    button.click()
    expect(page.get_by_label("Новый адрес")).to_have_accessible_description(
        re.compile("не адрес электронной почты")
    )
    page.get_by_label("Новый адрес").fill(email)
    button.click()
    expect(form.locator("output")).to_contain_text(f"Мы послали письмо на адрес {email}.")
    expect(page.get_by_label("Новый адрес")).to_have_value("")
    whole(page, "profile-new-address")
    page.reload()
    expect(page.locator("[data-email]")).to_have_text(who.email)

    page.goto(mailed_link(stack, email, "confirm"))
    page.get_by_label("Пароль от личного кабинета").fill(PASSWORD)
    page.get_by_role("button", name="Подтвердить адрес").click()
    expect(page).to_have_url(re.compile("/tickets.html$"))
    assert stack.mail(who.email, "Адрес личного кабинета изменён")
    open_profile(page)
    expect(page.locator("[data-email]")).to_have_text(email)


def test_all_data_are_saved_as_a_file(page: Page, stack: RunningStack, who: SignedIn) -> None:
    open_profile(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Скачать мои данные").click()
    assert re.fullmatch(r"lichnyj-kabinet-[\d-]{10}\.json", download.value.suggested_filename)
    saved = json.loads(Path(download.value.path()).read_text("utf-8"))
    held = stack.ask("GET /api/account/export", cookie=who.cookie).json()
    assert saved["account"] == held["account"]
    assert saved.keys() == held.keys()
    expect(page.locator("#export-form output")).to_contain_text("Файл сохранён")


def test_the_account_is_not_erased_while_the_password_or_the_connection_is_wrong(
    page: Page, who: SignedIn
) -> None:
    open_profile(page)
    page.locator("summary", has_text="Удалить личный кабинет").click()
    password = page.get_by_label("Пароль, чтобы удалить")
    button, output = page.get_by_role("button", name=ERASE), page.locator("#erase-form output")
    button.click()
    expect(password).to_have_accessible_description("Заполните это поле.")
    password.fill("не тот пароль")
    button.click()
    expect(password).to_have_accessible_description(re.compile("Пароль не подошёл"))
    whole(page, "profile-erase")
    password.fill(PASSWORD)
    with no_network(page):
        button.click()
        expect(output).to_contain_text("Нет связи")
    with refusing(page, "DELETE /api/account", 503, "try_again", retry_after=1):
        button.click()
        expect(output).to_contain_text("Подождите немного")
    expect(password).to_have_value(PASSWORD)
    assert accounts.find(who.account_id) is not None


def test_the_account_is_erased_with_its_ticket_and_nothing_is_seen_of_it_afterwards(
    page: Page, stack: RunningStack, who: SignedIn
) -> None:
    slot = portal.last_day(portal.demo_district())[-1]
    portal.take(stack, who, slot)
    open_profile(page)
    page.locator("summary", has_text="Удалить личный кабинет").click()
    expect(page.get_by_text("предстоящие талоны")).to_be_visible()
    page.get_by_label("Пароль, чтобы удалить").fill(PASSWORD)
    page.get_by_role("button", name=ERASE).click()
    expect(page).to_have_url(re.compile(r"/index\.html$"))
    say_of(page, "Личный кабинет удалён. Вы вышли.")
    assert accounts.find(who.account_id) is None
    assert portal.now_of(slot).status == "free"
    page.go_back()
    expect(page).to_have_url(re.compile(r"/index\.html\?next=%2Fprofile\.html$"))


def test_an_ended_session_leads_to_the_sign_in_and_back_to_the_profile(
    page: Page, who: SignedIn
) -> None:
    with refusing(page, "GET /api/account", 503, "try_again", retry_after=1):
        page.goto("/profile.html")
        expect(page.locator("#loading")).to_contain_text("Подождите немного")
        whole(page, "profile-not-loaded")
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(page.locator("#account")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Скачать мои данные").click()
    expect(page).to_have_url(re.compile(r"/index\.html\?next=%2Fprofile\.html$"))
    page.get_by_label("Адрес электронной почты").fill(who.email)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page.locator("[data-email]")).to_have_text(who.email)

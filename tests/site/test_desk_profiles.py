"""«Профили»: whose consent waits is confirmed from the queue, the overdue first (R11)."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from shared import clock, keys
from shared.settings import settings
from shared.table import store
from shared.working_days import due_on, next_working_day
from tests.site.looks import whole
from tests.site.visits import intercept, no_network, refusing, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack, wait_for

LISTED = "GET /api/desk/profiles?status=consent_received"


def brings_consent(stack: RunningStack, clerk: Clerk, due: date | None = None) -> SignedIn:
    """Let a patient bring a signed consent, so that the profile waits; due, past the code."""
    who = portal.new_signed_in(portal.demo_district())
    paper = {
        "patient_id": who.patient_id,
        "email": who.email,
        "signed_on": str(settings().day_of(clock.now())),
        "document_number": "1",
        "text_version": "1",
    }
    assert clerk.ask(stack, "POST /api/desk/consents", paper).status_code == 201
    if due:
        expression = "SET profile_due_on = :due, due_on = :due"
        store.update(
            keys.account(who.account_id), expression, {":due": str(due)}, "attribute_exists(PK)"
        )
    return who


def open_queue(page: Page, stack: RunningStack, clerk: Clerk, *waiting: SignedIn) -> None:
    """Open the queue once its index, a moment behind, has them."""
    wanted = {who.account_id for who in waiting}

    def is_listed() -> bool:
        told = clerk.ask(stack, LISTED).json()["profiles"]
        return wanted <= {one["account_id"] for one in told}

    wait_for(is_listed)
    page.goto("/desk/profiles.html")


def test_profiles_wait_by_due_day_and_one_that_is_confirmed_leaves_the_queue(
    page: Page, stack: RunningStack
) -> None:
    clerk, today = desk.new_clerk(), settings().day_of(clock.now())
    sign_in(page, clerk)
    waiting = {
        "осталось 3 рабочих дня": brings_consent(stack, clerk),
        "остался 1 рабочий день": brings_consent(stack, clerk, next_working_day(today)),
        "сегодня": brings_consent(stack, clerk, today),
        "просрочено": brings_consent(stack, clerk, today - timedelta(days=1)),
    }
    open_queue(page, stack, clerk, *waiting.values())
    rows = page.get_by_role("row")
    for left, who in waiting.items():
        expect(rows.filter(has_text=who.email)).to_contain_text(left)
    last = waiting["осталось 3 рабочих дня"]
    expect(rows.filter(has_text=last.email)).to_contain_text(f"{due_on(today):%d.%m.%Y}")
    mine = [row for row in rows.all_inner_texts() if "@stack.example" in row]
    places = [
        next(at for at, row in enumerate(mine) if who.email in row) for who in waiting.values()
    ]
    assert places == sorted(places, reverse=True)
    whole(page, "desk-profiles")

    row = rows.filter(has_text=last.email)
    row.get_by_role("button", name="Подтвердить: Образцова Проба").click()
    expect(page.locator("#notice")).to_have_text("Образцова Проба: профиль подтверждён.")
    expect(page.locator("#notice")).to_be_focused()
    expect(row).to_have_count(0)
    account = stack.ask("GET /api/account", cookie=last.cookie).json()
    assert account["profile"] == {"status": "confirmed", "due_on": None}
    page.reload()
    expect(rows.filter(has_text=waiting["сегодня"].email)).to_have_count(1)
    expect(row).to_have_count(0)


def test_what_hinders_a_confirmation_is_told_and_it_can_be_tried_again(
    page: Page, stack: RunningStack
) -> None:
    clerk = desk.new_clerk()
    sign_in(page, clerk)
    who = brings_consent(stack, clerk)
    open_queue(page, stack, clerk, who)
    row = page.get_by_role("row").filter(has_text=who.email)
    button = row.get_by_role("button", name="Подтвердить")
    with no_network(page):
        button.click()
        expect(row.get_by_role("status")).to_contain_text("Нет связи")
    with refusing(
        page, f"POST /api/desk/profiles/{who.account_id}/confirm", 503, "try_again", retry_after=1
    ):
        button.click()
        expect(row.get_by_role("status")).to_contain_text("Подождите немного")
    whole(page, "desk-profiles-hindered")
    assert clerk.ask(stack, f"DELETE /api/desk/consents/{who.patient_id}").status_code == 204
    button.click()
    expect(page.locator("#notice")).to_contain_text("Согласия больше нет")
    expect(row).to_have_count(0)

    sign_out(page)
    page.reload()
    expect(page).to_have_url(re.compile(r"/desk/index\.html\?next=%2Fdesk%2Fprofiles\.html$"))


def test_an_empty_queue_says_so_and_one_that_did_not_load_can_be_loaded_again(page: Page) -> None:
    sign_in(page, desk.new_clerk())
    with refusing(page, "GET /api/desk/profiles", 503, "try_again", retry_after=1):
        page.goto("/desk/profiles.html")
        expect(page.locator("#queue")).to_contain_text("Подождите немного")
        whole(page, "desk-profiles-not-loaded")
    intercept(page, "**/api/desk/profiles?*", lambda route: route.fulfill(json={"profiles": []}))
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(page.locator("#queue")).to_have_text("Никто не ждёт подтверждения.")
    whole(page, "desk-profiles-empty")

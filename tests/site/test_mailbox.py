"""The local stack's mailbox in the browser: from a mail to the page behind its link."""

from playwright.sync_api import Page, expect

from tests.site.looks import whole
from tests.site.visits import mailed_link
from tests.stack import portal
from tests.stack.running import RunningStack


def test_a_person_opens_their_mail_and_the_link_in_it(page: Page, stack: RunningStack) -> None:
    who = portal.new_signed_in(None)
    stack.ask("POST /api/password-resets", {"email": who.email})
    link = mailed_link(stack, who.email, "reset")
    page.goto("/_local/mailbox")
    page.get_by_role("link", name=who.email, exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    whole(page, "mailbox")
    page.get_by_role("link", name=link, exact=True).click()
    expect(page).to_have_url(link)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_address_without_mail_is_told_so_and_leads_to_all_mails(page: Page) -> None:
    page.goto("/_local/mailbox?to=nobody@stack.example")
    expect(page.get_by_text("Писем пока нет.")).to_be_visible()
    page.get_by_role("link", name="Показать все").click()
    expect(page).to_have_url("/_local/mailbox")


def test_a_browser_that_says_localhost_is_led_to_the_origins_one_name(stack: RunningStack) -> None:
    host = {"Host": stack.url.removeprefix("http://").replace("127.0.0.1", "localhost")}
    for path in ("/_local/mailbox?to=a%40b.example", "/", "/ticket.html?id=1"):
        answer = stack.api.get(path, headers=host)
        assert (answer.status_code, answer.headers["location"]) == (307, f"{stack.url}{path}")

"""The tests of the pages by themselves: what is wrong is noticed, and what is meant is let pass."""

import re

import pytest
from playwright.sync_api import Page

from tests.site.browser import Watch
from tests.site.conftest import PATIENCE, NewPage
from tests.site.looks import NARROW, check_accessibility, no_sideways_scroll, nothing_has_moved
from tests.site.visits import intercept, mailed_link, no_network, refusing, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.running import RunningStack

FAULTS = {
    "error in the console": "console.error('oh')",
    "warning in the console": "console.warn('oh')",
    "uncaught": "setTimeout(() => { throw new Error('oh'); })",
    "The policy forbids inline": "document.body.setAttribute('style', 'color: red')",
    "asked somebody else": "location.href = 'http://127.0.0.1:9/'",
    "status of 404": "fetch('/missing.html')",
    "ERR_FAILED": "fetch('/cut.html').catch(() => {})",
}


@pytest.mark.parametrize("complaint", FAULTS)
def test_a_fault_of_a_page_is_noticed(page: Page, watches: list[Watch], complaint: str) -> None:
    intercept(page, "**/cut.html", lambda route: route.abort())
    page.goto("/reset.html")
    page.evaluate(f"() => {{ {FAULTS[complaint]} }}")
    for _ in range(PATIENCE // 50):
        if any(complaint in one for one in watches[0].complaints()):
            break
        page.wait_for_timeout(50)
    else:
        pytest.fail(f"complaints: {watches[0].complaints()}")
    watches[0].forget()


def test_what_the_portal_refuses_is_no_fault_of_a_page(page: Page) -> None:
    page.goto("/reset.html")
    assert page.evaluate("async () => (await fetch('/api/account')).status") == 401
    with refusing(page, "GET /api/account", 503, "try_again", retry_after=1):
        assert page.evaluate("async () => (await fetch('/api/account')).status") == 503
        assert page.evaluate("async () => (await fetch('/api/tickets')).status") == 401
    assert page.evaluate("async () => (await fetch('/api/account')).status") == 401


def test_without_a_network_a_page_gets_no_answer_and_that_is_no_fault(page: Page) -> None:
    ask = "async () => { try { await fetch('/reset.html'); return true; } catch { return false; } }"
    page.goto("/reset.html")
    with no_network(page):
        assert page.evaluate(ask) is False
    assert page.evaluate(ask) is True


def test_patients_and_clerks_are_signed_in_without_a_walk(new_page: NewPage) -> None:
    ask = "async (path) => (await fetch(path)).status"
    page, other = new_page(), new_page()
    sign_in(page, portal.new_signed_in(None))
    sign_in(page, desk.new_clerk())
    for one in (page, other):
        one.goto("/reset.html")
    assert page.evaluate(ask, "/api/account") == 200
    assert page.evaluate(ask, "/api/desk/districts") == 200
    assert other.evaluate(ask, "/api/account") == 401
    sign_out(page)
    assert page.evaluate(ask, "/api/account") == 401


def test_the_link_of_the_newest_mail_is_found(stack: RunningStack) -> None:
    who = portal.new_signed_in(None)
    stack.ask("POST /api/password-resets", {"email": who.email})
    assert re.fullmatch(
        rf"{stack.url}/reset\.html#token=\S+", mailed_link(stack, who.email, "reset")
    )


@pytest.mark.parametrize("fault", ["no label", "no contrast in the dark"])
def test_what_bars_somebody_from_a_page_is_found(page: Page, fault: str) -> None:
    page.goto("/reset.html#token=x")
    page.evaluate(
        """(fault) => {
          if (fault === "no label") document.querySelector("label").remove();
          else if (matchMedia("(prefers-color-scheme: light)").matches) {
            const style = new CSSStyleSheet();
            style.replaceSync("@media (prefers-color-scheme: dark) { p { color: #333 !important; "
              + "background: #444 !important } }");
            document.adoptedStyleSheets = [style];
          }
        }""",
        fault,
    )
    with pytest.raises(AssertionError, match=r"label|color-contrast"):
        check_accessibility(page)
    assert page.evaluate("() => matchMedia('(prefers-color-scheme: light)').matches")


def test_a_page_that_is_too_wide_is_found(page: Page) -> None:
    page.goto("/reset.html#token=x")
    no_sideways_scroll(page)
    page.evaluate(
        "() => document.querySelector('h1').style.setProperty('width', `${innerWidth + 9}px`)"
    )
    with pytest.raises(AssertionError, match="1305 of 320 px, <h1"):
        no_sideways_scroll(page)
    assert page.viewport_size != NARROW


def test_what_moves_is_found(page: Page) -> None:
    page.goto("/reset.html#token=x", wait_until="networkidle")
    nothing_has_moved(page)
    page.evaluate(
        "() => { const one = document.createElement('p'); one.append('Вдруг');"
        " document.querySelector('h1').before(one);"
        " return new Promise(requestAnimationFrame); }"
    )
    with pytest.raises(AssertionError, match=r"has moved:\n0\.\d+: .*<h1>"):
        nothing_has_moved(page)

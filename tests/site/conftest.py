"""A fresh local stack and one Chromium for all tests of this folder, and how to use them.

    def test_a_patient_sees_free_times(page: Page, stack: RunningStack) -> None:
        who = portal.new_signed_in(portal.new_district())   # tests/stack/portal.py: no walk
        sign_in(page, who)                                  # visits.py; also desk.new_clerk()
        page.goto("/tickets.html")                          # paths stand on the stack's address
        expect(page.get_by_role("heading", level=1)).to_have_text("Талоны")
        check_accessibility(page)                           # looks.py: axe-core, light and dark
        no_sideways_scroll(page)                            # looks.py: 320 px
        nothing_has_moved(page)                             # looks.py: no layout shift so far
        look(page, "tickets")                               # looks.py: SCREENSHOTS=folder

`page` is a fresh browser of one person, 1280 px wide; `new_page(**options)` makes more of them, of
other people or of other kinds: `new_page(viewport=PHONE, color_scheme="dark", locale=…)` takes the
options of Playwright's `Browser.new_context`. At its end a test fails when any of them has heard an
error or a warning in the console, a violation of the policy, an uncaught error, a failed request,
or a request to anybody else; `/api/*` may refuse with problem documents. A test that provokes such
a thing looks at `watches[-1].complaints()` and then calls `watches[-1].forget()`.

visits.py also has `mailed_link`, which waits for the mail, and two context managers: `no_network`,
and `refusing`, an operation that answers with a problem of your choice. `expect` waits 15 seconds.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local.chromium import HOW_TO_GET_IT, chromium_path, running_chromium
from tests.site.browser import Watch
from tests.site.looks import DESKTOP
from tests.stack.conftest import _environment_of_a_function
from tests.stack.running import RunningStack

__all__ = ["_environment_of_a_function"]

PATIENCE = 15_000
"""Milliseconds that a page may take to become as expected: the machine may have a lot to do."""

NewPage = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip the tests of the pages where there is no Chromium; in CI they fail."""
    if chromium_path() is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_IT, pytrace=False)
        pytest.skip(HOW_TO_GET_IT)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run one Chromium; each person of each test has a context of their own in it."""
    expect.set_options(timeout=PATIENCE)
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def watches() -> list[Watch]:
    """Return who watches the pages of this test, in the order in which they were made."""
    return []


@pytest.fixture
def new_page(chromium: Browser, stack: RunningStack, watches: list[Watch]) -> Iterator[NewPage]:
    """Return what makes a page of a fresh browser; at the end all of them must be without fault."""
    contexts = []

    def make(**options: Any) -> Page:  # noqa: ANN401 - Playwright types each option
        defaults = {"viewport": DESKTOP, "locale": "ru-RU", "timezone_id": "Europe/Moscow"}
        context = chromium.new_context(base_url=stack.url, **defaults | options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watches.append(Watch(context, stack.url))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    complaints = [complaint for watch in watches for complaint in watch.complaints()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Open one person's fresh browser, on a desktop."""
    return new_page()

"""What tests do around a page: sign somebody in, open a mailed link, take the network away."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Page, Route

from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack, wait_for

_PROBE = "/icon.svg?intercepted"


def sign_in(page: Page, who: SignedIn | Clerk) -> None:
    """Give the page's browser the session of a patient or of a clerk, as a sign-in leaves it."""
    name, _, value = who.cookie.partition("=")
    page.context.add_cookies(
        [
            {
                "name": name,
                "value": value,
                "domain": "127.0.0.1",
                "path": "/",
                "secure": True,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )


def sign_out(page: Page) -> None:
    """Take all cookies from the page's browser, as a session's end does on the next request."""
    page.context.clear_cookies()


def visit(page: Page, name: str) -> None:
    """Open a page for the first time, signed in as a patient and at the desk, and let it settle."""
    sign_in(page, portal.new_signed_in(portal.demo_district()))
    sign_in(page, desk.new_clerk())
    page.goto(f"/{name}", wait_until="networkidle")


def mailed_link(stack: RunningStack, address: str, page_name: str) -> str:
    """Return the newest link to a page, such as `confirm`, that was mailed to an address."""
    link = re.compile(rf"{re.escape(stack.url)}/{page_name}\.html#token=\S+")
    found: list[str] = []

    def has_come() -> bool:
        found[:] = [url for mail in stack.mails(address) for url in link.findall(mail["text"])]
        return bool(found)

    wait_for(has_come)
    return found[-1]


@contextmanager
def no_network(page: Page) -> Iterator[None]:
    """Let the page's browser have no network meanwhile."""
    page.context.set_offline(offline=True)
    try:
        yield
    finally:
        page.context.set_offline(offline=False)


def intercept(
    page: Page,
    where: str | re.Pattern[str],
    answer: Callable[[Route], object],
    times: int | None = None,
) -> None:
    """Let `answer` decide what comes of requests, from the page's very next one on.

    Chromium says that it intercepts before the page's own process knows of it, and what is asked
    meanwhile slips past: so the page asks for something until it is given what only we answer.
    """
    page.route(where, answer, times=times)
    if page.url == "about:blank":
        return
    page.route(f"**{_PROBE}", lambda route: route.fulfill(status=204))
    page.evaluate("async (path) => { while ((await fetch(path)).status !== 204); }", _PROBE)
    page.unroute(f"**{_PROBE}")


@contextmanager
def refusing(
    page: Page,
    operation: str,
    status: int,
    code: str,
    retry_after: int | None = None,
    **more: object,
) -> Iterator[None]:
    """Let an operation, such as `POST /api/tickets`, be refused meanwhile; no function sees it.

    What the problem document says besides, such as the `errors` of `invalid_request`, is in `more`.
    """
    method, path = operation.split(" ")
    problem = {
        "type": f"https://portal.example/problems/{code}",
        "code": code,
        "title": "Отказано.",
        "status": status,
        "request_id": str(uuid4()),
    } | more
    headers = {"content-type": "application/problem+json"}
    headers |= {"retry-after": str(retry_after)} if retry_after else {}

    def answer(route: Route) -> None:
        if route.request.method != method:
            route.fallback()
            return
        route.fulfill(status=status, headers=headers, body=json.dumps(problem))

    where = re.compile(rf"//[^/]+{re.escape(path)}(\?|$)")
    intercept(page, where, answer)
    try:
        yield
    finally:
        page.unroute(where, answer)


def press(page: Page, name: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).click()

"""What a page's browser has loaded, and how much that may be."""

from playwright.sync_api import Page, Request

BUDGET = 50 * 1024
"""Bytes of a page in all, with headers, when nothing of it is known yet."""


def listen(page: Page) -> list[Request]:
    """Return the list that fills with the requests which the page's browser has finished."""
    loaded: list[Request] = []
    # A method of the list itself is no function that Playwright can look into.
    page.on("requestfinished", lambda request: loaded.append(request))  # noqa: PLW0108
    return loaded


def size_of(request: Request) -> int:
    """Return the bytes of an answer as they were sent."""
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]

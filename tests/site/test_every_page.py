"""Every page as it opens: its files and their size, WCAG, a narrow screen, and that it rests."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, expect

from tests.site.conftest import NewPage
from tests.site.looks import (
    DESKTOP,
    PHONE,
    nothing_has_moved,
    whole,
)
from tests.site.pages import PAGES, named_by
from tests.site.traffic import BUDGET, listen, size_of
from tests.site.visits import visit


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_for_everybody(new_page: NewPage, name: str) -> None:
    page = new_page(viewport=PHONE)
    loaded = listen(page)
    visit(page, name)
    loads_little(name, loaded)
    nothing_has_moved(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.title().strip()
    whole(page, name.removesuffix(".html").replace("/", "-"))
    page.set_viewport_size(DESKTOP)
    page.reload(wait_until="networkidle")
    nothing_has_moved(page)


def loads_little(name: str, loaded: list[Request]) -> None:
    """Fail unless the page loads what its own file names, and all of it is small.

    What the portal answers grows with the clinic, and is no part of the page.
    """
    files = {
        path: size_of(request)
        for request in loaded
        if not (path := urlsplit(request.url).path).startswith("/api/")
    }
    assert sum(files.values()) <= BUDGET, json.dumps(files, indent=1)
    assert set(files) - {f"/{name}"} <= set().union(*named_by(name).values())

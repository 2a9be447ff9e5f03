"""Every page as it opens: WCAG, a narrow screen, the policy, its title, and that it rests."""

import pytest
from playwright.sync_api import Page, expect

from tests.site.looks import check_accessibility, look, no_sideways_scroll, nothing_has_moved
from tests.site.pages import PAGES
from tests.site.visits import visit


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_for_everybody(page: Page, name: str) -> None:
    visit(page, name)
    nothing_has_moved(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.title().strip()
    check_accessibility(page)
    no_sideways_scroll(page)
    look(page, name.removesuffix(".html").replace("/", "-"))

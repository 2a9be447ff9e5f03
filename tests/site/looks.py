"""What every page and every state of it must stand: axe-core, a narrow screen, rest, and a look."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
"""WCAG 1.4.10: also what is left of a screen of 1280 px at 400 % zoom."""

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_EVERYTHING = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""In the dark nothing but the colours is another: tests/contract holds the stylesheet to that."""
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

_TOO_WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const sticksOut = (one) => one.getBoundingClientRect().right > clientWidth + 0.5;
  const named = (one) => `<${one.localName} class="${one.className}">`;
  return [`${scrollWidth} of ${clientWidth} px`,
    ...[...document.body.querySelectorAll("*")].filter(sticksOut).slice(0, 5).map(named)];
}"""

_MOVED = """() => new Promise((resolve) => {
  const told = (node) =>
    (node?.outerHTML ?? node?.textContent ?? "").replace(/\\s+/g, " ").slice(0, 80);
  new PerformanceObserver((list) => resolve(list.getEntries().map(({ value, sources }) =>
    `${value.toFixed(5)}: ${sources.map(({ node }) => told(node)).join(" and ")}`,
  ))).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve([]), 200);
})"""


def check_accessibility(page: Page) -> None:
    """Fail unless axe-core finds nothing in the page once it is at rest, light and dark."""
    expect(page.locator("[aria-busy]")).to_have_count(0)  # What is under way is pale.
    with _schemes_kept(page):
        page.emulate_media(color_scheme="light")
        _tell_violations(page, "light", Axe().run(page, options=_EVERYTHING).response)
        page.emulate_media(color_scheme="dark")
        # It has just been put into the page, which takes longer than to run it.
        _tell_violations(page, "dark", page.evaluate("(how) => axe.run(document, how)", _COLOURS))


def _tell_violations(page: Page, scheme: str, response: dict[str, Any]) -> None:
    found = response["violations"]
    assert not found, f"{page.url}, {scheme}:\n" + "\n".join(map(_told, found))


def whole(page: Page, name: str) -> None:
    """Check a state of the page for everybody, and have it photographed."""
    check_accessibility(page)
    no_sideways_scroll(page)
    look(page, name)


def no_sideways_scroll(page: Page) -> None:
    """Fail if the page must be scrolled sideways on the narrowest screen."""
    with _viewport_kept(page):
        page.set_viewport_size(NARROW)
        too_wide = page.evaluate(_TOO_WIDE)
        assert not too_wide, f"{page.url} is too wide: {', '.join(too_wide)}"


def nothing_has_moved(page: Page) -> None:
    """Fail if anything was seen to move without a person's doing since the page was opened."""
    moved = page.evaluate(_MOVED)
    assert not moved, f"{page.url} has moved:\n" + "\n".join(moved)


def look(page: Page, name: str) -> None:
    """Write pictures of the whole page into the folder that SCREENSHOTS names, if it does.

    `NAME-phone.png`, `NAME-desktop.png`, and the same in the dark.
    """
    if not (folder := os.environ.get("SCREENSHOTS")):
        return
    with _viewport_kept(page), _schemes_kept(page):
        for size, kind in ((PHONE, "phone"), (DESKTOP, "desktop")):
            page.set_viewport_size(size)
            for scheme in _SCHEMES:
                page.emulate_media(color_scheme=scheme)
                suffix = "-dark" if scheme == "dark" else ""
                path = Path(folder) / f"{name}-{kind}{suffix}.png"
                page.screenshot(path=path, full_page=True)


def _told(violation: dict[str, Any]) -> str:
    places = "".join(
        f"\n    {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        f"\n      {node['failureSummary'].splitlines()[-1].strip()}"
        for node in violation["nodes"]
    )
    return f"  {violation['id']} ({violation['impact']}): {violation['help']}{places}"


@contextmanager
def _viewport_kept(page: Page) -> Iterator[None]:
    before = page.viewport_size
    try:
        yield
    finally:
        if before is not None:
            page.set_viewport_size(before)


@contextmanager
def _schemes_kept(page: Page) -> Iterator[None]:
    was_dark = page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    try:
        yield
    finally:
        page.emulate_media(color_scheme="dark" if was_dark else "light")

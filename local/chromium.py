"""Debian's Chromium, played by Playwright: for the tests of the pages and for their pictures."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HOW_TO_GET_IT = (
    "The pages need Chromium to be tried, and there is none. "
    "Debian: apt-get install chromium; or name one: make test CHROMIUM=/path/to/chromium"
)

_FLAGS = (
    # In a container or as root there is no sandbox to be had; only our own pages are opened.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> Path | None:
    """Return where Chromium is, as CHROMIUM says or where Debian puts it; None without one."""
    found = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    return Path(found) if found else None


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run Chromium without a window meanwhile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()

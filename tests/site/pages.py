"""The pages that stand in site/, and what their files name."""

from html.parser import HTMLParser
from pathlib import Path

from tests.contract.template import ROOT

SITE = ROOT / "site"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))


class _Named(HTMLParser):
    """The files that a page names, by what it wants them for."""

    def __init__(self, path: Path) -> None:
        """Read a page's file."""
        super().__init__()
        self.files: dict[str, set[str]] = {}
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link":
            self.files.setdefault(given["rel"], set()).add(given["href"])
        elif "src" in given:
            self.files.setdefault(tag, set()).add(given["src"])


def named_by(page: str) -> dict[str, set[str]]:
    """Return the files that a page names, by `stylesheet`, `icon`, `script` and so on."""
    return _Named(SITE / page).files

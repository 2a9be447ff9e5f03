"""The site's pages and modules as plain values: tags, texts, what they load and import."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from tests.contract.template import ROOT

SITE = ROOT / "site"

_VOID = {"br", "hr", "img", "input", "link", "meta"}
_ENTRY = re.compile(r'^  (\w+):\s*((?:"(?:[^"\\]|\\.)*"\s*\+?\s*)+),\n', re.MULTILINE)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_IMPORT = re.compile(r'^(?:import|export \{)(?:[^;"]*\bfrom)?\s*"([^"]+)";', re.MULTILINE)


@dataclass
class Element:
    """A tag with what stands in it."""

    name: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Element"]:
        """Yield the elements of this name, the outer ones first."""
        for one in self.inside:
            if isinstance(one, Element):
                if one.name == name:
                    yield one
                yield from one.all(name)

    def everything(self) -> Iterator["Element"]:
        """Yield every element within."""
        for one in self.inside:
            if isinstance(one, Element):
                yield one
                yield from one.everything()

    @property
    def text(self) -> str:
        """The text of all that stands within, its blanks made one."""
        parts = (one if isinstance(one, str) else one.text for one in self.inside)
        return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, in the order in which it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says something twice."
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> ends <{self.open[-1].name}>."
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def pages() -> list[Path]:
    """Return the paths of all pages, such as `desk/day.html`."""
    return sorted(path.relative_to(SITE) for path in SITE.rglob("*.html"))


@cache
def page(path: Path) -> Element:
    """Return a page as a tree; it must be well formed."""
    reader = _Reader()
    reader.feed((SITE / path).read_text("utf-8"))
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].name}> is not closed."
    return reader.open[0]


def loaded(path: Path) -> Iterator[str]:
    """Yield the addresses of what a page loads by itself."""
    for element in page(path).everything():
        if element.name in {"script", "img"}:
            yield element.attributes["src"]
        elif element.name == "link":
            yield element.attributes["href"]


@cache
def imported(module: str) -> frozenset[str]:
    """Return the addresses that a module imports, such as `/dom.js`."""
    return frozenset(_IMPORT.findall((SITE / module.removeprefix("/")).read_text("utf-8")))


@cache
def reached(module: str) -> frozenset[str]:
    """Return all modules that come with a module, without itself."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        new = imported(waiting.pop()) - found
        found |= new
        waiting += new
    return frozenset(found - {module})


def texts(name: str) -> dict[str, str]:
    """Return an object of texts that site/texts.js exports, by its keys."""
    source = (SITE / "texts.js").read_text("utf-8")
    _, begun, rest = source.partition(f"export const {name} = {{\n")
    assert begun, f"site/texts.js does not export {name}."
    body = rest.partition("\n};")[0] + "\n"
    entries = _ENTRY.findall(body)
    assert "".join(found[0] for found in _ENTRY.finditer(body)) == body, f"{name} is read whole."
    keys = [key for key, _ in entries]
    assert len(keys) == len(set(keys)), f"{name} names something twice."
    return {key: "".join(_TEXT.findall(parts)) for key, parts in entries}

"""The documents as plain values: their tables, links and code."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.contract.template import ROOT

Row = dict[str, str]

_SKIPPED = {
    *(".venv", ".venv-checkov", ".aws-sam", ".local", ".git", ".pytest_cache", "node_modules"),
}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@cache
def documents() -> tuple[Path, ...]:
    """Return every Markdown document of the repository."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return tuple(sorted(path for path in found if not _SKIPPED & set(path.parts)))


def text(path: str | Path) -> str:
    """Return a document's text."""
    return (ROOT / path).read_text("utf-8")


def table(path: str, heading: str) -> list[Row]:
    """Return the rows of the first table under a heading, by the names of its columns."""
    lines = iter(text(path).splitlines())
    if not any(re.fullmatch(rf"#+ {re.escape(heading)}", line) for line in lines):
        message = f"{path} has no heading «{heading}»."
        raise LookupError(message)
    rows = [_cells(line) for line in _table_lines(lines)]
    columns, _rule, *body = rows
    return [dict(zip(columns, row, strict=True)) for row in body]


def _table_lines(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("|"):
            yield line
            break
    for line in lines:
        if not line.startswith("|"):
            return
        yield line


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [cell.strip().replace("\\|", "|") for cell in cells]


def code(cell: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def fenced(path: str | Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return [body for name, body in _FENCE.findall(text(path)) if name == language]


def prose(path: str | Path) -> str:
    """Return a document without its fenced blocks."""
    return _FENCE.sub("", text(path))


def links(path: Path) -> Iterator[str]:
    """Yield where a document's links lead."""
    yield from re.findall(r"\]\(([^)\s]+)\)", prose(path))


def anchors(path: str | Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in plain}

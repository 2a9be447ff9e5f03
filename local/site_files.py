"""The static site, served as the distribution serves it: whole files, cached by their content.

A browser keeps a file and asks each time whether it is still the same, by its tag: after a
publication no page meets a module of another version.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

_TEXT = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""What CloudFront compresses."""
_KINDS = _TEXT | {".ico": "image/x-icon", ".png": "image/png"}
_UNKNOWN = "application/octet-stream"

_SMALLEST_COMPRESSED = 1_000
"""Bytes; CloudFront sends less as it is."""

_LONGEST_PATH = 200
"""Characters; a file system refuses longer names with an error of its own."""


@dataclass(frozen=True)
class Answer:
    """What the site answers to one request."""

    status: HTTPStatus
    headers: dict[str, str]
    body: bytes


def answer(site: Path, method: str, path: str, asked: Mapping[str, str]) -> Answer:
    """Answer a request for a file; `path` is the decoded path of the address.

    `asked` are the request's headers, by their names in small letters.
    """
    file = _file(site, path)
    if file is None:
        return _plain(HTTPStatus.NOT_FOUND)
    if method not in {"GET", "HEAD"}:
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, {"allow": "GET, HEAD"})
    return _content(file.read_bytes(), file.suffix, asked)


def _content(content: bytes, suffix: str, asked: Mapping[str, str]) -> Answer:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"cache-control": "no-cache"}
    if suffix in _TEXT:
        headers["vary"] = "Accept-Encoding"
        if len(content) >= _SMALLEST_COMPRESSED and _takes_gzip(asked):
            # As CloudFront has it: what was compressed on the way is the same, but not bit by bit.
            content, tag = gzip.compress(content, mtime=0), f"W/{tag}"
            headers["content-encoding"] = "gzip"
    headers["etag"] = tag
    if _is_known(tag, asked):
        headers.pop("content-encoding", None)
        return Answer(HTTPStatus.NOT_MODIFIED, headers, b"")
    return Answer(HTTPStatus.OK, headers | {"content-type": _kind(suffix)}, content)


def _kind(suffix: str) -> str:
    return _KINDS.get(suffix, _UNKNOWN)


def _is_known(tag: str, asked: Mapping[str, str]) -> bool:
    """Tell whether the browser has this very content, compressed or not (RFC 9110, 13.1.2)."""
    tags = {one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def _takes_gzip(asked: Mapping[str, str]) -> bool:
    for one in asked.get("accept-encoding", "").split(","):
        name, _, weight = one.partition(";")
        if name.strip() == "gzip":
            return weight.strip() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _file(site: Path, path: str) -> Path | None:
    """Return the file that a path names, if it stands within the site, links followed."""
    wanted = path.removeprefix("/") or "index.html"
    if "\0" in wanted or len(wanted) > _LONGEST_PATH:
        return None
    if any(not part or part.startswith(".") for part in wanted.split("/")):
        return None
    root = site.resolve()
    file = (root / wanted).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None


def _plain(status: HTTPStatus, extra: dict[str, str] | None = None) -> Answer:
    headers = {"cache-control": "no-cache", "content-type": "text/plain; charset=utf-8"}
    return Answer(status, headers | (extra or {}), f"{status.phrase}\n".encode())

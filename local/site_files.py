"""The static site, served as the distribution serves it: whole files, and the security headers."""

from dataclasses import dataclass
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Forms are sent by scripts; a browser that runs none must not put a password into an address."""

# HSTS is left to the distribution: browsers ignore it over http and for an IP address.
HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_LONGEST_PATH = 200
"""Characters; a file system refuses longer names with an error of its own."""


@dataclass(frozen=True)
class Answer:
    """What the site answers to one request."""

    status: HTTPStatus
    headers: dict[str, str]
    body: bytes


def answer(site: Path, method: str, path: str) -> Answer:
    """Answer a request for a page; `path` is the decoded path of the address."""
    file = _file(site, path)
    if file is None:
        return _plain(HTTPStatus.NOT_FOUND)
    if method not in {"GET", "HEAD"}:
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED, {"allow": "GET, HEAD"})
    kind = guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return Answer(HTTPStatus.OK, HEADERS | {"content-type": kind}, file.read_bytes())


def _file(site: Path, path: str) -> Path | None:
    """Return the file that a path names, if it stands within the site, links followed."""
    wanted = path.removeprefix("/") or "index.html"
    if "\0" in wanted or len(wanted) > _LONGEST_PATH:
        return None
    if any(part.startswith(".") for part in wanted.split("/")):
        return None
    root = site.resolve()
    file = (root / wanted).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None


def _plain(status: HTTPStatus, extra: dict[str, str] | None = None) -> Answer:
    headers = HEADERS | {"content-type": "text/plain; charset=utf-8"} | (extra or {})
    return Answer(status, headers, f"{status.phrase}\n".encode())

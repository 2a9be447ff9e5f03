"""Sends the attachment register to the desk in parts, and tells which lines were not taken over.

    python -m scripts.import_patients FILE --site https://portal.example [--rejected LIST]

The file is CSV with a header, as `PUT /api/desk/patients` takes it, of any length. Login, password
and one-time code are asked for, or taken from DESK_LOGIN, DESK_PASSWORD and DESK_CODE. Whatever
breaks off may be begun anew: what is in already stays as it is. Ends with 1 if lines were rejected,
and with 2 if it did not finish.
"""

import argparse
import csv
import getpass
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from shared.register import LARGEST_FILE, MEDIA_TYPE, MOST_LINES, physical_lines

_TRIES = 8
_PAUSE_SECONDS = 2.0
"""Between two tries, where the answer does not say how long."""
_PATIENCE_SECONDS = 60.0
_COMES_TO_PASS = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_ON_THIS_MACHINE = {"127.0.0.1", "localhost"}
_COUNTED = ("created", "updated", "unchanged")


class Unfinished(Exception):
    """The file was not taken over to its end; the message says why."""


@dataclass(frozen=True)
class Part:
    """Some lines of the file, as one call takes them."""

    numbers: tuple[int, ...]
    """Where each line stands in the whole file."""
    body: bytes

    def number_of(self, line: int) -> int:
        """Return where a line stands that is told by its number in this part."""
        return self.numbers[line - 2]


def parts_of(text: str) -> Iterator[Part]:
    """Cut a file into parts that have its header each, and no blank line."""
    header, lines = physical_lines(text)
    beginning = f"{header}\n".encode()
    numbers: list[int] = []
    body = beginning
    for at, line in lines:
        more = f"{line}\n".encode()
        if numbers and (len(numbers) == MOST_LINES or len(body) + len(more) > LARGEST_FILE):
            yield Part(tuple(numbers), body)
            numbers, body = [], beginning
        numbers.append(at)
        body += more
    yield Part(tuple(numbers), body)


class Desk:
    """The desk of a deployed portal, as the registry's browser speaks to it."""

    def __init__(self, site: str) -> None:
        """Remember the site. Raises Unfinished for one that would be sent passwords in clear."""
        address = urlsplit(site)
        if address.scheme != "https" and address.hostname not in _ON_THIS_MACHINE:
            message = "The site's address begins with https://."
            raise Unfinished(message)
        self._site = site.rstrip("/")
        self._cookie = ""

    def sign_in(self, login: str, password: str, code: str) -> None:
        """Open a session; a code counts once, so this is not tried again. Raises Unfinished."""
        form = json.dumps({"login": login, "password": password, "code": code}).encode()
        headers = {"Content-Type": "application/json"}
        with self._answer("POST", "/api/desk/sessions", form, headers) as answer:
            self._cookie = answer.headers["Set-Cookie"].partition(";")[0]

    def sign_out(self) -> None:
        """End the session. Raises Unfinished."""
        self._answer("DELETE", "/api/desk/sessions/current", None, {}).close()

    def take_over(self, part: Part) -> dict[str, Any]:
        """Send a part, as often as need be, and return what became of its lines.

        Raises Unfinished.
        """
        headers = {"Content-Type": MEDIA_TYPE}
        with self._answer("PUT", "/api/desk/patients", part.body, headers, _TRIES) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def _answer(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], tries: int = 1
    ) -> Any:  # noqa: ANN401 - what urllib returns has no type of its own
        sent = {**headers, "Cookie": self._cookie} if self._cookie else headers
        request = Request(self._site + path, body, dict(sent), method=method)  # noqa: S310 - checked
        for left in reversed(range(tries)):
            try:
                return urlopen(request, timeout=_PATIENCE_SECONDS)  # noqa: S310 - checked, as above
            except HTTPError as exc:
                if not left or exc.code not in _COMES_TO_PASS:
                    raise Unfinished(_said(exc)) from exc
                pause = float(exc.headers.get("Retry-After") or _PAUSE_SECONDS)
            except (URLError, TimeoutError, ConnectionError) as exc:
                if not left:
                    raise Unfinished("The site does not answer.") from exc
                pause = _PAUSE_SECONDS
            time.sleep(pause)
        raise AssertionError


def _said(refusal: HTTPError) -> str:
    """Return what the site says of a refusal; its problem documents repeat nothing personal."""
    try:
        problem = json.load(refusal)
        details = [fault["detail"] for fault in problem.get("errors", [])]
        return " ".join([f"{problem['code']}: {problem['title']}.", *details])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"The site answers {refusal.code}."


def send(desk: Desk, parts: Sequence[Part]) -> list[tuple[int, str]]:
    """Send all parts, say what became of them, and return the rejected lines. Raises Unfinished."""
    rejected: list[tuple[int, str]] = []
    all_in_all: Counter[str] = Counter()
    for part in parts:
        told = desk.take_over(part)
        all_in_all.update({name: told[name] for name in _COUNTED})
        of_part = [(part.number_of(one["line"]), one["code"]) for one in told["rejected"]]
        rejected += of_part
        span = f"{part.numbers[0]}-{part.numbers[-1]}" if part.numbers else "none"
        counts = ", ".join(f"{told[name]} {name}" for name in _COUNTED)
        print(f"Lines {span}: {counts}, {len(of_part)} rejected", flush=True)
        for number, code in of_part:
            print(f"  line {number}: {code}")
        _point_out(part, told["grown_children"], "adults in a child district")
        _point_out(part, told["freed_tickets"], "tickets lost with the old district")
    counts = ", ".join(f"{all_in_all[name]} {name}" for name in _COUNTED)
    print(f"All in all: {counts}, {len(rejected)} rejected")
    return rejected


def _point_out(part: Part, lines: Sequence[Mapping[str, Any]], what: str) -> None:
    if lines:
        numbers = ", ".join(str(part.number_of(one["line"])) for one in lines)
        print(f"  {what}: lines {numbers}")


def main() -> int:
    """Read the command line, send the file, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the register, as CSV with a header")
    parser.add_argument("--site", required=True, help="such as https://portal.example")
    parser.add_argument("--rejected", type=Path, help="where to list the rejected lines as CSV")
    parser.add_argument("--encoding", default="utf-8", help="of the file (%(default)s)")
    wanted = parser.parse_args()
    try:
        parts = list(parts_of(wanted.file.read_bytes().decode(wanted.encoding)))
        desk = Desk(wanted.site)
        desk.sign_in(*_credentials())
        rejected = send(desk, parts)
        with suppress(Unfinished, OSError):  # The register is in; the session ends by itself too.
            desk.sign_out()
        if wanted.rejected:
            _write(wanted.rejected, rejected)
    except (Unfinished, OSError, UnicodeDecodeError, LookupError) as exc:
        print(f"Not finished. {_in_short(exc)}", file=sys.stderr)
        return 2
    return 1 if rejected else 0


def _in_short(error: Exception) -> str:
    """Say what went wrong without what stood in the file."""
    if isinstance(error, UnicodeDecodeError):
        return "The file has another encoding; --encoding cp1251 is what old spreadsheets write."
    return str(error)


def _credentials() -> tuple[str, str, str]:
    login = os.environ.get("DESK_LOGIN") or input("Login: ")
    password = os.environ.get("DESK_PASSWORD") or getpass.getpass("Password: ")
    return login, password, os.environ.get("DESK_CODE") or input("One-time code: ")


def _write(path: Path, rejected: Sequence[tuple[int, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("line", "code"), *rejected])


if __name__ == "__main__":
    sys.exit(main())

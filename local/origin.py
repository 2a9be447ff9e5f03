"""The one origin: plays the distribution in front of the site, the HTTP API and the emulator.

/api/* goes to the deployed HTTP API, /_local/mails lists the caught mails and /_local/mailbox shows
them, a plain GET is for the site, and signed requests and the emulator's own addresses (/_...) go
to the emulator.
As the distribution does, it tells the API who asks, and proves by a secret that it is the one who
tells; whatever a client says of that is dropped. The template says which headers of a request the
API is told, and which are put on an answer.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, quote
from uuid import uuid4

from local import mailbox_page, site_files
from local.distribution import Distribution
from local.emulator import App, Message, Receive, Scope, Send
from local.mails import Mailbox
from shared.errors import Refusal, TooLarge, TryAgain

LARGEST_BODY = 6 * 1024 * 1024
"""Bytes. Lambda takes no larger event, so API Gateway answers 413 for more, and no function sees
it; the emulator has no such limit. Here the answer is the contract's problem document."""

AT_ONCE = max(8, 2 * (os.cpu_count() or 1))
"""API requests that are with the functions at one time; the others wait their turn. Each takes a
process of its own, about 70 MB and half a second to start, so that more of them are slower."""


_VIEWER = b"cloudfront-viewer-address"
_KEY = b"x-origin-key"


@dataclass(frozen=True)
class Api:
    """The deployed HTTP API behind this origin."""

    api_id: str
    key: str
    """The secret that shows the functions that a request came through this origin."""


class _ClientGone(Exception):
    """The client went away before its request was complete."""


class Origin:
    """The ASGI application that the browser, the functions and AWS's clients speak to."""

    def __init__(self, emulator: App, site: Path, mailbox: Mailbox, address: str) -> None:
        """Stand in front of the emulator; `address` is this origin's own."""
        self.api: Api | None = None
        """The deployed HTTP API, once there is one."""
        self.distribution: Distribution | None = None
        """What the deployed distribution adds to answers; without it no page is served."""
        self.desk: dict[str, str] = {}
        """How to sign in at the desk, once it has a user: the mailbox tells it."""
        self._closing = False
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._emulator = emulator
        self._site = site
        self._mailbox = mailbox
        self._address = address
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send each request where the distribution would."""
        path: str = scope.get("path", "")
        if scope["type"] == "lifespan":
            await _agree(receive, send)
        elif scope["type"] != "http":
            await self._emulator(scope, receive, send)
        elif path.startswith("/api/"):
            await self._serve_api(scope, receive, self._dressing(path, send))
        elif path == "/_local/mails":
            await _send_json(send, HTTPStatus.OK, await self._mailbox.mails())
        elif _is_signed(scope) or (path.startswith("/_") and path != mailbox_page.PATH):
            await self._emulator(scope, receive, send)
        else:
            await self._serve_page(scope, send)

    async def _serve_page(self, scope: Scope, send: Send) -> None:
        path: str = scope["path"]
        if _asked_host(scope).partition(":")[0] == "localhost":
            # Cookies and the check for requests from other sites know the origin by one name.
            there = {"location": self._by_its_name(scope)}
            await _send(send, HTTPStatus.TEMPORARY_REDIRECT, there, b"")
        elif path == mailbox_page.PATH:
            await self._show_mailbox(scope, send)
        else:
            await self._serve_site(scope, self._dressing(path, send))

    def _by_its_name(self, scope: Scope) -> str:
        """Return what was asked for by the origin's one name."""
        query = scope["query_string"].decode("latin-1")
        return f"{self._address}{quote(scope['path'])}{f'?{query}' if query else ''}"

    def _dressing(self, path: str, send: Send) -> Send:
        """Return what sends an answer with the headers that the distribution adds."""

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start" and self.distribution is not None:
                lines = self.distribution.dressed(path, list(message["headers"]))
                message = {**message, "headers": lines}
            await send(message)

        return send_dressed

    async def _serve_site(self, scope: Scope, send: Send) -> None:
        if self.distribution is None:
            await _send(send, HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "5"}, b"")
            return
        asked = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        page = site_files.answer(self._site, scope["method"], scope["path"], asked)
        length = {"content-length": str(len(page.body))} if page.body else {}
        body = b"" if scope["method"] == "HEAD" else page.body
        await _send(send, page.status, page.headers | length, body)

    async def _show_mailbox(self, scope: Scope, send: Send) -> None:
        (to, *_) = parse_qs(scope["query_string"].decode("latin-1")).get("to", [None])
        text = mailbox_page.page(await self._mailbox.mails(), to, self.desk)
        await _send(send, HTTPStatus.OK, mailbox_page.HEADERS, text.encode())

    async def _serve_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _read(receive)
        except _ClientGone:
            return
        if body is None:
            await self._refuse(send, TooLarge())
        elif self._closing or self.api is None or self.distribution is None:
            await self._refuse(send, TryAgain())
        else:
            passed = self.distribution.passed(scope["path"], scope["headers"])
            asked = _to_api({**scope, "headers": passed}, self.api)
            async with self._counted(), self._turns:
                await self._emulator(asked, _replay(body, receive), send)

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        """Count a request as under way."""
        self._under_way += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    async def close(self, seconds: float) -> None:
        """Refuse new API requests, and wait so long for those that are under way."""
        self._closing = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), seconds)

    async def _refuse(self, send: Send, refusal: Refusal) -> None:
        problem = {
            "type": f"{self._address}/problems/{refusal.code}",
            "code": refusal.code,
            "title": refusal.title,
            "status": refusal.status,
            "request_id": str(uuid4()),
        }
        kind = {"content-type": "application/problem+json", "cache-control": "no-store"}
        retry = {"retry-after": str(refusal.retry_after)} if refusal.retry_after else {}
        await _send(
            send, refusal.status, kind | retry, json.dumps(problem, ensure_ascii=False).encode()
        )


async def _agree(receive: Receive, send: Send) -> None:
    """Tell the server that it may start and stop; the emulator's life is not in its hands."""
    for _ in range(2):
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


def _asked_host(scope: Scope) -> str:
    found = [value for name, value in scope["headers"] if name == b"host"]
    return found[0].decode("latin-1") if found else ""


def _is_signed(scope: Scope) -> bool:
    """Tell an AWS client's request, signed in a header or in the address, from a browser's."""
    names = {name for name, _ in scope["headers"]}
    return b"authorization" in names or b"X-Amz-Signature=" in scope["query_string"]


def _to_api(scope: Scope, api: Api) -> Scope:
    prefix = f"/_aws/execute-api/{api.api_id}/$default"
    # The emulator answers every OPTIONS itself, as if all of them asked for CORS; API Gateway hands
    # them to the route. It looks for the name in capitals only.
    method = "options" if scope["method"] == "OPTIONS" else scope["method"]
    rewritten = {
        "method": method,
        "path": prefix + scope["path"],
        "raw_path": prefix.encode() + scope["raw_path"],
        "headers": _vouched(scope, api.key),
    }
    return {**scope, **rewritten}


def _vouched(scope: Scope, key: str) -> list[tuple[bytes, bytes]]:
    """Return the headers with the client's address and port, and the secret that vouches for them.

    An IPv6 address stands without brackets, as CloudFront writes it.
    """
    host, port = scope["client"]
    kept = [line for line in scope["headers"] if line[0].lower() not in {_VIEWER, _KEY}]
    return [*kept, (_VIEWER, f"{host}:{port}".encode()), (_KEY, key.encode())]


async def _read(receive: Receive) -> bytes | None:
    """Read a whole body; None when it is too large, and then it is still read to its end.

    A client that is answered before it has sent everything may never see the answer. Raises
    _ClientGone, so that no half of a body reaches a function.
    """
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY:
            chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if size <= LARGEST_BODY else None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the emulator the body that was read, and then whatever still comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message


async def _send_json(send: Send, status: int, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    await _send(send, status, headers, text.encode())


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    always = {"date": formatdate(usegmt=True)}
    if status != HTTPStatus.NOT_MODIFIED:  # It would be the length of what is not sent.
        always["content-length"] = str(len(body))
    lines = [(name.encode(), value.encode()) for name, value in (always | headers).items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})

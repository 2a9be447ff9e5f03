"""The emulator, inside this process: the one module that touches what is not AWS's interface."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAILS_PATH = "/_ministack/ses/messages"
READY_PATH = "/_ministack/ready"


class Complaints(logging.Handler):
    """Collects what went wrong with the kept state, which the emulator only logs."""

    def __init__(self) -> None:
        """Listen to the loggers that tell of loading and saving."""
        super().__init__(logging.ERROR)
        self.lines: list[str] = []
        for name in ("ministack", "persistence"):
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line if it is about the state."""
        line = record.getMessage()
        if record.name == "persistence" or "persisted state" in line:
            self.lines.append(line)


def load() -> App:
    """Import the emulator, which reads the environment meanwhile, and return its application."""
    app: App = import_module("ministack.app").app
    return app


class Life:
    """Starts the emulator and ends it, apart from the web server in front of it.

    At its end the emulator saves; a server may wait for its last connection and never get there.
    """

    def __init__(self, app: App) -> None:
        """Prepare the life of an application; must be called within the loop it is to live in."""
        self._app = app
        self._orders: asyncio.Queue[Message] = asyncio.Queue()
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load what is kept, and begin."""
        run = self._app({"type": "lifespan"}, self._orders.get, self._answers.put)
        self._task = asyncio.ensure_future(run)
        await self._do("startup")

    async def end(self) -> None:
        """Save, and end."""
        await self._do("shutdown")

    async def _do(self, what: str) -> None:
        await self._orders.put({"type": f"lifespan.{what}"})
        await self._answers.get()


def stop_functions() -> None:
    """End the functions' processes; the emulator leaves them to themselves when it stops."""
    import_module("ministack.core.lambda_runtime").reset()


async def caught_mails(app: App) -> list[dict[str, Any]]:
    """Ask the emulator, without a socket, for the mails that SES was given, oldest first."""
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        body.extend(message.get("body", b""))

    await app(_get(MAILS_PATH), receive, send)
    accounts: dict[str, list[dict[str, Any]]] = json.loads(body)["messages"]
    return sorted((mail for mails in accounts.values() for mail in mails), key=_sent_at)


def _sent_at(mail: dict[str, Any]) -> float:
    return float(mail["Timestamp"])


def _get(path: str) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "client": None,
        "server": None,
    }

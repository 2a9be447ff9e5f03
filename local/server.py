"""Serves the origin from a thread of this process, on a socket that is ours before anything starts.

The main thread stays free for the terminal: it alone gets Ctrl-C, and it may block.
"""

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config

from local import emulator
from local.environment import HOST, endpoint_url
from local.failure import BrokenStart

_READY_SECONDS = 30.0
_SAVE_SECONDS = 60.0
_GRACE_SECONDS = 1.0
_STOP_SECONDS = 3.0
"""How long connections may linger when the stack stops: everything is saved by then."""

ResultT = TypeVar("ResultT")


def listen(port: int) -> socket.socket:
    """Take the port, on this machine's own address only. Raises BrokenStart when it cannot."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except (OSError, OverflowError) as exc:
        listener.close()
        reason = getattr(exc, "strerror", None) or "there is no such port"
        message = f"Port {port}: {reason}. Choose another one with PORT=, such as PORT=8765."
        raise BrokenStart(message) from exc
    return listener


class Server:
    """The running emulator, and the origin in front of it."""

    def __init__(self, app: emulator.App, origin: emulator.App, listener: socket.socket) -> None:
        """Prepare to serve the origin of an emulator on a listening socket."""
        self.url = endpoint_url(listener.getsockname()[1])
        self.ended = threading.Event()
        """Set when the thread has ended, whatever the reason."""
        self._app = app
        self._origin = origin
        self._listener = listener
        self._inside: _Inside | None = None
        self._thread = threading.Thread(target=self._run, name="origin", daemon=True)

    def start(self) -> None:
        """Serve, and return once the emulator is ready. Raises BrokenStart."""
        self._thread.start()
        deadline = time.monotonic() + _READY_SECONDS
        with httpx.Client(base_url=self.url, trust_env=False, timeout=_READY_SECONDS) as client:
            while time.monotonic() < deadline and not self.ended.is_set():
                with suppress(httpx.TransportError):
                    if client.get(emulator.READY_PATH).is_success:
                        return
                time.sleep(0.05)
        raise _not_running()

    def call(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Do some work in the server's own thread and return its result."""
        if self._inside is None or self.ended.is_set():
            work.close()
            raise _not_running()
        done: Future[ResultT] = asyncio.run_coroutine_threadsafe(work, self._inside.loop)
        return done.result(_SAVE_SECONDS)

    def save(self) -> None:
        """Let the emulator save what it holds; it is of no use any more after that."""
        if self._inside is not None:
            self.call(self._inside.life.end())

    def stop(self) -> None:
        """End the server and the functions' processes."""
        if self._inside is not None and not self.ended.is_set():
            self._inside.loop.call_soon_threadsafe(self._inside.stopping.set)
        deadline = time.monotonic() + _STOP_SECONDS
        while True:
            # What is under way may start a function while the others are being ended.
            emulator.stop_functions()
            if self.ended.wait(0.1) or time.monotonic() > deadline:
                break
        emulator.stop_functions()

    def _run(self) -> None:
        # Threads and processes inherit the mask: Ctrl-C, which a terminal sends to all of them,
        # must not kill the functions under the requests that are still under way.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            asyncio.run(self._serve())
        except Exception:
            logging.getLogger(__name__).exception("The origin has failed.")
        finally:
            self.ended.set()

    async def _serve(self) -> None:
        inside = _Inside(asyncio.get_running_loop(), asyncio.Event(), emulator.Life(self._app))
        await inside.life.start()
        self._inside = inside
        config = Config()
        config.bind = [f"fd://{self._listener.detach()}"]
        config.errorlog = logging.getLogger("hypercorn.error")
        config.graceful_timeout = _GRACE_SECONDS
        config.keep_alive_timeout = 75
        await serve(self._origin, config, shutdown_trigger=inside.stopping.wait)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Inside:
    """What lives in the server's thread and is reached from the main one."""

    loop: asyncio.AbstractEventLoop
    stopping: asyncio.Event
    life: emulator.Life


def _not_running() -> BrokenStart:
    return BrokenStart("The emulator does not run.")

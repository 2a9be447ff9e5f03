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
from typing import Any, TypeVar

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config

from local import emulator
from local.environment import HOST, endpoint_url
from local.failure import BrokenStart

_READY_SECONDS = 30.0
_STOP_SECONDS = 20.0
_GRACE_SECONDS = 3.0
"""How long requests that are under way may take to end when the stack stops."""

ResultT = TypeVar("ResultT")


def listen(port: int) -> socket.socket:
    """Take the port, on this machine's own address only. Raises BrokenStart when it is in use."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as exc:
        listener.close()
        message = f"Port {port} is in use. Choose another one: make run PORT={port + 1}"
        raise BrokenStart(message) from exc
    return listener


class Server:
    """The running origin."""

    def __init__(self, app: emulator.App, listener: socket.socket) -> None:
        """Prepare to serve an application on a listening socket."""
        self.url = endpoint_url(listener.getsockname()[1])
        self.ended = threading.Event()
        """Set when the thread has ended, whatever the reason."""
        self._app = app
        self._listener = listener
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
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
        message = "The emulator did not start."
        raise BrokenStart(message)

    def call(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Do some work in the server's own thread and return its result."""
        if self._loop is None:
            work.close()
            message = "The emulator did not start."
            raise BrokenStart(message)
        done: Future[ResultT] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(_STOP_SECONDS)

    def stop(self) -> None:
        """Finish what is under way, let the emulator save, and end the functions' processes."""
        if self._loop is not None and self._stopping is not None:
            with suppress(RuntimeError):  # The loop may have ended by itself.
                self._loop.call_soon_threadsafe(self._stopping.set)
        self.ended.wait(_GRACE_SECONDS)
        deadline = time.monotonic() + _STOP_SECONDS
        while self._thread.is_alive() and time.monotonic() < deadline:
            # A request may wait for a function for minutes, and starts it anew when it is ended.
            emulator.stop_functions()
            self._thread.join(0.2)
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
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        config = Config()
        config.bind = [f"fd://{self._listener.detach()}"]
        config.errorlog = logging.getLogger("hypercorn.error")
        config.graceful_timeout = _GRACE_SECONDS
        config.keep_alive_timeout = 75
        await serve(self._app, config, shutdown_trigger=self._stopping.wait)  # type: ignore[arg-type]

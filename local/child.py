"""A local stack in a process of its own, for the demo and for tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from local.environment import HOST
from local.failure import BrokenStart
from local.run import ROOT

_START_SECONDS = 300.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True)
class Card:
    """Where a running stack is: what it wrote in stack.json."""

    url: str
    endpoint_url: str
    region: str
    table_name: str
    mail_url: str
    desk: dict[str, str]
    """`login`, `password` and `totp_secret` of the desk's one user."""

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401
        """Return a client of one of AWS's services; each has a type of its own."""
        # A call is a deed: it is not repeated when a function takes its time.
        own = Config(proxies={}, read_timeout=900, retries={"total_max_attempts": 1})
        return self.session().client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint_url,
            config=own.merge(config) if config else own,
        )

    def session(self) -> boto3.Session:
        """Return a session that is blind to the user's own profile and settings."""
        blind = {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
        return boto3.Session(
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - the emulator takes anything
            region_name=self.region,
            botocore_session=botocore.session.Session(session_vars=blind),
        )


def free_port() -> int:
    """Return a port of this machine that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def read_card(folder: Path) -> Card:
    """Read where the stack of a folder is, which must be running."""
    return Card(**json.loads((folder / "stack.json").read_text("utf-8")))


@contextmanager
def running_stack(folder: Path, port: int | None = None) -> Iterator[Card]:
    """Run a stack, which forgets what its folder held, and stop it as Ctrl-C does.

    Raises BrokenStart, with what the stack said, if it does not start or does not end with 0.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # A stack that was killed may have left its card, which is not the one to wait for.
    (folder / "stack.json").unlink(missing_ok=True)
    said = folder / "terminal.log"
    command = [sys.executable, "-m", "local", "run", "--fresh", "--folder", str(folder)]
    command += ["--port", str(port or free_port())]
    with said.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(  # noqa: S603 - every word of the command is ours
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            card = _wait_for_card(process, folder)
            if card is None:
                message = said.read_text("utf-8").strip() or "The stack did not start in time."
                raise BrokenStart(message)
            yield card
        finally:
            _stop(process)
    if process.returncode:
        raise BrokenStart(said.read_text("utf-8").strip())


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for_card(process: subprocess.Popen[bytes], folder: Path) -> Card | None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if (folder / "stack.json").exists():
            return read_card(folder)
        time.sleep(0.05)
    return None

"""Starts the local stack, tells where it is, and stops it without leaving anything behind."""

import logging
import signal
import sys
from pathlib import Path
from types import FrameType

from local import (
    clinic,
    deploy,
    distribution,
    emulator,
    environment,
    mailbox_page,
    mend,
    routes,
    stream,
)
from local.deploy import Stack
from local.failure import BrokenStart
from local.folder import Folder
from local.mails import Mailbox
from local.origin import Api, Origin
from local.server import Server, listen

ROOT = Path(__file__).resolve().parent.parent
_GRACE_SECONDS = 3.0
"""How long requests that are under way may take to end when the stack stops."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(port: int, path: Path, *, fresh: bool) -> int:
    """Run the stack until Ctrl-C or SIGTERM, and return the exit code.

    `path` is the folder of its data; `fresh` forgets what it held.
    """
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    folder = Folder(path.resolve())
    try:
        with folder.held(fresh=fresh):
            _Life(port, folder).live()
    except KeyboardInterrupt:
        return 0
    except BrokenStart as exc:
        print(f"The local stack is down. {exc}", file=sys.stderr)
    except Exception as exc:
        logging.getLogger(__name__).exception("Nobody foresaw this.")
        reason = " ".join(f"{type(exc).__name__}: {exc}".split())
        print(f"The local stack is down. {reason} (see {folder.log})", file=sys.stderr)
    return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Begin to stop; what is being stopped already is not to be interrupted again."""
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class _Life:
    """One life of the stack, from the port to the last kept mail."""

    def __init__(self, port: int, folder: Folder) -> None:
        self._folder = folder
        listener = listen(port)
        environment.enter(folder.path, port)
        environment.log_to(folder.log)
        self._complaints = emulator.Complaints()
        app = emulator.load()
        self._url = environment.endpoint_url(port)
        self._mailbox = Mailbox(app, folder.mails)
        self._origin = Origin(app, ROOT / "site", self._mailbox, self._url)
        self._server = Server(app, self._origin, listener)
        self._pumps: list[stream.Pump] = []
        self._desk: dict[str, str] = {}

    def live(self) -> None:
        """Start, wait and stop. A start that breaks leaves what the folder keeps as it was."""
        ready = False
        try:
            stack = self._start()
            ready = True
            self._tell(stack)
            self._server.ended.wait()
            message = f"It broke off; {self._folder.log} says why."
            raise BrokenStart(message)
        finally:
            _ignore_signals()
            try:
                if ready and not self._server.ended.is_set():
                    self._keep()
            finally:
                self._server.stop()

    def _start(self) -> Stack:
        self._server.start()
        if self._complaints.lines:
            message = f"{self._complaints.lines[0]}. To forget the kept data: make run FRESH=1"
            raise BrokenStart(message)
        stack = deploy.deploy(ROOT, self._url)
        mend.mend(stack)
        routes.mend(stack)
        self._origin.distribution = distribution.read(stack)
        self._origin.api = Api(stack.only(routes.API), deploy.secret(stack, "OriginKey"))
        self._pumps = stream.pumps(stack, self._folder.path)
        for pump in self._pumps:
            pump.check()
            pump.start()
        clinic.seed(ROOT, stack)
        self._origin.desk = self._desk = clinic.desk(ROOT, stack, self._folder.desk)
        clinic.publish(stack)
        served = routes.routes_of(stack)
        routes.check(self._url, served)
        called = {route.function for route in served} | {pump.function for pump in self._pumps}
        clinic.check_imports(ROOT, stack, called | {stack.physical_ids[clinic.RELEASE]})
        return stack

    def _tell(self, stack: Stack) -> None:
        """Say that the stack is ready: to programs in a file, to people in the last line."""
        mail_url = f"{self._url}/_local/mails"
        facts = {
            "url": self._url,
            "endpoint_url": self._url,
            "region": environment.REGION,
            "table_name": stack.only("AWS::DynamoDB::Table"),
            "mail_url": mail_url,
            "desk": self._desk,
        }
        self._folder.tell(facts)
        mailbox = f"{self._url}{mailbox_page.PATH}"
        print(f"The patient account is at {self._url} (its mails: {mailbox})", flush=True)

    def _keep(self) -> None:
        """Refuse new requests, deliver what is in the stream, and keep everything."""
        self._folder.withdraw()
        self._server.call(self._origin.close(_GRACE_SECONDS))
        stream.stop(self._pumps)
        self._server.call(self._mailbox.save())
        self._server.save()
        if self._complaints.lines:
            message = f"Its data were not kept: {self._complaints.lines[0]}"
            raise BrokenStart(message)
        self._folder.keep_desk(self._desk)

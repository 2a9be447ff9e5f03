"""What a function's cold start costs, compared with a bare `boto3.client("dynamodb")`.

A process is started anew for each measurement, and is ready when the function's module is imported
as Lambda imports it, clients of AWS included. The functions have the trimmed layer and their own
archive, the bare process has boto3 as pip installs it; both have bytecode, and neither sees any
other package. The two take turns, each first as often as the other (A B B A, B A A B), and the
ratio is that of the processor time since the process began: a start computes and hardly waits, and
what else the machine does shall not count. Left to the first request are, of both, connections and
credentials.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import deployed
from bench.figures import Aim, Figure
from bench.turns import ratio, taken
from tests.contract.template import environment, folder_of, folders, logical_id_of, routes

TITLE = "Start-up and memory"
_CALENDAR = (
    "It decides by the calendar of working days, whose library loads all calendars there are."
)
_FILES = "It writes a calendar file, and loads the library for these."
_ADDRESSES = "It reads an e-mail address, and loads the library for these."
MISSED: Mapping[str, str] = {
    "start of ticket_calendar": _FILES,
    **{
        f"start of {name}": _CALENDAR
        for name in (
            *("change_district", "confirm_profile", "declare_absence", "list_profiles"),
            *("list_slots", "record_consent", "take_back_absence"),
        )
    },
    **{
        f"start of {name}": _ADDRESSES
        for name in ("change_email", "register", "request_reset", "resend_confirmation", "sign_in")
    },
}

_TURNS = int(os.environ.get("START_TURNS", "6"))
_HTTP, _EVENT = Aim("≤", 1.5), Aim("≤", 1.15)
_BARE = "import boto3; boto3.client('dynamodb')"
_END = """
import os, time
print(time.process_time(), open('/proc/self/status').read(), flush=True)
os._exit(0)
"""
_ENVIRONMENT = environment() | {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
}


class Started(NamedTuple):
    """One process that has started."""

    seconds: float
    """Of the processor."""
    megabytes: float
    """Resident memory."""


class Program(NamedTuple):
    """What a process runs, and the only folders in which it finds packages."""

    text: str
    path: str

    def start(self) -> Started:
        """Start a process, and wait until it is ready."""
        command = [sys.executable, "-S", "-c", self.text + _END]
        told = _ENVIRONMENT | {"PYTHONPATH": self.path}
        done = subprocess.run(command, env=told, check=True, capture_output=True, cwd="/")  # noqa: S603 - our own program
        seconds, _, status = done.stdout.decode().partition(" ")
        return Started(float(seconds), _resident(status))


def _resident(status: str) -> float:
    """Return the resident memory in MB that Linux tells of a process."""
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def measure() -> Iterator[Figure]:
    """Measure the start of each function, and of the bare process against itself."""
    with TemporaryDirectory() as folder:
        bare, programs = _build(Path(folder))
        runs: dict[str, list[tuple[Started, Started]]] = {name: [] for name in programs}
        for turn in range(_TURNS):
            for name, program in programs.items():
                owns, others = taken(program.start, bare.start, turn)
                runs[name].append((_mean(owns), _mean(others)))
    called = {folder_of(logical_id) for logical_id in routes().values()}
    for name, pairs in runs.items():
        aim = None if name == _CONTROL else _HTTP if name in called else _EVENT
        yield _time(name, pairs, aim)
    for name, pairs in runs.items():
        yield _memory(name, pairs)


def _mean(started: Iterable[Started]) -> Started:
    return Started(*map(fmean, zip(*started, strict=True)))


_CONTROL = "control: the bare process itself"


def _build(folder: Path) -> tuple[Program, dict[str, Program]]:
    """Lay out what is compared: the bare process, and each function by name."""
    stock, layer = folder / "stock", folder / "layer"
    deployed.install(deployed.required_by("boto3"), stock)
    deployed.compile_modules(stock)
    deployed.install_layer(layer)
    bare = Program(_BARE, str(stock))
    programs = {_CONTROL: bare}
    for name in sorted(folders()):
        own = folder / name
        deployed.build(logical_id_of(name), own)
        programs[name] = Program(f"import functions.{name}.app", f"{own}:{layer}")
    return bare, programs


def _time(name: str, pairs: list[tuple[Started, Started]], aim: Aim | None) -> Figure:
    found = ratio([one.seconds for one, _ in pairs], [bare.seconds for _, bare in pairs])
    own, bare = (median(pair[side].seconds for pair in pairs) * 1000 for side in (0, 1))
    note = f"{own:.0f} ms ÷ {bare:.0f} ms"
    return Figure(f"start of {name}", found.value, "×", aim, found.low, found.high, note)


def _memory(name: str, pairs: list[tuple[Started, Started]]) -> Figure:
    own, bare = (median(pair[side].megabytes for pair in pairs) for side in (0, 1))
    return Figure(f"memory of {name}", own, "MB", note=f"{own / bare:.2f} × the bare process")

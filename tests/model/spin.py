"""Spin, which explores a bounded model fully: booking.pml becomes a verifier, and that is run."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("booking.pml")
HOW_TO_GET_IT = (
    "The booking protocol is explored by Spin, and there is none. "
    "Debian: apt-get install spin gcc libc6-dev"
)
_LONGEST_PATH = 2000
"""Steps; a path that is longer is an error, and no end of the search."""


def is_there() -> bool:
    """Tell whether Spin and a compiler can be had."""
    return shutil.which("spin") is not None and shutil.which("gcc") is not None


@dataclass(frozen=True)
class Search:
    """What a verifier has said."""

    report: str

    @property
    def states(self) -> int:
        """How many different states were seen."""
        return self._number(r"(\d+) states, stored")

    @property
    def errors(self) -> int:
        """How many ways there are to break what the model demands; the search ends at the first."""
        return self._number(r"errors: (\d+)")

    @property
    def is_whole(self) -> bool:
        """Tell whether everything that can happen was looked at."""
        is_cut = "Search not completed" in self.report or "too small" in self.report
        return "Full statespace search" in self.report and not is_cut

    def _number(self, pattern: str) -> int:
        found = re.search(pattern, self.report)
        assert found is not None, self.report
        return int(found[1])


@dataclass(frozen=True)
class Verifiers:
    """The model, compiled twice: for what must always hold, and for what must come to an end."""

    folder: Path

    def look_for_mistakes(self, **bounds: int) -> Search:
        """Look for a broken assertion, or a state in which somebody waits for ever."""
        return self._run("./mistakes", bounds)

    def look_for_circles(self, **bounds: int) -> Search:
        """Look for a way to go round in circles and never answer."""
        return self._run("./circles", bounds, "-l")

    def _run(self, verifier: str, bounds: dict[str, int], *options: str) -> Search:
        told = {name.upper(): str(value) for name, value in bounds.items()}
        command = [verifier, f"-m{_LONGEST_PATH}", "-b", *options]
        ran = subprocess.run(  # noqa: S603 - it is our own model
            command,
            cwd=self.folder,
            env=os.environ | told,
            check=True,
            capture_output=True,
            text=True,
        )
        return Search(ran.stdout)


def compile_model(folder: Path) -> Verifiers:
    """Let Spin write the verifier, and compile it in this folder."""
    shutil.copy(MODEL, folder)
    _call(folder, "spin", "-a", MODEL.name)
    _call(folder, "gcc", "-O1", "-w", "-DSAFETY", "-o", "mistakes", "pan.c")
    _call(folder, "gcc", "-O1", "-w", "-DNP", "-o", "circles", "pan.c")
    return Verifiers(folder)


def _call(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603

"""One fresh stack for all workers: `python -m tests.stack.lending COMMAND` lends it to a command.

Without it each worker of pytest starts a stack of its own, and to start one is nothing but work:
every function is called once.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from local.child import read_card, running_stack
from tests.contract.template import ROOT
from tests.stack.running import RunningStack

LENT = "LENT_STACK"
"""The variable that names the folder of a stack which runs already."""
FOLDER = ROOT / ".local" / "tests"
"""Where the lent stack's log is left, also when a test has failed."""


def lend(command: list[str]) -> int:
    """Run a command while a fresh stack is lent to all its processes; return its exit code.

    Raises BrokenStart if the stack does not start, or does not end with exit code 0.
    """
    with running_stack(FOLDER):
        lent = os.environ | {LENT: str(FOLDER)}
        return subprocess.run(command, env=lent, check=False).returncode  # noqa: S603 - the Makefile's


@contextmanager
def lent_or_fresh(folder: Path) -> Iterator[RunningStack]:
    """Give the stack that was lent; without one, run a fresh one in a folder meanwhile."""
    lent = os.environ.get(LENT)
    folder = Path(lent) if lent else folder
    with nullcontext(read_card(folder)) if lent else running_stack(folder) as card:
        found = RunningStack(card, folder)
        yield found
        found.api.close()


if __name__ == "__main__":
    sys.exit(lend(sys.argv[1:]))

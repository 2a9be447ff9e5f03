"""Writes docs/faults.md anew: `python -m tests.faults`, some minutes on all processors."""

import logging
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, redirect_stdout

import tests.conftest  # noqa: F401 - sets what functions read while they are imported
from tests.contract.template import ROOT
from tests.faults import document
from tests.faults.cloud import Cloud, running
from tests.faults.operations import OPERATIONS
from tests.faults.trials import Tried, try_all

_life = ExitStack()
_clouds: list[Cloud] = []
"""What this process tries the operations on, and what ends that."""


def main() -> int:
    """Try all operations with all faults, and write down what was seen."""
    with ProcessPoolExecutor(initializer=_begin) as pool:
        seen = dict(zip(OPERATIONS, pool.map(_try, OPERATIONS), strict=True))
    (ROOT / document.PATH).write_text(document.text_of(seen), "utf-8")
    return 0


def _begin() -> None:
    """Begin a process that says nothing: what the functions log and measure is not asked for."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    _life.enter_context(redirect_stdout(None))
    _clouds.append(_life.enter_context(running()))


def _try(operation: str) -> Tried:
    return try_all(operation, _clouds[0], lambda _: True)


if __name__ == "__main__":
    sys.exit(main())

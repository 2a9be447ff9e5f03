"""Functions that run in this process log and count as they always do, but not on the terminal."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from shared.table import store

_NOWHERE = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - the loggers keep it


@contextmanager
def quiet() -> Iterator[None]:
    """Send what the functions write, which on Lambda is a pipe, to nowhere.

    Their loggers remember from the first use on where to write; the emulator, where it runs in this
    process, logs to the terminal only where nobody else has said what is to be done with logs.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    store.logger.registered_handler.setStream(_NOWHERE)  # type: ignore[attr-defined]
    with redirect_stdout(_NOWHERE):
        yield

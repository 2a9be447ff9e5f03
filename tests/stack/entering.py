"""This process as one of the functions of a running stack."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local import environment
from tests.process import begin_anew
from tests.stack.running import RunningStack


@contextmanager
def entered(stack: RunningStack) -> Iterator[None]:
    """Let the portal's own code in this process see meanwhile what a deployed function sees."""
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.foreign(os.environ):
            patch.delenv(name)
        for name, value in stack.environment.items():
            patch.setenv(name, value)
        begin_anew()
        yield
    begin_anew()

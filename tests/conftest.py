"""Sockets are blocked in every test but those of the local stack, which all use one fresh stack.

It is this process's own, or one that was lent to all: tests/stack/lending.py.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.template import environment
from tests.stack.lending import lent_or_fresh
from tests.stack.running import RunningStack

# Functions read it while they are imported, and whichever test module comes first imports them.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", environment()["POWERTOOLS_METRICS_NAMESPACE"])

_TESTS = Path(__file__).parent
_STACK_TESTS = (_TESTS / "stack", _TESTS / "site")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test of the local stack use the network; `--disable-socket` holds for all others."""
    if any(item.path.is_relative_to(folder) for folder in _STACK_TESTS):
        item.add_marker("enable_socket")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Find the stack; what was started for it ends as after Ctrl-C, with exit code 0."""
    with lent_or_fresh(tmp_path_factory.mktemp("stack") / "folder") as found:
        yield found

"""Sockets are blocked in every test but those of the local stack, and imports find a namespace."""

import os
from pathlib import Path

import pytest

from tests.contract.template import environment

# Functions read it while they are imported, and whichever test module comes first imports them.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", environment()["POWERTOOLS_METRICS_NAMESPACE"])

_TESTS = Path(__file__).parent
_STACK_TESTS = (_TESTS / "stack", _TESTS / "site")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test of the local stack use the network; `--disable-socket` holds for all others."""
    if any(item.path.is_relative_to(folder) for folder in _STACK_TESTS):
        item.add_marker("enable_socket")

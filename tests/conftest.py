"""Sockets are blocked in every test but those of the local stack."""

from pathlib import Path

import pytest

_STACK_TESTS = Path(__file__).parent / "stack"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test of tests/stack use the network; `--disable-socket` holds for all others."""
    if item.path.is_relative_to(_STACK_TESTS):
        item.add_marker("enable_socket")

"""The template's table in memory, for what is told of items and of costs."""

from collections.abc import Iterator

import pytest

from tests.contract import till
from tests.integration.rows import Rows


@pytest.fixture(scope="module")
def cloud() -> Iterator[Rows]:
    """Begin a cloud."""
    with till.running() as cloud:
        yield cloud


@pytest.fixture
def rows(cloud: Rows) -> Iterator[Rows]:
    """Make the table anew."""
    with till.opened(cloud) as rows:
        yield rows

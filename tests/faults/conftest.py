"""One cloud for the trials of a module; each operation begins with an empty one."""

from collections.abc import Iterator

import pytest

from tests.faults.cloud import Cloud, running


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """Run a cloud in this process, which has others before and after it."""
    with running() as found:
        yield found

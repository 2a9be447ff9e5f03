"""One cloud for all trials of a process; each operation begins with an empty one."""

from collections.abc import Iterator

import pytest

from tests.faults.cloud import Cloud, running


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    """Run a cloud in this process."""
    with running() as found:
        yield found

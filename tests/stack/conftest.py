"""What the portal's own code, called by a test of the local stack, sees around it."""

from collections.abc import Iterator

import pytest

from tests.stack.entering import entered
from tests.stack.running import RunningStack


@pytest.fixture(autouse=True)
def _environment_of_a_function(stack: RunningStack) -> Iterator[None]:
    """Let the portal's own code, called by a test, see what a deployed function sees."""
    with entered(stack):
        yield

"""A local stack for as long as something is measured on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.quiet import quiet
from local.child import running_stack
from tests.stack.entering import entered
from tests.stack.running import RunningStack


@contextmanager
def running() -> Iterator[RunningStack]:
    """Run a fresh stack, and let the portal's own code in this process work on its table."""
    with TemporaryDirectory(prefix="patient-account-") as folder:
        path = Path(folder) / "stack"
        with running_stack(path) as card, quiet():
            stack = RunningStack(card, path)
            with entered(stack):
                yield stack
            stack.api.close()

"""A local stack for as long as something is measured on it.

Its functions show the districts as they read them up to a minute ago, which is what the template
says; the local stack has them read anew each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.quiet import quiet
from local.child import running_stack
from tests.contract.template import environment
from tests.stack.entering import entered
from tests.stack.running import RunningStack


@contextmanager
def running() -> Iterator[RunningStack]:
    """Run a fresh stack, and let the portal's own code in this process work on its table."""
    with TemporaryDirectory(prefix="patient-account-") as folder:
        path = Path(folder) / "stack"
        with running_stack(path) as card, quiet():
            _let_cache(RunningStack(card, path))
            stack = RunningStack(card, path)
            with entered(stack):
                yield stack
            stack.api.close()


def _let_cache(stack: RunningStack) -> None:
    """Give all functions the template's own time for which districts may be shown as read."""
    own = {"DISTRICT_CACHE_SECONDS": environment()["DISTRICT_CACHE_SECONDS"]}
    client = stack.aws("lambda")
    for name, function in stack.functions.items():
        variables = function["Environment"]["Variables"] | own
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )

"""What the portal's own code, called by a test of the local stack, sees around it."""

import os
from collections.abc import Iterator

import pytest

from local import environment
from shared import document_files, keyring, release_queue
from shared.settings import settings
from shared.table import districts, store
from tests.stack.running import RunningStack


@pytest.fixture(autouse=True)
def _environment_of_a_function(
    stack: RunningStack, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let the portal's own code, called by a test, see what a deployed function sees."""
    for name in environment.foreign(os.environ):
        monkeypatch.delenv(name)
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    _forget_the_environment()
    yield
    _forget_the_environment()


def _forget_the_environment() -> None:
    settings.cache_clear()
    store.client.cache_clear()
    document_files.client.cache_clear()
    release_queue.client.cache_clear()
    keyring._secret.cache_clear()
    districts.forget_shown_districts()

"""This process as one of the functions of a running stack."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local import environment
from shared import document_files, keyring, release_queue
from shared.settings import settings
from shared.table import districts, store
from tests.stack.running import RunningStack


@contextmanager
def entered(stack: RunningStack) -> Iterator[None]:
    """Let the portal's own code in this process see meanwhile what a deployed function sees."""
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.foreign(os.environ):
            patch.delenv(name)
        for name, value in stack.environment.items():
            patch.setenv(name, value)
        _forget_the_environment()
        yield
    _forget_the_environment()


def _forget_the_environment() -> None:
    settings.cache_clear()
    store.client.cache_clear()
    document_files.client.cache_clear()
    release_queue.client.cache_clear()
    keyring.client.cache_clear()
    for read in (keyring._secret, keyring._origin_keys, keyring._origin_keys_at):
        read.cache_clear()
    districts.forget_shown_districts()

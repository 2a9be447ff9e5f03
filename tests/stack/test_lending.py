"""A lent stack is used and not started again, and what the borrower ends with is told."""

import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.stack import lending
from tests.stack.running import RunningStack


def test_the_stack_that_was_lent_is_used_and_none_is_started(
    stack: RunningStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(lending.LENT, str(stack.folder))
    with lending.lent_or_fresh(tmp_path / "fresh") as found:
        assert (found.card, found.folder) == (stack.card, stack.folder)
        assert found.api.get("/").is_success
    assert list(tmp_path.iterdir()) == []


def test_the_borrower_is_told_the_folder_and_its_exit_code_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lending, "running_stack", nullcontext)
    said = f"import os, sys; sys.exit(3 + (os.environ[{lending.LENT!r}] == sys.argv[1]))"
    assert lending.lend([sys.executable, "-c", said, str(lending.FOLDER)]) == 4

"""The folder that holds the stack's data between runs: one stack at a time, and no leftovers."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.failure import BrokenStart

_DATA = ("state", "s3", "desk.json", "mails.json", "undelivered-*.json")
_OF_ONE_RUN = ("stack.json", "tmp")


class Folder:
    """Where everything of a stack stands."""

    def __init__(self, path: Path) -> None:
        """Name the files of a folder, which need not exist."""
        self.path = path
        self.log = path / "emulator.log"
        self.mails = path / "mails.json"
        self.desk = path / "desk.json"
        self._card = path / "stack.json"

    @contextmanager
    def held(self, *, fresh: bool) -> Iterator[None]:
        """Keep other stacks out of the folder meanwhile; `fresh` forgets its data first.

        Nobody else on the machine may read it: it holds the keys. Raises BrokenStart.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                message = f"Another one runs in {self.path}: stop it with Ctrl-C first."
                raise BrokenStart(message) from exc
            self._delete(_OF_ONE_RUN + (_DATA if fresh else ()))
            (self.path / "tmp").mkdir()
            try:
                yield
            finally:
                self._delete(_OF_ONE_RUN)

    def tell(self, facts: dict[str, Any]) -> None:
        """Write the card that says where the running stack is, whole or not at all."""
        draft = self._card.with_suffix(".draft")
        draft.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
        draft.replace(self._card)

    def keep_desk(self, facts: dict[str, str]) -> None:
        """Write how to sign in at the desk, beside the data that hold its user."""
        self.desk.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")

    def withdraw(self) -> None:
        """Remove the card: the stack is about to stop."""
        self._card.unlink(missing_ok=True)

    def _delete(self, patterns: tuple[str, ...]) -> None:
        for pattern in patterns:
            for found in self.path.glob(pattern):
                if found.is_dir():
                    shutil.rmtree(found, ignore_errors=True)
                else:
                    found.unlink(missing_ok=True)

"""The mails that were sent, for the eyes of a developer and of tests; they outlive a restart."""

import json
from pathlib import Path
from typing import Any

from local import emulator

Mail = dict[str, str]
"""`to`, `subject`, `text` and `html`, as the HTTP contract names them."""


class Mailbox:
    """The mails of earlier runs, which the emulator forgets, and those of this run."""

    def __init__(self, app: emulator.App, path: Path) -> None:
        """Read the mails of earlier runs from a file, if there is one."""
        self._app = app
        self._path = path
        self._earlier: list[Mail] = json.loads(path.read_text("utf-8")) if path.exists() else []

    async def mails(self) -> list[Mail]:
        """Return all mails, oldest first."""
        return self._earlier + [_shown(mail) for mail in await emulator.caught_mails(self._app)]

    async def save(self) -> None:
        """Keep all mails for the next run."""
        text = json.dumps(await self.mails(), ensure_ascii=False, indent=1)
        self._path.write_text(text + "\n", "utf-8")


def _shown(mail: dict[str, Any]) -> Mail:
    return {
        "to": ", ".join(mail["To"]),
        "subject": mail["Subject"],
        "text": mail["BodyText"] or "",
        "html": mail["BodyHtml"] or "",
    }

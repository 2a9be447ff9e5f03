"""What is deployed: one archive per function, the same bytes for the same code."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest moment an archive can hold; the files' own times would change its bytes."""


def function_archive(root: Path, handler: str) -> bytes:
    """Pack a function as it is deployed: its own folder and shared/, and no other function.

    `handler` is the template's, such as `functions.book_ticket.app.lambda_handler`.
    """
    folder = root.joinpath(*handler.split(".")[:-2])
    files = [*_sources(folder), *_sources(root / "shared")]
    return _archive((file.relative_to(root).as_posix(), file.read_bytes()) for file in files)


def empty_layer() -> bytes:
    """Pack a layer with nothing in it: functions find the packages in this interpreter."""
    return _archive([("python/README", b"The packages are those of the local environment.\n")])


def _sources(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    )


def _archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()

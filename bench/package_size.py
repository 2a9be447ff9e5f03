"""What is uploaded with a deployment.

The layer and the functions are built for arm64 as `make build` builds them, with bytecode where a
Python 3.13 is at hand, and packed. A megabyte is 1,000,000 bytes.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import deployed
from bench.figures import Aim, Figure
from tests.contract.template import folders, logical_id_of

TITLE = "Package sizes"
MISSED: Mapping[str, str] = {}

_LAYER = Aim("≤", 10)


def measure() -> Iterator[Figure]:
    """Build all packages, and weigh them."""
    with TemporaryDirectory() as folder:
        layer = Path(folder) / "layer"
        deployed.build("DependenciesLayer", layer, compiled_by="python3.13")
        note = "with bytecode" if any(layer.rglob("*.pyc")) else "without bytecode: no Python 3.13"
        yield Figure("layer, zipped", _zipped(layer), "MB", _LAYER, note=note)
        yield Figure("layer, unpacked", _unpacked(layer), "MB", note=note)
        for name in sorted(folders()):
            own = Path(folder) / name
            deployed.build(logical_id_of(name), own, compiled_by="python3.13")
            note = f"{_unpacked(own):.3g} MB unpacked"
            yield Figure(f"{name}, zipped", _zipped(own), "MB", note=note)


def _zipped(folder: Path) -> float:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in _files(folder):
            archive.write(file, file.relative_to(folder))
    return len(packed.getvalue()) / 1e6


def _unpacked(folder: Path) -> float:
    return sum(file.stat().st_size for file in _files(folder)) / 1e6


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())

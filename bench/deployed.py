"""What is deployed, for this machine's own Python: the layer, the functions, and a stock boto3.

The packages are copies of those in this environment, which are pinned alike; the Makefile's own
recipes trim and compile them.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from importlib.util import cache_from_source
from pathlib import Path

from scripts import trim_layer

ROOT = Path(__file__).resolve().parents[1]


def pinned() -> list[str]:
    """Return the names of the packages in the layer."""
    text = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    return re.findall(r"^([\w.-]+)==", text, re.MULTILINE)


def required_by(package: str) -> set[str]:
    """Return a package and all that it needs, without its extras."""
    found, waiting = set(), [package]
    while waiting:
        name = waiting.pop()
        found.add(name)
        needed = (one for one in metadata.requires(name) or () if "extra ==" not in one)
        names = {re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in needed}
        waiting += names - found
    return found


def install(packages: Iterable[str], folder: Path) -> None:
    """Copy packages of this environment as pip would install them there, with their bytecode."""
    for package in packages:
        for file in metadata.files(package) or ():
            if ".." not in file.parts:
                _copy(Path(str(file.locate())), folder / file)


def _copy(source: Path, target: Path) -> None:
    """Copy a file with its times, by which bytecode knows its source."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    if source.suffix == ".py":
        compiled = Path(cache_from_source(str(source)))
        if compiled.exists():
            _copy(compiled, Path(cache_from_source(str(target))))


def install_layer(folder: Path) -> None:
    """Make the layer as it is deployed, of this environment's packages."""
    install(pinned(), folder)
    trim_layer.trim(folder)
    compile_modules(folder)


def compile_modules(folder: Path) -> None:
    """Compile all modules in a folder, as the Makefile does."""
    options = ["--invalidation-mode", "unchecked-hash"]
    command = [sys.executable, "-m", "compileall", "-q", "-f", *options, str(folder)]
    subprocess.run(command, check=True)  # noqa: S603 - our own program


def build(target: str, folder: Path, compiled_by: str = sys.executable) -> None:
    """Build a function or the layer into a folder, with the recipe that `sam build` calls.

    `compiled_by` is the Python whose bytecode is made. This environment itself is not made anew.
    """
    told = [f"ARTIFACTS_DIR={folder}", f"RUNTIME_PYTHON={compiled_by}"]
    command = ["make", "--silent", "--old-file", ".venv/.made", f"build-{target}", *told]
    subprocess.run(command, cwd=ROOT, check=True, env=_environment())  # noqa: S603 - our own program


def _environment() -> dict[str, str]:
    """Return this process's environment without what a surrounding make has put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

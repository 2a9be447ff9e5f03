"""What `sam build` makes of a function: its own code and what all share, and nothing else."""

import shutil
import subprocess
from pathlib import Path

from tests.contract.template import ROOT


def test_a_function_is_built_of_its_own_folder_and_what_all_share(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make
    subprocess.run(  # noqa: S603 - our own program
        [make, "build-BookTicketFunction", f"ARTIFACTS_DIR={tmp_path}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert {path.name for path in tmp_path.iterdir()} == {"functions", "shared"}
    own = {path.name for path in (tmp_path / "functions").iterdir() if path.name != "__pycache__"}
    assert own == {"__init__.py", "book_ticket"}
    built = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.suffix for path in built} <= {".py", ".pyc", ".txt"}
    assert not [path for path in built if not (ROOT / path).exists() and path.suffix != ".pyc"]

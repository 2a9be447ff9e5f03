"""Writes the template for functions that start from snapshots: `make build SNAP_START=1`.

    python -m scripts.snap_start FILE

Lambda takes snapshots of published versions only, so all that calls a function calls an alias then.
SAM publishes versions or does not; a parameter of the template cannot choose, and so the build
does: docs/decisions/0030-snapshots-are-chosen-with-the-build.md.
"""

import argparse
from pathlib import Path

_TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
_BEFORE = "    Layers: [!Ref DependenciesLayer]\n"
"""The line of what all functions share, after which the following stands."""
_ADDED = """\
    AutoPublishAlias: live
    VersionDeletionPolicy: Delete
    SnapStart: { ApplyOn: PublishedVersions }
"""


def with_snapshots(template: str) -> str:
    """Return the template's text with versions, an alias for each function, and snapshots."""
    before, found, after = template.partition(_BEFORE)
    if not found or _BEFORE in after:
        message = "template.yaml does not say once which layers all functions have."
        raise ValueError(message)
    return before + found + _ADDED + after


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the template with snapshots.")
    parser.add_argument("file", type=Path)
    parser.parse_args().file.write_text(with_snapshots(_TEMPLATE.read_text("utf-8")), "utf-8")

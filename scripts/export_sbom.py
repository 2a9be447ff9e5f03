"""Writes docs/sbom.json: the third-party packages that are deployed, as CycloneDX lists them.

    python -m scripts.export_sbom

What is deployed stands in requirements/runtime.txt, with who needs whom; the licences are those
that the installed packages tell. No time and no number of its own is in the document, so that it is
the same for the same list.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "sbom.json"

_LIST = ROOT / "requirements" / "runtime.txt"
_PIN = re.compile(r"([a-z0-9-]+)==([^ ;]+)")
_NEEDED_BY = re.compile(r"    #   ([a-z0-9-]+)")
_PORTAL = "polyclinic-patient-account"
_NOT_SAID_AS_SPDX = {
    "email-validator": "Unlicense",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}
"""Licences that these packages name in words of their own."""


def document() -> dict[str, Any]:
    """Return the document, the same for the same list."""
    versions, needs = _read(_LIST.read_text("utf-8"))
    components = {name: _component(name, version) for name, version in versions.items()}
    portal = Component(name=_PORTAL, type=ComponentType.APPLICATION, bom_ref=_PORTAL)
    bom = Bom(components=components.values())
    bom.metadata.component = portal
    for name, component in {_PORTAL: portal, **components}.items():
        bom.register_dependency(component, [components[needed] for needed in needs[name]])
    written: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["serialNumber"], written["metadata"]["timestamp"]
    return written


def _read(text: str) -> tuple[dict[str, str], Mapping[str, list[str]]]:
    """Return the versions of a list's packages, and what each of them and the portal need."""
    versions: dict[str, str] = {}
    needs: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            name = pin[1]
            versions[name] = pin[2]
        elif by := _NEEDED_BY.match(line):
            needs[by[1]].append(name)
    return versions, needs


def _component(name: str, version: str) -> Component:
    return Component(
        name=name,
        version=version,
        bom_ref=name,
        purl=PackageURL("pypi", None, name, version),
        licenses=[LicenseFactory().make_from_string(_licence(name))],
    )


def _licence(name: str) -> str:
    if name in _NOT_SAID_AS_SPDX:
        return _NOT_SAID_AS_SPDX[name]
    told = metadata(name)
    return str((told.get_all("License-Expression") or told.get_all("License") or [""])[0])


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(json.dumps(document(), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

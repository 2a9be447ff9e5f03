"""docs/sbom.json: what is deployed today, under licences that allow it, and of no one moment."""

import json
from typing import Any

from scripts import export_sbom

ALLOWED = {
    "Apache-2.0",
    "Apache-2.0 OR BSD-3-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "PSF-2.0",
    "Unlicense",
}
"""Licences that ask for no more than to be named."""


def _written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(export_sbom.DOCUMENT.read_text("utf-8"))
    return found


def test_the_document_lists_what_is_deployed_today() -> None:
    assert _written() == export_sbom.document(), "make sbom writes it anew"


def test_every_package_is_needed_by_another_or_by_the_portal() -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in _written()["dependencies"]}
    reached, ahead = set[str](), [_written()["metadata"]["component"]["bom-ref"]]
    while ahead:
        reached.add(ahead[0])
        ahead += [ref for ref in needs[ahead.pop(0)] if ref not in reached]
    assert reached == needs.keys()


def test_every_licence_is_one_that_may_be_used() -> None:
    for component in _written()["components"]:
        for licence in component["licenses"]:
            named = licence.get("expression") or licence["license"].get("id")
            assert named in ALLOWED, component["name"]


def test_the_document_tells_no_time_and_no_place() -> None:
    text = export_sbom.DOCUMENT.read_text("utf-8")
    assert "timestamp" not in text
    assert "serialNumber" not in text
    assert text.count("://") == text.count("http://cyclonedx.org/schema/") == 1

"""What checkov is told to pass over: little, and each with its reason."""

import re
from typing import Any

import yaml

from tests.contract import documents
from tests.contract.template import ROOT, resources

_SETTINGS = ".checkov.yaml"
_MOST = 10


def _settings() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / _SETTINGS).read_text("utf-8"))
    return found


def _of_one_resource() -> list[dict[str, str]]:
    told = (resource.get("Metadata", {}) for resource in resources().values())
    return [skipped for one in told for skipped in one.get("checkov", {}).get("skip", [])]


def test_at_most_ten_checks_are_passed_over() -> None:
    skipped = [*_settings()["skip-check"], *(one["id"] for one in _of_one_resource())]
    assert len(skipped) == len(set(skipped)) <= _MOST


def test_each_has_its_reason_right_there() -> None:
    lines = documents.text(_SETTINGS).splitlines()
    for number, line in enumerate(lines):
        if re.fullmatch(r"  - CKV\w+", line):
            assert lines[number - 1].startswith("  # ")
            assert lines[number - 1].endswith(".")
    assert all(one["comment"].endswith(".") for one in _of_one_resource())


def test_the_template_is_what_is_looked_at_without_a_word_to_anybody() -> None:
    told = _settings()
    assert (told["file"], told["framework"]) == (["template.yaml"], ["cloudformation"])
    assert told["skip-download"] is True

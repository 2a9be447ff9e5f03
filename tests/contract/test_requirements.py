"""Dependencies: pinned, hashed, from no named place, and the tests run what is deployed."""

import re
import tomllib
from typing import Any

import pytest

from tests.contract.template import ROOT

LISTS = ["runtime.txt", "dev.txt", "checkov.txt"]


def _text(name: str) -> str:
    return (ROOT / "requirements" / name).read_text("utf-8")


def _entries(name: str) -> list[str]:
    """Return the requirements, each with its hashes on one line and without its extras."""
    joined = _text(name).replace("\\\n", " ")
    lines = (line for line in joined.splitlines() if line and not line.lstrip().startswith("#"))
    return [re.sub(r"\[[^\]]*\]", "", line) for line in lines]


def _pins(name: str) -> set[str]:
    """Return `boto3==1.43.0` for each requirement."""
    return {entry.split()[0].split(";")[0] for entry in _entries(name)}


@pytest.mark.parametrize("name", LISTS)
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    for entry in _entries(name):
        assert re.match(r"[a-z0-9._-]+==\S+ ", entry)
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("name", LISTS)
def test_no_list_says_where_packages_come_from(name: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", _text(name))


def test_the_tests_run_what_is_deployed() -> None:
    assert _pins("runtime.txt") <= _pins("dev.txt")


def test_the_lists_hold_what_the_project_names() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {_name(one) for one in project["project"]["dependencies"]}
    assert wanted <= {_name(pin) for pin in _pins("runtime.txt")}
    for name, group in project["dependency-groups"].items():
        named = {_name(one) for one in group if isinstance(one, str)}
        listed = _pins("checkov.txt" if name == "checkov" else "dev.txt")
        assert named <= {_name(pin) for pin in listed}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return found[0].lower().replace("_", "-")

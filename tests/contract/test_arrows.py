"""Arrows: who may import whom, as docs/architecture.md draws it."""

import json
import subprocess
import sys

import pytest

from tests.contract.source import imports_of, modules
from tests.contract.template import ROOT, folders

RULES = {
    f"shared.{name}"
    for name in (
        *("accounts", "clock", "districts", "errors", "ids", "passwords"),
        *("patients", "policies", "publishing", "tickets", "working_days"),
    )
}
RULES_LIBRARIES = {"argon2", "holidays", "pydantic"}

TABLE = {name for name in modules() if name.startswith("shared.table")}

MAY_IMPORT: dict[str, set[str]] = {
    **dict.fromkeys(RULES, RULES),
    "shared": set(),
    "shared.settings": set(),
    "shared.routes": {"shared.errors"},
    "shared.keys": RULES,
    "shared.keyring": RULES | {"shared.settings"},
    "shared.mail": RULES | {"shared.keyring", "shared.settings"},
    "shared.fields": RULES | {"shared.settings"},
    "shared.views": RULES | {"shared.settings"},
    "shared.slot_views": RULES | {"shared.settings"},
    "shared.problems": {"shared.errors", "shared.settings"},
    "shared.api": RULES | {"shared.problems", "shared.settings"},
    **dict.fromkeys(
        TABLE,
        RULES | TABLE | {"shared.keyring", "shared.keys", "shared.mail", "shared.settings"},
    ),
    "shared.postbox": RULES | TABLE | {"shared.mail", "shared.settings"},
}
"""Who may import whom within shared/; a function may import all of it, and no other function."""

TALKS_TO_AWS = {
    "boto3": {"shared.postbox", *TABLE},
    "botocore": {"shared.postbox", "shared.keyring", *TABLE},
    "aws_lambda_powertools.utilities.parameters": {"shared.keyring"},
}

each_module = pytest.mark.parametrize("name", sorted(modules()))


def _ours(name: str) -> set[str]:
    return {one for one in imports_of(name) if one.split(".")[0] in {"functions", "shared"}}


@each_module
def test_arrows_point_one_way(name: str) -> None:
    if name.startswith("functions."):
        assert not [one for one in _ours(name) if one.startswith("functions")]
    else:
        assert _ours(name) <= MAY_IMPORT[name]


def test_every_module_has_its_arrows() -> None:
    assert set(MAY_IMPORT) == {name for name in modules() if not name.startswith("functions.")}


@pytest.mark.parametrize("name", sorted(RULES))
def test_rules_know_no_framework_and_no_cloud(name: str) -> None:
    foreign = {one.split(".")[0] for one in imports_of(name) - _ours(name)}
    assert foreign - set(sys.stdlib_module_names) <= RULES_LIBRARIES


@pytest.mark.parametrize("library", TALKS_TO_AWS)
def test_aws_is_spoken_to_in_few_places(library: str) -> None:
    importing = {
        name
        for name in modules()
        if any(f"{one}.".startswith(f"{library}.") for one in imports_of(name))
    }
    assert importing
    assert importing <= TALKS_TO_AWS[library]


def _loaded_by(folder: str) -> set[str]:
    """Return the modules that a process holds once it has imported a function."""
    program = f"import functions.{folder}.app, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, timeout=60
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("folder", ["release_slots", "send_mail"])
def test_a_function_that_nobody_calls_over_http_carries_no_http(folder: str) -> None:
    loaded = _loaded_by(folder)
    assert f"functions.{folder}.app" in loaded
    assert not loaded & {"shared.api", "shared.views", "aws_lambda_powertools.event_handler"}
    assert {name for name in loaded if name.startswith("functions.")} == {
        f"functions.{folder}",
        f"functions.{folder}.app",
    }


def test_a_functions_folder_holds_one_module() -> None:
    for folder in folders():
        files = (ROOT / "functions" / folder).rglob("*")
        found = {file.name for file in files if file.is_file() and file.suffix != ".pyc"}
        assert found == {"app.py"}

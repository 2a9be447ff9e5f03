"""Arrows: who may import whom, as docs/architecture.md draws it."""

import ast
import json
import re
import subprocess
import sys

import pytest

from tests.contract.source import imports_of, modules
from tests.contract.template import ROOT, folder_of, folders, routes

RULES = {
    f"shared.{name}"
    for name in (
        *("accounts", "cards", "changes", "clock", "consents", "days", "desk", "districts"),
        *("documents", "errors", "guardianship", "ids", "limits", "mail_events", "names"),
        *("password_rules", "passwords", "patients", "policies", "publishing", "register"),
        *("schedules", "second_factor", "tickets", "working_days"),
    )
}
RULES_LIBRARIES = {"argon2", "holidays", "pydantic", "pyotp"}

TABLE = {name for name in modules() if name.startswith("shared.table")}
_SETTINGS = {"shared.settings"}
_BENEATH_THE_TABLE = {"shared.aws", "shared.keyring", "shared.keys"}

MAY_IMPORT: dict[str, set[str]] = {
    **dict.fromkeys(RULES, RULES),
    "functions": set(),
    "shared": set(),
    "shared.settings": set(),
    "shared.aws": _SETTINGS,
    "shared.routes": {"shared.errors"},
    "shared.outcomes": {"shared.errors"},
    "shared.keys": RULES,
    "shared.keyring": RULES | _SETTINGS | {"shared.aws"},
    "shared.clients": {"shared.errors", "shared.keyring", "shared.limits"},
    "shared.calendars": RULES | _SETTINGS,
    "shared.mail": {"shared.documents"} | _SETTINGS,
    "shared.ticket_mails": {"shared.calendars", "shared.changes", "shared.mail"},
    "shared.document_mails": {"shared.changes", "shared.documents", "shared.mail"},
    "shared.desk_mails": {"shared.accounts", "shared.changes", "shared.mail"} | _SETTINGS,
    "shared.mails": RULES
    | _SETTINGS
    | {"shared.desk_mails", "shared.document_mails", "shared.ticket_mails"}
    | {"shared.keyring", "shared.mail"},
    "shared.fields": RULES | _SETTINGS,
    "shared.email_field": {"shared.fields"},
    "shared.forms": RULES | {"shared.fields"},
    "shared.views": RULES | _SETTINGS,
    "shared.export_views": RULES | _SETTINGS | {"shared.views"},
    "shared.slot_views": RULES | _SETTINGS,
    "shared.desk_views": RULES | _SETTINGS,
    "shared.profile_views": RULES | _SETTINGS | {"shared.views"},
    "shared.card_views": RULES | _SETTINGS | {"shared.desk_views", "shared.views"},
    "shared.document_views": RULES | _SETTINGS,
    "shared.problems": {"shared.errors"} | _SETTINGS,
    "shared.api": RULES | _SETTINGS | {"shared.clients", "shared.problems"},
    "shared.desk_api": RULES | {"shared.api", "shared.clients"},
    **dict.fromkeys(TABLE, RULES | TABLE | _SETTINGS | _BENEATH_THE_TABLE),
    "shared.document_files": RULES | _SETTINGS | {"shared.aws", "shared.table.documents"},
    "shared.release_queue": {"shared.aws", "shared.ids", "shared.table.store"} | _SETTINGS,
    "shared.postbox": {"shared.aws", "shared.document_files", "shared.errors", "shared.mail"}
    | {"shared.table.receipts"}
    | _SETTINGS,
    "shared.document_delivery": {"shared.changes", "shared.document_mails", "shared.errors"}
    | {"shared.postbox", "shared.table.dispatches"},
}
"""Who may import whom within shared/; a function may import all of it, and no other function."""

_CLIENTS = {
    *("shared.document_files", "shared.keyring", "shared.postbox", "shared.release_queue"),
    "shared.table.store",
}
TALKS_TO_AWS = {
    "boto3": set(),
    "botocore": {"shared.aws", *_CLIENTS} - {"shared.release_queue"},
    "shared.aws": _CLIENTS,
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


def test_the_package_names_each_of_its_modules_where_it_tells_who_may_import_whom() -> None:
    told = ast.get_docstring(modules()["shared"].tree) or ""
    own = {name.split(".")[1] for name in modules() if name.startswith("shared.")}
    assert own - set(re.findall(r"\w+", told)) == set()


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
    assert importing == TALKS_TO_AWS[library]


def _loaded_by(folder: str) -> set[str]:
    """Return the modules that a process holds once it has imported a function."""
    program = f"import functions.{folder}.app, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, timeout=60
    )
    return set(json.loads(done.stdout))


_NOBODY_CALLS = sorted(folders() - {folder_of(logical_id) for logical_id in routes().values()})


@pytest.mark.parametrize("folder", _NOBODY_CALLS)
def test_a_function_that_nobody_calls_over_http_carries_no_http(folder: str) -> None:
    loaded = _loaded_by(folder)
    assert f"functions.{folder}.app" in loaded
    views = {name for name in modules() if name.endswith("views")}
    http = {"shared.api", "shared.clients", "shared.desk_api", "shared.email_field"}
    http |= {"shared.fields", "shared.forms", *views}
    assert not loaded & {*http, "aws_lambda_powertools.event_handler"}
    assert {name for name in loaded if name.startswith("functions.")} == {
        f"functions.{folder}",
        f"functions.{folder}.app",
    }


def test_a_functions_folder_holds_one_module() -> None:
    for folder in folders():
        files = (ROOT / "functions" / folder).rglob("*")
        found = {file.name for file in files if file.is_file() and file.suffix != ".pyc"}
        assert found == {"app.py"}

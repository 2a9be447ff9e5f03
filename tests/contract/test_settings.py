"""Settings: template.yaml gives what shared.settings reads, and nothing is read in secret."""

import ast
from datetime import timedelta

import pytest

from shared.settings import Settings, settings
from tests.contract.source import modules
from tests.contract.template import environment, functions

POWERTOOLS = {"POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"}
"""Read by the library itself."""
GIVEN = {name: value for name, value in environment().items() if name not in POWERTOOLS}


def _read() -> Settings:
    """Read the environment anew."""
    return settings.__wrapped__()


def _names_read() -> set[str]:
    """Return the names that shared.settings takes out of the environment."""
    return {
        node.slice.value
        for node in ast.walk(modules()["shared.settings"].tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def test_the_template_gives_exactly_the_names_that_are_read() -> None:
    assert set(environment()) == _names_read() | POWERTOOLS


def test_every_function_has_the_same_environment() -> None:
    assert not [name for name, function in functions().items() if "Environment" in function]


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        module.name
        for module in modules().values()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (isinstance(node, ast.alias) and node.name in {"environ", "getenv"})
    }
    assert readers == {"shared.settings"}


def test_a_complete_environment_is_read_and_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    assert (_read().horizon_days, _read().adult_cap, _read().child_cap) == (14, 2, 5)
    assert _read().zone.key == "Europe/Moscow"
    assert _read().document_retention == timedelta(days=30)


@pytest.mark.parametrize("missing", GIVEN)
def test_a_missing_name_fails_loudly(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    with pytest.raises(KeyError, match=missing):
        _read()

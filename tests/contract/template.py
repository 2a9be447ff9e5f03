"""template.yaml as plain values: CloudFormation's short tags become one-key mappings."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"

FUNCTION = "AWS::Serverless::Function"
CATCH_ALL = ("ANY", "/api/{proxy+}")

Properties = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """A loader that knows the tags below; any other is an error."""


_OF_A_TEXT = {"Ref", "GetAtt", "Sub"}
_OF_A_LIST = {"Equals", "If", "Not", "Select", "Split", "Sub"}


def _read_tag(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode) and tag in _OF_A_TEXT:
        return {tag: str(loader.construct_scalar(node))}
    if isinstance(node, yaml.SequenceNode) and tag in _OF_A_LIST:
        return {tag: loader.construct_sequence(node, deep=True)}
    message = f"The tests do not know !{tag} as it stands in template.yaml."
    raise TypeError(message)


_Loader.add_multi_constructor("!", _read_tag)


@cache
def template() -> dict[str, Any]:
    """Return the whole template."""
    found: dict[str, Any] = yaml.load(TEMPLATE.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    return found


def resources() -> dict[str, dict[str, Any]]:
    """Return the resources by logical id, in the template's order."""
    found: dict[str, dict[str, Any]] = template()["Resources"]
    return found


def properties(logical_id: str) -> Properties:
    """Return a resource's properties."""
    found: Properties = resources()[logical_id]["Properties"]
    return found


def functions() -> dict[str, Properties]:
    """Return the properties of every function by logical id."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in resources().items()
        if resource["Type"] == FUNCTION
    }


def folder_of(logical_id: str) -> str:
    """Return the folder of a function: `BookTicketFunction` is `book_ticket`."""
    words = re.findall(r"[A-Z][a-z0-9]*", logical_id.removesuffix("Function"))
    return "_".join(words).lower()


def logical_id_of(folder: str) -> str:
    """Return the logical id of a function: `book_ticket` is `BookTicketFunction`."""
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


def gigabytes_of(folder: str) -> float:
    """Return a function's memory: its own, or else what all functions have."""
    given = template()["Globals"]["Function"] | functions()[logical_id_of(folder)]
    return float(given["MemorySize"]) / 1024


def folders() -> set[str]:
    """Return the functions' folders, without what interpreters leave behind."""
    return {folder.parent.name for folder in (ROOT / "functions").glob("*/app.py")}


def events(kind: str) -> Iterator[tuple[str, Properties]]:
    """Yield the function's logical id and the properties of each event of a type."""
    for logical_id, function in functions().items():
        for event in function.get("Events", {}).values():
            if event["Type"] == kind:
                yield logical_id, event["Properties"]


def routes() -> dict[tuple[str, str], str]:
    """Return the function's logical id by method and path, the catch-all included."""
    return {(http["Method"], http["Path"]): owner for owner, http in events("HttpApi")}


def environment() -> dict[str, str]:
    """Return every function's environment: parameters' defaults, and resources' logical ids."""
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    return {
        name: _default(value["Ref"]) if isinstance(value, dict) else str(value)
        for name, value in variables.items()
    }


def _default(name: str) -> str:
    """Return a parameter's default, or a resource's logical id."""
    return str(template()["Parameters"].get(name, {"Default": name})["Default"])


def said(value: object) -> str:
    """Write a value as the template does: `!Ref PortalTable`."""
    if isinstance(value, dict):
        ((tag, text),) = value.items()
        return f"!{tag} {text}"
    return str(value)

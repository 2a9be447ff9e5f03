"""What template.yaml says of the table and of the functions' environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_CREATE_TABLE_TAKES = (
    "BillingMode",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms: `!Ref Sender` becomes `{"Ref": "Sender"}`."""


def _short_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode)
    return {name: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _short_form)


def _read() -> dict[str, Any]:
    text = Path(__file__).parents[2].joinpath("template.yaml").read_text(encoding="utf-8")
    template: dict[str, Any] = _Loader(text).get_single_data()
    return template


_TEMPLATE = _read()


def table_schema() -> dict[str, Any]:
    """Return the keys and indexes of the portal's table, as CreateTable takes them."""
    properties = _TEMPLATE["Resources"]["PortalTable"]["Properties"]
    return {name: properties[name] for name in _CREATE_TABLE_TAKES if name in properties}


def function(logical_id: str) -> dict[str, Any]:
    """Return the properties of a function."""
    properties: dict[str, Any] = _TEMPLATE["Resources"][logical_id]["Properties"]
    return properties


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """Return the functions' environment; `values` holds each parameter and resource by its name.

    Raises KeyError where the template has come to tell the functions what `values` does not hold.
    """
    variables = _TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    return {
        name: values[said["Ref"]] if isinstance(said, dict) else str(said)
        for name, said in variables.items()
    }

"""The metrics that the portal counts: those of its functions, and those read off the logs."""

import ast
from collections.abc import Iterator

from tests.contract.source import modules
from tests.contract.template import Properties, folders, resources


def metrics_of(folder: str) -> Iterator[str]:
    """Yield the names of the metrics that a function counts."""
    for node in ast.walk(modules()[f"functions.{folder}.app"].tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "add_metric":
            assert isinstance(node, ast.Call)
            yield str(ast.literal_eval(node.args[0]))


def counted() -> set[str]:
    """Return the metrics that functions count."""
    return {metric for folder in folders() for metric in metrics_of(folder)}


def filters() -> dict[str, Properties]:
    """Return the filters that count lines of a log, by logical id."""
    kind = "AWS::Logs::MetricFilter"
    return {name: one["Properties"] for name, one in resources().items() if one["Type"] == kind}


def filtered() -> set[str]:
    """Return the metrics that filters count."""
    return {
        transformation["MetricName"]
        for told in filters().values()
        for transformation in told["MetricTransformations"]
    }

"""Values as DynamoDB's client writes them: `{"S": "text"}`.

These are strings, whole numbers, truths, sets of strings, lists, mappings and None.
"""

from collections.abc import Mapping, Set as AbstractSet
from decimal import Decimal
from typing import Any


def to_wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write plain values the way DynamoDB's client takes them. Raises TypeError."""
    return {name: _written(value) for name, value in values.items()}


def from_wire(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Read an item the way DynamoDB's client gives it; its numbers stay Decimal."""
    return {name: _read(attribute) for name, attribute in attributes.items()}


def _written(value: object) -> dict[str, Any]:
    match value:
        case None | bool():
            return {"NULL": True} if value is None else {"BOOL": value}
        case str():
            return {"S": value}
        case int() | Decimal():
            return {"N": str(value)}
        case AbstractSet():
            return {"SS": list(value)}
        case list() | tuple():
            return {"L": [_written(part) for part in value]}
        case Mapping():
            return {"M": to_wire(value)}
    raise TypeError(type(value).__name__)


def _read(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an attribute may hold any of them
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "NULL":
            return None
        case "N":
            return Decimal(value)
        case "SS":
            return set(value)
        case "L":
            return [_read(part) for part in value]
        case "M":
            return from_wire(value)
    raise TypeError(kind)

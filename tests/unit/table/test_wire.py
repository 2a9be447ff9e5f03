"""Items on the wire: what is written is what the AWS library would write, and is read back."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given, strategies as st

from shared.table.wire import from_wire, to_wire

_plain = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=5)
_sets = st.sets(st.text(max_size=5), min_size=1, max_size=3)
_values = st.recursive(
    _plain | _sets,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), _values, max_size=4))
def test_values_are_written_and_read_as_the_library_does(item: dict[str, Any]) -> None:
    library = TypeSerializer()
    expected = {name: library.serialize(value) for name, value in item.items()}
    written = to_wire(item)
    assert _sorted(written) == _sorted(expected)
    assert from_wire(written) == item
    reader = TypeDeserializer()
    assert from_wire(expected) == {name: reader.deserialize(one) for name, one in expected.items()}


def _sorted(value: Any) -> Any:  # noqa: ANN401 - an attribute is any value
    """Return attributes with their sets in order: a set has none."""
    if isinstance(value, list):
        return [_sorted(part) for part in value]
    if isinstance(value, dict):
        return {
            name: sorted(part) if name == "SS" and isinstance(part, list) else _sorted(part)
            for name, part in value.items()
        }
    return value


def test_tuples_are_lists_and_numbers_come_back_exact() -> None:
    assert to_wire({"a": ("x", 1)}) == {"a": {"L": [{"S": "x"}, {"N": "1"}]}}
    assert from_wire({"n": {"N": "1.10"}}) == {"n": Decimal("1.10")}


@pytest.mark.parametrize("value", [1.5, b"bytes", object()])
def test_what_no_item_holds_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        to_wire({"a": value})


@pytest.mark.parametrize("attribute", [{"B": b"bytes"}, {"NS": ["1"]}])
def test_what_no_item_holds_is_not_read(attribute: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        from_wire({"a": attribute})

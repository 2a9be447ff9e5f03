"""Event filter patterns, as far as the template uses them; anything else stops the start.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.failure import BrokenStart

Pattern = Mapping[str, Any]

# "The Exists filter only works on leaf nodes": for Lambda, an object does not exist.
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "exists": lambda value, wanted: (value is not None and not isinstance(value, dict)) == wanted,
    "prefix": lambda value, wanted: isinstance(value, str) and value.startswith(wanted),
}


def read_patterns(criteria: Mapping[str, Any]) -> list[Pattern]:
    """Read the patterns of `FilterCriteria`. Raises BrokenStart for one that is not known here."""
    patterns = [json.loads(entry["Pattern"]) for entry in criteria.get("Filters", [])]
    for pattern in patterns:
        _check(pattern)
    return patterns


def _check(pattern: Pattern) -> None:
    for rule in pattern.values():
        if isinstance(rule, dict):
            _check(rule)
            continue
        for test in rule:
            if isinstance(test, dict) and not test.keys() <= _TESTS.keys():
                message = f"The local stack cannot filter events by {json.dumps(test)}."
                raise BrokenStart(message)


def passes(record: Mapping[str, Any], patterns: list[Pattern]) -> bool:
    """Tell whether a record passes one of the patterns; without patterns, every record does."""
    return not patterns or any(_matches(record, pattern) for pattern in patterns)


def _matches(value: object, pattern: Pattern) -> bool:
    """Tell whether every name of the pattern finds what it asks for."""
    for name, rule in pattern.items():
        found = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(rule, dict):
            if not _matches(found, rule):
                return False
        elif not any(_holds(found, test) for test in rule):
            return False
    return True


def _holds(value: object, test: object) -> bool:
    if isinstance(test, dict):
        return all(_TESTS[name](value, wanted) for name, wanted in test.items())
    return value == test

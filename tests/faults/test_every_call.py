"""Every call of every operation under each fault: nothing is lost, and nothing is done twice.

docs/faults.md lists what is seen. The tests here try each fault once at each call, and one in
sixteen of those that last; `FAULTS=all` tries all that the document lists.
"""

import os
from zlib import crc32

import pytest

from tests.contract import documents
from tests.contract.template import folders
from tests.faults import document
from tests.faults.by_design import BY_DESIGN
from tests.faults.cloud import Cloud
from tests.faults.layer import Strike
from tests.faults.operations import OPERATIONS
from tests.faults.trials import try_all

_ONE_IN = 1 if os.environ.get("FAULTS") == "all" else 16
_WITHOUT_AWS = {"refuse_unknown_route"}
_SERVED = {"", "200"}
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_fault_of_each_call_ends_as_the_document_says(operation: str, cloud: Cloud) -> None:
    def is_wanted(strike: Strike) -> bool:
        drawn = crc32(f"{operation} {strike}".encode())
        return strike.span == "once" or drawn % _ONE_IN == 0

    seen, told = try_all(operation, cloud, is_wanted), document.read()[operation]
    assert seen.function == told.function
    assert [call.request for call in seen.calls] == [call.request for call in told.calls]
    for number, (found, listed) in enumerate(zip(seen.calls, told.calls, strict=True), 1):
        assert found.marks == {one: listed.marks[one] for one in found.marks}, f"call {number}"


def test_the_document_lists_every_operation_and_every_function_among_them() -> None:
    listed = document.read()
    assert documents.text(document.PATH) == document.text_of(listed)
    assert list(listed) == list(OPERATIONS)
    assert {one.function for one in listed.values()} == folders() - _WITHOUT_AWS


def test_whatever_a_repeated_request_finds_otherwise_is_still_seen() -> None:
    seen: dict[str, set[str]] = {function: set() for function in BY_DESIGN}
    for tried in document.read().values():
        told = {mark.strip("✓↻…") for call in tried.calls for mark in call.marks.values()}
        seen.setdefault(tried.function, set()).update(told - _SERVED)
    wanted = {
        name: {*one.answers, *(["+"] if one.twice else [])} for name, one in BY_DESIGN.items()
    }
    assert {function: marks for function, marks in seen.items() if marks} == wanted

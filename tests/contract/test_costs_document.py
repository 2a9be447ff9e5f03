"""docs/table.md says what each operation costs, as it is seen on a table in memory."""

import pytest

from tests.contract import documents
from tests.contract.all_costs import ALL_COSTS
from tests.contract.bill import KB, Bill, size
from tests.integration.rows import Rows

_DOCUMENTED = {
    row["Operation"]: Bill(int(row["Requests"]), float(row["Read units"]), int(row["Write units"]))
    for row in documents.table("docs/table.md", "What an operation costs")
}


def test_every_operation_that_is_tried_is_documented_and_no_other() -> None:
    assert list(_DOCUMENTED) == list(ALL_COSTS)


@pytest.mark.parametrize("operation", ALL_COSTS)
def test_an_operation_costs_what_the_document_says(rows: Rows, operation: str) -> None:
    assert ALL_COSTS[operation](rows) == _DOCUMENTED.get(operation)
    assert [key for key, item in rows.images().items() if size(item) > KB] == []

"""docs/table.md says what each operation costs, as it is seen on a table in memory."""

import pytest

from tests.contract import documents
from tests.contract.bill import KB, Bill, size
from tests.contract.costs import COSTS
from tests.contract.costs_beside import COSTS_BESIDE
from tests.contract.costs_of_desk import COSTS_OF_DESK
from tests.contract.costs_of_documents import COSTS_OF_DOCUMENTS
from tests.contract.costs_of_tickets import COSTS_OF_TICKETS
from tests.integration.rows import Rows

_DOCUMENTED = {
    row["Operation"]: Bill(int(row["Requests"]), float(row["Read units"]), int(row["Write units"]))
    for row in documents.table("docs/table.md", "What an operation costs")
}
_WORK = {
    **COSTS,
    **COSTS_OF_TICKETS,
    **COSTS_OF_DESK,
    **COSTS_OF_DOCUMENTS,
    **COSTS_BESIDE,
}


def test_every_operation_that_is_tried_is_documented_and_no_other() -> None:
    assert list(_DOCUMENTED) == list(_WORK)


@pytest.mark.parametrize("operation", _WORK)
def test_an_operation_costs_what_the_document_says(rows: Rows, operation: str) -> None:
    assert _WORK[operation](rows) == _DOCUMENTED.get(operation)
    assert [key for key, item in rows.images().items() if size(item) > KB] == []

"""docs/costs.md says what comes of its prices, its assumptions and the units of table.md."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.contract import clinic_bill, documents
from tests.contract.clinic_bill import DOCUMENT
from tests.contract.documents import Row
from tests.contract.template import template

_TABLES = {
    "A booking": clinic_bill.table_of_a_booking,
    "A thousand bookings": clinic_bill.of_a_thousand_bookings,
    "A month besides the bookings": clinic_bill.table_of_a_month,
    "A clinic's month": clinic_bill.of_a_month,
}


def _written(rows: list[Row]) -> str:
    """Write rows as they stand in the document, to be copied there."""
    lines = ("".join(f"| {cell} " if cell else "| " for cell in row.values()) for row in rows)
    return "\n".join(f"{line}|" for line in lines)


@pytest.mark.parametrize("heading", _TABLES)
def test_a_table_of_costs_is_what_comes_of_prices_assumptions_and_units(heading: str) -> None:
    assert _written(documents.table(DOCUMENT, heading)) == _written(_TABLES[heading]())


def test_every_price_and_every_assumption_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()

    def heard(name: str, told: Callable[[str], float]) -> float:
        asked.add(name)
        return told(name)

    for question in ("_price", "_assumed"):
        monkeypatch.setattr(
            clinic_bill, question, partial(heard, told=getattr(clinic_bill, question))
        )
    for compute in _TABLES.values():
        compute()
    prices = {row["Price"] for row in documents.table(DOCUMENT, "Prices")}
    assert asked == prices | {row["Assumption"] for row in documents.table(DOCUMENT, "Assumptions")}


@pytest.mark.parametrize("kind", ["adult", "child"])
def test_the_caps_are_the_templates(kind: str) -> None:
    rows = documents.table(DOCUMENT, "Assumptions")
    name = f"tickets a day of {'an' if kind == 'adult' else 'a'} {kind} district"
    (told,) = [row["Value"] for row in rows if row["Assumption"] == name]
    assert int(told) == template()["Parameters"][f"{kind.title()}Cap"]["Default"]

"""docs/costs.md says what comes of its prices, its assumptions and the units of table.md."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.contract import clinic_bill, documents
from tests.contract.clinic_bill import DOCUMENT, Deed
from tests.contract.documents import Row
from tests.contract.template import events, folder_of, properties, template

_TABLES = {
    "A booking": clinic_bill.table_of_a_booking,
    "A thousand bookings": clinic_bill.of_a_thousand_bookings,
    "A month besides the bookings": clinic_bill.table_of_a_month,
    "A clinic's month": clinic_bill.of_a_month,
}
_DEEDS = [*clinic_bill.of_a_booking(), *clinic_bill.beside_the_bookings()]
_EVENTS = {
    "API": "HttpApi",
    "API, password": "HttpApi",
    "the same call": "HttpApi",
    "stream": "DynamoDB",
    "schedule": "ScheduleV2",
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


@pytest.mark.parametrize("deed", _DEEDS, ids=lambda deed: deed.operation)
def test_a_deed_is_its_functions_and_called_as_the_template_says(deed: Deed) -> None:
    tried = documents.table("docs/faults.md", "Every call")
    known = {row["Function"] for row in tried if row["Operation"] == deed.operation}
    assert known <= {deed.row()["Function"]}
    assert deed.function in {folder_of(owner) for owner, _ in events(_EVENTS[deed.called_by])}


def test_a_call_costs_by_the_memory_that_the_template_gives_its_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deed = Deed("keep a replaced ticket", 1, "archive_tickets", "stream")
    before = deed.cost_of_calls
    monkeypatch.setitem(template()["Globals"]["Function"], "MemorySize", 2048)
    assert deed.cost_of_calls > before
    monkeypatch.setitem(properties("ArchiveTicketsFunction"), "MemorySize", 512)
    assert deed.cost_of_calls == before


@pytest.mark.parametrize("kind", ["adult", "child"])
def test_the_caps_are_the_templates(kind: str) -> None:
    rows = documents.table(DOCUMENT, "Assumptions")
    name = f"tickets a day of {'an' if kind == 'adult' else 'a'} {kind} district"
    (told,) = [row["Value"] for row in rows if row["Assumption"] == name]
    assert int(told) == template()["Parameters"][f"{kind.title()}Cap"]["Default"]

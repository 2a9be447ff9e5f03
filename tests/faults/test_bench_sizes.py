"""The benchmark of the table's sizes, in short: it must notice a query that has lost a bound."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from bench import sizes
from shared.keys import Key
from shared.table import store
from shared.table.store import Item
from tests.faults.cloud import Cloud

pytestmark = pytest.mark.usefixtures("small")

_query, _query_index = store.query, store.query_index


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    """Let a tenth of ten years pass in a table of 4,000 items of this module's cloud."""
    monkeypatch.setattr("tests.faults.cloud.running", lambda: nullcontext(cloud))
    values = {"_SIZES": (1000, 4000), "_WHOLE": 40_000, "_TURNS": 1, "_WARMING": 0}
    for name, value in (values | {"quiet": nullcontext}).items():
        monkeypatch.setattr(sizes, name, value)


def _grown() -> list[str]:
    """Return the deeds that ask for more in the larger table."""
    rest = ", bill in all tables"
    found = [figure for figure in sizes.measure() if figure.name.endswith(rest)]
    assert len(found) == 12
    return [figure.name.removesuffix(rest) for figure in found if figure.misses]


def test_no_deed_asks_for_more_as_the_years_pass() -> None:
    assert _grown() == []


def test_whoever_reads_a_whole_partition_and_throws_most_of_it_away_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def query(
        pk: str, between: tuple[str, str] | None = None, *, consistent: bool = False
    ) -> Iterator[Item]:
        first, last = between or ("", "~")
        return (item for item in _query(pk, consistent=consistent) if first <= item["SK"] <= last)

    monkeypatch.setattr(store, "query", query)
    assert _grown() == [
        "list the slots",
        "list the tickets",
        "release with nothing to do",
        "list a day",
        "find a patient by name",
        "call for the reminders",
    ]


def test_whoever_reads_what_is_not_due_yet_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def query_index(index: str, name: str, value: str, _up_to: object = None) -> list[Key]:
        return _query_index(index, name, value)

    monkeypatch.setattr(store, "query_index", query_index)
    assert _grown() == ["list the grown children", "warn of due profiles"]

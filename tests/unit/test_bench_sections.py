"""What the sections of the benchmarks make of what they have seen."""

from collections import Counter
from itertools import islice

import pytest

from bench import contention, operations, release, sizes
from bench.contention import Effort
from bench.contents import MIX, others
from bench.figures import Figure
from bench.operations import Budget
from shared import keys
from shared.keys import Key
from shared.table.store import Item
from tests.contract.all_costs import ALL_COSTS
from tests.contract.bill import Bill

_PARTITIONS = {
    **dict.fromkeys(("ACCOUNT", "MEMBER", "SESSION"), "ACCOUNT"),
    **dict.fromkeys(("PATIENT", "TICKET"), "PATIENT"),
    "OWNER": "EMAIL",
    "SLOT": "DISTRICT",
    "ENTRY": "AUDIT",
}
SOMEBODY = {"S": "somebody"}
MODELS = {
    Key(f"{partition}#1", f"{kind}#1"): {
        "PK": {"S": f"{partition}#1"},
        "SK": {"S": f"{kind}#1"},
        **({"name_key": SOMEBODY, "due_list": SOMEBODY} if kind == "PATIENT" else {}),
    }
    for kind, partition in _PARTITIONS.items()
}


def _misses(figures: list[Figure]) -> list[str]:
    return [figure.name for figure in figures if figure.misses]


def test_a_table_is_filled_with_the_usual_mix_of_people_each_in_partitions_of_their_own() -> None:
    made = list(islice(others(MODELS), 30))
    found = Counter(keys.kind(item["SK"]["S"]) for item in made)
    assert found == {kind: 3 * many for kind, many in MIX.items()}
    assert len({(item["PK"]["S"], item["SK"]["S"]) for item in made}) == len(made)
    assert max(Counter(item["PK"]["S"] for item in made).values()) == 3
    assert {item["PK"]["S"] for item in made}.isdisjoint(key.pk for key in MODELS)


@pytest.mark.parametrize("name", ["name_key", "due_list"])
def test_nobody_who_fills_a_table_is_in_a_list_with_another(name: str) -> None:
    lists = [item[name]["S"] for item in islice(others(MODELS), 30) if name in item]
    assert len(lists) == len(set(lists)) == 3


def test_a_budget_is_missed_by_what_exceeds_it_only() -> None:
    budget, bill = Budget(requests=2, read_units=2), Bill(2, 2.5, 9)
    found = list(budget.figures("list", bill))
    assert [(figure.name, figure.value) for figure in found] == [
        ("list: requests", 2),
        ("list: read units", 2.5),
    ]
    assert _misses(found) == ["list: read units"]


def test_every_budget_is_that_of_an_operation_that_is_tried() -> None:
    assert set(operations.BUDGETS) - set(ALL_COSTS) == {
        "the account with three relatives and their tickets"
    }


def test_the_account_of_a_family_costs_what_it_costs_alone_and_each_relative_more() -> None:
    alone, relative = Bill(2, 1, 0), Bill(0, 0.5, 0)
    bills = {"show the account, alone": alone, "show the account, for each relative": relative}
    assert operations.of_family(bills) == Bill(2, 2.5, 0)


def test_a_run_in_which_three_win_two_slots_is_not_hidden_by_the_others() -> None:
    clean = [Effort(has_won=place < 2, failures=place % 2) for place in range(5)]
    broken = [Effort(has_won=place < 3, failures=30) for place in range(5)]
    found = list(contention.figures([clean, broken, clean]))
    assert _misses(found) == ["winners, in the run with the most", "failed transactions, at most"]
    middle = next(figure for figure in found if "in the middle" in figure.name)
    assert (middle.value, middle.note) == (2, "of 3 runs: 2, 150, 2")


def test_what_grows_with_the_table_is_missed_in_time_in_requests_and_in_units() -> None:
    small, large, largest = "1,000 items", "100,000 items", "1,000,000 items"
    times = {small: [1.0] * 3, large: [1.1] * 3, largest: [1.3] * 3}
    least = {small: Bill(1, 20, 0), large: Bill(1, 20, 0)}
    assert _misses(list(sizes.compared("list", times, least))) == [f"list, {largest}"]
    for more in (Bill(1, 20.5, 0), Bill(2, 20, 0)):
        found = list(sizes.compared("list", times, least | {largest: more}))
        assert _misses(found) == [f"list, {largest}", "list, bill in all tables"]


@pytest.mark.parametrize("size, share", [(1000, 0.001), (100_000, 0.1), (1_000_000, 1), (10**7, 1)])
def test_a_table_of_a_million_items_has_ten_years_in_it_and_none_has_more(
    size: int, share: float
) -> None:
    assert sizes.share_of(size) == share


def test_an_item_that_came_one_that_went_and_one_that_changed_are_three_that_differ() -> None:
    stays, goes = {"PK": "1", "SK": "A", "hits": 1}, {"PK": "1", "SK": "B"}
    changes, comes = {"PK": "2", "SK": "A", "hits": 1}, {"PK": "2", "SK": "B"}
    before: list[Item] = [stays, goes, changes]
    assert release.differing(before, [stays, changes | {"hits": 2}, comes]) == 3
    assert release.differing(before, [*before]) == 0

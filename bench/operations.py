"""What each operation asks of DynamoDB: requests, and capacity units by DynamoDB's own rules.

Each is tried once on a table in memory, and reckoned from the requests on their way and the sizes
of what was read, as «What an operation costs» in [table.md](table.md) says. First those that have a
budget, then all; the account of a family is reckoned from the account alone and three times one
relative.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.figures import Aim, Figure, Unit
from bench.quiet import quiet
from tests.contract import till
from tests.contract.all_costs import ALL_COSTS
from tests.contract.bill import Bill

TITLE = "Requests and capacity units"

_CHILDREN = "list the slots of 14 days, child district, all booked"
_FAMILY = "the account with three relatives and their tickets"
MISSED: Mapping[str, str] = {
    f"{_CHILDREN}: read units": (
        "Session and patient are half a unit each, and the 50 slots are 9,850 bytes, which is one"
        " and a half. Without the doctor's name and room, 61 bytes in each, they were less than the"
        " 8,192 of one unit; but a slot keeps the doctor for whom it was published, whom the mails"
        " about its ticket name."
    )
}


@dataclass(frozen=True)
class Budget:
    """What an operation may cost at most; None where nothing was said."""

    requests: int | None = None
    read_units: float | None = None
    write_units: int | None = None

    def figures(self, operation: str, bill: Bill) -> Iterator[Figure]:
        """Yield what the operation costs, beside what it may."""
        parts: tuple[tuple[Unit, float | None, float], ...] = (
            ("requests", self.requests, bill.requests),
            ("read units", self.read_units, bill.read_units),
            ("write units", self.write_units, bill.write_units),
        )
        for unit, most, cost in parts:
            if most is not None:
                yield Figure(f"{operation}: {unit}", cost, unit, Aim("≤", most))


BUDGETS: Mapping[str, Budget] = {
    "book": Budget(requests=1, write_units=6),
    "cancel a ticket": Budget(requests=2, write_units=6),
    "move a ticket": Budget(requests=2, write_units=8),
    "list the slots of 14 days, adult district, all free": Budget(requests=2, read_units=2),
    _CHILDREN: Budget(requests=2, read_units=2),
    _FAMILY: Budget(requests=2, read_units=3),
    "release with nothing to do, for each district": Budget(requests=1, write_units=0),
}


def measure() -> Iterator[Figure]:
    """Try each operation on a table of its own, and yield what it costs."""
    bills = _bills()
    with_family = bills | {_FAMILY: of_family(bills)}
    for operation, budget in BUDGETS.items():
        yield from budget.figures(operation, with_family[operation])
    for operation, bill in bills.items():
        note = f"{bill.read_units:g} read units, {bill.write_units} write units"
        yield Figure(operation, bill.requests, "requests", note=note)


def _bills() -> dict[str, Bill]:
    bills = {}
    with quiet(), till.running() as cloud:
        for operation, work in ALL_COSTS.items():
            with till.opened(cloud) as rows:
                bills[operation] = work(rows)
    return bills


def of_family(bills: Mapping[str, Bill]) -> Bill:
    """Return what the account costs with three relatives; tickets stand in the patients' rows."""
    alone, relative = bills["show the account, alone"], bills["show the account, for each relative"]
    return Bill(
        alone.requests + 3 * relative.requests,
        alone.read_units + 3 * relative.read_units,
        alone.write_units + 3 * relative.write_units,
    )

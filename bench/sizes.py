"""The same work in small and in large tables.

The emulator runs within this process and holds tables of the same few patients and of more and more
others, and the smallest twice as a control: rows, accounts, claims, sessions, addresses, tickets,
slots and audit entries, as they come with patients. The handlers take turns in them (A B C D D C B
A, each the first in its turn); each ratio is to the smallest. The time is the handler's and the
emulator's, which keeps its items in memory: it shows that nothing of the portal's looks at more
than it needs, and not how fast DynamoDB is.

Then the partitions of those few grow too, as over the years: slots of past days in the very
district, earlier tickets and papers of the very patients, what falls due later in the very lists; a
million items have those of ten years ([bench/past.py](../bench/past.py)), and none may be read.
What a deed shows grows with them and is left out: who lists the tickets has no earlier ones here,
and whom the desk finds no papers and documents. The bill is DynamoDB's own: requests and units,
reckoned from the requests and from what was read, whichever of the two grows more. The time is
measured before that, as the emulator goes through a whole partition for each query, which DynamoDB
does not.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean, median

from bench.contents import Contents
from bench.deeds import Deed, Scene, arrange
from bench.desk_deeds import desk_deeds
from bench.figures import Aim, Figure
from bench.past import past
from bench.quiet import quiet
from bench.turns import ratio
from shared import clock
from shared.settings import settings
from shared.table import archive, audit, booking, store
from tests.contract.bill import Bill, billed
from tests.faults import cloud
from tests.integration.answers import ORIGIN_KEY
from tests.stack import desk, portal
from tests.stack.desk import Clerk

TITLE = "Sizes of the table"
MISSED: Mapping[str, str] = {}

_SIZES = tuple(map(int, os.environ.get("SIZES", "1000,100000,1000000").split(",")))
_TURNS = int(os.environ.get("SIZE_TURNS", "100"))
_WARMING = 5
_WHOLE = 1_000_000
"""The size of a table in which ten years have passed."""
_AIM, _SAME = Aim("≤", 1.15), Aim("=", 1)
_CONTROL = "control: the first again"


def measure() -> Iterator[Figure]:
    """Do everything in each table, and compare the times and the bills."""
    with quiet(), cloud.running() as world, world.empty():
        scene, clerk = arrange(ORIGIN_KEY), desk.new_clerk()
        found = [*scene.deeds(), *desk_deeds(scene, clerk)]
        _write_models(clerk)
        contents = Contents(settings().table_name, world.rows.images())
        trial = _Trial(contents, found)
        gc.collect()
        gc.freeze()  # What stands in the tables is no garbage, and is not to be looked through.
        times = trial.times()
        trial.let_years_pass(scene)
        bills = trial.bills()
        gc.unfreeze()
    for deed in found:
        yield from compared(deed.name, times[deed.name], bills[deed.name])


def _write_models(clerk: Clerk) -> None:
    """Write an earlier ticket and an entry of the audit trail, as models for the others."""
    district = portal.new_district()
    who = portal.new_signed_in(district)
    place = portal.slots_of(district)[-1].place
    ticket, _ = booking.book(who.session, who.patient_id, place, clock.now())
    archive.keep(ticket)
    entry = audit.entry_leg(clerk.actor, "give_ticket", clock.now(), [who.patient_id])
    store.transact([entry])


class _Trial:
    """Deeds, and the tables in which they are done."""

    def __init__(self, contents: Contents, found: Sequence[Deed]) -> None:
        """Fill the tables, by what the figures call them."""
        self._contents = contents
        self._deeds = [(deed, deed.undoing()) for deed in found]
        self._sizes = {f"{size:,} items": size for size in _SIZES} | {_CONTROL: _SIZES[0]}
        self._tables = {name: contents.grown(size) for name, size in self._sizes.items()}

    def times(self) -> dict[str, dict[str, list[float]]]:
        """Return the seconds of each turn, by deed and table."""
        times: dict[str, dict[str, list[float]]] = {
            deed.name: {name: [] for name in self._tables} for deed, _ in self._deeds
        }
        for turn in range(-_WARMING, _TURNS):
            for deed, undo in self._deeds:
                names = self._from_another(turn)
                order = [*names, *reversed(names)]
                seconds = [self._timed(deed, undo, name) for name in order]
                if turn >= 0:
                    for place, name in enumerate(names):
                        times[deed.name][name].append(fmean((seconds[place], seconds[-1 - place])))
        return times

    def let_years_pass(self, scene: Scene) -> None:
        """Add what stands in the way, the more the larger the table."""
        for name, size in self._sizes.items():
            self._contents.add(
                self._tables[name], past(scene, self._contents.kinds, share_of(size))
            )

    def _from_another(self, turn: int) -> list[str]:
        """Return the tables in their order, another one first in each turn."""
        names = list(self._tables)
        first = turn % len(names)
        return names[first:] + names[:first]

    def bills(self) -> dict[str, dict[str, Bill]]:
        """Return what each deed asks of DynamoDB, by deed and table."""
        return {
            deed.name: {name: self._billed(deed, undo, name) for name in self._tables}
            for deed, undo in self._deeds
        }

    def _timed(self, deed: Deed, undo: Callable[[], None], name: str) -> float:
        self._prepare(undo, name)
        began = time.perf_counter()
        deed.do()
        return time.perf_counter() - began

    def _billed(self, deed: Deed, undo: Callable[[], None], name: str) -> Bill:
        self._prepare(undo, name)
        with billed() as bill:
            deed.do()
        return bill

    def _prepare(self, undo: Callable[[], None], name: str) -> None:
        self._contents.use(self._tables[name])
        undo()


def compared(
    deed: str, times: Mapping[str, list[float]], bills: Mapping[str, Bill]
) -> Iterator[Figure]:
    """Yield a deed's figures in each table, compared with the smallest."""
    (smallest, least), *larger = times.items()
    for name, seconds in larger:
        found = ratio(seconds, least)
        aim = None if name == _CONTROL else _AIM
        note = f"{median(seconds) * 1000:.2f} ms ÷ {median(least) * 1000:.2f} ms"
        yield Figure(f"{deed}, {name}", found.value, "×", aim, found.low, found.high, note)
    bill = bills[smallest]
    most = max(_growth(other, bill) for other in bills.values())
    note = f"{bill.requests} requests, {bill.read_units:g} read, {bill.write_units} write units"
    yield Figure(f"{deed}, bill in all tables", most, "×", _SAME, note=note)


def _growth(bill: Bill, least: Bill) -> float:
    """Return how many times as much is asked, or charged for, whichever is more."""
    units = [one.read_units + one.write_units for one in (bill, least)]
    return max(bill.requests / least.requests, units[0] / units[1])


def share_of(size: int) -> float:
    """Return how much of ten years stands in the way in a table of so many items."""
    return min(1.0, size / _WHOLE)

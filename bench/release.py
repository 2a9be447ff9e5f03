"""The release of many districts, half of them children's, for the 14 days of the window.

Once by one process alone, which is this one, past the functions; and once as the schedule does it,
which hands so many districts out by the queue to functions side by side. Each way has a stack of
its own, without a slot but the demo's. Then the same release again, which must write nothing: by
the requests that the one process sends, and by the items of the table, before and after, but mail
receipts and counters. In the end the rules of `scripts/check_invariants.py` are tried on the whole
table.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from bench import stack
from bench.figures import Aim, Figure
from shared import clock, keys
from shared.districts import District
from shared.settings import settings
from shared.table import release
from shared.table.districts import all_districts
from shared.table.store import Item
from tests.contract.bill import billed
from tests.race import checks
from tests.stack import portal
from tests.stack.queues import Queue
from tests.stack.running import RunningStack

_DISTRICTS = int(os.environ.get("RELEASED_DISTRICTS", "1000"))
TITLE = f"Release of {_DISTRICTS:,} districts"
MISSED: Mapping[str, str] = {}

_PATIENCE = 900.0
"""Seconds until the queue is surely empty."""
_NOTHING = Aim("=", 0)
_KINDS: tuple[Literal["adult", "child"], ...] = ("adult", "child")


def measure() -> Iterator[Figure]:
    """Release both ways."""
    yield from _alone()
    yield from _handed_out()


def _alone() -> Iterator[Figure]:
    with stack.running() as running:
        _write_districts()
        yield _speed("one process", _release_all, running)
        with billed() as bill:
            _release_all()
        note = f"{bill.requests:,} requests, {bill.read_units:,g} read units"
        again = "one process, again: writes"
        yield Figure(again, bill.write_units, "write units", _NOTHING, note=note)
        yield _broken("one process", running)


def _handed_out() -> Iterator[Figure]:
    with stack.running() as running:
        _write_districts()
        queue = Queue(running, settings().release_queue_url)

        def release_handed_out() -> None:
            if "handed_out" not in portal.run_release(running):
                raise RuntimeError("One function releases so few districts itself.")
            _wait_for(queue)

        yield _speed("handed out", release_handed_out, running)
        before = portal.lasting_items(running)
        release_handed_out()
        changed = differing(before, portal.lasting_items(running))
        yield Figure("handed out, again: items that changed", changed, "", _NOTHING)
        yield _broken("handed out", running)


def _write_districts() -> list[District]:
    kinds = [_KINDS[number % 2] for number in range(_DISTRICTS)]
    return portal.at_once(lambda kind: portal.new_district(kind, published=False), kinds, 4)


def _release_all() -> None:
    done = release.release_all(all_districts(), clock.now())
    if done.unfinished:
        raise RuntimeError(done.unfinished)


def _speed(way: str, work: Callable[[], None], running: RunningStack) -> Figure:
    """Release, and return how many slots were published a second."""
    before = _published(running)
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    slots = _published(running) - before
    return Figure(f"{way}: slots", slots / seconds, "slots/s", note=f"{slots:,} in {seconds:.1f} s")


def _published(running: RunningStack) -> int:
    return sum(keys.kind(item["SK"]) == "SLOT" for item in checks.everything(running))


def _wait_for(queue: Queue) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not queue.is_empty():
        if time.monotonic() > deadline:
            raise RuntimeError("The queue was not emptied in time.")
        time.sleep(0.2)


def differing(before: Sequence[Item], after: Sequence[Item]) -> int:
    """Return how many items came, went or changed, by key."""
    old, new = ({(one["PK"], one["SK"]): one for one in items} for items in (before, after))
    return sum(old.get(key) != new.get(key) for key in old.keys() | new.keys())


def _broken(way: str, running: RunningStack) -> Figure:
    found = checks.violations_now(running)
    return Figure(f"{way}: rules of the table that are broken", len(found), "", _NOTHING)

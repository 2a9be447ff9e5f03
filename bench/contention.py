"""Everybody wants the last two times.

The contenders, 32 of them at once, ask over HTTP for the times of their district, and take one that
they saw free, whichever they like. Who is told that somebody else was faster looks again, as the
page bids them, and goes on as long as there is one that is free. A transaction that failed is one
whose answer was no: the emulator does one transaction after the other, and knows no conflict.
"""

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench import stack
from bench.figures import Aim, Figure
from shared.districts import District
from shared.ids import SlotId
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

_FAILED = "failed transactions, at most"
MISSED: Mapping[str, str] = {
    _FAILED: "The first 32 begin at the same moment, and may all have looked before the first has"
    " booked, and all but two of these are too late. Whoever comes later sees nothing free."
}

_CONTENDERS = int(os.environ.get("CONTENDERS", "500"))
_RUNS = int(os.environ.get("CONTENTION_RUNS", "5"))
_IN_FLIGHT, _SLOTS = 32, 2

TITLE = f"{_CONTENDERS} contenders for {_SLOTS} slots"
_CREATED = 201
_LOST = {"slot_taken", "try_again"}
"""After which the page bids the patient look again."""


@dataclass(frozen=True)
class Effort:
    """What one contender came to."""

    has_won: bool
    failures: int
    """Transactions that failed."""


def measure() -> Iterator[Figure]:
    """Contend several times; whoever has won has a ticket, and does not take part again."""
    with stack.running() as running:
        district = portal.new_district(published=False)
        crowd = _CONTENDERS + _SLOTS * (_RUNS - 1)
        waiting = portal.at_once(portal.new_signed_in, [district] * crowd, 8)
        runs = []
        for number in range(_RUNS):
            portal.publish(district, 3 + number, _SLOTS)
            contenders = waiting[:_CONTENDERS]
            efforts = portal.at_once(partial(_contend, running), contenders, _IN_FLIGHT)
            winners = [who for who, one in zip(contenders, efforts, strict=True) if one.has_won]
            waiting = [who for who in waiting if who not in winners]
            runs.append(efforts)
        yield from figures(runs)
        yield _held(district)


def _contend(running: RunningStack, who: SignedIn) -> Effort:
    """Look and take until one has a time or none is free."""
    failures = 0
    while free := _free(running, who):
        status, said = portal.book(running, who, random.choice(free))  # noqa: S311 - a wish
        if status == _CREATED:
            return Effort(has_won=True, failures=failures)
        if said not in _LOST:
            raise RuntimeError(said)
        failures += 1
    return Effort(has_won=False, failures=failures)


def _free(running: RunningStack, who: SignedIn) -> list[SlotId]:
    answer = running.ask(f"GET /api/slots?patient_id={who.patient_id}", cookie=who.cookie)
    days = answer.raise_for_status().json()["days"]
    return [SlotId(slot["slot_id"]) for day in days for slot in day["slots"] if slot["free"]]


def figures(runs: Sequence[Sequence[Effort]]) -> Iterator[Figure]:
    """Yield how many won and failed in the runs."""
    winners = [sum(one.has_won for one in run) for run in runs]
    failures = [sum(one.failures for one in run) for run in runs]
    note = f"of {len(runs)} runs: {', '.join(map(str, failures))}"
    yield Figure("winners, in the run with the fewest", min(winners), "", Aim("=", _SLOTS))
    yield Figure("winners, in the run with the most", max(winners), "", Aim("=", _SLOTS))
    yield Figure("failed transactions, in the middle", median(failures), "", note=note)
    yield Figure(_FAILED, max(failures), "", Aim("≤", 20))


def _held(district: District) -> Figure:
    """Return how many of the slots name a ticket in the end."""
    held = {slot.ticket_id for slot in portal.slots_of(district)} - {None}
    return Figure("tickets in the table", len(held), "", Aim("=", _SLOTS * _RUNS))

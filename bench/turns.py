"""Turns: two things are measured one after the other, many times over, and compared pair by pair.

What else the machine does falls on both alike. The ratio is the median of the pairs' ratios, and
its interval is where the medians of 95 of 100 samples of these pairs lie (bootstrap).
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

ResultT = TypeVar("ResultT")

_SAMPLES = 2000
_SEED = 1
"""The same pairs give the same interval."""


@dataclass(frozen=True)
class Ratio:
    """How many times as much the one is as the other."""

    value: float
    low: float
    high: float


def taken(
    own: Callable[[], ResultT], other: Callable[[], ResultT], turn: int
) -> tuple[list[ResultT], list[ResultT]]:
    """Do both twice, and return what each gave: A B B A, and B A A B in every other turn."""
    if turn % 2:
        others, owns = taken(other, own, turn + 1)
        return owns, others
    first, between, between_again, last = (work() for work in (own, other, other, own))
    return [first, last], [between, between_again]


def ratio(measured: Sequence[float], compared: Sequence[float]) -> Ratio:
    """Compare what was measured with what was measured in turns with it."""
    pairs = [one / other for one, other in zip(measured, compared, strict=True)]
    chance = random.Random(_SEED)  # noqa: S311 - a statistic hides nothing
    medians = sorted(median(chance.choices(pairs, k=len(pairs))) for _ in range(_SAMPLES))
    edge = _SAMPLES // 40
    return Ratio(median(pairs), medians[edge], medians[-edge - 1])

"""The race itself: some dozens at once, until so many attempts have been made."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

from tests.race.attempts import TRY_AGAIN, Attempt, Body
from tests.race.calm import Calm
from tests.race.ledger import Ledger
from tests.race.office import Office
from tests.race.wild import Wild
from tests.race.world import World
from tests.stack.running import RunningStack

CONTENDERS = 24
_TRIES = 20
"""How often who is told to try again does so."""


@dataclass
class Tally:
    """What was answered, and what should not have been."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By operation and outcome; an attempt that is made again counts again."""
    unforeseen: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    began_at: float = field(default_factory=time.monotonic)
    ended_at: float | None = None

    @property
    def made(self) -> int:
        """How many attempts were answered."""
        return self.outcomes.total()

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self.ended_at or time.monotonic()) - self.began_at

    def count_of(self, outcome: str) -> int:
        """Return how many attempts ended so, whatever they were."""
        return sum(count for (_, told), count in self.outcomes.items() if told == outcome)

    def count(self, attempt: Attempt, outcome: str) -> None:
        """Count an answer."""
        self.outcomes[attempt.name, outcome] += 1
        if outcome not in attempt.allowed and outcome != TRY_AGAIN:
            self.unforeseen.append(f"{attempt.name}: {outcome}")


@dataclass
class Race:
    """Draws one attempt after another for all who take part."""

    stack: RunningStack
    world: World
    seed: int
    progress: Callable[[Tally], None] = lambda _: None
    """Is told of every answer."""
    crowd: type[Wild] = Office
    calm_share: float = 0.2
    """Of the attempts that are those of the calm district's patients."""
    least: int = 0
    """The weight of whatever the crowd draws more seldom: in a short race all of it shall come."""
    tally: Tally = field(default_factory=Tally)
    _drawn: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Give everybody the same source of chance: one seed draws the same wishes again."""
        self._chance = random.Random(self.seed)
        self._wild = self.crowd(self.world, self._chance)
        self._calm = Calm(self.world, self._chance)

    @property
    def ledger(self) -> Ledger:
        """What the patients of the calm district were told."""
        return self._calm.ledger

    def run(self, attempts: int) -> Tally:
        """Make so many attempts, and return what came of them."""
        with ThreadPoolExecutor(CONTENDERS) as pool:
            contenders = [pool.submit(self._contend, attempts) for _ in range(CONTENDERS)]
        for one in contenders:
            one.result()
        self.tally.ended_at = time.monotonic()
        self.tally.breaches += self.ledger.breaches
        return self.tally

    def _contend(self, attempts: int) -> None:
        while True:
            with self._lock:
                if self._drawn >= attempts:
                    return
                self._drawn += 1
                attempt = self._draw()
            outcome, body = self._answered(attempt)
            with self._lock:
                attempt.learn(outcome, body)

    def _draw(self) -> Attempt:
        repeated = self._wild.repeated()
        if repeated is not None:
            return repeated
        calm = self._calm.attempt() if self._chance.random() < self.calm_share else None
        if calm is not None:
            return calm
        weights = self._wild.weights
        often = [max(weight, self.least) for weight in weights.values()]
        (draw,) = self._chance.choices(list(weights), often)
        return draw()

    def _answered(self, attempt: Attempt) -> tuple[str, Body]:
        """Ask, and ask again where that is the answer, as a browser does."""
        outcome, body = TRY_AGAIN, Body()
        for _ in range(_TRIES):
            outcome, body = attempt.ask(self.stack)
            with self._lock:
                self.tally.count(attempt, outcome)
                self.progress(self.tally)
            if outcome != TRY_AGAIN:
                break
        return outcome, body

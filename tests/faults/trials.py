"""Trials: an operation under one fault, and then again and again until it is acknowledged."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from botocore.exceptions import ClientError, ReadTimeoutError

from scripts.invariants.rules import Violation, violations
from shared import clock
from shared.errors import TooManyRequests, TryAgain
from shared.table import districts
from shared.table.wire import from_wire
from tests.faults.by_design import BY_DESIGN, Design
from tests.faults.cloud import Cloud, World
from tests.faults.effects import effects_of
from tests.faults.faults import NAMES, Killed, Name, Request, fault_of
from tests.faults.layer import Span, Strike
from tests.faults.operations import Step, last_step
from tests.integration.answers import invoke
from tests.process import forget_what_was_read

DONE, FAILED, KILLED = "done", "failed", "killed"
BUSY, WAIT = str(TryAgain.status), str(TooManyRequests.status)
_NOT_ACKNOWLEDGED = {FAILED, KILLED, BUSY, WAIT}
_TRIES = 4
_LEASE_SECONDS = 121
"""A mail that somebody may be sending is left alone so long."""
_SPANS: Mapping[Name, tuple[Span, ...]] = {
    "answer lost": ("once", "call", "on"),
    "killed": ("once",),
}


class Broken(AssertionError):
    """An effect was lost or doubled, or what was acknowledged is not there."""


@dataclass(frozen=True)
class Call:
    """One request of an operation, and what became of the operation under each fault of it."""

    request: str
    marks: Mapping[tuple[Name, Span], str]


def spans_of(name: Name) -> tuple[Span, ...]:
    """Return how long a fault may last; one dies but once.

    Only where all was done does it matter whether what is asked afterwards is answered.
    """
    return _SPANS.get(name, ("once", "on"))


@dataclass(frozen=True)
class Tried:
    """What was tried: one function's answer to one event."""

    function: str
    calls: Sequence[Call]


def try_all(operation: str, cloud: Cloud, wanted: Callable[[Strike], bool]) -> Tried:
    """Try an operation with each of the wanted faults of each of its requests. Raises Broken."""
    with cloud.empty():
        trial = Trial(last_step(operation, cloud), cloud)
        calls = [
            Call(request.operation, dict(trial.marks(number, request, wanted)))
            for number, request in enumerate(trial.requests)
        ]
        return Tried(trial.function, calls)


def _broken(world: World) -> set[Violation]:
    """Return what contradicts what. Some worlds are made up so far as their operation looks."""
    return violations(map(from_wire, world.images.values()), clock.now())


class Trial:
    """One step of an operation, tried as often as is asked for."""

    def __init__(self, step: Step, cloud: Cloud) -> None:
        """Run the step once with nothing wrong."""
        self.function = step.function
        self._cloud, self._step = cloud, step
        self._design = BY_DESIGN.get(step.function, Design(""))
        self._now = cloud.world()
        self._put_back()
        self._was_broken = _broken(step.world)
        with cloud.layer.striking(None) as heard:
            self._clean = self._ask()
        self.requests = tuple(heard)
        self._wanted = effects_of(self._look(), self._step.world)

    def marks(
        self, number: int, request: Request, wanted: Callable[[Strike], bool]
    ) -> Iterator[tuple[tuple[Name, Span], str]]:
        """Yield what becomes of the step under each of the wanted faults that can befall a request.

        Raises Broken.
        """
        for name in NAMES:
            for span in spans_of(name) if fault_of(name, request) else ():
                strike = Strike(number, name, span)
                if wanted(strike):
                    yield (name, span), self.mark(strike)

    def mark(self, strike: Strike) -> str:
        """Let a fault befall the operation, and return what became of it. Raises Broken."""
        self._put_back()
        with self._cloud.layer.striking(strike):
            said = [self._ask()]
        while said[-1] in _NOT_ACKNOWLEDGED and len(said) < _TRIES:
            self._wait(said)
            said.append(self._ask())
        try:
            return self._told(said) + ("+" if self._doubled(said) else "")
        except Broken as broken:
            broken.add_note(str(strike))
            raise

    def _put_back(self) -> None:
        self._cloud.put_back(self._step.world, self._now)
        if self._step.is_cold:
            forget_what_was_read()

    def _look(self) -> World:
        """Return all that stands once the queue was read.

        Raises Broken where one item contradicts another.
        """
        self._cloud.read_queue()
        self._now = self._cloud.world()
        if broken := _broken(self._now) - self._was_broken:
            raise Broken(broken)
        return self._now

    def _ask(self) -> str:
        """Give the event to a process that knows nothing, and return what comes of it."""
        districts.forget_shown_districts()
        try:
            answer = invoke(self._step.function, copy.deepcopy(self._step.event))
        except Killed:
            return KILLED
        except Exception as exc:
            if self._is_expected(exc):
                return FAILED
            raise
        if answer and "statusCode" in answer:
            return str(answer["statusCode"])
        return FAILED if (answer or {}).get("batchItemFailures") else DONE

    def _is_expected(self, exc: Exception) -> bool:
        """Tell whether a run may end so; a queue out of reach ends it with botocore's own error."""
        if isinstance(exc, ClientError | ReadTimeoutError):
            return self._cloud.layer.last.service == "sqs"
        return isinstance(exc, TryAgain) or type(exc).__name__.endswith("Unfinished")

    def _wait(self, said: Sequence[str]) -> None:
        """Wait before the next try, as the answer says or as a stream's record waits."""
        if said[-1] == WAIT:
            self._cloud.clock.move(minutes=1)
        elif len(said) > 1:
            self._cloud.clock.move(seconds=_LEASE_SECONDS)

    def _doubled(self, said: Sequence[str]) -> bool:
        """Tell whether a repetition has left more behind. Raises Broken where that is no design.

        That each further request at the desk leaves an entry is the audit trail's, and no effect.
        """
        found = effects_of(self._look(), self._step.world)
        lost, more = self._wanted - found, found - self._wanted
        entries = sum(times for (kind, _), times in more.items() if kind == "ENTRY")
        twice, further = {kind for kind, _ in more} - {"ENTRY"}, len(said) - 1
        is_unasked = bool(twice) and not further and not self._design.unasked
        if lost or twice - {self._design.twice} or entries > further or is_unasked:
            raise Broken(said, sorted(lost), sorted(more))
        return bool(twice)

    def _told(self, said: Sequence[str]) -> str:
        """Write down what was answered. Raises Broken."""
        first, last = said[0], said[-1]
        is_alike = last == self._clean
        is_served = is_alike or (last.isdigit() and int(last) < HTTPStatus.MULTIPLE_CHOICES)
        if not is_served and last not in self._design.answers:
            raise Broken(said)
        waited = "…" if len(said) > 2 or WAIT in said[:-1] else ""
        again = f"↻{waited}" if first in _NOT_ACKNOWLEDGED else ""
        return again + ("" if is_alike else last) if again or not is_alike else "✓"

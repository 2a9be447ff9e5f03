"""What a person reads of a race: while it is run, and in the end."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scripts.invariants.rules import RULES, Violation
from tests.race.attempts import TRY_AGAIN
from tests.race.race import Tally

SUCCESSES = frozenset(
    {
        ("book", "201"),
        ("book, sent twice", "201"),
        ("move", "200"),
        ("cancel", "204"),
        ("look", "200"),
        ("family: leave", "204"),
        ("family: join", "202"),
        ("desk: give", "201"),
        ("desk: take back", "204"),
        ("desk: outcome", "200"),
        ("desk: import", "200"),
        ("desk: absence", "200"),
        ("desk: absence back", "204"),
        ("desk: hours", "200"),
        ("release", "published"),
        ("calm: book", "201"),
        ("calm: book again", "200"),
        ("calm: move", "200"),
        ("calm: cancel", "204"),
    }
)
"""Every deed with its success; `calm: book two` is there to be refused."""
LONG = 10_000
"""Attempts of a race in which the rarest success, a noted outcome, is expected ten times."""

_SECONDS = 5.0
_MOST_LINES = 20


@dataclass
class Progress:
    """Says every few seconds how far it has come."""

    attempts: int
    _next: float = field(default_factory=lambda: time.monotonic() + _SECONDS)

    def __call__(self, tally: Tally) -> None:
        """Take note of an answer."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _SECONDS
        rate, statuses = tally.made / tally.seconds, _statuses(tally)
        most = ", ".join(f"{status} {count:,}" for status, count in sorted(statuses.items()))
        print(f"{tally.made:,} of {self.attempts:,}, {rate:.0f}/s: {most}", flush=True)


@dataclass
class Report:
    """What came of a race."""

    tally: Tally
    items: int
    """In the table, once all was done."""
    violations: set[Violation]
    broken_promises: Sequence[str]
    caught: Mapping[str, bool]
    """Whether each guard that was taken out was noticed."""

    @property
    def server_errors(self) -> int:
        """How many answers were 5xx, `try_again` included."""
        statuses = _statuses(self.tally)
        return sum(count for status, count in statuses.items() if status.startswith("5"))

    @property
    def in_vain(self) -> list[str]:
        """Return the deeds that never succeeded: nothing is proved of what was only refused."""
        return [name for name, _ in sorted(SUCCESSES - self.tally.outcomes.keys())]

    @property
    def is_clean(self) -> bool:
        """Tell whether all went as it must, and in a long race whether all did happen."""
        wrong = self.violations or self.broken_promises or self.tally.unforeseen
        is_idle = self.tally.made >= LONG and self.in_vain
        return not (wrong or is_idle or self.server_errors) and all(self.caught.values())

    def told(self) -> str:
        """Return the whole report."""
        tally = self.tally
        lines = [
            f"{name:18} {outcome:28} {count:>9,}"
            for (name, outcome), count in sorted(tally.outcomes.items())
        ]
        lines += [
            f"{tally.made:,} attempts in {tally.seconds:.0f} s, {tally.made / tally.seconds:.0f}/s",
            f"{self.server_errors:,} answers 5xx, {tally.count_of(TRY_AGAIN):,} of them try_again",
            *_listed("answers that the contract does not have", tally.unforeseen),
            *_listed("broken promises", self.broken_promises),
            *_listed("deeds that never succeeded", self.in_vain),
            *_listed(
                f"violations of {len(RULES)} rules in {self.items:,} items",
                [" ".join((one.rule, *one.key)) for one in sorted(self.violations)],
            ),
        ]
        for fault, is_caught in self.caught.items():
            lines.append(f"Negative control, {fault}: {'caught' if is_caught else 'NOT CAUGHT'}")
        return "\n".join(lines)


def _statuses(tally: Tally) -> Counter[str]:
    """Count the answers by status."""
    found: Counter[str] = Counter()
    for (_, outcome), count in tally.outcomes.items():
        found[outcome.split()[0]] += count
    return found


def _listed(what: str, found: Sequence[str]) -> list[str]:
    return [f"{len(found):,} {what}", *(f"  {one}" for one in found[:_MOST_LINES])]

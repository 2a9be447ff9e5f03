"""Races for slots on a stack of its own, and proves from the table that nothing was broken.

    python -m tests.race [--attempts 20000] [--seed SEED]

The exit code is 1 if a rule of the table is broken, if an answer is a 5xx (`try_again` too) or not
one of the contract's, if what somebody was told does not stand, if a guard that is taken out on
purpose goes unnoticed, or if of 10,000 attempts or more those of one kind have all been refused.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from local.child import running_stack
from local.failure import BrokenStart
from tests.race import checks
from tests.race.faults import FAULTS, is_caught
from tests.race.race import Race
from tests.race.report import Progress, Report
from tests.race.world import new_world
from tests.stack.entering import entered
from tests.stack.running import RunningStack

_SIZE = 30
_CONTROL_ATTEMPTS = 300


def main() -> int:
    """Read the command line, race, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.race",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--attempts", type=int, default=20000, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="(any)")
    wanted = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="patient-account-") as folder:
            path = Path(folder) / "stack"
            with running_stack(path) as card, entered(stack := RunningStack(card, path)):
                report = race(stack, wanted.attempts, wanted.seed)
    except BrokenStart as exc:
        print(exc, file=sys.stderr)
        return 1
    print(report.told())
    return 0 if report.is_clean else 1


def race(stack: RunningStack, attempts: int, seed: int) -> Report:
    """Race, look at what stands, and take guards out to see that the look is worth something."""
    print(f"Seed {seed}, {attempts:,} attempts.", flush=True)
    world = new_world(_SIZE, random.Random(seed))
    contest = Race(stack, world, seed, Progress(attempts))
    tally = contest.run(attempts)
    found = checks.lasting_violations(stack)
    broken = [*tally.breaches, *checks.broken_promises(contest.ledger)]
    items = len(checks.everything(stack))
    caught = {fault.name: is_caught(stack, fault, seed, _CONTROL_ATTEMPTS) for fault in FAULTS}
    return Report(tally, items, found, broken, caught)


if __name__ == "__main__":
    sys.exit(main())

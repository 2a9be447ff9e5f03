"""The race of `make race` in short: everybody at once, and the table whole afterwards."""

import random

import pytest

from tests.race import checks
from tests.race.faults import FAULTS, Fault, is_caught, planted
from tests.race.race import Race
from tests.race.report import SUCCESSES
from tests.race.world import new_world
from tests.stack.running import RunningStack

ATTEMPTS, CONTROL_ATTEMPTS, SEED = 300, 80, 7
LEAST = 100
"""The weight of what is seldom, so that each kind of it is expected twelve times."""
SURE = {
    ("book", "201"),
    ("calm: book", "201"),
    ("calm: move", "200"),
    ("desk: import", "200"),
    ("desk: absence", "200"),
    ("desk: absence back", "204"),
    ("desk: hours", "200"),
    ("release", "published"),
}
"""What so short a race has come of it; `make race` demands every success."""


def test_patients_families_the_desk_and_releases_at_once_break_no_rule_and_no_promise(
    stack: RunningStack,
) -> None:
    world = new_world(6, random.Random(SEED))
    race = Race(stack, world, SEED, least=LEAST)
    tally = race.run(ATTEMPTS)
    assert (tally.unforeseen, tally.breaches) == ([], [])
    assert checks.lasting_violations(stack, world) == set()
    assert list(checks.broken_promises(race.ledger)) == []
    assert SURE - tally.outcomes.keys() == set()
    asked = {name for name, _ in tally.outcomes} - {"calm: book two"}
    assert asked - {name for name, _ in SUCCESSES} == set(), "a deed without its success"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_guard_that_is_taken_out_is_noticed(stack: RunningStack, fault: Fault) -> None:
    assert is_caught(stack, fault, SEED, CONTROL_ATTEMPTS)


def test_a_guard_that_is_not_there_cannot_be_taken_out(stack: RunningStack) -> None:
    gone = Fault("", "BookTicketFunction", "shared/table/slots.py", "no such guard", "", "", 0)
    with pytest.raises(LookupError, match="0 times"), planted(stack, gone):
        pass

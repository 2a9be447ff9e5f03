"""The race of `make race` in short: everybody at once, and the table whole afterwards."""

import random

import pytest

from tests.race import checks
from tests.race.faults import FAULTS, Fault, is_caught, planted
from tests.race.race import Race
from tests.race.world import new_world
from tests.stack.running import RunningStack

ATTEMPTS, CONTROL_ATTEMPTS, SEED = 300, 80, 7
CONTROLS = FAULTS[:2]
"""Those of booking: `make race` tries the others too."""


def test_patients_families_the_desk_and_releases_at_once_break_no_rule_and_no_promise(
    stack: RunningStack,
) -> None:
    world = new_world(6, random.Random(SEED))
    race = Race(stack, world, SEED)
    tally = race.run(ATTEMPTS)
    assert (tally.unforeseen, tally.breaches) == ([], [])
    assert checks.lasting_violations(stack, world) == set()
    assert list(checks.broken_promises(race.ledger)) == []
    assert {("book", "201"), ("calm: book", "201"), ("cancel", "204")} <= tally.outcomes.keys()


@pytest.mark.parametrize("fault", CONTROLS, ids=[fault.name for fault in CONTROLS])
def test_a_guard_that_is_taken_out_is_noticed(stack: RunningStack, fault: Fault) -> None:
    assert is_caught(stack, fault, SEED, CONTROL_ATTEMPTS)


def test_a_guard_that_is_not_there_cannot_be_taken_out(stack: RunningStack) -> None:
    gone = Fault("", "BookTicketFunction", "shared/table/slots.py", "no such guard", "", "", 0)
    with pytest.raises(LookupError, match="0 times"), planted(stack, gone):
        pass

"""R1 to R11 on walks that nobody thought of: portal and model always answer the same."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings as profile
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.model.schedule import HORIZON
from tests.model.walk import Stage, Walk
from tests.model.walk_consents import ConsentWalk
from tests.model.walk_days import DayWalk
from tests.model.walk_districts import DistrictWalk
from tests.model.walk_families import FamilyWalk
from tests.model.walk_register import RegisterWalk
from tests.model.walk_tickets import TicketWalk

_EXAMPLES = os.environ.get("EXAMPLES")
"""Where it is told how many, the walks are new ones; else they are the same in every run."""


class AboutTickets(TicketWalk, DistrictWalk, RegisterWalk, DayWalk):
    """Tickets, and what the desk changes under them."""


class AboutFamilies(FamilyWalk, RegisterWalk, ConsentWalk, DayWalk):
    """Accounts, families and profiles."""


class AboutEverything(AboutTickets, AboutFamilies):
    """All that can happen: too wide to be of use in a few short walks."""


_WALKS = [AboutTickets, AboutFamilies, *([AboutEverything] if _EXAMPLES else [])]


@pytest.mark.usefixtures("argon")
@pytest.mark.parametrize("kind", _WALKS)
def test_whatever_happens_the_portal_answers_as_the_rules_say(
    kind: type[Walk], rows: Rows, clock: Clock, parameters: Callable[..., None]
) -> None:
    parameters(HORIZON_DAYS=str(HORIZON), DISTRICT_CACHE_SECONDS="0")
    walk = type(kind.__name__, (kind,), {"stage": Stage(rows, clock)})
    run_state_machine_as_test(
        walk,
        settings=profile(
            max_examples=int(_EXAMPLES or "8"),
            stateful_step_count=40,
            derandomize=_EXAMPLES is None,
            phases=[Phase.generate, *([Phase.shrink] if _EXAMPLES else [])],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

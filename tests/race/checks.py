"""What stands once the race is over: by the rules of the table, and by what people were told."""

import time
from collections.abc import Iterator

from scripts.check_invariants import read_table
from scripts.invariants.rules import Violation, violations
from shared import clock
from shared.table import patients
from shared.table.store import Item
from tests.race.ledger import Held, Ledger
from tests.race.world import World
from tests.stack import portal
from tests.stack.running import RunningStack

_PATIENCE = 30.0
"""Seconds until the stream's readers have surely kept every ticket that was replaced."""


def lasting_violations(stack: RunningStack, world: World | None = None) -> set[Violation]:
    """Return what does not hold once the release and the stream have come to rest.

    Only of a world, where other tests have left things in the table that no function would write.
    """
    while portal.run_release(stack)["published"]:
        pass
    deadline = time.monotonic() + _PATIENCE
    while (found := violations_now(stack, world)) and time.monotonic() < deadline:
        time.sleep(1)
    return found


def violations_now(stack: RunningStack, world: World | None = None) -> set[Violation]:
    """Return what does not hold at this moment."""
    items = everything(stack)
    return violations(world.own(items) if world else items, clock.now())


def everything(stack: RunningStack) -> list[Item]:
    """Return all items of the table."""
    return read_table(stack.aws("dynamodb"), stack.card.table_name)


def broken_promises(ledger: Ledger) -> Iterator[str]:
    """Yield whose ticket is not the one that the last answer named."""
    for patient_id, told in ledger.held.items():
        ticket = patients.find(patient_id).ticket
        stands = ticket is not None and ticket.status == "booked"
        held = Held(ticket.ticket_id, ticket.slot_id) if ticket and stands else None
        if held != told:
            yield f"{patient_id} was told of {told} and holds {held}"

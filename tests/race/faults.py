"""The negative control: a guard is taken out of a deployed function, and the check must notice."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local import artefacts
from tests.contract.template import ROOT, folder_of
from tests.race import checks
from tests.race.race import Race
from tests.race.wild import Bookers
from tests.race.world import new_world
from tests.stack import portal
from tests.stack.running import RunningStack

_SIZE = 4
"""Of the small world in which each fault is tried."""


@dataclass(frozen=True)
class Fault:
    """A guard of one function that is replaced by what always holds."""

    name: str
    function: str
    """Logical id."""
    module: str
    guard: str
    """Stands in the module once."""
    instead: str
    caught_by: str
    """The rule that does not hold then."""
    listed: int
    """How many of a district's slots are wished for: so few or so many that it surely shows."""


FAULTS = (
    Fault(
        "a slot is taken, free or not",
        "BookTicketFunction",
        "shared/table/slots.py",
        '_IS_FREE = "slot_status = :free"',
        '_IS_FREE = "(slot_status = :free OR slot_status <> :free)"',
        "ticket_has_its_slot",
        listed=2,
    ),
    Fault(
        "a patient takes a second ticket",
        "BookTicketFunction",
        "shared/table/booking.py",
        '"(attribute_not_exists(ticket) OR ticket.ticket_status <> :booked"',
        '"(attribute_exists(PK) OR ticket.ticket_status <> :booked"',
        "one_upcoming_ticket",
        listed=18,
    ),
    Fault(
        "an adult district has a child district's cap",
        "ReleaseSlotsFunction",
        "shared/districts.py",
        'return child_cap if district.kind == "child" else adult_cap',
        "return child_cap",
        "slot_within_cap",
        listed=2,
    ),
)


def is_caught(stack: RunningStack, fault: Fault, seed: int, attempts: int) -> bool:
    """Race in a small world of its own while the guard is missing, and tell whether it is seen."""
    world = new_world(_SIZE, random.Random(seed))
    world.slots = {name: listed[: fault.listed] for name, listed in world.slots.items()}
    with planted(stack, fault):
        Race(stack, world, seed, crowd=Bookers, calm_share=0).run(attempts)
        portal.run_release(stack)
        found = checks.violations_now(stack, world)
    portal.run_release(stack)  # What was published beyond the cap, and is free, is withdrawn.
    return fault.caught_by in {violation.rule for violation in found}


@contextmanager
def planted(stack: RunningStack, fault: Fault) -> Iterator[None]:
    """Deploy a function without its guard meanwhile. Raises LookupError where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in (f"functions/{folder_of(fault.function)}", "shared"):
            shutil.copytree(ROOT / part, copy / part)
        _take_out(copy / fault.module, fault)
        _deploy(stack, fault.function, copy)
    try:
        yield
    finally:
        _deploy(stack, fault.function, ROOT)


def _take_out(module: Path, fault: Fault) -> None:
    text = module.read_text("utf-8")
    if text.count(fault.guard) != 1:
        message = f"{fault.module} has the guard «{fault.guard}» {text.count(fault.guard)} times."
        raise LookupError(message)
    module.write_text(text.replace(fault.guard, fault.instead), "utf-8")


def _deploy(stack: RunningStack, logical_id: str, root: Path) -> None:
    """Give a deployed function the code of a tree."""
    client, name = stack.aws("lambda"), stack.function_name(logical_id)
    archive = artefacts.function_archive(root, stack.functions[name]["Handler"])
    client.update_function_code(FunctionName=name, ZipFile=archive)
    client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})

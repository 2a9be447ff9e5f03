"""The operations that faults befall: what docs/table.md reckons with, and richer ones beside it."""

import copy
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from tests.contract.costs import COSTS
from tests.contract.costs_beside import COSTS_BESIDE
from tests.contract.costs_of_desk import COSTS_OF_DESK
from tests.contract.costs_of_documents import COSTS_OF_DOCUMENTS
from tests.contract.costs_of_tickets import COSTS_OF_TICKETS
from tests.contract.template import folders
from tests.faults.cloud import Cloud, World, is_cold
from tests.faults.richer import RICHER
from tests.integration.rows import Rows

_ALIKE = (", for each", " none", ", the same again", ", refused", ", of a sign-in")
"""What asks for nothing that another one does not, or is itself what a fault leads to."""

OPERATIONS: Mapping[str, Callable[[Rows], object]] = {
    name: work
    for name, work in {
        **COSTS,
        **COSTS_OF_TICKETS,
        **COSTS_OF_DESK,
        **COSTS_OF_DOCUMENTS,
        **COSTS_BESIDE,
        **RICHER,
    }.items()
    if not any(one in name for one in _ALIKE)
}


@dataclass(frozen=True)
class Step:
    """What one function is given, and the world in which that happens."""

    function: str
    event: dict[str, Any]
    world: World
    is_cold: bool
    """The function's process has just begun, and knows no secret yet."""


def last_step(operation: str, cloud: Cloud) -> Step:
    """Let all of an operation happen, and return its last step: all before is its preparation."""
    steps: list[Step] = []
    with pytest.MonkeyPatch.context() as patch:
        for function in folders():
            app = importlib.import_module(f"functions.{function}.app")
            noting = partial(_note_and_call, steps, cloud, function, app.lambda_handler)
            patch.setattr(app, "lambda_handler", noting)
        OPERATIONS[operation](cloud.rows)
    return steps[-1]


def _note_and_call(  # noqa: PLR0913, PLR0917 - a handler, and what is noted of its call
    steps: list[Step],
    cloud: Cloud,
    function: str,
    handler: Callable[[dict[str, Any], LambdaContext], object],
    event: dict[str, Any],
    context: LambdaContext,
) -> object:
    steps.append(Step(function, copy.deepcopy(event), cloud.world(), is_cold()))
    return handler(event, context)

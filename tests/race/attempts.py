"""One thing that somebody asks for, and how the answer is named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from shared.ids import PatientId, SlotId
from tests.stack.running import RunningStack

TRY_AGAIN = "503 try_again"
"""The store was too busy and nothing was done; the same request again is the answer."""

Body = dict[str, Any]
Ask = Callable[[RunningStack], tuple[str, Body]]
"""Asks, and returns the outcome, such as `201` or `409 slot_taken`, and the answer's body."""
Learn = Callable[[str, Body], None]
"""Is given the outcome and the body; one at a time."""


def learn_nothing(_outcome: str, _body: Body) -> None:
    """Forget an answer."""


@dataclass(frozen=True)
class Attempt:
    """A request, and the outcomes that the contract has for it here."""

    name: str
    """The operation in a word or two, as the report calls it."""
    ask: Ask
    allowed: frozenset[str]
    learn: Learn = learn_nothing


def request(what: str, cookie: str, body: object = None) -> Ask:
    """Return what sends a request such as `POST /api/tickets`."""
    return lambda stack: outcome_of(stack.ask(what, body, cookie))


def booking(patient_id: PatientId, slot_id: SlotId, cookie: str) -> Ask:
    """Return what asks for a slot."""
    return request("POST /api/tickets", cookie, {"patient_id": patient_id, "slot_id": slot_id})


def outcome_of(answer: httpx.Response) -> tuple[str, Body]:
    """Name an answer by its status, and a refusal by its code too."""
    body: Body = answer.json() if answer.content else {}
    code = body.get("code", "") if answer.is_error else ""
    return f"{answer.status_code} {code}".strip(), body

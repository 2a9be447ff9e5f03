"""PUT /api/desk/districts/{district_id}/absences cut off anywhere, and with a store in trouble."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.table import desk_tickets
from tests.integration.answers import TRY_AGAIN, Answer
from tests.integration.clinic import SLOT, VERA, SignedIn, attach, take
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_districts import declare, of_the_clinic, person_view
from tests.integration.releases import legs, release
from tests.integration.rows import Item, Rows
from tests.integration.wire import CutOff, Wire, cancelled, cut_off, refused, timed_out

NOON = datetime(2026, 11, 24, 9, tzinfo=UTC)
WRITES = 4
"""The district; the free slot; the ticket that the desk gave; Anna's ticket."""


@dataclass(frozen=True)
class Scene:
    """A clerk before whom a day has a ticket, one that the desk gave, and a free slot."""

    clerk: Clerk
    rows: Rows
    answer: Answer
    tickets: frozenset[str]
    clean: tuple[dict[str, Item], dict[str, Item]]
    """What stands after a declaration that nothing disturbs."""

    def stands(self) -> tuple[dict[str, Item], dict[str, Item]]:
        """Return districts and slots, and the patients."""
        return of_the_clinic(self.rows), _patients(self.rows)

    def is_told_once(self) -> bool:
        """Tell whether the trail has one entry for each ticket."""
        told = Counter(entry.about for entry in trail() if entry.about in self.tickets)
        return told == dict.fromkeys(self.tickets, 1)


def _patients(rows: Rows) -> dict[str, Item]:
    return {key.pk: item for key, item in rows.everything().items() if key.sk == "PATIENT"}


@pytest.fixture
def scene(anna: SignedIn, rows: Rows, parameters: Callable[..., None]) -> Scene:
    """Declare once to see what comes of it, and put the table back as it was."""
    parameters(HORIZON_DAYS="2")
    release()
    attach(VERA)
    now, clerk = shared_clock.now(), open_desk()
    given, _ = desk_tickets.give(clerk.actor, VERA.patient_id, NOON, now)
    taken = take(anna, SLOT)
    for key in rows.everything():
        if key.pk.startswith("AUDIT"):
            rows.remove(key)
    before = rows.everything()
    said = {"withdrawn_slots": 3, "notified_patients": 1}
    answer = Answer(200, said | {"to_be_called": [person_view(VERA)]})
    assert declare(clerk) == answer
    clean = of_the_clinic(rows), _patients(rows)
    for key in rows.everything().keys() - before.keys():
        rows.remove(key)
    for key, item in before.items():
        rows.put(key, item)
    return Scene(clerk, rows, answer, frozenset({given.ticket_id, taken}), clean)


def test_each_ticket_is_cancelled_by_a_transaction_of_its_own(scene: Scene, wire: Wire) -> None:
    with wire.listening() as heard:
        assert declare(scene.clerk) == scene.answer
    writes = [legs(request) for request in heard if request.operation == "TransactWriteItems"]
    told = [[f"{name} {keys.kind(sk)}" for name, sk in write] for write in writes]
    ticket = ["ConditionCheck DISTRICT", "Put SLOT", "Update PATIENT", "Put ENTRY"]
    assert told == [
        ["Update SESSION", "Put ENTRY", "Put DISTRICT"],
        ["ConditionCheck DISTRICT", "Put SLOT"],
        ticket,
        ticket,
    ]
    assert scene.stands() == scene.clean
    assert scene.is_told_once()


@pytest.mark.parametrize("planted", [timed_out, refused("InternalServerError", 500)])
@pytest.mark.parametrize("answered", range(WRITES))
def test_a_lost_answer_at_any_write_changes_neither_the_answer_nor_what_is_done(
    scene: Scene, wire: Wire, answered: int, planted: Callable[[], Any]
) -> None:
    wire.after("TransactWriteItems", *[None] * answered, planted)
    assert declare(scene.clerk) == scene.answer
    assert scene.stands() == scene.clean
    assert scene.is_told_once()


def test_a_lost_request_at_the_first_write_says_try_again_and_has_done_nothing(
    scene: Scene, wire: Wire
) -> None:
    wire.before("TransactWriteItems", timed_out)
    with scene.rows.unchanged():
        assert declare(scene.clerk) == TRY_AGAIN


@pytest.mark.parametrize("written", range(1, WRITES))
def test_a_lost_request_at_a_later_write_is_made_up_for(
    scene: Scene, wire: Wire, written: int
) -> None:
    wire.before("TransactWriteItems", *[None] * written, timed_out)
    assert declare(scene.clerk) == scene.answer
    assert scene.stands() == scene.clean
    assert scene.is_told_once()


@pytest.mark.parametrize("written", range(WRITES))
def test_a_busy_store_says_try_again_and_the_same_request_ends_it(
    scene: Scene, wire: Wire, written: int
) -> None:
    wire.before("TransactWriteItems", *[None] * written, refused("ThrottlingException"))
    assert declare(scene.clerk) == TRY_AGAIN
    assert declare(scene.clerk) == scene.answer
    assert scene.stands() == scene.clean
    assert scene.is_told_once()


@pytest.mark.parametrize("written", range(WRITES))
@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError"])
def test_a_write_that_meets_another_one_is_tried_again_at_once(
    scene: Scene, wire: Wire, pauses: list[float], written: int, code: str
) -> None:
    wire.before("TransactWriteItems", *[None] * written, *[cancelled("None", code)] * 2)
    assert declare(scene.clerk) == scene.answer
    assert scene.stands() == scene.clean
    assert len(pauses) == 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("written", range(WRITES))
def test_a_declaration_that_was_cut_off_is_ended_by_the_same_request(
    scene: Scene, wire: Wire, written: int, when: str
) -> None:
    plant = wire.before if when == "before" else wire.after
    plant("TransactWriteItems", *[None] * written, cut_off)
    with pytest.raises(CutOff):
        declare(scene.clerk)
    assert declare(scene.clerk) == scene.answer
    assert scene.stands() == scene.clean
    assert scene.is_told_once()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("written", range(1, WRITES))
def test_a_declaration_that_was_cut_off_is_ended_by_the_next_release(
    scene: Scene, wire: Wire, written: int, when: str
) -> None:
    plant = wire.before if when == "before" else wire.after
    plant("TransactWriteItems", *[None] * written, cut_off)
    with pytest.raises(CutOff):
        declare(scene.clerk)
    assert release() == {"published": 0}
    assert scene.stands() == scene.clean
    assert declare(scene.clerk) == scene.answer
    assert scene.stands() == scene.clean

"""The audit trail: what the desk does leaves its entry, in the same transaction, for ever."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from shared import clock as shared_clock
from shared.desk import AuditEntry, DeskOperation
from shared.keys import Key
from shared.table import audit, sessions
from tests.integration.answers import (
    ADDRESS,
    SESSION_REQUIRED,
    TRY_AGAIN,
    Answer,
)
from tests.integration.clinic import (
    ANNA,
    BORIS,
)
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, open_desk, trail
from tests.integration.desk_deeds import DEEDS, Scene, do, set_up
from tests.integration.desk_profiles import withdraw
from tests.integration.rows import Rows
from tests.integration.test_give_ticket import give
from tests.integration.wire import Wire, operations, timed_out

VIEWER = "198.51.100.4"
EACH = pytest.mark.parametrize("operation", DEEDS)
ONCE = pytest.mark.parametrize("operation", [one for one in DEEDS if one != "declare_absence"])

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture
def scene(rows: Rows, clock: Clock) -> Scene:
    return set_up(rows, clock)


def told(scene: Scene, operation: str, answer: Answer) -> AuditEntry:
    """Return the entry that a deed has to leave."""
    deed = DEEDS[operation](scene)
    named: Any = operation
    patients = frozenset(citizen.patient_id for citizen in deed.patients)
    is_answered = deed.about is not None and deed.about.startswith(".")
    about = answer.body[str(deed.about)[1:]] if is_answered else deed.about
    return AuditEntry(shared_clock.now(), ANNA_REGISTRY, named, ADDRESS, patients, about)


def test_every_operation_of_the_trail_but_signing_in_is_here() -> None:
    assert {*get_args(DeskOperation)} == {*DEEDS, "sign_in"}


# --------------------------------------------------------------------------- the entry


@ONCE
def test_an_operation_leaves_exactly_one_entry_that_says_all(scene: Scene, operation: str) -> None:
    headers = {"cloudfront-viewer-address": f"{VIEWER}:46532"}
    answer = do(scene, operation, headers=headers)
    assert answer.status < 300, answer
    assert trail() == [replace(told(scene, operation, answer), address=VIEWER)]


def test_an_absence_leaves_one_for_the_district_and_one_for_each_ticket(scene: Scene) -> None:
    answer = do(scene, "declare_absence")
    assert answer.status == 200
    boris = frozenset({BORIS.patient_id})
    ticket = AuditEntry(
        shared_clock.now(), ANNA_REGISTRY, "declare_absence", ADDRESS, boris, scene.ticket_id
    )
    assert trail() == [told(scene, "declare_absence", answer), ticket]


@EACH
def test_the_same_operation_again_leaves_an_entry_again_or_has_nothing_to_do(
    scene: Scene, operation: str
) -> None:
    do(scene, operation)
    once = trail()
    assert do(scene, operation).status < 300
    again = trail()
    assert again[: len(once)] == once
    writes_nothing = operation == "import_patients"
    assert len(again) - len(once) == (0 if writes_nothing else 1)


@EACH
def test_an_entry_is_written_in_the_same_transaction_and_in_no_other_way(
    scene: Scene, operation: str, wire: Wire
) -> None:
    with wire.listening() as heard:
        do(scene, operation)
    actions = [action for one in heard for action in one.body.get("TransactItems", ())]
    written = [action["Put"]["Item"]["PK"]["S"] for action in actions if "Put" in action]
    entries = ["AUDIT#2026-11-23"] * DEEDS[operation](scene).transactions
    assert [pk for pk in written if pk.startswith("AUDIT#")] == entries
    assert {"PutItem", "DeleteItem"}.isdisjoint(operations(heard))


@pytest.mark.parametrize("operation", ["search_patients", "give_ticket"])
def test_an_entry_belongs_to_the_day_of_the_clinic(
    scene: Scene, operation: str, clock: Clock
) -> None:
    clock.move(hours=15, minutes=59, seconds=59)
    late = replace(scene, clerk=open_desk())
    do(late, operation)
    clock.move(seconds=1)
    do(late, operation)
    found = [[one.at for one in audit.entries_of(date(2026, 11, day))] for day in (23, 24)]
    assert found == [[clock.now - timedelta(seconds=1)], [clock.now]]


# ------------------------------------------------- what cannot be written down is not done


class InTheWay:
    """Lets an entry stand where the next transaction writes its own, each time."""

    def __init__(self, rows: Rows, heard: list[Any]) -> None:
        """Remember where to look, and where to write."""
        self._rows, self._heard = rows, heard
        self.standing: dict[Key, dict[str, str]] = {}

    def __call__(self) -> None:
        """Write an entry by hand."""
        actions = self._heard[-1].body["TransactItems"]
        [key] = [
            Key(item["PK"]["S"], item["SK"]["S"])
            for item in (action["Put"]["Item"] for action in actions if "Put" in action)
            if item["PK"]["S"].startswith("AUDIT#")
        ]
        self.standing[key] = {"login": "somebody-else"}
        self._rows.put(key, self.standing[key])


@EACH
def test_where_the_entry_cannot_be_written_nothing_is_done_shown_or_overwritten(
    scene: Scene, operation: str, rows: Rows, wire: Wire
) -> None:
    before = rows.everything()
    with wire.listening() as heard:
        in_the_way = InTheWay(rows, heard)
        wire.before("TransactWriteItems", *[in_the_way] * 20)
        answer = do(scene, operation)
    assert answer == TRY_AGAIN
    assert in_the_way.standing
    assert rows.everything() == before | in_the_way.standing


@EACH
def test_where_the_store_does_not_answer_nothing_is_done_or_shown(
    scene: Scene, operation: str, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", *[timed_out] * 20)
    with rows.unchanged():
        assert do(scene, operation) == TRY_AGAIN


@EACH
def test_where_the_session_has_ended_meanwhile_nothing_is_done_shown_or_written_down(
    scene: Scene, operation: str, rows: Rows, wire: Wire
) -> None:
    after: list[object] = []

    def end() -> None:
        sessions.end(scene.clerk.session, shared_clock.now())
        after.append(rows.everything())

    wire.before("TransactWriteItems", end)
    assert do(scene, operation) == SESSION_REQUIRED
    assert after == [rows.everything()]


@EACH
def test_where_the_session_had_ended_before_nothing_is_even_tried(
    scene: Scene, operation: str, rows: Rows, wire: Wire, clock: Clock
) -> None:
    clock.move(minutes=15)
    with rows.unchanged(), wire.listening() as heard:
        assert do(scene, operation) == SESSION_REQUIRED
    assert {"PutItem", "UpdateItem", "DeleteItem"}.isdisjoint(operations(heard))


# --------------------------------------------------------------------------- the reading


def test_the_entries_of_a_day_come_in_their_order_page_by_page(
    scene: Scene, clock: Clock, wire: Wire
) -> None:
    for second in range(5):
        audit.note(scene.clerk.actor, "list_day", clock.now, about=str(second))
        clock.move(seconds=1)
    wire.pages_of(2)
    assert [entry.about for entry in trail()] == ["0", "1", "2", "3", "4"]


def test_two_entries_of_one_second_both_stand(scene: Scene) -> None:
    for _ in range(2):
        audit.note(scene.clerk.actor, "list_profiles", shared_clock.now())
    assert len(trail()) == 2


def test_an_answer_that_was_lost_leaves_at_most_one_entry_too_many_and_never_one_too_few(
    scene: Scene, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert do(scene, "search_patients") == TRY_AGAIN
    assert len(trail()) == 1
    assert withdraw(scene.clerk, ANNA.patient_id).status == 204
    assert give(scene.clerk).status == 201
    assert len(trail()) == 3

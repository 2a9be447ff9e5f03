"""The evening round: tomorrow's standing tickets are marked, each once."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.send_reminders import app
from shared import keys
from tests.integration.clinic import (
    BORIS,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    LATER_SLOT,
    NEXT_SLOT,
    Meanwhile,
    cancel,
    move,
    set_clock,
    ticket_in,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused, timed_out

TODAYS = "a1.2026-11-23.1.2300"


@pytest.fixture(autouse=True)
def metrics_have_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the metrics go where the environment says, whoever imported the function first."""
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


@pytest.fixture(autouse=True)
def published() -> None:
    publish(TODAYS, SLOT, NEXT_SLOT, LATER_SLOT)


def remind() -> Any:  # noqa: ANN401 - what Lambda is given back
    return app.lambda_handler({}, LambdaContext())


def reminded_of(rows: Rows, who: SignedIn) -> object:
    ticket = ticket_in(rows, who.patient_id)
    assert ticket is not None
    return ticket.get("reminded_of")


# --------------------------------------------------------------------------- which


def test_tomorrows_ticket_is_marked_and_nothing_else_is_changed(anna: SignedIn, rows: Rows) -> None:
    take(anna, SLOT)
    before = rows.everything()
    assert remind() == {"called_for": 1}
    patient = keys.patient(anna.patient_id)
    held = before[patient]["ticket"] | {"reminded_of": SLOT}
    assert rows.everything() == before | {patient: before[patient] | {"ticket": held}}


@pytest.mark.parametrize("slot_id", [TODAYS, LATER_SLOT])
def test_todays_ticket_and_one_of_a_later_day_are_not_marked(
    anna: SignedIn, rows: Rows, slot_id: str
) -> None:
    take(anna, slot_id)
    with rows.unchanged():
        assert remind() == {"called_for": 0}


def test_tickets_of_all_districts_are_marked(anna: SignedIn, rows: Rows) -> None:
    open_district("a2")
    attach(BORIS, "a2")
    boris = open_account(BORIS)
    publish("a2.2026-11-24.1.0900")
    take(anna, SLOT)
    take(boris, "a2.2026-11-24.1.0900")
    assert remind() == {"called_for": 2}
    assert [reminded_of(rows, who) for who in (anna, boris)] == [SLOT, "a2.2026-11-24.1.0900"]


def test_a_second_run_marks_none(anna: SignedIn, rows: Rows) -> None:
    take(anna, SLOT)
    remind()
    with rows.unchanged():
        assert remind() == {"called_for": 0}


def test_free_cancelled_and_withdrawn_slots_call_for_nothing(anna: SignedIn, rows: Rows) -> None:
    cancel(anna, take(anna, SLOT))
    rows.change(slot_key(NEXT_SLOT), slot_status="withdrawn")
    with rows.unchanged():
        assert remind() == {"called_for": 0}


def test_a_withdrawn_slot_that_still_names_its_ticket_calls_for_nothing(
    anna: SignedIn, rows: Rows
) -> None:
    take(anna, SLOT)
    rows.change(slot_key(SLOT), slot_status="withdrawn")
    with rows.unchanged():
        assert remind() == {"called_for": 0}


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "arrived", "no_show"])
def test_a_ticket_that_no_longer_waits_is_not_marked_though_its_slot_says_booked(
    anna: SignedIn, rows: Rows, status: str
) -> None:
    take(anna, SLOT)
    patient = keys.patient(anna.patient_id)
    held = rows.everything()[patient]["ticket"]
    rows.change(patient, ticket=held | {"ticket_status": status})
    with rows.unchanged():
        assert remind() == {"called_for": 0}


def test_a_ticket_that_was_moved_onto_tomorrow_is_marked_there(anna: SignedIn, rows: Rows) -> None:
    ticket_id = take(anna, SLOT)
    remind()
    move(anna, ticket_id, NEXT_SLOT)
    assert remind() == {"called_for": 1}
    assert reminded_of(rows, anna) == NEXT_SLOT


# -------------------------------------------------------------------------- tomorrow


def test_tomorrow_is_the_clinics_up_to_its_midnight(
    anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    take(anna, SLOT)
    set_clock(clock, 2026, 11, 22, 20, 59, 59)
    assert remind() == {"called_for": 0}
    set_clock(clock, 2026, 11, 22, 21)
    assert remind() == {"called_for": 1}
    assert reminded_of(rows, anna) == SLOT


def test_after_midnight_tomorrow_is_the_next_day(anna: SignedIn, clock: Clock) -> None:
    take(anna, SLOT)
    set_clock(clock, 2026, 11, 23, 21)
    assert remind() == {"called_for": 0}
    set_clock(clock, 2026, 11, 23, 20, 59, 59)
    assert remind() == {"called_for": 1}


def test_another_clinics_zone_has_its_own_tomorrow(
    anna: SignedIn, clock: Clock, parameters: Callable[..., None]
) -> None:
    parameters(CLINIC_TIME_ZONE="Asia/Vladivostok")
    publish("a1.2026-11-24.3.0100")
    take(anna, "a1.2026-11-24.3.0100")
    set_clock(clock, 2026, 11, 22, 13, 59, 59)
    assert remind() == {"called_for": 0}
    set_clock(clock, 2026, 11, 22, 14)
    assert remind() == {"called_for": 1}


# -------------------------------------------------------------------- races and faults


@pytest.mark.parametrize("change", [cancel, lambda who, one: move(who, one, LATER_SLOT)])
def test_a_ticket_that_is_given_up_or_moved_in_between_is_not_marked(
    anna: SignedIn, rows: Rows, wire: Wire, change: Callable[[SignedIn, str], object]
) -> None:
    ticket_id = take(anna, SLOT)
    faster = Meanwhile(rows, lambda: change(anna, ticket_id))
    wire.before("UpdateItem", faster)
    assert remind() == {"called_for": 0}
    assert rows.everything() == faster.table


def test_a_new_ticket_to_the_same_slot_in_between_is_left_to_the_next_run(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)

    def taken_anew() -> None:
        cancel(anna, ticket_id)
        take(anna, SLOT)

    faster = Meanwhile(rows, taken_anew)
    wire.before("UpdateItem", faster)
    assert remind() == {"called_for": 0}
    assert rows.everything() == faster.table
    assert remind() == {"called_for": 1}


def test_a_row_that_is_gone_is_not_made_anew(anna: SignedIn, rows: Rows) -> None:
    take(anna, SLOT)
    rows.remove(keys.patient(anna.patient_id))
    with rows.unchanged():
        assert remind() == {"called_for": 0}


def test_a_busy_district_does_not_stop_the_others_and_ends_with_an_error(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    for district_id, citizen in (("a2", BORIS), ("a3", GALINA)):
        open_district(district_id)
        attach(citizen, district_id)
        publish(f"{district_id}.2026-11-24.1.0900")
    boris, galina = open_account(BORIS), open_account(GALINA)
    take(anna, SLOT)
    take(boris, "a2.2026-11-24.1.0900")
    take(galina, "a3.2026-11-24.1.0900")
    wire.before("UpdateItem", None, refused("ThrottlingException"))
    with pytest.raises(app.RemindersUnfinished, match=r"^1$"):
        remind()
    assert [reminded_of(rows, who) is not None for who in (anna, boris, galina)] == [
        True,
        False,
        True,
    ]
    assert remind() == {"called_for": 1}


@pytest.mark.parametrize("planted", [refused("ThrottlingException"), timed_out])
def test_a_district_whose_slots_cannot_be_read_is_unfinished(
    anna: SignedIn,
    rows: Rows,
    wire: Wire,
    planted: Any,  # noqa: ANN401
) -> None:
    take(anna, SLOT)
    wire.before("Query", None, planted)
    with rows.unchanged(), pytest.raises(app.RemindersUnfinished):
        remind()


def test_a_mark_whose_answer_was_lost_is_not_made_twice(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    take(anna, SLOT)
    wire.after("UpdateItem", timed_out)
    with pytest.raises(app.RemindersUnfinished):
        remind()
    assert reminded_of(rows, anna) == SLOT
    with rows.unchanged():
        assert remind() == {"called_for": 0}


def test_a_conflict_with_a_booking_is_tried_again(
    anna: SignedIn, wire: Wire, pauses: list[float]
) -> None:
    take(anna, SLOT)
    wire.before("UpdateItem", refused("TransactionConflictException"))
    assert remind() == {"called_for": 1}
    assert len(pauses) == 1


def test_a_round_costs_a_query_for_each_district_and_a_write_for_each_ticket(
    anna: SignedIn, wire: Wire
) -> None:
    take(anna, SLOT)
    with wire.listening() as heard:
        remind()
    assert operations(heard) == ["Query", "Query", "UpdateItem"]


def test_districts_of_many_pages_are_all_gone_through(anna: SignedIn, wire: Wire) -> None:
    open_district("a2")
    attach(BORIS)
    boris = open_account(BORIS)
    take(anna, SLOT)
    take(boris, NEXT_SLOT)
    wire.pages_of(1)
    assert remind() == {"called_for": 2}


def test_the_log_says_how_many_and_which_districts(
    anna: SignedIn, wire: Wire, log: list[dict[str, object]]
) -> None:
    take(anna, SLOT)
    wire.before("UpdateItem", refused("ThrottlingException"))
    with pytest.raises(app.RemindersUnfinished):
        remind()
    [line] = [line for line in log if line["message"] == "reminded"]
    assert (line["called_for"], line["unfinished"]) == (0, ["a1"])

"""POST /api/tickets: the ticket, the one transaction it takes, and the same request again."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from shared import keys
from tests.integration.answers import Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

PATIENT_UNKNOWN = problem(404, "patient_unknown")


def book(signed_in: SignedIn, slot_id: str = SLOT, patient_id: str | None = None) -> Answer:
    wanted = {"patient_id": patient_id or signed_in.patient_id, "slot_id": slot_id}
    return call("book_ticket", "POST", "/api/tickets", wanted, cookie=signed_in.cookie)


def ticket(ticket_id: str, patient_id: str, slot_id: str = SLOT, at: str = "") -> dict[str, object]:
    """Return the contract's ticket, whole."""
    return {
        "ticket_id": ticket_id,
        "slot_id": slot_id,
        "patient_id": patient_id,
        "district_id": "a1",
        "doctor_name": "Кузнецова Мария Ильинична",
        "room": "214",
        "starts_at": at or "2026-11-24T09:00:00+03:00",
        "status": "booked",
    }


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, "a1.2026-11-24.2.0910")


def test_a_free_slot_becomes_the_patients_ticket(anna: SignedIn, rows: Rows) -> None:
    before = rows.everything()
    answer = book(anna)
    ticket_id = answer.body["ticket_id"]
    assert answer == Answer(201, ticket(ticket_id, anna.patient_id))
    assert re.fullmatch(rf"{anna.patient_id}\.[0-9a-f]{{16}}", ticket_id)
    patient = keys.patient(anna.patient_id)
    held = {
        "ticket_id": ticket_id,
        "slot_id": SLOT,
        "starts_at": "2026-11-24T06:00:00Z",
        "ticket_status": "booked",
        "sequence": 0,
        "booked_by": anna.account_id,
    }
    taken = {
        "starts_at": "2026-11-24T06:00:00Z",
        "doctor": DOCTOR.name,
        "room": DOCTOR.room,
        "slot_status": "booked",
        "ticket_id": ticket_id,
    }
    assert rows.everything() == before | {
        slot_key(SLOT): taken,
        patient: before[patient] | {"ticket": held},
    }


def test_a_booking_is_one_request_of_three_guarded_updates(anna: SignedIn, wire: Wire) -> None:
    book(anna, "a1.2026-11-24.2.0911")
    with wire.listening() as heard:
        assert book(anna).status == 201
    assert operations(heard) == ["TransactWriteItems"]
    request = heard[0].body
    updates = [action["Update"] for action in request["TransactItems"]]
    assert [list(action) for action in request["TransactItems"]] == [["Update"]] * 3
    assert [(update["Key"]["PK"]["S"], update["Key"]["SK"]["S"]) for update in updates] == [
        keys.session(anna.session),
        keys.patient(anna.patient_id),
        slot_key(SLOT),
    ]
    assert all(update["ConditionExpression"] for update in updates)
    assert {update["ReturnValuesOnConditionCheckFailure"] for update in updates} == {"ALL_OLD"}
    assert UUID(request["ClientRequestToken"]).version == 4


def test_the_doctor_is_read_before_the_slot_is_taken_when_nobody_asked_lately(
    anna: SignedIn, wire: Wire
) -> None:
    with wire.listening() as heard:
        assert book(anna).status == 201
    assert operations(heard) == ["Query", "TransactWriteItems"]


def test_the_same_request_again_finds_the_same_ticket_and_writes_nothing(
    anna: SignedIn, rows: Rows
) -> None:
    first = book(anna)
    with rows.unchanged():
        again = [book(anna) for _ in range(3)]
    assert again == [Answer(200, first.body)] * 3


def test_the_same_request_from_another_browser_finds_the_same_ticket(anna: SignedIn) -> None:
    first = book(anna)
    assert book(open_session(anna)) == Answer(200, first.body)


def test_the_same_request_after_the_visit_began_still_finds_the_same_ticket(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    first = book(anna)
    clock.move(hours=30)
    later = open_session(anna)
    with rows.unchanged():
        assert book(later) == Answer(200, first.body)


def test_a_second_guardian_who_asks_for_the_same_finds_the_same_ticket(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    attach(VERA)
    vera = add_relative(anna, VERA)
    add_relative(boris, VERA)
    first = book(anna, patient_id=vera)
    assert book(boris, patient_id=vera) == Answer(200, first.body)


def test_a_replay_by_somebody_else_is_not_answered_with_the_ticket(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    book(anna)
    with rows.unchanged():
        assert book(boris, patient_id=anna.patient_id) == PATIENT_UNKNOWN


def test_a_replay_by_one_whose_data_do_not_match_is_not_answered_with_the_ticket(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    attach(VERA)
    vera = add_relative(anna, VERA)
    add_relative(boris, VERA, ANNA.person)
    book(anna, patient_id=vera)
    with rows.unchanged():
        assert book(boris, patient_id=vera) == problem(403, "not_attached")


def test_a_guardian_takes_a_ticket_for_a_relative_and_one_for_oneself(anna: SignedIn) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    own = book(anna)
    second = "a1.2026-11-24.2.0910"
    relatives = book(anna, second, vera)
    assert own.status == 201
    expected = ticket(relatives.body["ticket_id"], vera, second, "2026-11-24T09:10:00+03:00")
    assert relatives == Answer(201, expected)


def test_a_past_ticket_does_not_stop_a_new_one(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    take(anna, SLOT)
    clock.move(hours=25)
    publish("a1.2026-11-26.1.0900")
    answer = book(open_session(anna), "a1.2026-11-26.1.0900")
    assert answer.status == 201
    held = rows.everything()[keys.patient(anna.patient_id)]["ticket"]
    assert held["ticket_id"] == answer.body["ticket_id"]


def test_a_ticket_is_past_from_the_minute_it_begins(anna: SignedIn, clock: Clock) -> None:
    take(anna, SLOT)
    publish("a1.2026-11-26.1.0900")
    clock.move(hours=24, minutes=59, seconds=59)
    later = open_session(anna)
    assert book(later, "a1.2026-11-26.1.0900") == problem(409, "ticket_limit_reached")
    clock.move(seconds=1)
    assert book(later, "a1.2026-11-26.1.0900").status == 201


@pytest.mark.parametrize("valid_until", [date(2026, 11, 24), date(2099, 12, 31)])
def test_a_policy_books_up_to_its_last_day(anna: SignedIn, valid_until: date) -> None:
    attach(ANNA, valid_until=valid_until)
    assert book(anna).status == 201


def test_a_slot_is_bookable_until_the_second_it_begins(anna: SignedIn, clock: Clock) -> None:
    clock.move(hours=24, minutes=59, seconds=59)
    assert book(open_session(anna)).status == 201


def test_a_ticket_of_a_district_whose_doctor_left_is_shown_without_a_doctor(
    anna: SignedIn,
) -> None:
    open_district(doctor=None)
    answer = book(anna)
    expected = ticket(answer.body["ticket_id"], anna.patient_id)
    assert answer == Answer(201, expected | {"doctor_name": None, "room": None})


def test_times_are_the_clinics_own(anna: SignedIn, parameters: Callable[..., None]) -> None:
    parameters(CLINIC_TIME_ZONE="Asia/Vladivostok")
    publish("a1.2026-11-25.1.0900")
    assert book(anna, "a1.2026-11-25.1.0900").body["starts_at"] == "2026-11-25T09:00:00+10:00"

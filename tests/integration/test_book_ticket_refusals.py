"""POST /api/tickets: every reason why not, and that nothing is written then."""

from datetime import date

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    SignedIn,
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

OTHER_SLOT = "a1.2026-11-25.1.0900"
MISSING = "Заполните это поле."


@pytest.fixture(autouse=True)
def published() -> None:
    publish(SLOT, OTHER_SLOT)


def post(body: object, cookie: str | None = None) -> Answer:
    return call("book_ticket", "POST", "/api/tickets", body, cookie=cookie)


def book(signed_in: SignedIn, slot_id: str = SLOT, patient_id: str | None = None) -> Answer:
    patient = patient_id or signed_in.patient_id
    return post({"patient_id": patient, "slot_id": slot_id}, signed_in.cookie)


# ------------------------------------------------------------------ the session


def test_without_a_session_nothing_is_booked(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        assert post({"patient_id": anna.patient_id, "slot_id": SLOT}) == SESSION_REQUIRED


def test_an_idle_session_books_nothing(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    clock.move(minutes=30)
    with rows.unchanged():
        assert book(anna) == SESSION_REQUIRED


def test_a_session_of_twelve_hours_books_nothing_however_busy(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    clock.move(hours=12)
    rows.change(keys.session(anna.session), idle_at=int(clock.now.timestamp()) + 60)
    with rows.unchanged():
        assert book(anna) == SESSION_REQUIRED


def test_a_session_that_never_was_books_nothing(anna: SignedIn, rows: Rows) -> None:
    rows.remove(keys.session(anna.session))
    with rows.unchanged():
        assert book(anna) == SESSION_REQUIRED


def test_an_ended_session_is_told_nothing_of_the_patient_or_the_slot(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    take(anna, SLOT)
    clock.move(minutes=30)
    with rows.unchanged():
        assert book(anna) == SESSION_REQUIRED
        assert book(anna, "a1.2026-11-24.9.0900", "f" * 32) == SESSION_REQUIRED


# ------------------------------------------------------------------ the patient


def test_a_foreign_patient_and_a_missing_one_are_refused_alike(anna: SignedIn, rows: Rows) -> None:
    attach(BORIS)
    with rows.unchanged():
        foreign = book(anna, patient_id=BORIS.patient_id)
        missing = book(anna, patient_id="f" * 32)
    assert foreign == missing == problem(404, "patient_unknown")


def test_a_holder_whom_the_register_does_not_know_books_nothing(rows: Rows) -> None:
    open_district()
    anna = open_account(ANNA)
    with rows.unchanged():
        assert book(anna) == problem(403, "not_attached")


def test_a_holder_whose_data_differ_from_the_register_books_nothing(rows: Rows) -> None:
    open_district()
    attach(ANNA, person=BORIS.person)
    anna = open_account(ANNA)
    with rows.unchanged():
        assert book(anna) == problem(403, "not_attached")


def test_a_slot_of_another_district_is_refused(anna: SignedIn, rows: Rows) -> None:
    open_district("a2")
    publish("a2.2026-11-24.1.0900")
    with rows.unchanged():
        assert book(anna, "a2.2026-11-24.1.0900") == problem(403, "wrong_district")


def test_a_policy_that_ends_before_the_slots_day_books_nothing(anna: SignedIn, rows: Rows) -> None:
    attach(ANNA, valid_until=date(2026, 11, 23))
    with rows.unchanged():
        assert book(anna) == problem(409, "policy_expired")


def test_a_second_upcoming_ticket_is_refused_and_the_slot_stays_free(
    anna: SignedIn, rows: Rows
) -> None:
    take(anna, SLOT)
    with rows.unchanged():
        assert book(anna, OTHER_SLOT) == problem(409, "ticket_limit_reached")
    assert rows.everything()[slot_key(OTHER_SLOT)]["slot_status"] == "free"


# --------------------------------------------------------------------- the slot


@pytest.mark.parametrize(
    "slot_id", ["a1.2026-11-24.3.0920", "a1.2026-11-23.1.0900", "a1.2026-11-29.1.0900"]
)
def test_a_slot_that_was_never_published_is_unknown(
    anna: SignedIn, rows: Rows, slot_id: str
) -> None:
    with rows.unchanged():
        assert book(anna, slot_id) == problem(404, "slot_unknown")


@pytest.mark.parametrize(
    "slot_id",
    [
        "x",
        SLOT.upper(),
        f"{SLOT} ",
        f"{SLOT}.1",
        "a1.2026-11-24.0.0900",
        "a1.2026-11-24.100.0900",
        "a1.2026-02-30.1.0900",
        "a1.2026-11-24.1.2460",
        "a1.2026-11-24.١.0900",
        "a1#2026-11-24#1.0900",
    ],
)
def test_what_no_slot_is_called_is_unknown_and_costs_no_request(
    anna: SignedIn, wire: Wire, slot_id: str
) -> None:
    book(anna, "a1.2026-11-24.3.0920")
    with wire.listening() as heard:
        assert book(anna, slot_id) == problem(404, "slot_unknown")
    assert operations(heard) == []


def test_a_withdrawn_slot_is_refused(anna: SignedIn, rows: Rows) -> None:
    rows.change(slot_key(SLOT), slot_status="withdrawn")
    with rows.unchanged():
        assert book(anna) == problem(409, "slot_withdrawn")


def test_nobody_is_given_another_time_than_the_one_chosen(anna: SignedIn, rows: Rows) -> None:
    rows.change(slot_key(SLOT), starts_at="2026-11-24T06:20:00Z")
    with rows.unchanged():
        assert book(anna) == problem(409, "slot_withdrawn")


def test_a_slot_whose_time_has_come_is_refused(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    clock.move(hours=25)
    later = open_session(anna)
    with rows.unchanged():
        assert book(later) == problem(409, "slot_withdrawn")


def test_a_slot_that_somebody_else_holds_is_taken(anna: SignedIn, rows: Rows) -> None:
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    with rows.unchanged():
        assert book(anna) == problem(409, "slot_taken")


def test_a_taken_slot_whose_time_has_come_is_refused_as_past(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    clock.move(hours=25)
    later = open_session(anna)
    with rows.unchanged():
        assert book(later) == problem(409, "slot_withdrawn")


def test_a_patient_with_a_ticket_hears_of_that_and_not_of_the_taken_slot(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    take(open_account(BORIS), OTHER_SLOT)
    take(anna, SLOT)
    with rows.unchanged():
        assert book(anna, OTHER_SLOT) == problem(409, "ticket_limit_reached")


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "body, faults",
    [
        ({}, [("/patient_id", "missing", MISSING), ("/slot_id", "missing", MISSING)]),
        (
            {"patient_id": 5, "slot_id": None},
            [
                ("/patient_id", "string_type", "Здесь ожидается текст."),
                ("/slot_id", "string_type", "Здесь ожидается текст."),
            ],
        ),
        (
            {"patient_id": "", "slot_id": "a" * 101},
            [
                ("/patient_id", "string_too_short", "Слишком короткое значение."),
                ("/slot_id", "string_too_long", "Слишком длинное значение."),
            ],
        ),
        (
            {"patient_id": "p", "slot_id": SLOT, "account_id": "a/~b"},
            [("/account_id", "extra_forbidden", "Такого поля здесь нет.")],
        ),
        (
            {"patient_id": "\ud800", "slot_id": SLOT},
            [("/patient_id", "string_unicode", "Текст содержит недопустимые знаки.")],
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused_field_by_field(
    anna: SignedIn, rows: Rows, body: object, faults: list[tuple[str, str, str]]
) -> None:
    with rows.unchanged():
        assert post(body, anna.cookie) == problem(422, "invalid_request", faults)


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"content-type": "text/plain"}]
)
def test_another_sites_request_books_nothing(
    anna: SignedIn, rows: Rows, headers: dict[str, str]
) -> None:
    wanted = {"patient_id": anna.patient_id, "slot_id": SLOT}
    with rows.unchanged():
        answer = call(
            "book_ticket", "POST", "/api/tickets", wanted, cookie=anna.cookie, headers=headers
        )
    assert answer == problem(400, "malformed_request")

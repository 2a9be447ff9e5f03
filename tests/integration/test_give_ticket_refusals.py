"""POST /api/desk/tickets: every reason why not, and that nothing is written then."""

from datetime import date

import pytest

from shared import keys
from shared.districts import Absence
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    start_registration,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.rows import Rows
from tests.integration.test_give_ticket import AT, give

NOT_FOUND = problem(404, "not_found")
TAKEN = problem(409, "slot_taken")
WITHDRAWN = problem(409, "slot_withdrawn")
LIMIT_REACHED = problem(409, "ticket_limit_reached")


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    attach(BORIS)
    return open_desk()


def post(body: object, cookie: str | None) -> Answer:
    return call("give_ticket", "POST", "/api/desk/tickets", body, cookie=cookie)


# ----------------------------------------------------------------------- the session


def test_without_a_session_nothing_is_given(clerk: Clerk, rows: Rows) -> None:
    wanted = {"patient_id": ANNA.patient_id, "starts_at": AT}
    with rows.unchanged():
        assert post(wanted, None) == SESSION_REQUIRED
    assert clerk.cookie


def test_an_ended_session_is_told_nothing_of_the_patient_or_the_time(
    clerk: Clerk, clock: Clock, rows: Rows
) -> None:
    open_district("a2", absences=(Absence(date(2026, 11, 24), date(2026, 11, 24), "болезнь"),))
    give(clerk)
    clock.move(minutes=15)
    with rows.unchanged():
        assert give(clerk) == SESSION_REQUIRED
        assert give(clerk, patient_id=BORIS.patient_id) == SESSION_REQUIRED
        assert give(clerk, patient_id="0" * 32) == SESSION_REQUIRED
        assert give(clerk, "2026-11-20T09:00:00+03:00") == SESSION_REQUIRED


# ----------------------------------------------------------------------- the patient


@pytest.mark.parametrize("patient_id", ["0" * 32, "x", "PATIENT", f"{'0' * 32}#TICKET", "пациент"])
def test_a_patient_who_is_not_there_is_not_found(clerk: Clerk, rows: Rows, patient_id: str) -> None:
    with rows.unchanged():
        assert give(clerk, patient_id=patient_id) == NOT_FOUND


def test_somebody_who_only_typed_a_number_is_no_patient(clerk: Clerk, rows: Rows) -> None:
    rows.remove(keys.patient(BORIS.patient_id))
    open_account(BORIS)
    with rows.unchanged():
        assert give(clerk, patient_id=BORIS.patient_id) == NOT_FOUND


def test_somebody_who_only_registers_is_no_patient(clerk: Clerk, rows: Rows) -> None:
    rows.remove(keys.patient(BORIS.patient_id))
    start_registration(BORIS)
    with rows.unchanged():
        assert give(clerk, patient_id=BORIS.patient_id) == NOT_FOUND


def test_a_patient_who_has_left_the_clinic_is_not_attached(clerk: Clerk, rows: Rows) -> None:
    patient = keys.patient(ANNA.patient_id)
    row = rows.everything()[patient]
    rows.put(patient, {name: value for name, value in row.items() if name != "district_id"})
    with rows.unchanged():
        assert give(clerk) == problem(403, "not_attached")


def test_a_patient_of_a_district_that_is_not_there_is_not_attached(
    clerk: Clerk, rows: Rows
) -> None:
    rows.change(keys.patient(ANNA.patient_id), district_id="z9")
    with rows.unchanged():
        assert give(clerk) == problem(403, "not_attached")


def test_a_policy_that_ends_before_the_day_gets_no_ticket(clerk: Clerk, rows: Rows) -> None:
    attach(ANNA, valid_until=date(2026, 11, 23))
    with rows.unchanged():
        assert give(clerk) == problem(409, "policy_expired")


@pytest.mark.parametrize("starts_at", ["2026-11-24T18:50:00+03:00", "2026-11-30T18:40:00+03:00"])
def test_a_patient_with_a_ticket_of_the_desk_gets_no_other(
    clerk: Clerk, rows: Rows, starts_at: str
) -> None:
    give(clerk)
    with rows.unchanged():
        assert give(clerk, starts_at) == LIMIT_REACHED


def test_a_patient_with_a_ticket_of_their_own_gets_no_other(clerk: Clerk, rows: Rows) -> None:
    publish(SLOT)
    take(open_account(ANNA), SLOT)
    with rows.unchanged():
        assert give(clerk) == LIMIT_REACHED


# -------------------------------------------------------------------------- the time


def test_no_time_is_given_twice(clerk: Clerk, rows: Rows) -> None:
    give(clerk)
    with rows.unchanged():
        assert give(clerk, patient_id=BORIS.patient_id) == TAKEN


@pytest.mark.parametrize("slot_id", [SLOT, "a1.2026-11-24.2.0900", "a1.2026-11-24.9.0900"])
def test_a_time_that_was_taken_online_is_not_given_whichever_its_ordinal(
    clerk: Clerk, rows: Rows, slot_id: str
) -> None:
    publish(slot_id)
    take(open_account(BORIS), slot_id)
    with rows.unchanged():
        assert give(clerk, "2026-11-24T09:00:00+03:00") == TAKEN


@pytest.mark.parametrize(
    "starts_at",
    ["2026-11-23T08:00:00+03:00", "2026-11-23T07:59:00+03:00", "2000-01-01T00:00:00Z"],
)
def test_a_time_that_has_come_is_not_given(clerk: Clerk, rows: Rows, starts_at: str) -> None:
    publish("a1.2026-11-23.1.0800")
    with rows.unchanged():
        assert give(clerk, starts_at) == WITHDRAWN


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 20)])
def test_no_time_of_an_absence_is_given_published_or_not(
    clerk: Clerk, rows: Rows, day: date
) -> None:
    publish(SLOT)
    open_district(absences=(Absence(day, date(2026, 11, 24), "болезнь"),))
    with rows.unchanged():
        assert give(clerk) == WITHDRAWN
        assert give(clerk, "2026-11-24T09:00:00+03:00") == WITHDRAWN
    assert give(clerk, "2026-11-25T00:00:00+03:00").status == 201


def test_a_patient_with_a_ticket_hears_of_that_and_not_of_the_taken_time(
    clerk: Clerk, rows: Rows
) -> None:
    give(clerk)
    publish(SLOT)
    take(open_account(BORIS), SLOT)
    with rows.unchanged():
        assert give(clerk, "2026-11-24T09:00:00+03:00") == LIMIT_REACHED


def test_a_refusal_leaves_no_entry_and_the_slot_free(clerk: Clerk, rows: Rows) -> None:
    publish(SLOT)
    attach(ANNA, valid_until=date(2026, 11, 23))
    assert give(clerk, "2026-11-24T09:00:00+03:00") == problem(409, "policy_expired")
    assert trail() == []
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


# ----------------------------------------------------------------------- the request

MOMENT = ("moment_format", "Время пишется так: 2026-11-30T09:20:00+03:00.")


@pytest.mark.parametrize(
    "starts_at",
    [
        "",
        "завтра",
        "2026-11-24",
        "2026-11-24T18:40:00",
        "2026-11-24 18:40:00+03:00",
        "2026-11-24T18:40:01+03:00",
        "2026-11-24T18:40:00.5+03:00",
        "2026-11-24T18:40:00+03",
        "1926-11-24T18:40:00+03:00",
        "2126-11-24T18:40:00+03:00",
        "٢٠٢٦-11-24T18:40:00+03:00",
        1795410000,
        None,
    ],
)
def test_what_is_no_moment_in_whole_minutes_is_refused(
    clerk: Clerk, rows: Rows, starts_at: object
) -> None:
    wanted = {"patient_id": ANNA.patient_id, "starts_at": starts_at}
    with rows.unchanged():
        answer = post(wanted, clerk.cookie)
    assert answer == problem(422, "invalid_request", [("/starts_at", *MOMENT)])


@pytest.mark.parametrize(
    "starts_at", ["2026-02-30T18:40:00+03:00", "2026-11-24T24:40:00+03:00", "2026-13-01T00:00Z"]
)
def test_a_moment_that_no_calendar_has_is_refused(clerk: Clerk, rows: Rows, starts_at: str) -> None:
    with rows.unchanged():
        answer = give(clerk, starts_at)
    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/starts_at"]
    assert starts_at not in str(answer.body)


@pytest.mark.parametrize(
    "starts_at", ["2027-11-24T08:01:00+03:00", "2062-11-24T09:00:00+03:00", "2099-12-31T23:59:00Z"]
)
def test_a_mistyped_year_does_not_hold_the_patients_one_ticket(
    clerk: Clerk, rows: Rows, starts_at: str
) -> None:
    fault = ("/starts_at", "moment_range", "Проверьте дату: талон дают на год вперёд.")
    with rows.unchanged():
        assert give(clerk, starts_at) == problem(422, "invalid_request", [fault])


def test_a_body_with_wrong_fields_is_refused_field_by_field(clerk: Clerk, rows: Rows) -> None:
    missing = "Заполните это поле."
    wanted = {"patient_id": ANNA.patient_id, "starts_at": AT, "slot_id": SLOT}
    extra = ("/slot_id", "extra_forbidden", "Такого поля здесь нет.")
    both = [("/patient_id", "missing", missing), ("/starts_at", "missing", missing)]
    with rows.unchanged():
        assert post(wanted, clerk.cookie) == problem(422, "invalid_request", [extra])
        assert post({}, clerk.cookie) == problem(422, "invalid_request", both)


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"content-type": "text/plain"}]
)
def test_another_sites_request_gives_nothing(
    clerk: Clerk, rows: Rows, headers: dict[str, str]
) -> None:
    wanted = {"patient_id": ANNA.patient_id, "starts_at": AT}
    with rows.unchanged():
        answer = call(
            "give_ticket",
            "POST",
            "/api/desk/tickets",
            wanted,
            cookie=clerk.cookie,
            headers=headers,
        )
    assert answer == problem(400, "malformed_request")

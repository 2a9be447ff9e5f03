"""GET /api/slots: the times of one's own district's doctor, or why there are none."""

from collections.abc import Callable
from datetime import date

import pytest

from shared import keys
from shared.districts import Absence
from tests.integration.answers import TRY_AGAIN, Answer, call, problem
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
from tests.integration.wire import Wire, operations, refused

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 12, 6)
"""The first and the last day of the fourteen whose tickets are published."""


def ask(signed_in: SignedIn, patient_id: str | None = None) -> Answer:
    query = {"patient_id": patient_id or signed_in.patient_id}
    return call("list_slots", "GET", "/api/slots", cookie=signed_in.cookie, query=query)


def slot(slot_id: str, starts_at: str, *, free: bool = True) -> dict[str, object]:
    return {"slot_id": slot_id, "starts_at": starts_at, "free": free}


def offline(signed_in: SignedIn, reason: str, **known: object) -> Answer:
    """Return the whole answer where nothing can be booked online."""
    unknown = {"district_id": None, "doctor_name": None, "room": None}
    said = {
        "patient_id": signed_in.patient_id,
        "online": False,
        "reason": reason,
        "registry_phone": "+7 (000) 000-00-00",
        "next_release_at": None,
        "days": [],
    }
    return Answer(200, unknown | said | known)


def test_the_published_times_are_listed_day_by_day_in_the_clinics_own_time(
    anna: SignedIn,
) -> None:
    attach(BORIS)
    publish("a1.2026-11-24.2.0910", SLOT, "a1.2026-11-23.1.0840", "a1.2026-12-06.1.2330")
    take(open_account(BORIS), SLOT)
    days = [
        {
            "date": "2026-11-23",
            "slots": [slot("a1.2026-11-23.1.0840", "2026-11-23T08:40:00+03:00")],
        },
        {
            "date": "2026-11-24",
            "slots": [
                slot(SLOT, "2026-11-24T09:00:00+03:00", free=False),
                slot("a1.2026-11-24.2.0910", "2026-11-24T09:10:00+03:00"),
            ],
        },
        {
            "date": "2026-12-06",
            "slots": [slot("a1.2026-12-06.1.2330", "2026-12-06T23:30:00+03:00")],
        },
    ]
    assert ask(anna) == Answer(
        200,
        {
            "patient_id": anna.patient_id,
            "district_id": "a1",
            "doctor_name": "Кузнецова Мария Ильинична",
            "room": "214",
            "online": True,
            "reason": None,
            "registry_phone": "+7 (000) 000-00-00",
            "next_release_at": "2026-11-24T07:00:00+03:00",
            "days": days,
        },
    )


def shown(answer: Answer) -> list[str]:
    """Return the ids of the slots that an answer lists."""
    return [slot["slot_id"] for day in answer.body["days"] for slot in day["slots"]]


def test_of_other_districts_and_days_nothing_is_listed(anna: SignedIn) -> None:
    open_district("a2")
    open_district("a10")
    publish(SLOT, "a2.2026-11-24.1.0900", "a10.2026-11-24.1.0900", "a1.2026-12-07.1.0900")
    assert shown(ask(anna)) == [SLOT]


def test_a_withdrawn_time_is_not_listed(anna: SignedIn, rows: Rows) -> None:
    publish(SLOT, "a1.2026-11-24.2.0910")
    rows.change(slot_key(SLOT), slot_status="withdrawn")
    assert shown(ask(anna)) == ["a1.2026-11-24.2.0910"]


def test_a_time_is_listed_until_the_second_it_begins(anna: SignedIn, clock: Clock) -> None:
    publish("a1.2026-11-23.1.0820")
    clock.move(minutes=19, seconds=59)
    assert shown(ask(anna)) == ["a1.2026-11-23.1.0820"]
    clock.move(seconds=1)
    assert ask(anna).body["days"] == []


def test_times_stand_in_their_own_order_whatever_their_ordinals(anna: SignedIn) -> None:
    publish("a1.2026-11-24.1.1000", "a1.2026-11-24.2.0900", "a1.2026-11-24.10.0930")
    assert shown(ask(anna)) == [
        "a1.2026-11-24.2.0900",
        "a1.2026-11-24.10.0930",
        "a1.2026-11-24.1.1000",
    ]


def test_a_listed_time_can_be_taken_as_it_is_named(anna: SignedIn) -> None:
    publish(SLOT)
    [slot_id] = shown(ask(anna))
    wanted = {"patient_id": anna.patient_id, "slot_id": slot_id}
    assert call("book_ticket", "POST", "/api/tickets", wanted, cookie=anna.cookie).status == 201
    assert ask(anna).body["days"][0]["slots"][0]["free"] is False


def test_a_relative_is_shown_the_relatives_own_district(anna: SignedIn) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    vera = add_relative(anna, VERA)
    publish(SLOT, "c1.2026-11-24.1.0900")
    answer = ask(anna, vera)
    assert (answer.body["patient_id"], answer.body["district_id"]) == (vera, "c1")
    assert shown(answer) == ["c1.2026-11-24.1.0900"]


def test_a_foreign_patient_and_a_missing_one_are_refused_alike(anna: SignedIn) -> None:
    attach(BORIS)
    foreign, missing = ask(anna, BORIS.patient_id), ask(anna, "f" * 32)
    assert foreign == missing == problem(404, "patient_unknown")


def test_somebody_whom_the_register_does_not_know_is_told_so() -> None:
    open_district()
    anna = open_account(ANNA)
    assert ask(anna) == offline(anna, "not_attached")


def test_somebody_whose_data_differ_is_told_nothing_of_the_register(anna: SignedIn) -> None:
    attach(ANNA, person=BORIS.person)
    assert ask(anna) == offline(anna, "not_attached")


def test_a_district_without_a_doctor_books_at_the_registry_only(anna: SignedIn) -> None:
    publish(SLOT)
    open_district(doctor=None)
    assert ask(anna) == offline(anna, "no_permanent_doctor", district_id="a1")


def test_a_district_that_is_gone_books_at_the_registry_only(anna: SignedIn) -> None:
    attach(ANNA, "a9")
    assert ask(anna) == offline(anna, "no_permanent_doctor")


def test_a_doctor_who_is_absent_all_the_time_is_said_to_be_absent(anna: SignedIn) -> None:
    open_district(absences=(Absence(MONDAY, SUNDAY, "отпуск"),))
    known = {"district_id": "a1", "doctor_name": DOCTOR.name, "room": DOCTOR.room}
    assert ask(anna) == offline(anna, "doctor_absent", **known)


def test_a_doctor_who_is_back_on_one_working_day_is_not_absent(anna: SignedIn) -> None:
    open_district(absences=(Absence(MONDAY, date(2026, 12, 3), "отпуск"),))
    answer = ask(anna)
    assert (answer.body["online"], answer.body["reason"], answer.body["days"]) == (True, None, [])


def test_where_all_is_taken_the_next_release_is_told(anna: SignedIn, clock: Clock) -> None:
    assert ask(anna).body["next_release_at"] == "2026-11-24T07:00:00+03:00"
    clock.move(days=5)
    saturday = ask(open_session(anna))
    assert saturday.body["next_release_at"] == "2026-12-01T07:00:00+03:00"


def test_another_clinics_zone_gives_its_own_offset(
    anna: SignedIn, parameters: Callable[..., None]
) -> None:
    parameters(CLINIC_TIME_ZONE="Europe/Kaliningrad")
    publish(SLOT)
    answer = ask(anna)
    assert answer.body["days"][0]["slots"] == [slot(SLOT, "2026-11-24T09:00:00+02:00")]
    assert answer.body["next_release_at"] == "2026-11-24T07:00:00+02:00"


def test_a_list_is_two_requests_once_the_districts_are_known(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    publish(SLOT)
    ask(anna)
    with wire.listening() as heard, rows.unchanged():
        assert ask(anna).status == 200
    assert operations(heard) == ["BatchGetItem", "Query"]
    assert heard[1].body["ConsistentRead"] is False


@pytest.mark.parametrize("operation", ["BatchGetItem", "Query"])
def test_a_busy_store_says_try_again(anna: SignedIn, wire: Wire, operation: str) -> None:
    wire.before(operation, refused("ThrottlingException"))
    assert ask(anna) == TRY_AGAIN


@pytest.mark.parametrize(
    "query, code, detail",
    [
        (None, "missing", "Заполните это поле."),
        ({"patient_id": ""}, "string_too_short", "Слишком короткое значение."),
        ({"patient_id": "x" * 101}, "string_too_long", "Слишком длинное значение."),
    ],
)
def test_a_question_without_a_patient_is_refused(
    anna: SignedIn, query: dict[str, str] | None, code: str, detail: str
) -> None:
    answer = call("list_slots", "GET", "/api/slots", cookie=anna.cookie, query=query)
    assert answer == problem(422, "invalid_request", [("/patient_id", code, detail)])


def test_a_question_about_two_patients_is_a_question_about_nobody(anna: SignedIn) -> None:
    both = f"{ANNA.patient_id},{BORIS.patient_id}"  # So HTTP APIs hand on what is said twice.
    answer = call("list_slots", "GET", "/api/slots", cookie=anna.cookie, query={"patient_id": both})
    assert answer == problem(404, "patient_unknown")


def test_a_relative_added_a_moment_ago_is_looked_for_again_before_they_are_unknown(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    key = keys.patient(anna.patient_id)
    fresh = rows.everything()[key]
    rows.put(key, {name: fresh[name] for name in fresh if name not in {"claimants", "guardians"}})
    wire.after("BatchGetItem", lambda: rows.put(key, fresh))
    with wire.listening() as heard:
        answer = call(
            "list_slots",
            "GET",
            "/api/slots",
            cookie=anna.cookie,
            query={"patient_id": anna.patient_id},
        )
    assert (answer.status, answer.body["online"]) == (200, True)
    reads = [request.body for request in heard if request.operation == "BatchGetItem"]
    told = [read["RequestItems"]["portal-table"]["ConsistentRead"] for read in reads]
    assert told == [False, True]

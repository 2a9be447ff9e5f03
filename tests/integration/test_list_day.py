"""GET /api/desk/days/{day}: each district's tickets, who holds them, and what is still free."""

from datetime import date, time
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.desk import AuditEntry
from shared.districts import Absence
from shared.ids import DistrictId, TicketId
from shared.table import absences
from tests.integration.answers import (
    ADDRESS,
    JSON_HEADERS,
    SESSION_REQUIRED,
    TRY_AGAIN,
    Answer,
    call,
    problem,
)
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    HOURS,
    SLOT,
    VERA,
    Citizen,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, Clerk, open_desk, trail
from tests.integration.family_people import LATER_SLOT, TWINS, Meanwhile, archive, cancel, move
from tests.integration.rows import Rows
from tests.integration.stream import Stream, passing
from tests.integration.test_give_ticket import GIVEN, give
from tests.integration.test_note_outcome import note
from tests.integration.wire import Wire, operations, refused, timed_out

Json = dict[str, Any]
SECOND = "a1.2026-11-24.2.0910"


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    attach(BORIS)
    publish(SLOT, SECOND, LATER_SLOT)
    return open_desk()


def list_day(clerk: Clerk, day: str = "2026-11-24") -> Answer:
    return call("list_day", "GET", f"/api/desk/days/{day}", cookie=clerk.cookie)


def district_of(answer: Answer, district_id: str = "a1") -> Json:
    assert answer.status == 200
    [found] = [one for one in answer.body["districts"] if one["district_id"] == district_id]
    district: Json = found
    return district


def person(citizen: Citizen) -> Json:
    name = citizen.person
    return {
        "patient_id": citizen.patient_id,
        "last_name": name.last_name,
        "first_name": name.first_name,
        "middle_name": name.middle_name,
        "birth_date": str(name.birth_date),
        "policy_last4": citizen.number[-4:],
    }


def holding(
    ticket_id: str, slot_id: str, at: str, citizen: Citizen, status: str = "booked"
) -> Json:
    return {
        "ticket_id": ticket_id,
        "slot_id": slot_id,
        "starts_at": f"{at}:00+03:00",
        "status": status,
        "beyond_cap": ".0." in slot_id,
        "patient": person(citizen),
    }


# ------------------------------------------------------------------------ what is shown


def test_a_day_is_shown_whole_and_who_was_shown_is_written_down(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    open_district("c1", "child", doctor=None)
    ticket_id = take(open_account(BORIS), SECOND)
    given_id = give(clerk).body["ticket_id"]
    before, told = rows.everything(), trail()
    district: Json = {
        "district_id": "a1",
        "name": "Участок a1",
        "kind": "adult",
        "doctor_name": DOCTOR.name,
        "room": DOCTOR.room,
        "absent": False,
        "tickets": [
            holding(ticket_id, SECOND, "2026-11-24T09:10", BORIS),
            holding(given_id, GIVEN, "2026-11-24T18:40", ANNA),
        ],
        "free": ["2026-11-24T09:00:00+03:00"],
    }
    child: Json = {
        "district_id": "c1",
        "name": "Участок c1",
        "kind": "child",
        "doctor_name": None,
        "room": None,
        "absent": False,
        "tickets": [],
        "free": [],
    }
    body = {"date": "2026-11-24", "districts": [district, child]}
    assert list_day(clerk) == Answer(200, body, JSON_HEADERS)
    seen = frozenset({ANNA.patient_id, BORIS.patient_id})
    shown = AuditEntry(clock.now, ANNA_REGISTRY, "list_day", ADDRESS, seen, "2026-11-24")
    assert trail() == [*told, shown]
    after = rows.everything()
    assert {key for key in after if before.get(key) != after[key]} == after.keys() - before.keys()


def test_a_day_without_tickets_shows_nobody_and_leaves_an_entry_too(
    clerk: Clerk, clock: Clock
) -> None:
    assert district_of(list_day(clerk, "2026-12-31"))["tickets"] == []
    entry = AuditEntry(clock.now, ANNA_REGISTRY, "list_day", ADDRESS, frozenset(), "2026-12-31")
    assert trail() == [entry]


def test_tickets_stand_in_the_order_of_their_times_whatever_their_keys(clerk: Clerk) -> None:
    for citizen, at in zip(TWINS[:4], ("08:30", "12:00", "09:05", "07:00"), strict=True):
        attach(citizen)
        give(clerk, f"2026-11-24T{at}:00+03:00", citizen.patient_id)
    take(open_account(BORIS), SLOT)
    shown = [one["starts_at"][11:16] for one in district_of(list_day(clerk))["tickets"]]
    assert shown == ["07:00", "08:30", "09:00", "09:05", "12:00"]


@pytest.mark.parametrize("outcome", ["arrived", "no_show"])
def test_outcomes_are_shown(clerk: Clerk, outcome: str) -> None:
    ticket_id = take(open_account(ANNA), SLOT)
    note(clerk, ticket_id, outcome)
    expected = holding(ticket_id, SLOT, "2026-11-24T09:00", ANNA, outcome)
    assert district_of(list_day(clerk))["tickets"] == [expected]


def test_a_ticket_that_a_newer_one_has_replaced_is_shown_from_the_archive(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    assert clerk.cookie
    anna = open_account(ANNA)
    past_id = take(anna, SLOT)
    clock.move(hours=26)
    stream = Stream(rows)
    newer_id = take(open_session(anna), LATER_SLOT)
    later = open_desk()
    assert district_of(list_day(later))["tickets"] == []
    archive(*passing("ArchiveTicketsFunction", stream.records()))
    expected = holding(past_id, SLOT, "2026-11-24T09:00", ANNA)
    assert district_of(list_day(later))["tickets"] == [expected]
    newer = holding(newer_id, LATER_SLOT, "2026-11-25T09:00", ANNA)
    assert district_of(list_day(later, "2026-11-25"))["tickets"] == [newer]


def test_a_cancelled_ticket_is_shown_no_more_and_its_time_is_free(clerk: Clerk) -> None:
    anna = open_account(ANNA)
    cancel(anna, take(anna, SLOT))
    district = district_of(list_day(clerk))
    assert district["tickets"] == []
    assert district["free"] == ["2026-11-24T09:00:00+03:00", "2026-11-24T09:10:00+03:00"]


def test_after_an_absence_the_withdrawn_tickets_are_shown_to_be_called_about(
    clerk: Clerk,
) -> None:
    ticket_id = take(open_account(ANNA), SLOT)
    day = date(2026, 11, 24)
    away = Absence(day, day, "болезнь")
    absences.declare(clerk.actor, DistrictId("a1"), away, shared_clock.now())
    district = district_of(list_day(clerk))
    expected = holding(ticket_id, SLOT, "2026-11-24T09:00", ANNA, "withdrawn")
    assert (district["absent"], district["tickets"], district["free"]) == (True, [expected], [])


def test_a_patient_of_the_past_whom_the_register_has_forgotten_is_shown_without_a_name(
    clerk: Clerk, rows: Rows
) -> None:
    take(open_account(ANNA), SLOT)
    patient = keys.patient(ANNA.patient_id)
    row = rows.everything()[patient]
    rows.put(patient, {"ticket": row["ticket"]})
    [shown] = district_of(list_day(clerk))["tickets"]
    unknown = dict.fromkeys(("last_name", "first_name", "middle_name"), None)
    unknown |= {"birth_date": None, "policy_last4": None}
    assert shown["patient"] == {"patient_id": ANNA.patient_id, **unknown}


def test_each_district_has_its_own_tickets(clerk: Clerk) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    given = give(clerk, patient_id=VERA.patient_id).body
    answer = list_day(clerk)
    assert district_of(answer)["tickets"] == []
    at = "2026-11-24T18:40"
    expected = holding(given["ticket_id"], "c1.2026-11-24.0.1840", at, VERA)
    assert district_of(answer, "c1")["tickets"] == [expected]


def test_a_day_is_the_clinics_own(clerk: Clerk) -> None:
    hours = {**HOURS, "tue": (time(0, 0), time(23, 50))}
    open_district(hours=hours)
    give(clerk, "2026-11-24T00:00:00+03:00")
    give(clerk, "2026-11-24T23:50:00+03:00", BORIS.patient_id)
    assert len(district_of(list_day(clerk))["tickets"]) == 2
    assert district_of(list_day(clerk, "2026-11-23"))["tickets"] == []
    assert district_of(list_day(clerk, "2026-11-25"))["tickets"] == []


# ------------------------------------------------------------------------------- costs


def test_a_day_is_one_query_a_district_and_no_old_image_is_shown(clerk: Clerk, wire: Wire) -> None:
    open_district("a2")
    take(open_account(ANNA), SLOT)
    with wire.listening() as heard:
        list_day(clerk)
    session = ["BatchGetItem"]
    assert operations(heard) == [
        *session,
        *["Query"] * 3,
        "BatchGetItem",
        "TransactWriteItems",
    ]
    assert all(query.body["ConsistentRead"] for query in heard[1:4])
    assert heard[4].body["RequestItems"]["portal-table"]["ConsistentRead"] is True


def test_a_busy_day_of_more_than_a_hundred_items_is_shown_whole(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    for number in range(60):
        patient = f"{number:032x}"
        ticket_id, slot_id = f"{patient}.{'0' * 16}", f"a1.2026-11-24.0.1{number:03}"
        starts_at = f"2026-11-24T07:{number:02}:00Z"
        held = {"ticket_id": ticket_id, "slot_id": slot_id, "starts_at": starts_at}
        held |= {"ticket_status": "booked"}
        rows.put(keys.Key(f"PATIENT#{patient}", "PATIENT"), {"ticket": held | {"sequence": 0}})
        slot = {"starts_at": starts_at, "doctor": None, "room": None, "slot_status": "booked"}
        key = keys.Key("DISTRICT#a1", f"SLOT#2026-11-24#0#10{number:02}")
        rows.put(key, slot | {"ticket_id": ticket_id})
    with wire.listening() as heard:
        assert len(district_of(list_day(clerk))["tickets"]) == 60
    assert operations(heard).count("BatchGetItem") == 3
    [entry] = trail()
    assert len(entry.patients) == 60


# ----------------------------------------------------------------------- in the meantime


def test_a_ticket_that_is_moved_while_the_day_is_read_is_shown_on_no_wrong_day(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    anna = open_account(ANNA)
    ticket_id = take(anna, SLOT)
    moved = Meanwhile(rows, lambda: move(anna, ticket_id, LATER_SLOT))
    wire.before("BatchGetItem", None, moved)
    assert district_of(list_day(clerk))["tickets"] == []
    assert moved.answer.status == 200
    assert [entry.patients for entry in trail()] == [frozenset()]


def test_a_ticket_that_is_moved_within_the_day_while_it_is_read_is_shown_once(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    anna = open_account(ANNA)
    ticket_id = take(anna, SLOT)
    booked = {"slot_status": "booked", "ticket_id": ticket_id}
    rows.change(keys.Key("DISTRICT#a1", "SLOT#2026-11-24#2"), **booked)  # As a query may see it.
    with wire.listening():
        [shown] = district_of(list_day(clerk))["tickets"]
    assert (shown["ticket_id"], shown["slot_id"]) == (ticket_id, SLOT)


# ---------------------------------------------------------------------------- refusals


def test_an_ended_session_is_shown_nothing_and_no_district_is_read(
    clerk: Clerk, clock: Clock, rows: Rows, wire: Wire
) -> None:
    clock.move(minutes=15)
    with rows.unchanged(), wire.listening() as heard:
        assert list_day(clerk) == SESSION_REQUIRED
    assert "Query" not in operations(heard)


@pytest.mark.parametrize(
    "day", ["x", "24.11.2026", "2026-11-31", "2026-1-1", "20261124", "2026-W48-2", "2026-11-24T00"]
)
def test_what_is_no_day_is_refused(clerk: Clerk, rows: Rows, day: str) -> None:
    with rows.unchanged():
        answer = list_day(clerk, day)
    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/day"]


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "TransactWriteItems"])
def test_a_busy_store_shows_nothing(clerk: Clerk, rows: Rows, wire: Wire, operation: str) -> None:
    take(open_account(ANNA), SLOT)
    wire.before(operation, refused("ThrottlingException"))
    with rows.unchanged():
        assert list_day(clerk) == TRY_AGAIN


def test_what_cannot_be_written_down_is_not_shown(clerk: Clerk, wire: Wire) -> None:
    take(open_account(ANNA), SLOT)
    for plant in (wire.before, wire.after):
        plant("TransactWriteItems", timed_out)
        answer = list_day(clerk)
        assert answer == TRY_AGAIN
        assert TicketId(ANNA.patient_id) not in str(answer)


def test_another_method_finds_nothing(clerk: Clerk) -> None:
    answer = call("list_day", "POST", "/api/desk/days/2026-11-24", cookie=clerk.cookie)
    assert answer == problem(404, "not_found")

"""POST /api/desk/tickets: a time beyond the caps, the one transaction it takes, and once more."""

import re
from datetime import date
from typing import Any

import pytest

from shared import keys
from shared.desk import AuditEntry
from shared.ids import PatientId
from tests.integration.answers import ADDRESS, Answer, call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    SLOT,
    VERA,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

AT = "2026-11-24T18:40:00+03:00"
"""Tomorrow, long after the doctor's hours."""
GIVEN = "a1.2026-11-24.0.1840"


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    return open_desk()


def give(clerk: Clerk, starts_at: str = AT, patient_id: str | None = None) -> Answer:
    wanted = {"patient_id": patient_id or ANNA.patient_id, "starts_at": starts_at}
    return call("give_ticket", "POST", "/api/desk/tickets", wanted, cookie=clerk.cookie)


def ticket(answer: Answer, slot_id: str = GIVEN, starts_at: str = AT) -> dict[str, Any]:
    """Return the contract's ticket, whole, with the id that was answered."""
    return {
        "ticket_id": answer.body["ticket_id"],
        "slot_id": slot_id,
        "patient_id": ANNA.patient_id,
        "district_id": "a1",
        "doctor_name": DOCTOR.name,
        "room": DOCTOR.room,
        "starts_at": starts_at,
        "status": "booked",
    }


def entry(clock: Clock, answer: Answer, operation: Any = "give_ticket") -> AuditEntry:  # noqa: ANN401
    """Return what the audit trail has to tell of an answered ticket."""
    about, patients = answer.body["ticket_id"], frozenset({PatientId(answer.body["patient_id"])})
    login = "anna-registry"
    return AuditEntry(clock.now, login, operation, ADDRESS, patients, about)  # type: ignore[arg-type]


# ------------------------------------------------------------------------ the ticket


def test_a_time_beyond_the_caps_becomes_a_ticket_of_a_patient_without_an_account(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    before = rows.everything()
    clock.move(seconds=7)
    answer = give(clerk)
    assert answer == Answer(201, ticket(answer))
    assert re.fullmatch(rf"{ANNA.patient_id}\.[0-9a-f]{{16}}", answer.body["ticket_id"])
    after, patient = rows.everything(), keys.patient(ANNA.patient_id)
    session, slot = keys.session(clerk.session), slot_key(GIVEN)
    [audited] = after.keys() - before.keys() - {slot}
    held = {
        "ticket_id": answer.body["ticket_id"],
        "slot_id": GIVEN,
        "starts_at": "2026-11-24T15:40:00Z",
        "ticket_status": "booked",
        "sequence": 0,
    }
    given = {
        "starts_at": "2026-11-24T15:40:00Z",
        "doctor": DOCTOR.name,
        "room": DOCTOR.room,
        "slot_status": "booked",
        "ticket_id": answer.body["ticket_id"],
    }
    told = {
        "login": "anna-registry",
        "operation": "give_ticket",
        "address": ADDRESS,
        "patients": {ANNA.patient_id},
        "about": answer.body["ticket_id"],
    }
    assert after == before | {
        patient: before[patient] | {"ticket": held},
        slot: given,
        session: before[session] | {"idle_at": before[session]["idle_at"] + 7},
        audited: told,
    }
    assert trail() == [entry(clock, answer)]


def _legs(wire: Wire, clerk: Clerk, **asked: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Give a ticket; return all that was asked of the store, and the actions of the transaction."""
    with wire.listening() as heard:
        assert give(clerk, **asked).status == 201
    [request] = [one for one in heard if one.operation == "TransactWriteItems"]
    return operations(heard), request.body["TransactItems"]


def _keys(actions: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    found = []
    for action in actions:
        [(kind, body)] = action.items()
        key = body.get("Key") or body["Item"]
        found.append((kind, key["PK"]["S"], key["SK"]["S"]))
        assert body["ConditionExpression"]
        assert body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    return found


def test_a_time_is_given_in_one_transaction_in_which_each_action_has_its_condition(
    clerk: Clerk, wire: Wire
) -> None:
    asked, actions = _legs(wire, clerk)
    shown, reads = "Query", ["BatchGetItem", "GetItem", "Query"]
    assert asked == [shown, *reads, "TransactWriteItems"]
    session, audited, *work = _keys(actions)
    assert session == ("Update", *keys.session(clerk.session))
    assert audited[:2] == ("Put", "AUDIT#2026-11-23")
    assert work == [
        ("Update", *keys.patient(ANNA.patient_id)),
        ("ConditionCheck", "CLINIC", "DISTRICT#a1"),
        ("Put", *slot_key(GIVEN)),
        ("ConditionCheck", "DISTRICT#a1", "SLOT#2026-11-24#1"),
        ("ConditionCheck", "DISTRICT#a1", "SLOT#2026-11-24#2"),
    ]


def test_a_child_district_may_offer_five_times_so_five_are_looked_at(wire: Wire) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    _, actions = _legs(wire, open_desk(), patient_id=VERA.patient_id)
    ordinals = [sk for kind, _, sk in _keys(actions) if kind == "ConditionCheck"]
    assert ordinals == ["DISTRICT#c1", *(f"SLOT#2026-11-24#{number}" for number in range(1, 6))]


# -------------------------------------------------------------------- published times


def test_a_published_free_time_is_taken_as_an_ordinary_ticket(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    publish(SLOT)
    before = rows.everything()
    answer = give(clerk, "2026-11-24T09:00:00+03:00")
    assert answer == Answer(201, ticket(answer, SLOT, "2026-11-24T09:00:00+03:00"))
    after = rows.everything()
    taken = {"slot_status": "booked", "ticket_id": answer.body["ticket_id"]}
    assert after[slot_key(SLOT)] == before[slot_key(SLOT)] | taken
    assert after[keys.patient(ANNA.patient_id)]["ticket"]["slot_id"] == SLOT
    assert [sk for pk, sk in after if pk == "DISTRICT#a1"] == ["SLOT#2026-11-24#1"]
    assert trail() == [entry(clock, answer)]


def test_taking_a_published_time_asks_for_neither_the_district_nor_the_other_slots(
    clerk: Clerk, wire: Wire
) -> None:
    publish(SLOT)
    _, actions = _legs(wire, clerk, starts_at="2026-11-24T09:00:00+03:00")
    assert _keys(actions)[2:] == [
        ("Update", *keys.patient(ANNA.patient_id)),
        ("Update", *slot_key(SLOT)),
    ]


def test_beside_a_full_day_another_time_is_given(clerk: Clerk, rows: Rows) -> None:
    publish(SLOT, "a1.2026-11-24.2.0910")
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    before = rows.everything()
    assert give(clerk, "2026-11-24T09:20:00+03:00").body["slot_id"] == "a1.2026-11-24.0.0920"
    published = [slot_key(SLOT), slot_key("a1.2026-11-24.2.0910")]
    after = rows.everything()
    assert [after[key] for key in published] == [before[key] for key in published]


@pytest.mark.parametrize("withdrawn", [SLOT, "a1.2026-11-24.0.0900"])
def test_a_withdrawn_time_is_given_anew(clerk: Clerk, rows: Rows, withdrawn: str) -> None:
    slot = {"starts_at": "2026-11-24T06:00:00Z", "doctor": DOCTOR.name, "room": DOCTOR.room}
    rows.put(slot_key(withdrawn), slot | {"slot_status": "withdrawn"})
    answer = give(clerk, "2026-11-24T09:00:00+03:00")
    assert answer.body["slot_id"] == "a1.2026-11-24.0.0900"
    assert rows.everything()[slot_key("a1.2026-11-24.0.0900")]["slot_status"] == "booked"


def test_the_same_time_of_another_district_is_another_doctors(clerk: Clerk) -> None:
    open_district("a2")
    attach(BORIS, "a2")
    first = give(clerk)
    second = give(clerk, patient_id=BORIS.patient_id)
    assert [one.body["slot_id"] for one in (first, second)] == [GIVEN, "a2.2026-11-24.0.1840"]


# ------------------------------------------------------------------------- once more


def test_the_same_request_again_finds_the_same_ticket_and_leaves_an_entry(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    first = give(clerk)
    before = rows.everything()
    again = [give(clerk) for _ in range(2)]
    assert again == [Answer(200, first.body)] * 2
    after = rows.everything()
    assert {key for key in after if before.get(key) != after[key]} == after.keys() - before.keys()
    assert trail() == [entry(clock, first)] * 3


def test_the_same_request_once_the_visit_has_begun_still_finds_the_ticket(
    clerk: Clerk, clock: Clock
) -> None:
    first = give(clerk)
    clock.move(hours=35)
    assert give(open_desk()) == Answer(200, first.body)


def test_a_ticket_that_the_patient_took_online_for_that_time_is_found(clerk: Clerk) -> None:
    publish(SLOT)
    ticket_id = take(open_account(ANNA), SLOT)
    answer = give(clerk, "2026-11-24T09:00:00+03:00")
    assert (answer.status, answer.body["ticket_id"]) == (200, ticket_id)


@pytest.mark.parametrize("status", ["cancelled", "withdrawn", "arrived", "no_show"])
def test_an_ended_ticket_does_not_stop_a_new_one(clerk: Clerk, rows: Rows, status: str) -> None:
    first, patient = give(clerk), keys.patient(ANNA.patient_id)
    held = rows.everything()[patient]["ticket"]
    rows.change(patient, ticket=held | {"ticket_status": status})
    other = give(clerk, "2026-11-25T09:00:00+03:00")
    assert other.status == 201
    assert other.body["ticket_id"] != first.body["ticket_id"]


def test_a_past_ticket_does_not_stop_a_new_one_from_the_minute_it_begins(
    clerk: Clerk, clock: Clock
) -> None:
    give(clerk)
    clock.move(hours=34, minutes=40)
    assert give(open_desk(), "2026-11-26T09:00:00+03:00").status == 201


# ------------------------------------------------------------------------- any time


@pytest.mark.parametrize(
    "starts_at",
    [
        "2026-11-23T08:01:00+03:00",
        "2026-11-23T23:59:00+03:00",
        "2026-11-29T12:00:00+03:00",
        "2027-01-01T09:00:00+03:00",
        "2027-11-24T08:00:00+03:00",
    ],
)
def test_the_desk_is_trusted_with_the_time(clerk: Clerk, starts_at: str) -> None:
    answer = give(clerk, starts_at)
    assert (answer.status, answer.body["starts_at"]) == (201, starts_at)


@pytest.mark.parametrize(
    "starts_at", ["2026-11-24T15:40:00Z", "2026-11-24T15:40Z", "2026-11-25T01:40:00+10:00"]
)
def test_a_time_may_be_told_with_any_offset_and_is_shown_with_the_clinics(
    clerk: Clerk, starts_at: str
) -> None:
    answer = give(clerk, starts_at)
    assert answer == Answer(201, ticket(answer))


def test_a_policy_is_good_up_to_its_last_day(clerk: Clerk) -> None:
    attach(ANNA, valid_until=date(2026, 11, 24))
    assert give(clerk).status == 201


def test_a_district_without_a_permanent_doctor_has_its_tickets_here(
    clerk: Clerk, rows: Rows
) -> None:
    open_district(doctor=None)
    answer = give(clerk)
    assert answer == Answer(201, ticket(answer) | {"doctor_name": None, "room": None})
    given = rows.everything()[slot_key(GIVEN)]
    assert (given["doctor"], given["room"], given["slot_status"]) == (None, None, "booked")

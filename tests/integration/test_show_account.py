"""GET /api/account: the account, and of its members what it may see."""

from typing import Any

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Wire, answered, operations, refused

ANNAS = {
    "patient_id": "",
    "relation": "self",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": "1991-05-22",
    "policy_last4": "0017",
    "attached": True,
    "district": {
        "district_id": "a1",
        "kind": "adult",
        "name": "Участок a1",
        "doctor_name": "Кузнецова Мария Ильинична",
    },
    "ticket": None,
}


def show(signed_in: SignedIn) -> Answer:
    return call("show_account", "GET", "/api/account", cookie=signed_in.cookie)


def family(signed_in: SignedIn) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = show(signed_in).body["family"]
    return members


def test_the_holder_sees_the_account_the_district_and_the_ticket(anna: SignedIn) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    ticket = {
        "ticket_id": ticket_id,
        "slot_id": SLOT,
        "patient_id": anna.patient_id,
        "district_id": "a1",
        "doctor_name": "Кузнецова Мария Ильинична",
        "room": "214",
        "starts_at": "2026-11-24T09:00:00+03:00",
        "status": "booked",
    }
    holder = ANNAS | {"patient_id": anna.patient_id, "ticket": ticket}
    assert show(anna) == Answer(
        200,
        {
            "account_id": anna.account_id,
            "email": ANNA.email,
            "address_unreachable": False,
            "profile": {"status": "unconfirmed", "due_on": None},
            "family": [holder],
        },
    )


def test_the_profile_tells_by_which_day_the_desk_confirms_it(anna: SignedIn, rows: Rows) -> None:
    received = {"profile_status": "consent_received", "profile_due_on": "2026-11-26"}
    rows.change(keys.account(anna.account_id), **received)
    assert show(anna).body["profile"] == {"status": "consent_received", "due_on": "2026-11-26"}


def test_an_address_that_mail_does_not_reach_is_told_to_its_account(
    anna: SignedIn, rows: Rows
) -> None:
    rows.change(keys.account(anna.account_id), unreachable_since="2026-11-22T05:00:00Z")
    assert show(anna).body["address_unreachable"] is True


def test_an_account_is_two_requests_once_the_districts_are_known(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    show(anna)
    with wire.listening() as heard, rows.unchanged():
        assert show(anna).status == 200
    assert operations(heard) == ["Query", "BatchGetItem"]


def test_relatives_stand_behind_the_holder_and_only_once_the_register_knows_them(
    anna: SignedIn,
) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    attach(BORIS)
    vera = add_relative(anna, VERA)
    add_relative(anna, BORIS, VERA.person)
    members = family(anna)
    assert [member["relation"] for member in members] == ["self", "relative"]
    assert members[1] == {
        "patient_id": vera,
        "relation": "relative",
        "last_name": "Абрикосова",
        "first_name": "Вера",
        "middle_name": "Львовна",
        "birth_date": "2019-09-01",
        "policy_last4": VERA.number[-4:],
        "attached": True,
        "district": {
            "district_id": "c1",
            "kind": "child",
            "name": "Участок c1",
            "doctor_name": "Кузнецова Мария Ильинична",
        },
        "ticket": None,
    }


def test_both_guardians_of_a_child_see_its_ticket(anna: SignedIn) -> None:
    attach(BORIS)
    attach(VERA)
    boris = open_account(BORIS)
    publish(SLOT)
    for guardian in (anna, boris):
        add_relative(guardian, VERA)
    ticket_id = take(boris, SLOT, VERA.patient_id)
    tickets = [family(guardian)[1]["ticket"] for guardian in (anna, boris)]
    assert [ticket["ticket_id"] for ticket in tickets] == [ticket_id, ticket_id]


def test_a_holder_whose_data_differ_sees_nothing_of_the_register() -> None:
    open_district()
    publish(SLOT)
    attach(BORIS)
    boris = open_account(BORIS)
    take(boris, SLOT)
    attach(BORIS, person=VERA.person)
    [member] = family(boris)
    assert (member["last_name"], member["first_name"]) == ("Соловьёв-Седой", "Борис")
    assert (member["attached"], member["district"], member["ticket"]) == (False, None, None)


def test_a_ticket_is_shown_until_the_minute_it_begins(anna: SignedIn, clock: Clock) -> None:
    publish("a1.2026-11-23.1.0820")
    ticket_id = take(anna, "a1.2026-11-23.1.0820")
    clock.move(minutes=19, seconds=59)
    assert family(anna)[0]["ticket"]["ticket_id"] == ticket_id
    clock.move(seconds=1)
    assert family(anna)[0]["ticket"] is None


def test_a_district_whose_doctor_left_is_shown_without_a_doctor(anna: SignedIn) -> None:
    open_district(doctor=None)
    assert family(anna)[0]["district"]["doctor_name"] is None


def test_a_district_that_is_gone_is_not_shown(anna: SignedIn, rows: Rows) -> None:
    rows.remove(keys.Key("CLINIC", "DISTRICT#a1"))
    assert (family(anna)[0]["attached"], family(anna)[0]["district"]) == (True, None)


def test_districts_are_read_anew_once_a_minute(anna: SignedIn, rows: Rows, wire: Wire) -> None:
    show(anna)
    rows.change(keys.Key("CLINIC", "DISTRICT#a1"), name="Другой участок")
    with wire.listening() as heard:
        assert family(anna)[0]["district"]["name"] == "Участок a1"
    assert operations(heard) == ["Query", "BatchGetItem"]


def test_an_account_that_was_erased_is_not_shown_to_a_session_that_was_left(
    anna: SignedIn, rows: Rows
) -> None:
    rows.remove(keys.account(anna.account_id))
    with rows.unchanged():
        assert show(anna) == SESSION_REQUIRED


def test_a_store_that_does_not_answer_for_all_patients_is_asked_for_the_rest(
    anna: SignedIn, wire: Wire, pauses: list[float]
) -> None:
    expected = show(anna)
    key = {"PK": {"S": f"PATIENT#{anna.patient_id}"}, "SK": {"S": "PATIENT"}}
    rest = {"portal-table": {"Keys": [key], "ConsistentRead": False}}
    nothing_yet = answered({"Responses": {}, "UnprocessedKeys": rest})
    wire.before("BatchGetItem", nothing_yet, nothing_yet)
    with wire.listening() as heard:
        assert show(anna) == expected
    assert operations(heard) == ["Query", *["BatchGetItem"] * 3]
    assert len(pauses) == 2


def test_a_busy_store_says_try_again(anna: SignedIn, wire: Wire) -> None:
    wire.before("Query", refused("ThrottlingException"))
    assert show(anna) == TRY_AGAIN

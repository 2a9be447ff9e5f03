"""GET /api/desk/profiles: whose profiles wait, until when, and for how many working days still."""

from typing import Any

import pytest

from shared import keys
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    erase,
    open_account,
    open_district,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_profiles import (
    DUE_ON,
    but_desk,
    confirm,
    list_profiles,
    record,
    withdraw,
)
from tests.integration.family_people import GALINA, Meanwhile, renamed, set_clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.wire import Wire, answered, operations, refused


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


def waiting(who: SignedIn, citizen: Citizen = ANNA, **changes: object) -> dict[str, Any]:
    """Return one line of the queue, whole."""
    person = citizen.person
    line: dict[str, Any] = {
        "account_id": who.account_id,
        "email": citizen.email,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "due_on": DUE_ON,
        "overdue": False,
        "working_days_left": 3,
    }
    return line | changes


def listed(clerk: Clerk) -> list[Any]:
    found: list[Any] = list_profiles(clerk).body["profiles"]
    return found


def wait(clock: Clock, citizen: Citizen, *moment: int) -> SignedIn:
    """Open an account whose paper was brought at a moment."""
    attach(citizen)
    who = open_account(citizen)
    set_clock(clock, *moment)
    answer = record(
        open_desk("galina"), who.patient_id, citizen.email, signed_on=str(clock.now.date())
    )
    assert answer.status == 201
    return who


# ------------------------------------------------------------------------ what is told


def test_who_waits_is_told_whole_and_that_is_written_down(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    record(clerk, anna.patient_id)
    before = rows.everything()
    assert list_profiles(clerk) == Answer(200, {"profiles": [waiting(anna)]})
    after = rows.everything()
    [entry] = after.keys() - before.keys()
    assert after == before | {
        entry: {
            "login": "anna-registry",
            "operation": "list_profiles",
            "address": ADDRESS,
            "patients": {anna.patient_id},
        }
    }


def test_an_empty_queue_is_told_and_written_down_too(anna: SignedIn, clerk: Clerk) -> None:
    assert list_profiles(clerk) == Answer(200, {"profiles": []})
    [entry] = trail()
    assert (entry.operation, entry.patients) == ("list_profiles", frozenset())
    assert anna.patient_id not in str(entry)


def test_the_queue_stands_in_the_order_of_due_days_the_overdue_first(clock: Clock) -> None:
    open_district()
    set_clock(clock, 2026, 11, 17, 6)
    late = wait(clock, GALINA, 2026, 11, 18, 6)
    today = wait(clock, BORIS, 2026, 11, 20, 6)
    early = wait(clock, ANNA, 2026, 11, 17, 6)
    set_clock(clock, 2026, 11, 25, 6)
    assert listed(open_desk()) == [
        waiting(early, ANNA, due_on="2026-11-20", overdue=True, working_days_left=0),
        waiting(late, GALINA, due_on="2026-11-23", overdue=True, working_days_left=0),
        waiting(today, BORIS, due_on="2026-11-25", overdue=False, working_days_left=0),
    ]


@pytest.mark.parametrize(
    "moment, told",
    [
        pytest.param((2026, 11, 24, 6), (2, False), id="the next day"),
        pytest.param((2026, 11, 26, 20, 59, 59), (0, False), id="the due day, up to midnight"),
        pytest.param((2026, 11, 26, 21), (0, True), id="the clinic's day after it"),
    ],
)
def test_the_days_that_are_left_are_the_clinics(
    anna: SignedIn, clerk: Clerk, clock: Clock, moment: tuple[int, ...], told: tuple[int, bool]
) -> None:
    record(clerk, anna.patient_id)
    set_clock(clock, *moment)
    left, overdue = told
    assert listed(open_desk()) == [waiting(anna, overdue=overdue, working_days_left=left)]


def test_profiles_of_one_day_stand_in_a_fixed_order(anna: SignedIn, clerk: Clerk) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    record(clerk, boris.patient_id, BORIS.email)
    record(clerk, anna.patient_id)
    told = sorted([waiting(boris, BORIS), waiting(anna)], key=lambda one: one["account_id"])
    assert listed(clerk) == told


def test_the_account_is_called_by_the_register_where_that_knows_its_holder(clerk: Clerk) -> None:
    open_district()
    attach(ANNA)
    typed_otherwise = renamed(ANNA, "ИВАНОВА")
    anna = open_account(ANNA, person=typed_otherwise)
    record(clerk, anna.patient_id)
    assert listed(clerk) == [waiting(anna)]


def test_a_holder_whom_the_register_does_not_know_is_called_as_they_call_themselves(
    clerk: Clerk,
) -> None:
    open_district()
    attach(VERA)
    attach(ANNA)
    anna = open_account(ANNA, person=renamed(ANNA, "Самозванцева"))
    vera = add_relative(anna, VERA)
    record(clerk, vera)
    assert listed(clerk) == [waiting(anna, last_name="Самозванцева")]


def test_who_waits_no_longer_is_not_told(anna: SignedIn, clerk: Clerk) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    record(clerk, anna.patient_id)
    record(clerk, boris.patient_id, BORIS.email)
    confirm(clerk, anna.account_id)
    withdraw(clerk, boris.patient_id)
    assert listed(clerk) == []


@pytest.mark.usefixtures("argon")
def test_who_has_another_address_now_waits_no_longer(anna: SignedIn, clerk: Clerk) -> None:
    record(clerk, anna.patient_id)
    confirm_address(token_of(ask_for_address(anna, "new@example.com")))
    assert listed(clerk) == []


def test_a_queue_of_many_pages_is_told_whole(anna: SignedIn, clerk: Clerk, wire: Wire) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    record(clerk, anna.patient_id)
    record(clerk, boris.patient_id, BORIS.email)
    wire.pages_of(1)
    assert len(listed(clerk)) == 2


def test_the_queue_is_four_reads_and_one_entry(anna: SignedIn, clerk: Clerk, wire: Wire) -> None:
    record(clerk, anna.patient_id)
    with wire.listening() as heard:
        list_profiles(clerk)
    assert operations(heard) == [
        "BatchGetItem",
        "Query",
        *["BatchGetItem"] * 2,
        "TransactWriteItems",
    ]
    assert heard[1].body["IndexName"] == "DueIndex"
    assert all(
        request["ConsistentRead"]
        for read in heard[2:4]
        for request in read.body["RequestItems"].values()
    )


# ------------------------------------------------------------ what the index says late


@pytest.mark.parametrize("change", ["confirmed", "withdrawn", "erased"])
def test_an_account_that_the_index_still_lists_is_told_only_if_it_waits(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, change: str
) -> None:
    record(clerk, anna.patient_id)
    happen = {
        "confirmed": lambda: confirm(clerk, anna.account_id),
        "withdrawn": lambda: withdraw(clerk, anna.patient_id),
        "erased": lambda: erase(anna),
    }[change]
    wire.before("BatchGetItem", None, Meanwhile(rows, happen))
    assert listed(clerk) == []


def test_an_account_that_is_erased_while_it_is_named_is_not_told(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    wire.before("BatchGetItem", None, None, Meanwhile(rows, lambda: erase(anna)))
    assert listed(clerk) == []


def test_a_profile_that_waits_anew_is_told_with_its_new_day(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, clock: Clock
) -> None:
    record(clerk, anna.patient_id)

    def anew() -> None:
        withdraw(clerk, anna.patient_id)
        rows.change(
            keys.account(anna.account_id),
            profile_status="consent_received",
            profile_due_on="2026-11-27",
        )

    wire.before("BatchGetItem", None, Meanwhile(rows, anew))
    assert listed(clerk) == [waiting(anna, due_on="2026-11-27", working_days_left=4)]
    assert clock.now.day == 23


def test_the_order_is_that_of_the_rows_and_not_what_the_index_still_says(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, clock: Clock
) -> None:
    record(clerk, anna.patient_id)
    boris, clerk = wait(clock, BORIS, 2026, 11, 23, 6), open_desk()
    own = sorted([anna.account_id, boris.account_id])
    rows.change(keys.account(own[1]), due_on="2026-11-25")
    assert [one["account_id"] for one in listed(clerk)] == own
    later = {"profile_due_on": "2026-11-30"}
    change = Meanwhile(rows, lambda: rows.change(keys.account(anna.account_id), **later))
    wire.before("BatchGetItem", None, change)
    assert [one["account_id"] for one in listed(clerk)] == [boris.account_id, anna.account_id]


# ------------------------------------------------------------------------- who may ask


def test_without_an_open_session_of_the_desk_nobody_is_told(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    record(clerk, anna.patient_id)
    with rows.unchanged():
        for asking in (
            None,
            Clerk(clerk.actor, anna.cookie),
            Clerk(clerk.actor, clerk.cookie + "x"),
        ):
            assert list_profiles(asking) == SESSION_REQUIRED
        clock.move(minutes=15)
        assert list_profiles(clerk) == SESSION_REQUIRED


def test_a_clerk_who_is_signed_out_in_between_is_told_nothing(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    faster = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", faster)
    assert list_profiles(clerk) == SESSION_REQUIRED
    assert rows.everything() == faster.table


@pytest.mark.parametrize("status", ["confirmed", "unconfirmed", "", "CONSENT_RECEIVED"])
def test_there_is_one_queue_only(clerk: Clerk, rows: Rows, status: str) -> None:
    with rows.unchanged():
        answer = list_profiles(clerk, status)
    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert [fault["pointer"] for fault in answer.body["errors"]] == ["/status"]


def test_the_queue_must_be_named(clerk: Clerk, rows: Rows) -> None:
    fault = ("/status", "missing", "Заполните это поле.")
    with rows.unchanged():
        answer = call("list_profiles", "GET", "/api/desk/profiles", cookie=clerk.cookie)
    assert answer == problem(422, "invalid_request", [fault])


# --------------------------------------------------------------------------- the store


@pytest.mark.parametrize(
    "when",
    [
        *[("BatchGetItem", nth) for nth in range(3)],
        *[("Query", 0), ("TransactWriteItems", 0)],
    ],
)
def test_a_busy_store_says_try_again_and_nobody_is_told(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, when: tuple[str, int]
) -> None:
    record(clerk, anna.patient_id)
    operation, nth = when
    wire.before(operation, *[None] * nth, refused("ThrottlingException"))
    with rows.unchanged():
        assert list_profiles(clerk) == TRY_AGAIN


def test_an_index_that_lists_nobody_yet_tells_nobody(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    before = but_desk(rows)
    wire.before("Query", answered({"Items": []}))
    assert listed(clerk) == []
    assert but_desk(rows) == before

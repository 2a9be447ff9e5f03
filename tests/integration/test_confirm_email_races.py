"""POST /api/email-confirmations while others write, and while the store is busy or slow."""

from itertools import cycle

import pytest

from shared import clock as shared_clock, keys
from shared.accounts import Registration
from tests.integration.answers import TRY_AGAIN, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SignedIn,
    attach,
    open_account,
    open_district,
    start_registration,
)
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import ACCOUNT_ID, but_tries, confirm
from tests.integration.test_confirm_email_refusals import EXPIRED
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    meanwhile,
    operations,
    refused,
    timed_out,
)

BUSY = cancelled("None", "None", "TransactionConflict", "None", "None", "None")


@pytest.fixture(name="registration")
def attached_and_registered() -> Registration:
    open_district()
    attach(ANNA)
    return start_registration(ANNA)


def count(rows: Rows, kind: str) -> int:
    return sum(keys.kind(key.sk) == kind for key in rows.everything())


# ------------------------------------------------------------------ other writers


def test_a_register_that_changes_in_between_is_read_again(
    registration: Registration, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    attach(ANNA, person=BORIS.person)
    wire.before("TransactWriteItems", meanwhile(lambda: attach(ANNA)))
    with wire.listening() as heard:
        answer = confirm(registration)
    assert (answer.status, answer.body["family"][0]["attached"]) == (201, True)
    assert operations(heard).count("TransactWriteItems") == 2
    assert len(pauses) == 1
    guardians = rows.everything()[keys.patient(ANNA.patient_id)]["guardians"]
    assert guardians == {answer.body["account_id"]}


def test_a_register_that_learns_of_the_person_in_between_is_read_again(
    wire: Wire, pauses: list[float]
) -> None:
    open_district()
    registration = start_registration(ANNA)
    wire.before("TransactWriteItems", meanwhile(lambda: attach(ANNA)))
    answer = confirm(registration)
    assert (answer.status, answer.body["family"][0]["attached"]) == (201, True)
    assert len(pauses) == 1


def test_data_that_cease_to_match_in_between_make_no_guardian(
    registration: Registration, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: attach(ANNA, person=BORIS.person)))
    answer = confirm(registration)
    assert (answer.status, answer.body["family"][0]["attached"]) == (201, False)
    assert "guardians" not in rows.everything()[keys.patient(ANNA.patient_id)]
    assert len(pauses) == 1


def test_a_register_that_never_rests_says_try_again_and_nothing_is_written(
    registration: Registration, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    persons = cycle([BORIS.person, ANNA.person])
    changes = [meanwhile(lambda: attach(ANNA, person=next(persons)))] * 8
    wire.before("TransactWriteItems", *changes)
    before = but_tries(rows)
    assert confirm(registration) == TRY_AGAIN
    after = but_tries(rows)
    patient = keys.patient(ANNA.patient_id)
    assert after.pop(patient) | {"revision": ""} == before.pop(patient) | {"revision": ""}
    assert after == before
    assert len(pauses) == 7


def test_somebody_who_takes_the_policy_in_between_keeps_it(
    registration: Registration, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: open_account(ANNA, email="x@example.com")))
    assert confirm(registration) == problem(409, "policy_already_registered")
    assert len(pauses) == 1
    assert count(rows, "ACCOUNT") == count(rows, "SESSION") == count(rows, "OWNER") == 1
    assert count(rows, "PENDING") == 1


def test_a_squatter_whom_the_register_confirms_in_between_is_not_pushed_out(
    wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    attach(ANNA)
    squatter = open_account(ANNA, person=BORIS.person, email=BORIS.email)
    registration = start_registration(ANNA)

    wire.before("TransactWriteItems", meanwhile(lambda: attach(ANNA, person=BORIS.person)))
    assert confirm(registration) == problem(409, "policy_already_registered")
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    assert (patient["holder"], patient["guardians"]) == (
        squatter.account_id,
        {squatter.account_id},
    )
    assert len(pauses) == 1


def test_the_owner_who_pushes_a_squatter_out_in_between_is_not_pushed_out_in_turn(
    wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    attach(ANNA)
    open_account(ANNA, person=BORIS.person, email=BORIS.email)
    registration = start_registration(ANNA)
    owners: list[SignedIn] = []

    def the_owner_confirms() -> None:
        owners.append(open_account(ANNA, email="x@example.com"))

    wire.before("TransactWriteItems", the_owner_confirms)
    assert confirm(registration) == problem(409, "policy_already_registered")
    assert rows.everything()[keys.patient(ANNA.patient_id)]["holder"] == owners[0].account_id
    assert len(pauses) == 1


def test_an_address_that_somebody_else_confirms_in_between_is_theirs(
    registration: Registration, wire: Wire, rows: Rows
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: open_account(BORIS, email=ANNA.email)))
    assert confirm(registration) == EXPIRED
    owners = [item for key, item in rows.everything().items() if key.sk == "OWNER"]
    accounts = [key for key in rows.everything() if key.sk == "ACCOUNT"]
    assert [f"ACCOUNT#{owner['account_id']}" for owner in owners] == [accounts[0].pk]
    assert len(accounts) == 1
    assert "holder" not in rows.everything()[keys.patient(ANNA.patient_id)]


def test_a_registration_that_vanishes_in_between_opens_nothing(
    registration: Registration, wire: Wire, rows: Rows
) -> None:
    key = keys.pending(registration.email_key, registration.registration_id)
    before = rows.lasting()
    wire.before("TransactWriteItems", meanwhile(lambda: rows.remove(key)))
    assert confirm(registration) == EXPIRED
    assert rows.lasting() == {name: item for name, item in before.items() if name != key}


@pytest.mark.parametrize("kind", ["ACCOUNT", "MEMBER", "SESSION"])
def test_an_id_that_is_drawn_twice_overwrites_nobody(
    registration: Registration, rows: Rows, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    drawn = shared_clock.new_id(), shared_clock.new_secret()
    monkeypatch.setattr(shared_clock, "new_id", lambda: drawn[0])
    monkeypatch.setattr(shared_clock, "new_secret", lambda: drawn[1])
    confirm(registration)
    of_account = [key for key in rows.everything() if key.pk == f"ACCOUNT#{drawn[0]}"]
    others = [key for key in of_account if keys.kind(key.sk) != kind]
    for key in [keys.patient(ANNA.patient_id), *others]:
        rows.remove(key)
    again = start_registration(ANNA, email="other@example.com")
    before = but_tries(rows)
    assert confirm(again) == TRY_AGAIN
    assert but_tries(rows) == before


# ---------------------------------------------------------------------- the store


def test_a_conflict_is_tried_again(
    registration: Registration, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert confirm(registration).status == 201
    assert len(pauses) == 2
    assert count(rows, "ACCOUNT") == 1


def test_a_conflict_that_does_not_end_says_try_again_and_nothing_is_written(
    registration: Registration, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[BUSY] * 100)
    before = but_tries(rows)
    assert confirm(registration) == TRY_AGAIN
    assert but_tries(rows) == before
    assert len(pauses) == 7


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_the_account(
    registration: Registration, wire: Wire, rows: Rows
) -> None:
    wire.after("TransactWriteItems", timed_out)
    answer = confirm(registration)
    assert (answer.status, answer.body["account_id"]) == (201, ACCOUNT_ID)
    assert count(rows, "ACCOUNT") == count(rows, "SESSION") == 1
    assert count(rows, "PENDING") == 0


@pytest.mark.parametrize(
    "planted", [timed_out, refused("InternalServerError", 500), refused("ThrottlingException")]
)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_the_link_still_works(
    registration: Registration, wire: Wire, rows: Rows, planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted)
    before = but_tries(rows)
    assert confirm(registration) == TRY_AGAIN
    assert but_tries(rows) == before
    assert confirm(registration).status == 201


def test_an_account_that_nobody_could_confirm_stands_and_can_be_signed_in_to(
    registration: Registration, wire: Wire, rows: Rows
) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", None, timed_out)
    assert confirm(registration) == TRY_AGAIN
    assert count(rows, "ACCOUNT") == 1
    with rows.only_counted():
        assert confirm(registration) == EXPIRED


@pytest.mark.parametrize(
    "operation, earlier", [("UpdateItem", []), ("UpdateItem", [None]), ("GetItem", [])]
)
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    registration: Registration, wire: Wire, rows: Rows, operation: str, earlier: list[None]
) -> None:
    wire.before(operation, *earlier, refused("ThrottlingException"))
    before = but_tries(rows)
    assert confirm(registration) == TRY_AGAIN
    assert but_tries(rows) == before

"""DELETE /api/account: the account and all that is personal in it goes, and nothing else."""

import pytest

from shared import keys
from shared.keyring import email_key_of
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    PASSWORD_HASH,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    open_account,
    open_session,
    publish,
    slot_key,
    start_registration,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import SIGNED_OUT, show_account, sign_out
from tests.integration.wire import Wire, operations

WRONG_PASSWORD = problem(403, "wrong_password")
OTHER = "a1.2026-11-24.2.0910"

pytestmark = pytest.mark.usefixtures("argon")


def delete(cookie: str | None, password: str = PASSWORD, **headers: str) -> Answer:
    form = {"password": password}
    return call("delete_account", "DELETE", "/api/account", form, cookie=cookie, headers=headers)


def test_the_account_its_address_its_claims_and_its_sessions_go_and_nothing_else(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    attach(VERA)
    boris = open_account(BORIS)
    for guardian in (anna, boris):
        add_relative(guardian, VERA)
    publish(SLOT, OTHER)
    take(boris, SLOT)
    ticket_id = take(anna, OTHER)
    other = open_session(anna)
    start_registration(ANNA, email="later@example.com")
    before = rows.lasting()
    assert delete(anna.cookie) == SIGNED_OUT
    gone = {
        keys.account(anna.account_id),
        keys.address_owner(email_key_of(ANNA.email)),
        keys.claim(anna.account_id, ANNA.patient_id),
        keys.claim(anna.account_id, VERA.patient_id),
        keys.session(anna.session),
        keys.session(other.session),
    }
    patient, relative = keys.patient(ANNA.patient_id), keys.patient(VERA.patient_id)
    after = rows.lasting()
    accounts = {"holder", "claimants", "guardians"}
    held = {name: value for name, value in before[patient].items() if name not in accounts}
    cancelled = before[patient]["ticket"] | {"ticket_status": "cancelled", "sequence": 1}
    assert after == {key: before[key] for key in before if key not in gone} | {
        patient: held | {"ticket": cancelled, "revision": after[patient]["revision"]},
        relative: before[relative]
        | {
            "claimants": {boris.account_id},
            "child_guardians": {boris.account_id},
            "revision": after[relative]["revision"],
        },
        slot_key(OTHER): {
            name: value for name, value in before[slot_key(OTHER)].items() if name != "ticket_id"
        }
        | {"slot_status": "free"},
    }
    assert cancelled["ticket_id"] == ticket_id
    assert all(after[key]["revision"] != before[key]["revision"] for key in (patient, relative))


def test_an_address_that_waits_goes_too_and_what_others_ask_for_it_stays(
    anna: SignedIn, rows: Rows
) -> None:
    registration = start_registration(BORIS, email="new@example.com")
    change = ask_for_address(anna, "new@example.com")
    assert keys.pending(change.email_key, change.change_id) in rows.everything()
    delete(anna.cookie)
    waiting = [key for key in rows.everything() if keys.kind(key.sk) == "PENDING"]
    assert waiting == [keys.pending(registration.email_key, registration.registration_id)]


def test_an_address_that_waited_and_is_gone_already_is_in_nobodys_way(
    anna: SignedIn, rows: Rows
) -> None:
    change = ask_for_address(anna, "new@example.com")
    rows.remove(keys.pending(change.email_key, change.change_id))
    assert delete(anna.cookie) == SIGNED_OUT


def test_nobody_signs_in_any_more_and_no_session_is_left(anna: SignedIn) -> None:
    other = open_session(anna)
    delete(anna.cookie)
    assert sign_in() == FAILED
    assert [show_account(one.cookie) for one in (anna, other)] == [SESSION_REQUIRED] * 2


def test_the_same_request_again_is_told_that_the_session_has_ended(
    anna: SignedIn, rows: Rows
) -> None:
    delete(anna.cookie)
    with rows.unchanged():
        assert delete(anna.cookie) == SESSION_REQUIRED


def test_the_address_and_the_policy_may_be_registered_again(anna: SignedIn) -> None:
    delete(anna.cookie)
    registration = start_registration(ANNA)
    assert registration.address_taken is False
    answer = confirm(registration)
    assert (answer.status, answer.body["family"][0]["attached"]) == (201, True)
    assert answer.body["account_id"] != anna.account_id


def test_a_deletion_is_one_transaction_after_the_password(
    anna: SignedIn, wire: Wire, argon: list[tuple[str, str]]
) -> None:
    with wire.listening() as heard:
        delete(anna.cookie)
    counted = ["UpdateItem"] * 2
    assert operations(heard) == [
        "BatchGetItem",
        *counted,
        *counted,
        "Query",
        "BatchGetItem",
        "TransactWriteItems",
    ]
    assert argon == [("verify", PASSWORD_HASH)]


def test_sessions_beyond_those_that_one_transaction_holds_are_ended_too(
    anna: SignedIn, rows: Rows
) -> None:
    for _ in range(40):
        open_session(anna)
    assert delete(anna.cookie) == SIGNED_OUT
    assert [key for key in rows.everything() if key.pk.startswith("ACCOUNT#")] == []


# ----------------------------------------------------------------- who may not


@pytest.mark.parametrize("password", ["не-тот-пароль", PASSWORD.upper(), f"{PASSWORD} "])
def test_a_wrong_password_deletes_nothing_and_is_counted(
    anna: SignedIn, rows: Rows, password: str
) -> None:
    with rows.only_counted():
        assert delete(anna.cookie, password) == WRONG_PASSWORD
    assert rows.hits() == {"password.900": 1, "password.86400": 1}


def test_without_an_open_session_nothing_is_even_compared(
    anna: SignedIn, rows: Rows, clock: Clock, argon: list[tuple[str, str]]
) -> None:
    signed_out = open_session(anna)
    sign_out(signed_out.cookie)
    with rows.unchanged():
        for cookie in (None, signed_out.cookie, anna.cookie[:-1] + "x"):
            assert delete(cookie) == SESSION_REQUIRED
        clock.move(minutes=30)
        assert delete(anna.cookie) == SESSION_REQUIRED
    assert argon == []


def test_one_accounts_session_and_password_delete_nobody_else(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    delete(anna.cookie)
    assert show_account(boris.cookie).status == 200
    assert sign_in(BORIS.email).status == 201


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "body, fault",
    [
        ({}, ("/password", "missing", "Заполните это поле.")),
        (
            {"password": "x" * 129},
            ("/password", "string_too_long", "Слишком длинное значение."),
        ),
        (
            {"password": PASSWORD, "sure": True},
            ("/sure", "extra_forbidden", "Такого поля здесь нет."),
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    anna: SignedIn, rows: Rows, body: object, fault: tuple[str, str, str]
) -> None:
    with rows.unchanged():
        answer = call("delete_account", "DELETE", "/api/account", body, cookie=anna.cookie)
    assert answer == problem(422, "invalid_request", [fault])


def test_without_a_body_nothing_is_deleted(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        answer = call("delete_account", "DELETE", "/api/account", cookie=anna.cookie)
    assert answer == problem(400, "malformed_request")


def test_another_site_deletes_nothing(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        answer = delete(anna.cookie, origin="https://evil.example")
    assert answer == problem(400, "malformed_request")

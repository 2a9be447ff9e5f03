"""PUT /api/account/email: a new address waits to be confirmed, and the old one stays until then."""

import json
from collections.abc import Callable

import pytest

from shared import clock as shared_clock, keys
from shared.keyring import email_key_of
from tests.integration.answers import (
    SESSION_REQUIRED,
    TRY_AGAIN,
    Answer,
    call,
    event,
    invoke,
    problem,
)
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    PASSWORD_HASH,
    SignedIn,
    attach,
    change_password,
    erase,
    open_account,
    open_session,
    start_registration,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import show_account, sign_out
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    each_fault,
    meanwhile,
    operations,
    refused,
    timed_out,
)

SENT = Answer(202, {"status": "confirmation_sent"})
WRONG_PASSWORD = problem(403, "wrong_password")
NEW = "anna.new@example.com"
BUSY = cancelled("None", "TransactionConflict", "None")
PATH = "/api/account/email"

pytestmark = pytest.mark.usefixtures("argon", "pauses")


def change(
    cookie: str | None, email: str = NEW, password: str = PASSWORD, **headers: str
) -> Answer:
    form = {"email": email, "password": password}
    return call("change_email", "PUT", PATH, form, cookie=cookie, headers=headers)


def waiting(rows: Rows) -> dict[str, str]:
    """Return the addresses that wait to be confirmed, by the ids of their links."""
    everything = rows.everything().items()
    return {
        keys.id_named(key.sk): item["email"]
        for key, item in everything
        if keys.kind(key.sk) == "PENDING"
    }


def test_the_new_address_waits_and_nothing_else_of_the_account_changes(
    anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    open_session(anna)
    clock.move(minutes=1)
    before = rows.lasting()
    assert change(anna.cookie, " Anna.NEW@Example.com ") == SENT
    after = rows.lasting()
    account, session = keys.account(anna.account_id), keys.session(anna.session)
    ((change_id, _),) = waiting(rows).items()
    asked = {
        "address_change_id": change_id,
        "asked_email": "Anna.NEW@example.com",
        "revision": after[account]["revision"],
    }
    assert asked["revision"] != before[account]["revision"]
    assert after == before | {
        keys.pending(email_key_of(NEW), change_id): {
            "email": "Anna.NEW@example.com",
            "address_taken": False,
            "tries": 5,
            "expires_at": 1795410000 + 60 + 24 * 60 * 60,
            "account_id": anna.account_id,
        },
        account: before[account] | asked,
        session: before[session] | {"idle_at": 1795410000 + 60 + 30 * 60},
    }


def test_until_it_is_confirmed_the_old_address_signs_in_and_the_new_one_does_not(
    anna: SignedIn,
) -> None:
    change(anna.cookie)
    assert sign_in(NEW) == FAILED
    assert sign_in(ANNA.email).status == 201
    assert show_account(anna.cookie).body["email"] == ANNA.email


def test_a_free_a_taken_and_ones_own_address_are_answered_alike_at_the_same_cost(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    attach(BORIS)
    open_account(BORIS)
    told, work = [], []
    for email in (NEW, BORIS.email, ANNA.email.upper()):
        sent = event("PUT", PATH, {"email": email, "password": PASSWORD}, cookie=anna.cookie)
        with wire.listening() as heard:
            told.append(json.dumps(invoke("change_email", sent)))
        work.append(operations(heard))
    counted = ["UpdateItem"] * 5
    expected = ["BatchGetItem", *counted, "GetItem", "TransactWriteItems"]
    assert work == [expected] * 3
    assert [json.loads(one)["statusCode"] for one in told] == [202, *[202] * 2]
    assert len({*told}) == 1
    taken = [
        (item["email"].lower(), item["address_taken"])
        for key, item in rows.everything().items()
        if keys.kind(key.sk) == "PENDING"
    ]
    assert sorted(taken) == sorted([(NEW, False), (BORIS.email, True), (ANNA.email, True)])


def test_an_address_that_somebody_else_registers_too_is_still_free(
    anna: SignedIn, rows: Rows
) -> None:
    start_registration(BORIS)
    assert change(anna.cookie, BORIS.email) == SENT
    taken = [item["address_taken"] for item in rows.everything().values() if "tries" in item]
    assert taken == [False, False]


def test_only_the_newest_address_that_was_asked_for_can_be_confirmed(
    anna: SignedIn, rows: Rows
) -> None:
    assert [change(anna.cookie), change(anna.cookie, BORIS.email)] == [SENT, SENT]
    newest = [one for one, email in waiting(rows).items() if email == BORIS.email]
    account = rows.everything()[keys.account(anna.account_id)]
    assert [account["address_change_id"]] == newest


# ----------------------------------------------------------------- who may not


@pytest.mark.parametrize("password", ["не-тот-пароль", PASSWORD.upper()])
def test_a_wrong_password_asks_for_nothing_and_is_counted(
    anna: SignedIn, rows: Rows, password: str
) -> None:
    with rows.only_counted():
        assert change(anna.cookie, password=password) == WRONG_PASSWORD
    assert rows.hits() == {"password.900": 1, "password.86400": 1}


def test_a_right_password_is_given_back_and_the_mail_is_counted(anna: SignedIn, rows: Rows) -> None:
    change(anna.cookie)
    assert rows.hits() == {"password.900": 0, "password.86400": 0, "new-address.86400": 1}


def test_without_an_open_session_nothing_is_even_compared(
    anna: SignedIn, rows: Rows, clock: Clock, argon: list[tuple[str, str]]
) -> None:
    signed_out = open_session(anna)
    sign_out(signed_out.cookie)
    with rows.unchanged():
        for cookie in (None, signed_out.cookie):
            assert change(cookie) == SESSION_REQUIRED
        clock.move(minutes=30)
        assert change(anna.cookie) == SESSION_REQUIRED
    assert argon == []


# ------------------------------------------------------------------ other writers


def test_a_password_that_is_changed_in_between_asks_for_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: change_password(anna)))
    assert change(anna.cookie) == WRONG_PASSWORD
    assert waiting(rows) == {}


@pytest.mark.parametrize("end", [lambda anna: sign_out(anna.cookie), erase], ids=["out", "erased"])
@pytest.mark.parametrize("operation", ["GetItem", "TransactWriteItems"])
def test_a_session_or_an_account_that_ends_in_between_asks_for_nothing(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str, end: Callable[[SignedIn], object]
) -> None:
    wire.before(operation, meanwhile(lambda: end(anna)))
    assert change(anna.cookie) == SESSION_REQUIRED
    assert waiting(rows) == {}


def test_a_browser_that_signs_in_in_between_is_in_nobodys_way(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: open_session(anna)))
    assert change(anna.cookie) == SENT
    assert [*waiting(rows).values()] == [NEW]


def test_an_id_that_is_drawn_twice_overwrites_nothing(
    anna: SignedIn, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_clock, "new_id", lambda: "f" * 32)
    change(anna.cookie)
    with rows.only_counted():
        assert change(anna.cookie) == TRY_AGAIN


# ---------------------------------------------------------------------- the store


def test_a_conflict_is_tried_again(anna: SignedIn, wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert change(anna.cookie) == SENT
    assert len(pauses) == 2


@each_fault(BUSY)
def test_an_answer_that_is_lost_before_the_commit_says_try_again_and_nothing_is_asked_for(
    anna: SignedIn, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.only_counted():
        assert change(anna.cookie) == TRY_AGAIN
    assert change(anna.cookie) == SENT


def test_whoever_asks_again_after_a_lost_answer_can_confirm_the_second_link_only(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert change(anna.cookie) == TRY_AGAIN
    (first,) = waiting(rows)
    assert change(anna.cookie) == SENT
    (second,) = waiting(rows).keys() - {first}
    assert rows.everything()[keys.account(anna.account_id)]["address_change_id"] == second


@pytest.mark.parametrize("operation", ["BatchGetItem", "UpdateItem", "GetItem"])
def test_a_store_that_is_busy_before_the_transaction_says_try_again(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    with rows.only_counted():
        assert change(anna.cookie) == TRY_AGAIN


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({"email": ...}, ("/email", "missing", "Заполните это поле.")),
        (
            {"email": "x"},
            (
                "/email",
                "email_invalid",
                "Это не адрес электронной почты. Пример: ivanova@example.com",
            ),
        ),
        ({"password": ...}, ("/password", "missing", "Заполните это поле.")),
        ({"account_id": "x"}, ("/account_id", "extra_forbidden", "Такого поля здесь нет.")),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    anna: SignedIn, rows: Rows, changes: dict[str, object], fault: tuple[str, str, str]
) -> None:
    form = {"email": NEW, "password": PASSWORD} | changes
    sent = {name: value for name, value in form.items() if value is not ...}
    with rows.unchanged():
        answer = call("change_email", "PUT", PATH, sent, cookie=anna.cookie)
    assert answer == problem(422, "invalid_request", [fault])


def test_another_site_asks_for_no_address(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        answer = change(anna.cookie, origin="https://evil.example")
    assert answer == problem(400, "malformed_request")


def test_the_password_is_compared_once(anna: SignedIn, argon: list[tuple[str, str]]) -> None:
    change(anna.cookie)
    assert argon == [("verify", PASSWORD_HASH)]

"""PUT /api/account/password: another password; this browser stays, all others are signed out."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    NEW_PASSWORD,
    PASSWORD,
    PASSWORD_HASH,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_session,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import show_account, sign_out
from tests.integration.wire import Wire, answered, operations

CHANGED = Answer(204, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
WRONG_PASSWORD = problem(403, "wrong_password")

pytestmark = pytest.mark.usefixtures("argon")


def change(
    cookie: str | None, current: str = PASSWORD, new: str = NEW_PASSWORD, **headers: str
) -> Answer:
    form = {"current_password": current, "new_password": new}
    path = "/api/account/password"
    return call("change_password", "PUT", path, form, cookie=cookie, headers=headers)


def test_the_password_is_changed_and_all_other_sessions_end_and_nothing_else(
    anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    others = [open_session(anna) for _ in range(2)]
    attach(BORIS)
    open_account(BORIS)
    clock.move(minutes=1)
    before = rows.lasting()
    assert change(anna.cookie) == CHANGED
    after = rows.lasting()
    account, session = keys.account(anna.account_id), keys.session(anna.session)
    changed = {"password_hash": "", "revision": ""}
    assert after[account] | changed == before[account] | changed
    assert all(after[account][name] != before[account][name] for name in changed)
    gone = {keys.session(other.session) for other in others}
    assert after == {key: before[key] for key in before if key not in gone} | {
        account: after[account],
        session: before[session] | {"idle_at": 1795410000 + 60 + 30 * 60},
    }
    assert [show_account(other.cookie) for other in others] == [SESSION_REQUIRED] * 2
    assert show_account(anna.cookie).status == 200


def test_the_new_password_signs_in_and_the_old_one_does_not(anna: SignedIn) -> None:
    change(anna.cookie)
    assert sign_in(password=PASSWORD) == FAILED
    assert sign_in(password=NEW_PASSWORD).status == 201


def test_the_old_password_is_compared_and_the_new_one_hashed_once(
    anna: SignedIn, rows: Rows, argon: list[tuple[str, str]]
) -> None:
    change(anna.cookie)
    assert argon == [("verify", PASSWORD_HASH), ("hash", NEW_PASSWORD)]
    assert NEW_PASSWORD not in str(rows.images())


def test_a_change_is_seven_requests_and_its_counts_are_given_back(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    with wire.listening() as heard:
        change(anna.cookie)
    counted = ["UpdateItem"] * 2
    assert operations(heard) == [
        "BatchGetItem",
        *counted,
        *counted,
        "Query",
        "TransactWriteItems",
    ]
    assert rows.hits() == {"password.900": 0, "password.86400": 0}


def test_sessions_beyond_those_that_one_transaction_holds_are_ended_too(
    anna: SignedIn, rows: Rows
) -> None:
    for _ in range(40):
        open_session(anna)
    assert change(anna.cookie) == CHANGED
    sessions = [key for key in rows.everything() if keys.kind(key.sk) == "SESSION"]
    assert sessions == [keys.session(anna.session)]


def test_an_account_that_a_quick_read_does_not_know_yet_is_looked_for_again(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    session = rows.images()[keys.session(anna.session)]
    wire.before(
        "BatchGetItem",
        answered({"Responses": {"portal-table": [session]}, "UnprocessedKeys": {}}),
    )
    assert change(anna.cookie) == CHANGED


# ----------------------------------------------------------------- who may not


@pytest.mark.parametrize("password", ["не-тот-пароль", PASSWORD.upper(), f"{PASSWORD} "])
def test_a_wrong_password_changes_nothing_and_is_counted(
    anna: SignedIn, rows: Rows, password: str, argon: list[tuple[str, str]]
) -> None:
    open_session(anna)
    with rows.only_counted():
        assert change(anna.cookie, password) == WRONG_PASSWORD
    assert rows.hits() == {"password.900": 1, "password.86400": 1}
    assert argon == [("verify", PASSWORD_HASH)]


def test_without_an_open_session_nothing_is_even_compared(
    anna: SignedIn, rows: Rows, clock: Clock, argon: list[tuple[str, str]]
) -> None:
    signed_out, other = open_session(anna), anna.cookie[:-1] + "x"
    sign_out(signed_out.cookie)
    with rows.unchanged():
        for cookie in (None, signed_out.cookie, other):
            assert change(cookie) == SESSION_REQUIRED
        clock.move(minutes=30)
        assert change(anna.cookie) == SESSION_REQUIRED
    assert argon == []


def test_one_accounts_session_and_password_change_nobody_elses(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    assert change(anna.cookie) == CHANGED
    assert show_account(boris.cookie).status == 200
    assert sign_in(BORIS.email).status == 201


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({"current_password": ...}, ("/current_password", "missing", "Заполните это поле.")),
        (
            {"current_password": "x" * 129},
            ("/current_password", "string_too_long", "Слишком длинное значение."),
        ),
        (
            {"new_password": "коротко"},
            ("/new_password", "password_short", "В пароле должно быть не меньше 8 знаков."),
        ),
        (
            {"new_password": "Password1"},
            (
                "/new_password",
                "password_common",
                "Этот пароль слишком известен, придумайте другой.",
            ),
        ),
        ({"email": ANNA.email}, ("/email", "extra_forbidden", "Такого поля здесь нет.")),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    anna: SignedIn, rows: Rows, changes: dict[str, object], fault: tuple[str, str, str]
) -> None:
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD} | changes
    sent = {name: value for name, value in form.items() if value is not ...}
    with rows.unchanged():
        answer = call("change_password", "PUT", "/api/account/password", sent, cookie=anna.cookie)
    assert answer == problem(422, "invalid_request", [fault])


def test_another_site_changes_no_password(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        answer = change(anna.cookie, **{"sec-fetch-site": "cross-site"})
    assert answer == problem(400, "malformed_request")

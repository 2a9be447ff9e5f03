"""PUT /api/password-resets: a new password by the mailed link, once, and all sessions ended."""

import pytest

from shared import keys
from shared.keyring import token
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    NEW_PASSWORD,
    PASSWORD,
    SLOT,
    SignedIn,
    add_relative,
    ask_for_address,
    ask_for_reset,
    attach,
    open_account,
    open_session,
    publish,
    start_registration,
    take,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import SIGNED_OUT, show_account
from tests.integration.wire import Wire, operations

EXPIRED = problem(410, "reset_expired")

pytestmark = pytest.mark.usefixtures("argon")


def reset(link: str, password: str = NEW_PASSWORD, **headers: str) -> Answer:
    form = {"token": link, "password": password}
    return call("reset_password", "PUT", "/api/password-resets", form, headers=headers)


def test_the_link_sets_the_password_and_ends_all_sessions_and_nothing_else(
    anna: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    other = open_session(anna)
    add_relative(anna, BORIS)
    open_account(BORIS)
    before = rows.lasting()
    assert reset(ask_for_reset(ANNA.email)) == SIGNED_OUT
    after = rows.lasting()
    account = keys.account(anna.account_id)
    changed = {"password_hash": "", "revision": ""}
    assert after[account] | changed == before[account] | changed
    assert all(after[account][name] != before[account][name] for name in changed)
    gone = {keys.session(anna.session), keys.session(other.session)}
    assert after == {key: before[key] for key in before if key not in gone} | {
        account: after[account]
    }
    assert [show_account(one.cookie) for one in (anna, other)] == [SESSION_REQUIRED] * 2


@pytest.mark.usefixtures("anna")
def test_the_new_password_signs_in_and_the_old_one_does_not() -> None:
    reset(ask_for_reset(ANNA.email))
    assert sign_in(password=PASSWORD) == FAILED
    assert sign_in(password=NEW_PASSWORD).status == 201


@pytest.mark.usefixtures("anna")
def test_the_password_is_hashed_once_and_is_nowhere_in_the_table(
    rows: Rows, argon: list[tuple[str, str]]
) -> None:
    reset(ask_for_reset(ANNA.email))
    assert argon == [("hash", NEW_PASSWORD)]
    assert NEW_PASSWORD not in str(rows.images())


@pytest.mark.usefixtures("anna")
def test_a_reset_is_four_requests(wire: Wire) -> None:
    link = ask_for_reset(ANNA.email)
    with wire.listening() as heard:
        reset(link)
    assert operations(heard) == ["UpdateItem", "GetItem", "Query", "TransactWriteItems"]


def test_sessions_beyond_those_that_one_transaction_holds_are_ended_too(
    anna: SignedIn, rows: Rows
) -> None:
    for _ in range(40):
        open_session(anna)
    assert reset(ask_for_reset(ANNA.email)) == SIGNED_OUT
    assert [key for key in rows.everything() if keys.kind(key.sk) == "SESSION"] == []


# --------------------------------------------------------------------- the link


@pytest.mark.usefixtures("anna")
def test_a_link_works_once(rows: Rows) -> None:
    link = ask_for_reset(ANNA.email)
    assert reset(link) == SIGNED_OUT
    with rows.only_counted():
        assert reset(link, "другой-верблюд") == EXPIRED


@pytest.mark.usefixtures("anna")
def test_a_newer_link_ends_the_older(rows: Rows) -> None:
    older, newer = ask_for_reset(ANNA.email), ask_for_reset(ANNA.email)
    with rows.only_counted():
        assert reset(older) == EXPIRED
    assert reset(newer) == SIGNED_OUT


@pytest.mark.usefixtures("anna")
def test_a_link_works_until_the_last_second_of_half_an_hour(clock: Clock) -> None:
    link = ask_for_reset(ANNA.email)
    clock.move(minutes=29, seconds=59)
    assert reset(link) == SIGNED_OUT


@pytest.mark.usefixtures("anna")
def test_a_link_of_half_an_hour_has_expired(clock: Clock, rows: Rows) -> None:
    link = ask_for_reset(ANNA.email)
    clock.move(minutes=30)
    with rows.only_counted():
        assert reset(link) == EXPIRED


@pytest.mark.usefixtures("anna")
def test_a_link_that_nobody_sent_is_only_counted_and_no_password_is_hashed(
    rows: Rows, wire: Wire, argon: list[tuple[str, str]]
) -> None:
    genuine = ask_for_reset(ANNA.email)
    email_key, reset_id, mac = genuine.split(".")
    forged = [
        "x",
        "..",
        f"{email_key}.{reset_id}",
        f"{email_key}.{reset_id}.{'0' * 32}",
        f"{email_key}.{'f' * 32}.{mac}",
        f"{'f' * 32}.{reset_id}.{mac}",
        f"{genuine}.",
        f"{mac.upper()}é",
        token("confirm", email_key, reset_id),
        token("invite", email_key, reset_id),
    ]
    with wire.listening() as heard, rows.only_counted():
        assert [reset(link) for link in forged] == [EXPIRED] * len(forged)
    assert operations(heard) == ["UpdateItem"] * len(forged)
    assert rows.hits() == {"new-password-client.3600": len(forged)}
    assert argon == []


@pytest.mark.parametrize("is_registered", [False, True])
def test_the_link_of_an_address_that_nobody_owns_sets_nothing(
    rows: Rows, *, is_registered: bool
) -> None:
    if is_registered:
        start_registration(ANNA)
    link = ask_for_reset(ANNA.email)
    with rows.only_counted():
        assert reset(link) == EXPIRED


def test_the_link_of_an_address_that_was_given_up_sets_nothing(anna: SignedIn, rows: Rows) -> None:
    link = ask_for_reset(ANNA.email)
    assert confirm(token_of(ask_for_address(anna, "new@example.com"))).status == 201
    with rows.only_counted():
        assert reset(link) == EXPIRED


def test_the_link_of_an_account_that_is_gone_sets_nothing(anna: SignedIn, rows: Rows) -> None:
    link = ask_for_reset(ANNA.email)
    rows.remove(keys.account(anna.account_id))
    with rows.only_counted():
        assert reset(link) == EXPIRED


def test_one_accounts_link_sets_nobody_elses_password(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    reset(ask_for_reset(ANNA.email))
    assert show_account(boris.cookie).status == 200
    assert sign_in(BORIS.email).status == 201
    assert show_account(anna.cookie) == SESSION_REQUIRED


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "changes, fault",
    [
        ({"token": ...}, ("/token", "missing", "Заполните это поле.")),
        ({"password": ...}, ("/password", "missing", "Заполните это поле.")),
        (
            {"password": "коротко"},
            ("/password", "password_short", "В пароле должно быть не меньше 8 знаков."),
        ),
        (
            {"password": "Password1"},
            (
                "/password",
                "password_common",
                "Этот пароль слишком известен, придумайте другой.",
            ),
        ),
        ({"password": "ы" * 129}, ("/password", "string_too_long", "Слишком длинное значение.")),
        ({"token": "x" * 201}, ("/token", "string_too_long", "Слишком длинное значение.")),
        ({"email": "x"}, ("/email", "extra_forbidden", "Такого поля здесь нет.")),
    ],
)
@pytest.mark.usefixtures("anna")
def test_a_body_with_wrong_fields_is_refused_and_the_link_still_works(
    rows: Rows, changes: dict[str, object], fault: tuple[str, str, str]
) -> None:
    link = ask_for_reset(ANNA.email)
    form = {"token": link, "password": NEW_PASSWORD} | changes
    sent = {name: value for name, value in form.items() if value is not ...}
    with rows.unchanged():
        answer = call("reset_password", "PUT", "/api/password-resets", sent)
    assert answer == problem(422, "invalid_request", [fault])
    assert reset(link) == SIGNED_OUT


@pytest.mark.usefixtures("anna")
def test_another_site_sets_no_password(rows: Rows) -> None:
    link = ask_for_reset(ANNA.email)
    with rows.unchanged():
        assert reset(link, origin="https://evil.example") == problem(400, "malformed_request")

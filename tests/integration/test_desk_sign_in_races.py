"""POST /api/desk/sessions while others write, and while the store is busy or slow."""

from collections.abc import Callable

import pytest

from shared import clock as shared_clock, keys
from shared.desk import DeskUser
from shared.table import desk_users
from tests.integration.answers import TRY_AGAIN
from tests.integration.clinic import CHEAP_HASHER, NEW_PASSWORD
from tests.integration.conftest import Clock
from tests.integration.desk import code_of, make_user, trail
from tests.integration.rows import Rows
from tests.integration.test_desk_sign_in import FAILED, sign_in
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    meanwhile,
    refused,
    timed_out,
)

BUSY = cancelled("TransactionConflict", "None", "None")

pytestmark = pytest.mark.usefixtures("argon", "pauses")


@pytest.fixture(name="user")
def made() -> DeskUser:
    return make_user()


def sessions_in(rows: Rows) -> list[keys.Key]:
    return [key for key in rows.everything() if keys.kind(key.sk) == "SESSION"]


def test_one_code_that_is_used_twice_at_once_opens_one_session(
    user: DeskUser, rows: Rows, wire: Wire
) -> None:
    first: list[int] = []
    wire.before("TransactWriteItems", meanwhile(lambda: first.append(sign_in(user).status)))
    assert sign_in(user) == FAILED
    assert first == [201]
    assert len(sessions_in(rows)) == 1
    assert [entry.operation for entry in trail()] == ["sign_in"]


def test_of_two_codes_at_once_the_older_one_opens_nothing_behind_the_newer(
    user: DeskUser, rows: Rows, wire: Wire
) -> None:
    newer = code_of(user, 1)
    wire.before("TransactWriteItems", meanwhile(lambda: sign_in(user, code=newer)))
    assert sign_in(user) == FAILED
    assert len(sessions_in(rows)) == 1


def test_of_two_codes_at_once_the_newer_one_opens_a_session_behind_the_older(
    user: DeskUser, rows: Rows, wire: Wire
) -> None:
    older = code_of(user, -1)
    wire.before("TransactWriteItems", meanwhile(lambda: sign_in(user, code=older)))
    assert sign_in(user).status == 201
    assert len(sessions_in(rows)) == 2


def with_a_new_password(user: DeskUser) -> None:
    desk_users.put(
        DeskUser(user.login, CHEAP_HASHER.hash(NEW_PASSWORD), user.totp_seed, code_step=0)
    )


def with_a_new_key(user: DeskUser) -> None:
    desk_users.put(DeskUser(user.login, user.password_hash, shared_clock.new_id(), code_step=0))


def deleted(user: DeskUser) -> None:
    assert desk_users.delete(user.login)


@pytest.mark.parametrize("change", [with_a_new_password, with_a_new_key, deleted])
def test_a_user_who_is_replaced_or_deleted_in_between_is_not_signed_in(
    user: DeskUser, rows: Rows, wire: Wire, change: Callable[[DeskUser], None]
) -> None:
    after: list[object] = []

    def happen() -> None:
        change(user)
        after.append(rows.lasting())

    wire.before("TransactWriteItems", happen)
    assert sign_in(user) == FAILED
    assert after == [rows.lasting()]


@pytest.mark.parametrize("change", [with_a_new_password, with_a_new_key, deleted])
def test_a_user_who_is_replaced_or_deleted_has_no_session_any_more(
    user: DeskUser, rows: Rows, clock: Clock, change: Callable[[DeskUser], None]
) -> None:
    other = make_user("boris-registry")
    sign_in(user)
    clock.move(seconds=30)
    sign_in(user)
    assert sign_in(other, login=other.login).status == 201
    change(user)
    [left] = sessions_in(rows)
    assert left.pk == keys.desk_partition(other.login)


def test_a_conflict_is_tried_again(user: DeskUser, wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert sign_in(user).status == 201
    assert len(pauses) == 2


@pytest.mark.parametrize(
    "planted",
    [
        [BUSY] * 8,
        [timed_out],
        [refused("InternalServerError", 500)],
        [refused("TransactionInProgressException")],
    ],
    ids=["conflicts", "timeout", "server error", "in progress"],
)
def test_a_store_that_does_not_answer_opens_nothing_and_uses_no_code_up(
    user: DeskUser, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.only_counted():
        assert sign_in(user) == TRY_AGAIN
    assert sign_in(user).status == 201


def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_a_session(
    user: DeskUser, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert sign_in(user).status == 201
    assert len(sessions_in(rows)) == 1
    assert len(trail()) == 1


def test_a_session_that_nobody_could_confirm_is_not_given_to_anybody(
    user: DeskUser, wire: Wire, clock: Clock
) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", None, timed_out)
    answer = sign_in(user)
    assert answer == TRY_AGAIN
    assert answer.cookies == []
    assert sign_in(user) == FAILED
    clock.move(seconds=30)
    assert sign_in(user).status == 201


def test_a_secret_that_is_drawn_twice_overwrites_no_session(
    user: DeskUser, rows: Rows, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_clock, "new_secret", lambda: "secret-" + "9" * 36)
    assert sign_in(user).status == 201
    clock.move(seconds=30)
    with rows.only_counted():
        assert sign_in(user) == TRY_AGAIN


def test_an_entry_that_stands_already_is_not_overwritten_and_nothing_is_opened(
    user: DeskUser, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_clock, "new_id", lambda: "9" * 32)
    entry = keys.audit_entry(shared_clock.now().date(), "2026-11-23T05:00:00Z", "9" * 32)
    rows.put(entry, {"login": "somebody"})
    with rows.only_counted():
        assert sign_in(user) == TRY_AGAIN


def test_a_count_that_cannot_be_given_back_stops_nobody(
    user: DeskUser, rows: Rows, wire: Wire
) -> None:
    throttled = refused("ThrottlingException")
    wire.before("UpdateItem", None, None, None, throttled, throttled)
    assert sign_in(user).status == 201
    counted = {"desk-sign-in-client.3600": 1, "desk-sign-in.60": 1, "desk-sign-in.3600": 1}
    assert rows.hits() == counted

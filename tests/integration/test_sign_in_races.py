"""POST /api/sessions while others write, and while the store is busy or slow."""

from collections.abc import Callable

import pytest

from shared import clock as shared_clock
from tests.integration.answers import TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    SignedIn,
    change_password,
    erase,
    open_account,
    open_session,
)
from tests.integration.rows import Rows
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.wire import (
    Planted,
    Wire,
    cancelled,
    meanwhile,
    operations,
    refused,
    timed_out,
)

BUSY = cancelled("TransactionConflict", "None")

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture(name="holder")
def opened() -> SignedIn:
    return open_account(ANNA)


@pytest.mark.parametrize("change", [change_password, erase])
def test_a_password_or_an_account_that_goes_in_between_opens_nothing(
    holder: SignedIn, rows: Rows, wire: Wire, change: Callable[[SignedIn], None]
) -> None:
    after: list[object] = []

    def happen() -> None:
        change(holder)
        after.append(rows.lasting())

    wire.before("TransactWriteItems", happen)
    assert sign_in() == FAILED
    assert after == [rows.lasting()]


def test_an_account_that_goes_once_its_password_was_right_opens_nothing(
    holder: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("Query", meanwhile(lambda: erase(holder)))
    with wire.listening() as heard:
        assert sign_in() == FAILED
    assert "TransactWriteItems" not in operations(heard)
    assert all(not key.pk.startswith("ACCOUNT#") for key in rows.everything())


def test_another_browser_that_signs_in_at_the_same_time_is_in_nobodys_way(
    holder: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: open_session(holder)))
    assert sign_in().status == 201
    assert len([key for key in rows.everything() if key.sk.startswith("SESSION#")]) == 3
    assert pauses == []


@pytest.mark.usefixtures("holder")
def test_a_conflict_is_tried_again(wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", BUSY, BUSY)
    assert sign_in().status == 201
    assert len(pauses) == 2


@pytest.mark.usefixtures("holder")
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
def test_a_store_that_does_not_answer_opens_nothing_and_takes_no_try(
    rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    for _ in range(6):
        wire.before("TransactWriteItems", *planted)
        with rows.only_counted():
            assert sign_in() == TRY_AGAIN
    assert sign_in().status == 201


@pytest.mark.usefixtures("holder")
def test_an_answer_that_is_lost_after_the_commit_tells_nobody_the_secret(
    rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    assert sign_in() == TRY_AGAIN
    assert len([key for key in rows.everything() if key.sk.startswith("SESSION#")]) == 2
    assert sign_in().status == 201


@pytest.mark.usefixtures("holder")
def test_a_secret_that_is_drawn_twice_overwrites_no_session(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_clock, "new_secret", lambda: "secret-" + "9" * 36)
    assert sign_in().status == 201
    with rows.only_counted():
        assert sign_in() == TRY_AGAIN


@pytest.mark.usefixtures("holder")
def test_a_count_that_cannot_be_given_back_stops_nobody(rows: Rows, wire: Wire) -> None:
    throttled = refused("ThrottlingException")
    wire.before("UpdateItem", None, None, None, throttled, throttled)
    assert sign_in().status == 201
    assert rows.hits() == {"sign-in-client.3600": 1, "sign-in.60": 1, "sign-in.3600": 1}

"""POST /api/desk/sessions: how often it may be asked, and who is served meanwhile."""

from collections.abc import Callable

import pytest

from shared.desk import DeskUser
from tests.integration.answers import call, problem
from tests.integration.conftest import Clock
from tests.integration.desk import make_user
from tests.integration.rows import Rows
from tests.integration.test_desk_sign_in import NOBODY, WRONG, form, sign_in
from tests.integration.wire import Wire, operations

pytestmark = pytest.mark.usefixtures("argon")


@pytest.fixture(name="user")
def made() -> DeskUser:
    return make_user()


def test_five_failures_a_minute_of_one_login_and_network_are_answered_and_no_more(
    user: DeskUser, clock: Clock
) -> None:
    assert [sign_in(user, password=WRONG).status for _ in range(5)] == [401] * 5
    refused_for = problem(429, "too_many_requests", headers={"Retry-After": "60"})
    assert sign_in(user) == refused_for
    clock.move(seconds=59)
    assert sign_in(user).headers["Retry-After"] == "1"
    clock.move(seconds=1)
    assert sign_in(user).status == 201


def test_thirty_failures_an_hour_are_answered_and_no_more(user: DeskUser, clock: Clock) -> None:
    for _ in range(6):
        assert [sign_in(user, code="x").status for _ in range(5)] == [401] * 5
        clock.move(minutes=1)
    assert sign_in(user) == problem(429, "too_many_requests", headers={"Retry-After": "3240"})


def test_an_unknown_login_is_limited_alike(user: DeskUser) -> None:
    assert [sign_in(user, login=NOBODY).status for _ in range(6)] == [401] * 5 + [429]


def test_another_network_and_another_login_are_served_meanwhile(user: DeskUser) -> None:
    other = make_user(NOBODY)
    for _ in range(6):
        sign_in(user, password=WRONG)
    elsewhere = call(
        "desk_sign_in", "POST", "/api/desk/sessions", form(user), address="198.51.100.7"
    )
    assert elsewhere.status == 201
    assert sign_in(other, login=NOBODY).status == 201


def test_one_network_has_a_limit_of_its_own_whatever_it_types(
    user: DeskUser, parameters: Callable[..., None]
) -> None:
    parameters(CLIENT_LIMIT_PER_HOUR="3")
    assert [sign_in(user, login=f"clerk-{one}").status for one in range(3)] == [401] * 3
    assert sign_in(user).status == 429
    elsewhere = call(
        "desk_sign_in", "POST", "/api/desk/sessions", form(user), address="198.51.100.7"
    )
    assert elsewhere.status == 201


def test_success_gives_its_own_count_back_and_no_other(
    user: DeskUser, rows: Rows, clock: Clock
) -> None:
    for _ in range(4):
        sign_in(user, password=WRONG)
    assert sign_in(user).status == 201
    counted = {"desk-sign-in-client.3600": 5, "desk-sign-in.60": 4, "desk-sign-in.3600": 4}
    assert rows.hits() == counted
    clock.move(seconds=30)
    assert sign_in(user).status == 201


def test_a_refused_try_is_neither_verified_nor_looked_up(
    user: DeskUser, wire: Wire, argon: list[tuple[str, str]]
) -> None:
    for _ in range(5):
        sign_in(user, password=WRONG)
    argon.clear()
    with wire.listening() as heard:
        assert sign_in(user).status == 429
    assert operations(heard) == ["UpdateItem"] * 2
    assert argon == []

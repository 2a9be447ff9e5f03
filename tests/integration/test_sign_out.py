"""DELETE /api/sessions/current: this browser's session ends at once."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import SignedIn, open_session
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, timed_out

SIGNED_OUT = Answer(
    204,
    headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    cookies=["__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"],
)


def sign_out(cookie: str | None, headers: dict[str, str] | None = None) -> Answer:
    return call("sign_out", "DELETE", "/api/sessions/current", cookie=cookie, headers=headers)


def show_account(cookie: str) -> Answer:
    return call("show_account", "GET", "/api/account", cookie=cookie)


def test_a_session_ends_at_once_and_the_browser_forgets_it(anna: SignedIn, rows: Rows) -> None:
    before = rows.everything()
    del before[keys.session(anna.session)]
    assert sign_out(anna.cookie) == SIGNED_OUT
    assert rows.everything() == before
    assert show_account(anna.cookie) == SESSION_REQUIRED


def test_signing_out_is_one_request(anna: SignedIn, wire: Wire) -> None:
    with wire.listening() as heard:
        sign_out(anna.cookie)
    assert operations(heard) == ["DeleteItem"]


def test_the_same_request_again_is_told_that_the_session_has_ended(
    anna: SignedIn, rows: Rows
) -> None:
    sign_out(anna.cookie)
    with rows.unchanged():
        assert sign_out(anna.cookie) == SESSION_REQUIRED


def test_the_sessions_of_other_browsers_stay_open(anna: SignedIn) -> None:
    other = open_session(anna)
    assert sign_out(anna.cookie) == SIGNED_OUT
    assert show_account(other.cookie).status == 200


@pytest.mark.usefixtures("anna")
def test_without_a_cookie_there_is_nothing_to_end(rows: Rows) -> None:
    with rows.unchanged():
        assert sign_out(None) == SESSION_REQUIRED


@pytest.mark.parametrize("hours", [0.5, 12])
def test_a_session_that_has_run_out_cannot_be_ended_again(
    anna: SignedIn, clock: Clock, rows: Rows, hours: float
) -> None:
    clock.move(hours=hours)
    if hours > 1:
        rows.change(keys.session(anna.session), idle_at=int(clock.now.timestamp()) + 60)
    with rows.unchanged():
        assert sign_out(anna.cookie) == SESSION_REQUIRED


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_another_site_signs_nobody_out(anna: SignedIn, rows: Rows, headers: dict[str, str]) -> None:
    with rows.unchanged():
        assert sign_out(anna.cookie, headers) == problem(400, "malformed_request")


def test_a_store_out_of_reach_says_try_again_and_the_session_stays(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.before("DeleteItem", timed_out)
    with rows.unchanged():
        assert sign_out(anna.cookie) == TRY_AGAIN

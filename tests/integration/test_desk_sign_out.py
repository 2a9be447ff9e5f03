"""DELETE /api/desk/sessions/current: this browser's session of the desk ends at once."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import SignedIn
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, timed_out

SIGNED_OUT = Answer(
    204,
    headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    cookies=["__Host-desk=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"],
)


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    return open_desk()


def sign_out(cookie: str | None, headers: dict[str, str] | None = None) -> Answer:
    path = "/api/desk/sessions/current"
    return call("desk_sign_out", "DELETE", path, cookie=cookie, headers=headers)


def list_districts(cookie: str) -> Answer:
    return call("list_districts", "GET", "/api/desk/districts", cookie=cookie)


def test_a_session_ends_at_once_and_the_browser_forgets_it(clerk: Clerk, rows: Rows) -> None:
    before = rows.everything()
    del before[keys.session(clerk.session)]
    assert sign_out(clerk.cookie) == SIGNED_OUT
    assert rows.everything() == before
    assert list_districts(clerk.cookie) == SESSION_REQUIRED


def test_signing_out_is_one_request_and_no_look_at_a_patient(clerk: Clerk, wire: Wire) -> None:
    with wire.listening() as heard:
        sign_out(clerk.cookie)
    assert operations(heard) == ["DeleteItem"]
    assert trail() == []


def test_the_same_request_again_is_told_that_the_session_has_ended(
    clerk: Clerk, rows: Rows
) -> None:
    sign_out(clerk.cookie)
    with rows.unchanged():
        assert sign_out(clerk.cookie) == SESSION_REQUIRED


def test_the_sessions_of_other_browsers_and_of_others_stay_open(clerk: Clerk) -> None:
    others = [open_desk(), open_desk("boris-registry")]
    assert sign_out(clerk.cookie) == SIGNED_OUT
    assert [list_districts(other.cookie).status for other in others] == [200, 200]


@pytest.mark.usefixtures("clerk")
def test_without_a_cookie_there_is_nothing_to_end(rows: Rows) -> None:
    with rows.unchanged():
        assert sign_out(None) == SESSION_REQUIRED


@pytest.mark.parametrize("hours", [0.25, 8])
def test_a_session_that_has_run_out_cannot_be_ended_again(
    clerk: Clerk, clock: Clock, rows: Rows, hours: float
) -> None:
    clock.move(hours=hours)
    if hours > 1:
        rows.change(keys.session(clerk.session), idle_at=int(clock.now.timestamp()) + 60)
    with rows.unchanged():
        assert sign_out(clerk.cookie) == SESSION_REQUIRED


def test_a_patient_and_the_desk_do_not_sign_each_other_out(
    clerk: Clerk, anna: SignedIn, rows: Rows
) -> None:
    at_portal = ("sign_out", "DELETE", "/api/sessions/current")
    swapped = [
        clerk.cookie.replace("__Host-desk", "__Host-session"),
        anna.cookie.replace("__Host-session", "__Host-desk"),
    ]
    with rows.unchanged():
        assert call(*at_portal, cookie=clerk.cookie) == SESSION_REQUIRED
        assert call(*at_portal, cookie=swapped[0]) == SESSION_REQUIRED
        assert sign_out(anna.cookie) == SESSION_REQUIRED
        assert sign_out(swapped[1]) == SESSION_REQUIRED


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_another_site_signs_nobody_out(clerk: Clerk, rows: Rows, headers: dict[str, str]) -> None:
    with rows.unchanged():
        assert sign_out(clerk.cookie, headers) == problem(400, "malformed_request")


def test_a_store_out_of_reach_says_try_again_and_the_session_stays(
    clerk: Clerk, wire: Wire, rows: Rows
) -> None:
    wire.before("DeleteItem", timed_out)
    with rows.unchanged():
        assert sign_out(clerk.cookie) == TRY_AGAIN

"""What the desk's functions ask of a session: which cookies count, and when a session has ended."""

from collections.abc import Callable

import pytest

from shared import clock as shared_clock, keys
from shared.table import districts, sessions
from tests.integration.answers import SESSION_REQUIRED, Answer, call, event, invoke, read
from tests.integration.clinic import ANNA, SignedIn, attach, open_district
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, Clerk, open_desk, trail
from tests.integration.rows import Rows
from tests.integration.wire import Wire, answered, operations

NOTHING_FOUND = answered({"Responses": {}, "UnprocessedKeys": {}})
DISTRICTS = ("list_districts", "GET", "/api/desk/districts")
DAY = ("list_day", "GET", "/api/desk/days/2026-11-24")


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    return open_desk()


def list_districts(cookie: str | None) -> Answer:
    return call(*DISTRICTS, cookie=cookie)


def list_day(cookie: str | None) -> Answer:
    return call(*DAY, cookie=cookie)


def give_ticket(cookie: str | None) -> Answer:
    wanted = {"patient_id": ANNA.patient_id, "starts_at": "2026-11-24T15:00:00+03:00"}
    return call("give_ticket", "POST", "/api/desk/tickets", wanted, cookie=cookie)


def idle_at(rows: Rows, clerk: Clerk) -> int:
    return int(rows.everything()[keys.session(clerk.session)]["idle_at"])


Ask = Callable[[str | None], Answer]
ALL: dict[str, Ask] = {
    "list_districts": list_districts,
    "list_day": list_day,
    "give_ticket": give_ticket,
}
EACH = pytest.mark.parametrize("ask", ALL.values(), ids=ALL)


# ------------------------------------------------------------------------- time


@EACH
def test_a_session_is_open_until_the_last_second_of_a_quarter_of_an_idle_hour(
    clerk: Clerk, clock: Clock, ask: Ask
) -> None:
    clock.move(minutes=14, seconds=59)
    assert ask(clerk.cookie).status < 300


@EACH
def test_a_session_ends_after_a_quarter_of_an_idle_hour(
    clerk: Clerk, clock: Clock, rows: Rows, ask: Ask
) -> None:
    clock.move(minutes=15)
    with rows.unchanged():
        assert ask(clerk.cookie) == SESSION_REQUIRED
    assert trail() == []


@pytest.mark.parametrize("ask", [list_districts, list_day])
def test_a_busy_session_ends_after_eight_hours(clerk: Clerk, clock: Clock, ask: Ask) -> None:
    for _ in range(47):
        clock.move(minutes=10)
        assert ask(clerk.cookie).status == 200
    clock.move(minutes=9, seconds=59)
    assert ask(clerk.cookie).status == 200
    clock.move(seconds=1)
    assert ask(clerk.cookie) == SESSION_REQUIRED


def test_reading_puts_the_idle_time_forward_at_most_every_minute(
    clerk: Clerk, clock: Clock, rows: Rows, wire: Wire
) -> None:
    clock.move(minutes=1)
    with wire.listening() as heard, rows.unchanged():
        assert list_districts(clerk.cookie).status == 200
    assert "UpdateItem" not in operations(heard)
    clock.move(seconds=1)
    with wire.listening() as heard:
        assert list_districts(clerk.cookie).status == 200
    assert operations(heard).count("UpdateItem") == 1
    assert idle_at(rows, clerk) == int(clock.now.timestamp()) + 15 * 60


@pytest.mark.parametrize("ask", [list_day, give_ticket])
def test_what_the_audit_trail_tells_puts_the_idle_time_forward_with_its_entry(
    clerk: Clerk, clock: Clock, rows: Rows, wire: Wire, ask: Ask
) -> None:
    clock.move(seconds=1)
    with wire.listening() as heard:
        assert ask(clerk.cookie).status < 300
    assert "UpdateItem" not in operations(heard)
    assert idle_at(rows, clerk) == int(clock.now.timestamp()) + 15 * 60


# ------------------------------------------------ sessions that end in the meantime


@pytest.mark.parametrize("ask", [list_day, give_ticket])
def test_a_session_that_ends_before_the_entry_is_written_shows_and_changes_nothing(
    clerk: Clerk, rows: Rows, wire: Wire, ask: Ask
) -> None:
    after: list[object] = []

    def end() -> None:
        sessions.end(clerk.session, shared_clock.now())
        after.append(rows.everything())

    wire.before("TransactWriteItems", end)
    assert ask(clerk.cookie) == SESSION_REQUIRED
    assert after == [rows.everything()]


@pytest.mark.parametrize("ask", [list_day, give_ticket])
@pytest.mark.parametrize("end", ["idle_at", "expires_at"])
def test_a_session_that_runs_out_before_the_entry_is_written_shows_and_changes_nothing(
    clerk: Clerk, rows: Rows, wire: Wire, ask: Ask, end: str
) -> None:
    key, over = keys.session(clerk.session), 1795410000
    expected = rows.everything()
    expected[key] |= {end: over}
    wire.before("TransactWriteItems", lambda: rows.change(key, **{end: over}))
    assert ask(clerk.cookie) == SESSION_REQUIRED
    assert rows.everything() == expected


def test_a_session_that_ends_while_it_is_put_forward_is_not_opened_again(
    clerk: Clerk, clock: Clock, rows: Rows, wire: Wire
) -> None:
    clock.move(minutes=10)
    key = keys.session(clerk.session)
    wire.before("UpdateItem", lambda: rows.remove(key))
    assert list_districts(clerk.cookie) == SESSION_REQUIRED
    assert key not in rows.everything()


@EACH
def test_a_session_that_never_was_costs_one_look_and_no_write(
    clerk: Clerk, wire: Wire, rows: Rows, ask: Ask
) -> None:
    guess = f"__Host-desk={ANNA_REGISTRY}.{'A' * 43}"
    districts.shown_districts(())  # They are the same for everybody, and kept for a minute.
    assert clerk.cookie != guess
    with wire.listening() as heard, rows.unchanged():
        assert ask(guess) == SESSION_REQUIRED
    assert {*operations(heard)} == {"BatchGetItem"}


def test_a_session_that_a_quick_read_does_not_know_yet_is_looked_for_again(
    clerk: Clerk, wire: Wire
) -> None:
    expected = list_day(clerk.cookie)
    wire.before("BatchGetItem", NOTHING_FOUND)
    assert list_day(clerk.cookie) == expected


# ---------------------------------------------------------------------- cookies


@EACH
def test_the_cookie_is_read_from_the_header_too(clerk: Clerk, ask: Ask) -> None:
    assert ask(clerk.cookie).status < 300
    sent = event(*DISTRICTS[1:], headers={"cookie": f"theme=dark; {clerk.cookie};x=y"})
    assert read(invoke(DISTRICTS[0], sent)).status == 200


def test_a_browser_may_be_signed_in_at_the_desk_and_as_a_patient(
    clerk: Clerk, anna: SignedIn
) -> None:
    for function, path in ((DISTRICTS[0], DISTRICTS[2]), ("show_account", "/api/account")):
        sent = event("GET", path)
        sent["cookies"] = ["__Host-desk=old", "__Host-session=old", anna.cookie, clerk.cookie]
        assert read(invoke(function, sent)).status == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "{login}",
        "{login}.",
        "{login}.{secret}x",
        "{login}.{short}",
        "{login}{secret}",
        "{login}.{secret}.{secret}",
        "ANNA-REGISTRY.{secret}",
        "{login}#SESSION.{secret}",
        '"{login}.{secret}"',
        "x" * 5000,
    ],
)
def test_what_is_no_session_of_ours_costs_no_request(
    clerk: Clerk, wire: Wire, rows: Rows, value: str
) -> None:
    secret = clerk.cookie.rpartition(".")[2]
    parts = {"login": ANNA_REGISTRY, "secret": secret, "short": secret[:-1]}
    with wire.listening() as heard, rows.unchanged():
        for ask in ALL.values():
            assert ask("__Host-desk=" + value.format(**parts)) == SESSION_REQUIRED
    assert operations(heard) == []


@EACH
@pytest.mark.parametrize("name", ["desk", "__host-desk", "__Secure-desk", "__Host-session"])
def test_a_cookie_of_another_name_opens_nothing(
    clerk: Clerk, rows: Rows, ask: Ask, name: str
) -> None:
    with rows.unchanged():
        assert ask(clerk.cookie.replace("__Host-desk", name)) == SESSION_REQUIRED


@EACH
def test_a_patients_session_opens_nothing_at_the_desk_under_either_name(
    anna: SignedIn, rows: Rows, ask: Ask
) -> None:
    with rows.unchanged():
        assert ask(anna.cookie) == SESSION_REQUIRED
        assert ask(anna.cookie.replace("__Host-session", "__Host-desk")) == SESSION_REQUIRED


def test_a_session_of_the_desk_opens_no_account_even_of_a_login_like_an_accounts_id(
    anna: SignedIn, rows: Rows
) -> None:
    clerk = open_desk(anna.account_id)
    assert list_districts(clerk.cookie).status == 200
    with rows.unchanged():
        for cookie in (clerk.cookie, clerk.cookie.replace("__Host-desk", "__Host-session")):
            assert call("show_account", "GET", "/api/account", cookie=cookie) == SESSION_REQUIRED


def test_one_clerks_secret_does_not_open_another_clerks_session(clerk: Clerk) -> None:
    open_desk("boris-registry")
    secret = clerk.cookie.rpartition(".")[2]
    assert list_districts(f"__Host-desk=boris-registry.{secret}") == SESSION_REQUIRED

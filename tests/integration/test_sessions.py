"""What every function asks of a session: which cookies count, and when a session has ended."""

from collections.abc import Callable

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, Answer, call, event, invoke, read
from tests.integration.clinic import (
    ANNA,
    BORIS,
    NEW_PASSWORD,
    PASSWORD,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_session,
    publish,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Wire, answered, operations

NOTHING_FOUND = answered({"Responses": {}, "UnprocessedKeys": {}})
NO_ITEMS = answered({"Items": []})


def show_account(cookie: str | None) -> Answer:
    return call("show_account", "GET", "/api/account", cookie=cookie)


def list_slots(signed_in: SignedIn) -> Answer:
    query = {"patient_id": signed_in.patient_id}
    return call("list_slots", "GET", "/api/slots", cookie=signed_in.cookie, query=query)


def idle_at(rows: Rows, signed_in: SignedIn) -> int:
    return int(rows.everything()[keys.session(signed_in.session)]["idle_at"])


Ask = Callable[[SignedIn], Answer]

WRITES = {
    "change_password": (
        "PUT",
        "/api/account/password",
        {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    ),
    "change_email": (
        "PUT",
        "/api/account/email",
        {"email": "new@example.com", "password": PASSWORD},
    ),
    "delete_account": ("DELETE", "/api/account", {"password": PASSWORD}),
}
READS = pytest.mark.parametrize(
    "ask", [lambda anna: show_account(anna.cookie), list_slots], ids=["show_account", "list_slots"]
)


# ------------------------------------------------------------------------- time


@READS
def test_a_session_is_open_until_the_last_second_of_half_an_idle_hour(
    anna: SignedIn, clock: Clock, ask: Ask
) -> None:
    clock.move(minutes=29, seconds=59)
    assert ask(anna).status == 200


@READS
def test_a_session_ends_after_half_an_idle_hour_and_no_write_is_even_tried(
    anna: SignedIn, clock: Clock, wire: Wire, ask: Ask
) -> None:
    clock.move(minutes=30)
    with wire.listening() as heard:
        assert ask(anna) == SESSION_REQUIRED
    assert {*operations(heard)} <= {"BatchGetItem", "Query"}


@READS
def test_a_busy_session_ends_after_twelve_hours(anna: SignedIn, clock: Clock, ask: Ask) -> None:
    for _ in range(28):
        clock.move(minutes=25)
        assert ask(anna).status == 200
    clock.move(minutes=19, seconds=59)
    assert ask(anna).status == 200
    clock.move(seconds=1)
    assert ask(anna) == SESSION_REQUIRED


@READS
def test_reading_puts_the_idle_time_forward_at_most_every_five_minutes(
    anna: SignedIn, clock: Clock, rows: Rows, wire: Wire, ask: Ask
) -> None:
    clock.move(minutes=5)
    with wire.listening() as heard, rows.unchanged():
        assert ask(anna).status == 200
    assert "UpdateItem" not in operations(heard)
    clock.move(seconds=1)
    with wire.listening() as heard:
        assert ask(anna).status == 200
    assert operations(heard).count("UpdateItem") == 1
    assert idle_at(rows, anna) == int(clock.now.timestamp()) + 30 * 60
    with rows.unchanged():
        assert ask(anna).status == 200


def test_booking_puts_the_idle_time_forward_with_the_write_that_is_made_anyway(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    publish(SLOT)
    clock.move(seconds=1)
    wanted = {"patient_id": anna.patient_id, "slot_id": SLOT}
    assert call("book_ticket", "POST", "/api/tickets", wanted, cookie=anna.cookie).status == 201
    assert idle_at(rows, anna) == int(clock.now.timestamp()) + 30 * 60


@READS
def test_a_session_that_ends_while_it_is_put_forward_is_not_opened_again(
    anna: SignedIn, clock: Clock, rows: Rows, wire: Wire, ask: Ask
) -> None:
    clock.move(minutes=10)
    key = keys.session(anna.session)
    wire.before("UpdateItem", lambda: rows.remove(key))
    assert ask(anna) == SESSION_REQUIRED
    assert key not in rows.everything()


@pytest.mark.parametrize("end", ["idle_at", "expires_at"])
def test_a_session_that_runs_out_while_it_is_put_forward_stays_closed(
    anna: SignedIn, clock: Clock, rows: Rows, wire: Wire, end: str
) -> None:
    clock.move(minutes=10)
    over = int(clock.now.timestamp())
    wire.before("UpdateItem", lambda: rows.change(keys.session(anna.session), **{end: over}))
    assert show_account(anna.cookie) == SESSION_REQUIRED
    assert rows.everything()[keys.session(anna.session)][end] == over


@pytest.mark.parametrize("end", ["idle_at", "expires_at"])
@pytest.mark.parametrize("function", WRITES)
@pytest.mark.usefixtures("argon")
def test_a_session_that_runs_out_before_the_write_changes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire, end: str, function: str
) -> None:
    key, over = keys.session(anna.session), 1795410000
    expected = rows.lasting()
    expected[key] |= {end: over}
    wire.before("TransactWriteItems", lambda: rows.change(key, **{end: over}))
    method, path, form = WRITES[function]
    assert call(function, method, path, form, cookie=anna.cookie) == SESSION_REQUIRED
    assert rows.lasting() == expected


def test_a_session_that_a_quick_read_does_not_know_yet_is_looked_for_again(
    anna: SignedIn, wire: Wire
) -> None:
    expected = list_slots(anna)
    wire.before("BatchGetItem", NOTHING_FOUND)
    with wire.listening() as heard:
        assert list_slots(anna) == expected
    reads = [request.body["RequestItems"]["portal-table"] for request in heard[:2]]
    assert [read["ConsistentRead"] for read in reads] == [False, True]


def test_an_account_that_a_quick_read_does_not_know_yet_is_looked_for_again(
    anna: SignedIn, wire: Wire
) -> None:
    expected = show_account(anna.cookie)
    wire.before("Query", NO_ITEMS)
    with wire.listening() as heard:
        assert show_account(anna.cookie) == expected
    assert [request.body["ConsistentRead"] for request in heard[:2]] == [False, True]


# ---------------------------------------------------------------------- cookies


def test_the_cookie_is_read_from_the_header_too(anna: SignedIn) -> None:
    expected = show_account(anna.cookie)
    sent = event("GET", "/api/account", headers={"cookie": f"theme=dark; {anna.cookie};x=y"})
    assert read(invoke("show_account", sent)) == expected


def test_other_cookies_stand_in_nobodys_way(anna: SignedIn) -> None:
    expected = show_account(anna.cookie)
    sent = event("GET", "/api/account")
    sent["cookies"] = ["theme=dark", "__Host-desk=x.y", "__Host-session=old", anna.cookie]
    assert read(invoke("show_account", sent)) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "{account_id}",
        "{account_id}.",
        "{account_id}.{secret}x",
        "{account_id}.{short}",
        "{account_id}{secret}",
        "{account_id}.{secret}.{secret}",
        "{ACCOUNT_ID}.{secret}",
        "{account_id}#SESSION.{secret}",
        '"{account_id}.{secret}"',
        "x" * 5000,
    ],
)
def test_what_is_no_session_of_ours_costs_no_request(
    anna: SignedIn, wire: Wire, rows: Rows, value: str
) -> None:
    secret = anna.cookie.rpartition(".")[2]
    parts = {"account_id": anna.account_id, "secret": secret, "short": secret[:-1]}
    cookie = "__Host-session=" + value.format(**parts, ACCOUNT_ID="A" * 32)
    with wire.listening() as heard, rows.unchanged():
        assert show_account(cookie) == SESSION_REQUIRED
    assert operations(heard) == []


@pytest.mark.parametrize("name", ["session", "__host-session", "__Secure-session", "__Host-desk"])
def test_a_cookie_of_another_name_opens_nothing(anna: SignedIn, name: str) -> None:
    assert show_account(anna.cookie.replace("__Host-session", name)) == SESSION_REQUIRED


def test_one_accounts_secret_does_not_open_another_account(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    secret = anna.cookie.rpartition(".")[2]
    assert show_account(f"__Host-session={boris.account_id}.{secret}") == SESSION_REQUIRED


def test_a_guessed_secret_opens_nothing(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        guess = f"__Host-session={anna.account_id}.{'A' * 43}"
        assert show_account(guess) == SESSION_REQUIRED


def test_without_a_cookie_nothing_is_shown(anna: SignedIn) -> None:
    assert show_account(None) == SESSION_REQUIRED
    assert ANNA.email not in str(show_account(open_session(anna).cookie + "x"))

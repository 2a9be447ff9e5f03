"""POST /api/desk/sessions: password and code open a session, and every failure is one answer."""

import json
from collections.abc import Callable

import pytest

from shared import keys, passwords
from shared.desk import AuditEntry, DeskUser
from shared.desk_api import desk_session_key
from shared.keyring import totp_key_of
from shared.second_factor import step_of
from tests.integration.answers import ADDRESS, TRY_AGAIN, Answer, call, event, invoke, problem
from tests.integration.clinic import PASSWORD, PASSWORD_HASH
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, code_of, make_user, open_desk, trail
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused

FAILED = problem(401, "sign_in_failed")
NOBODY = "boris-registry"
WRONG = "не-тот-пароль"

pytestmark = pytest.mark.usefixtures("argon")


@pytest.fixture(name="user")
def made() -> DeskUser:
    return make_user()


def form(
    user: DeskUser, login: str = ANNA_REGISTRY, password: str = PASSWORD, code: str | None = None
) -> dict[str, str]:
    """Return what is typed: all of it right but what is told."""
    return {"login": login, "password": password, "code": code or code_of(user)}


def sign_in(user: DeskUser, **typed: str) -> Answer:
    return call("desk_sign_in", "POST", "/api/desk/sessions", form(user, **typed))


def wrong_code(user: DeskUser) -> str:
    """Return a code of no step near."""
    return code_of(user, ahead=100)


# ------------------------------------------------------------------------ success


def test_login_password_and_code_open_a_session_of_eight_hours(
    user: DeskUser, rows: Rows, clock: Clock
) -> None:
    before = rows.lasting()
    secret = "secret-" + "2".zfill(36)
    cookie = (
        f"__Host-desk=anna-registry.{secret}; "
        "Path=/; Max-Age=28800; HttpOnly; Secure; SameSite=Strict"
    )
    body = {"login": "anna-registry", "expires_at": "2026-11-23T16:00:00+03:00"}
    assert sign_in(user) == Answer(201, body, cookies=[cookie])
    used = before[keys.desk_user(user.login)] | {"code_step": step_of(clock.now)}
    opened = {"expires_at": 1795410000 + 8 * 3600, "idle_at": 1795410000 + 15 * 60}
    entry = keys.Key("AUDIT#2026-11-23", f"ENTRY#2026-11-23T05:00:00Z#{3:016x}{3:016x}")
    told = {"login": "anna-registry", "operation": "sign_in", "address": ADDRESS}
    assert rows.lasting() == {
        keys.desk_user(user.login): used,
        keys.session(desk_session_key(user.login, secret)): opened,
        entry: told,
    }


def test_the_session_opens_the_desk(user: DeskUser) -> None:
    cookie = sign_in(user).cookies[0].partition(";")[0]
    assert call("list_districts", "GET", "/api/desk/districts", cookie=cookie).status == 200


def test_neither_the_secret_nor_the_key_of_the_codes_nor_the_password_is_stored(
    user: DeskUser, rows: Rows
) -> None:
    secret = sign_in(user).cookies[0].partition(";")[0].rpartition(".")[2]
    stored = json.dumps([*map(list, rows.images().items())])
    key = totp_key_of(user.login, user.totp_seed)
    assert [hidden for hidden in (secret, key, PASSWORD) if hidden in stored] == []


@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_a_clerks_clock_may_be_wrong_by_half_a_minute(user: DeskUser, ahead: int) -> None:
    assert sign_in(user, code=code_of(user, ahead)).status == 201


def test_the_next_code_opens_the_next_session(user: DeskUser, clock: Clock) -> None:
    cookies = []
    for _ in range(3):
        cookies += sign_in(user).cookies
        clock.move(seconds=30)
    assert len(set(cookies)) == 3


def test_the_entry_tells_the_address_that_the_distribution_saw(user: DeskUser) -> None:
    answer = call("desk_sign_in", "POST", "/api/desk/sessions", form(user), address="2001:db8::7")
    assert answer.status == 201
    assert [entry.address for entry in trail()] == ["2001:db8::7"]


def test_an_address_that_nobody_knows_stops_neither_the_clerk_nor_the_reader(
    user: DeskUser, clock: Clock
) -> None:
    headers = {"cloudfront-viewer-address": ""}
    answer = call("desk_sign_in", "POST", "/api/desk/sessions", form(user), headers=headers)
    assert answer.status == 201
    assert trail() == [AuditEntry(clock.now, user.login, "sign_in", "", frozenset(), None)]


# ----------------------------------------------------------------------- failures

Spoil = Callable[[DeskUser], dict[str, str]]
FAILURES: dict[str, Spoil] = {
    "unknown login": lambda user: form(user, login=NOBODY),
    "login in capitals": lambda user: form(user, login=ANNA_REGISTRY.upper()),
    "login with a blank": lambda user: form(user, login=f"{ANNA_REGISTRY} "),
    "no login that can be": lambda user: form(user, login="#"),
    "wrong password": lambda user: form(user, password=WRONG),
    "password in capitals": lambda user: form(user, password=PASSWORD.upper()),
    "wrong code": lambda user: form(user, code=wrong_code(user)),
    "no code that can be": lambda user: form(user, code="x"),
    "code of a minute ago": lambda user: form(user, code=code_of(user, -2)),
    "code of the next minute": lambda user: form(user, code=code_of(user, 2)),
    "wrong password and code": lambda user: form(user, password=WRONG, code=wrong_code(user)),
    "all wrong": lambda user: form(user, login=NOBODY, password=WRONG, code="000000"),
}
EACH_FAILURE = pytest.mark.parametrize("spoil", FAILURES.values(), ids=FAILURES)


def ask(typed: dict[str, str]) -> Answer:
    return call("desk_sign_in", "POST", "/api/desk/sessions", typed)


@EACH_FAILURE
def test_a_failure_opens_nothing_and_leaves_counters_only(
    user: DeskUser, rows: Rows, spoil: Spoil
) -> None:
    with rows.only_counted():
        assert ask(spoil(user)) == FAILED
    assert trail() == []


@pytest.mark.parametrize("ahead", [0, -1])
def test_a_used_code_and_one_before_it_open_nothing(user: DeskUser, rows: Rows, ahead: int) -> None:
    assert sign_in(user).status == 201
    with rows.only_counted():
        assert sign_in(user, code=code_of(user, ahead)) == FAILED


def test_a_code_of_the_step_ahead_uses_the_present_one_up(user: DeskUser, rows: Rows) -> None:
    assert sign_in(user, code=code_of(user, 1)).status == 201
    with rows.only_counted():
        assert sign_in(user) == FAILED


def test_a_used_code_stays_used_when_all_sessions_have_ended(
    user: DeskUser, rows: Rows, clock: Clock
) -> None:
    code = code_of(user)
    cookie = sign_in(user).cookies[0].partition(";")[0]
    call("desk_sign_out", "DELETE", "/api/desk/sessions/current", cookie=cookie)
    clock.move(seconds=20)
    with rows.only_counted():
        assert sign_in(user, code=code) == FAILED


def test_one_users_code_and_password_open_nobody_else(user: DeskUser, rows: Rows) -> None:
    other = make_user(NOBODY, passwords.hash_password(WRONG))
    with rows.only_counted():
        assert sign_in(user, login=NOBODY) == FAILED
        assert sign_in(user, login=NOBODY, password=WRONG) == FAILED
        assert sign_in(user, login=NOBODY, code=code_of(other)) == FAILED
    assert sign_in(other, login=NOBODY, password=WRONG).status == 201


def test_all_failures_are_answered_alike_byte_for_byte(user: DeskUser) -> None:
    sign_in(user)
    spoilt = [spoil(user) for spoil in FAILURES.values()] + [form(user)]
    raw = {
        json.dumps(
            invoke("desk_sign_in", event("POST", "/api/desk/sessions", typed, address=address))
        )
        for typed, address in zip(spoilt, _addresses(), strict=False)
    }
    assert len(raw) == 1


def _addresses() -> list[str]:
    """Return an address of its own for each try, as if each came from another network."""
    return [f"198.51.100.{number}" for number in range(100)]


def test_all_failures_cost_the_same_work(
    user: DeskUser, wire: Wire, argon: list[tuple[str, str]]
) -> None:
    sign_in(user)
    spoilt = [spoil(user) for spoil in FAILURES.values()] + [form(user), form(user, code="1")]
    argon.clear()
    asked = []
    for typed, address in zip(spoilt, _addresses(), strict=False):
        with wire.listening() as heard:
            call("desk_sign_in", "POST", "/api/desk/sessions", typed, address=address)
        asked.append(operations(heard))
        assert heard[-1].body["ConsistentRead"] is True
    assert asked == [["UpdateItem"] * 3 + ["GetItem"]] * len(spoilt)
    known = [typed["login"] == ANNA_REGISTRY for typed in spoilt]
    hashes = [PASSWORD_HASH if is_known else passwords._DECOY for is_known in known]
    assert argon == [("verify", one) for one in hashes]


def test_a_hash_that_cannot_be_read_opens_nothing(user: DeskUser, rows: Rows) -> None:
    rows.change(keys.desk_user(user.login), password_hash="plain text")
    with rows.only_counted():
        assert sign_in(user) == FAILED


def test_an_account_of_a_patient_does_not_open_the_desk(user: DeskUser, rows: Rows) -> None:
    with rows.only_counted():
        assert sign_in(user, login="anna.ivanova@example.com") == FAILED


def test_what_was_typed_as_a_login_is_not_kept_even_in_the_counters(
    user: DeskUser, rows: Rows
) -> None:
    assert sign_in(user, login="a password by mistake") == FAILED
    stored = json.dumps([*map(list, rows.images().items())])
    assert "a password by mistake" not in stored


# ------------------------------------------------------------------------ requests


@pytest.mark.parametrize(
    "wrong, fault",
    [
        ({"login": None}, ("/login", "string_type", "Здесь ожидается текст.")),
        ({"login": ""}, ("/login", "string_too_short", "Слишком короткое значение.")),
        ({"login": "a" * 41}, ("/login", "string_too_long", "Слишком длинное значение.")),
        ({"password": ""}, ("/password", "string_too_short", "Слишком короткое значение.")),
        ({"password": "x" * 129}, ("/password", "string_too_long", "Слишком длинное значение.")),
        ({"code": 123456}, ("/code", "string_type", "Здесь ожидается текст.")),
        ({"code": "1" * 11}, ("/code", "string_too_long", "Слишком длинное значение.")),
        ({"remember": True}, ("/remember", "extra_forbidden", "Такого поля здесь нет.")),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    user: DeskUser, rows: Rows, wrong: dict[str, object], fault: tuple[str, str, str]
) -> None:
    body = {**form(user), **wrong}
    with rows.unchanged():
        answer = call("desk_sign_in", "POST", "/api/desk/sessions", body)
    assert answer == problem(422, "invalid_request", [fault])


@pytest.mark.parametrize("missing", ["login", "password", "code"])
def test_all_three_have_to_be_told(user: DeskUser, rows: Rows, missing: str) -> None:
    typed = form(user)
    del typed[missing]
    fault = (f"/{missing}", "missing", "Заполните это поле.")
    with rows.unchanged():
        assert ask(typed) == problem(422, "invalid_request", [fault])


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}]
)
def test_another_site_signs_nobody_in(user: DeskUser, rows: Rows, headers: dict[str, str]) -> None:
    with rows.unchanged():
        answer = call("desk_sign_in", "POST", "/api/desk/sessions", form(user), headers=headers)
    assert answer == problem(400, "malformed_request")


@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "TransactWriteItems"])
def test_a_busy_store_says_try_again_and_opens_nothing(
    user: DeskUser, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    with rows.only_counted():
        assert sign_in(user) == TRY_AGAIN


def test_signing_in_ends_no_other_session(user: DeskUser) -> None:
    clerk = open_desk()
    assert sign_in(user).status == 201
    answer = call("list_districts", "GET", "/api/desk/districts", cookie=clerk.cookie)
    assert answer.status == 200

"""POST /api/sessions: a session for a confirmed address, and one answer for every failure."""

import json

import pytest

from shared import keys, passwords
from shared.api import session_key
from tests.integration.answers import TRY_AGAIN, Answer, call, event, invoke, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    PASSWORD_HASH,
    SLOT,
    SignedIn,
    publish,
    start_registration,
    take,
)
from tests.integration.rows import Rows
from tests.integration.test_book_ticket import ticket
from tests.integration.test_confirm_email import account_view
from tests.integration.wire import Wire, operations, refused

FAILED = problem(401, "sign_in_failed")


pytestmark = pytest.mark.usefixtures("argon")


def sign_in(email: str = ANNA.email, password: str = PASSWORD) -> Answer:
    return call("sign_in", "POST", "/api/sessions", {"email": email, "password": password})


def test_the_address_and_its_password_open_a_session(anna: SignedIn, rows: Rows) -> None:
    publish(SLOT)
    held = ticket(take(anna, SLOT), anna.patient_id)
    before = rows.lasting()
    secret = "secret-" + "8".zfill(36)
    cookie = (
        f"__Host-session={anna.account_id}.{secret}; "
        "Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict"
    )
    assert sign_in() == Answer(201, account_view(ticket=held), cookies=[cookie])
    opened = {"expires_at": 1795410000 + 12 * 3600, "idle_at": 1795410000 + 30 * 60}
    key = keys.session(session_key(anna.account_id, secret))
    account = keys.account(anna.account_id)
    counted = before[account] | {"revision": "0000000000000009"}
    assert rows.lasting() == before | {key: opened, account: counted}


def test_the_secret_itself_is_not_stored(anna: SignedIn, rows: Rows) -> None:
    cookie = sign_in().cookies[0].partition(";")[0]
    secret = cookie.rpartition(".")[2]
    assert secret not in json.dumps([*map(list, rows.images().items())])
    assert anna.cookie.rpartition(".")[2] != secret


@pytest.mark.parametrize(
    "address",
    ["ANNA.IVANOVA@EXAMPLE.COM", "Anna.Ivanova@example.com", " anna.ivanova@example.com "],
)
def test_letter_case_and_blanks_around_the_address_make_no_difference(
    anna: SignedIn, address: str
) -> None:
    assert sign_in(address).body["account_id"] == anna.account_id


def test_two_browsers_are_signed_in_side_by_side(anna: SignedIn) -> None:
    cookies = [sign_in().cookies[0].partition(";")[0] for _ in range(2)]
    assert len({*cookies, anna.cookie}) == 3
    for cookie in [*cookies, anna.cookie]:
        assert call("show_account", "GET", "/api/account", cookie=cookie).status == 200


@pytest.mark.usefixtures("anna")
def test_an_unknown_address_and_a_wrong_password_are_answered_alike_byte_for_byte(
    rows: Rows,
) -> None:
    forms = [(ANNA.email, "не-тот-пароль"), (BORIS.email, PASSWORD), (BORIS.email, "x")]
    with rows.only_counted():
        raw = [
            invoke(
                "sign_in",
                event("POST", "/api/sessions", {"email": email, "password": password}),
            )
            for email, password in forms
        ]
    assert len({json.dumps(answer) for answer in raw}) == 1
    assert sign_in(BORIS.email) == FAILED


@pytest.mark.usefixtures("anna")
def test_an_unknown_address_and_a_wrong_password_cost_the_same_work(
    wire: Wire, argon: list[tuple[str, str]]
) -> None:
    with wire.listening() as for_wrong:
        sign_in(password="не-тот-пароль")
    with wire.listening() as for_unknown:
        sign_in(BORIS.email)
    counted = ["UpdateItem"] * 3
    assert operations(for_wrong) == operations(for_unknown) == [*counted, "GetItem", "GetItem"]
    assert [request.body["ConsistentRead"] for request in for_unknown[3:]] == [True, True]
    assert argon == [("verify", PASSWORD_HASH), ("verify", passwords._DECOY)]


def test_an_address_that_is_not_confirmed_yet_opens_nothing(rows: Rows) -> None:
    start_registration(ANNA)
    with rows.only_counted():
        assert sign_in() == FAILED


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize(
    "password", [PASSWORD.upper(), f"{PASSWORD} ", f" {PASSWORD}", PASSWORD[:-1], "й" * 128]
)
def test_a_password_is_compared_exactly_as_typed(rows: Rows, password: str) -> None:
    with rows.only_counted():
        assert sign_in(password=password) == FAILED


def test_a_hash_that_cannot_be_read_opens_nothing(anna: SignedIn, rows: Rows) -> None:
    account = keys.account(anna.account_id)
    rows.change(account, password_hash="plain text")
    with rows.only_counted():
        assert sign_in() == FAILED


@pytest.mark.parametrize(
    "body, fault",
    [
        ({"email": ANNA.email}, ("/password", "missing", "Заполните это поле.")),
        (
            {"email": "x", "password": "x"},
            (
                "/email",
                "email_invalid",
                "Это не адрес электронной почты. Пример: ivanova@example.com",
            ),
        ),
        (
            {"email": ANNA.email, "password": "x" * 129},
            ("/password", "string_too_long", "Слишком длинное значение."),
        ),
        (
            {"email": ANNA.email, "password": "x", "remember": True},
            ("/remember", "extra_forbidden", "Такого поля здесь нет."),
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    rows: Rows, body: object, fault: tuple[str, str, str]
) -> None:
    with rows.unchanged():
        answer = call("sign_in", "POST", "/api/sessions", body)
    assert answer == problem(422, "invalid_request", [fault])


@pytest.mark.usefixtures("anna")
def test_another_site_signs_nobody_in(rows: Rows) -> None:
    form = {"email": ANNA.email, "password": PASSWORD}
    with rows.unchanged():
        answer = call(
            "sign_in", "POST", "/api/sessions", form, headers={"sec-fetch-site": "cross-site"}
        )
    assert answer == problem(400, "malformed_request")


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "Query", "TransactWriteItems"])
def test_a_busy_store_says_try_again_and_opens_nothing(
    rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    with rows.only_counted():
        assert sign_in() == TRY_AGAIN

"""POST /api/password-resets: a call for a new password, whatever stands behind the address."""

import pytest

from shared import keys
from shared.keyring import email_key_of
from tests.integration.answers import TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import ANNA, BORIS, SignedIn, start_registration
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.wire import Planted, Wire, operations, refused, timed_out

SENT = Answer(202, {"status": "reset_sent"})


def request_reset(email: str = ANNA.email, headers: dict[str, str] | None = None) -> Answer:
    path = "/api/password-resets"
    return call("request_reset", "POST", path, {"email": email}, headers=headers)


def test_the_call_is_written_for_an_address_that_nobody_knows(rows: Rows) -> None:
    assert request_reset() == SENT
    assert rows.lasting() == {
        keys.reset(email_key_of(ANNA.email)): {
            "reset_id": "0000000000000001" * 2,
            "expires_at": 1795410000 + 30 * 60,
        }
    }
    assert rows.hits() == {"reset-client.3600": 1, "reset.60": 1, "reset.21600": 1}


def test_the_call_changes_nothing_of_the_account(anna: SignedIn, rows: Rows) -> None:
    start_registration(BORIS)
    before = rows.lasting()
    assert [request_reset(), request_reset(BORIS.email)] == [SENT, SENT]
    called = {keys.reset(email_key_of(one.email)) for one in (ANNA, BORIS)}
    after = rows.lasting()
    assert after.keys() == before.keys() | called
    assert {key: after[key] for key in before} == before
    answer = call("show_account", "GET", "/api/account", cookie=anna.cookie)
    assert answer.status == 200


def test_a_newer_call_takes_the_place_of_the_older(rows: Rows, clock: Clock) -> None:
    request_reset()
    clock.move(minutes=1)
    assert request_reset(" ANNA.Ivanova@example.COM ") == SENT
    assert rows.lasting() == {
        keys.reset(email_key_of(ANNA.email)): {
            "reset_id": "0000000000000002" * 2,
            "expires_at": 1795410000 + 31 * 60,
        }
    }


def test_the_address_itself_is_not_stored(rows: Rows) -> None:
    request_reset()
    assert ANNA.email not in str(rows.images())


def test_a_call_is_four_writes_and_no_read(wire: Wire) -> None:
    with wire.listening() as heard:
        request_reset()
    assert operations(heard) == [*["UpdateItem"] * 3, "PutItem"]


@pytest.mark.parametrize(
    "body, fault",
    [
        ({}, ("/email", "missing", "Заполните это поле.")),
        (
            {"email": "x"},
            (
                "/email",
                "email_invalid",
                "Это не адрес электронной почты. Пример: ivanova@example.com",
            ),
        ),
        (
            {"email": ANNA.email, "password": "x"},
            ("/password", "extra_forbidden", "Такого поля здесь нет."),
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    rows: Rows, body: object, fault: tuple[str, str, str]
) -> None:
    with rows.unchanged():
        answer = call("request_reset", "POST", "/api/password-resets", body)
    assert answer == problem(422, "invalid_request", [fault])


def test_another_site_calls_for_no_mail(rows: Rows) -> None:
    with rows.unchanged():
        answer = request_reset(headers={"sec-fetch-site": "cross-site"})
    assert answer == problem(400, "malformed_request")


@pytest.mark.parametrize("operation", ["UpdateItem", "PutItem"])
@pytest.mark.parametrize(
    "planted", [refused("ThrottlingException"), refused("InternalServerError", 500), timed_out]
)
def test_a_busy_or_absent_store_says_try_again_and_nothing_is_called_for(
    rows: Rows, wire: Wire, operation: str, planted: Planted
) -> None:
    wire.before(operation, planted)
    with rows.only_counted():
        assert request_reset() == TRY_AGAIN

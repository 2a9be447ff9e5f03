"""POST /api/registrations/resend: a call for another mail, whatever stands behind the address."""

import pytest

from shared import keys
from shared.keyring import email_key_of
from tests.integration.answers import TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import ANNA, BORIS, open_account, start_registration, token_of
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.wire import Planted, Wire, operations, refused, timed_out

SENT = Answer(202, {"status": "confirmation_sent"})
CONFLICT = refused("TransactionConflictException")


def resend(email: str = ANNA.email, headers: dict[str, str] | None = None) -> Answer:
    path = "/api/registrations/resend"
    return call("resend_confirmation", "POST", path, {"email": email}, headers=headers)


def test_the_call_is_written_for_an_address_that_nobody_knows(rows: Rows) -> None:
    assert resend() == SENT
    key = keys.resend(email_key_of(ANNA.email), "0000000000000001" * 2)
    assert rows.lasting() == {key: {"expires_at": 1795410000 + 24 * 60 * 60}}
    assert rows.hits() == {"resend-client.3600": 1, "resend.60": 1, "resend.21600": 1}


def test_the_call_is_written_alike_for_a_registration_and_an_account_which_stay_as_they_are(
    rows: Rows,
) -> None:
    registration = start_registration(ANNA)
    open_account(BORIS)
    before = rows.lasting()
    assert [resend(), resend(BORIS.email)] == [SENT, SENT]
    after = rows.lasting()
    called = {key: item for key, item in after.items() if key not in before}
    partitions = {keys.address_partition(email_key_of(one.email)) for one in (ANNA, BORIS)}
    assert {key.pk for key in called} == partitions
    assert [*called.values()] == [{"expires_at": 1795410000 + 24 * 60 * 60}] * 2
    assert {key: after[key] for key in before} == before
    assert confirm(token_of(registration)).status == 201


def test_the_address_itself_is_not_stored(rows: Rows) -> None:
    resend()
    assert ANNA.email not in str(rows.images())


def test_letter_case_and_blanks_make_no_difference(rows: Rows) -> None:
    resend(" ANNA.Ivanova@example.COM ")
    [key] = rows.lasting()
    assert key.pk == keys.address_partition(email_key_of(ANNA.email))


def test_a_call_is_four_writes_and_no_read(wire: Wire) -> None:
    with wire.listening() as heard:
        resend()
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
            {"email": ANNA.email, "again": True},
            ("/again", "extra_forbidden", "Такого поля здесь нет."),
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    rows: Rows, body: object, fault: tuple[str, str, str]
) -> None:
    with rows.unchanged():
        answer = call("resend_confirmation", "POST", "/api/registrations/resend", body)
    assert answer == problem(422, "invalid_request", [fault])


def test_another_site_calls_for_no_mail(rows: Rows) -> None:
    with rows.unchanged():
        answer = resend(headers={"origin": "https://evil.example"})
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
        assert resend() == TRY_AGAIN


def test_a_conflict_is_tried_again(wire: Wire, rows: Rows, pauses: list[float]) -> None:
    wire.before("PutItem", CONFLICT, CONFLICT)
    assert resend() == SENT
    assert (len(pauses), len(rows.lasting())) == (2, 1)

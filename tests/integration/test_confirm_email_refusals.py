"""POST /api/email-confirmations: dead links, wrong passwords and addresses already taken."""

import pytest

from shared import keys
from shared.keyring import token
from tests.integration.answers import call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    open_account,
    start_registration,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import but_tries, confirm
from tests.integration.wire import Wire, operations

EXPIRED = problem(410, "confirmation_expired")
WRONG_PASSWORD = problem(403, "wrong_password")


# --------------------------------------------------------------------- the link


def test_a_token_works_once(rows: Rows) -> None:
    registration = start_registration(ANNA)
    assert confirm(registration).status == 201
    with rows.only_counted():
        assert confirm(registration) == EXPIRED


def test_a_link_works_until_the_last_second_of_its_day(clock: Clock) -> None:
    registration = start_registration(ANNA)
    clock.move(hours=23, minutes=59, seconds=59)
    assert confirm(registration).status == 201


def test_a_link_of_a_whole_day_has_expired(clock: Clock, rows: Rows) -> None:
    registration = start_registration(ANNA)
    clock.move(hours=24)
    with rows.only_counted():
        assert confirm(registration) == EXPIRED


def test_a_link_that_nobody_sent_is_only_counted_and_changes_nothing(
    rows: Rows, wire: Wire
) -> None:
    registration = start_registration(ANNA)
    genuine = token_of(registration)
    email_key, registration_id, mac = genuine.split(".")
    flipped = "0" if mac[-1] != "0" else "1"
    forged = [
        "x",
        "..",
        "." * 200,
        f"{email_key}.{registration_id}",
        f"{email_key}.{registration_id}.",
        f"{email_key}.{'f' * 32}.{mac}",
        f"{'f' * 32}.{registration_id}.{mac}",
        f"{email_key}.{registration_id}.{mac[:-1]}{flipped}",
        f"{email_key}.{registration_id}.{mac.upper()}é",
        f"{email_key}{registration_id}..{mac}",
        f"{genuine}.",
        f" {genuine}",
        token("reset", email_key, registration_id),
        token("invite", email_key, registration_id),
    ]
    with wire.listening() as heard, rows.only_counted():
        assert [confirm(link) for link in forged] == [EXPIRED] * len(forged)
    assert operations(heard) == ["UpdateItem"] * len(forged)
    assert rows.hits() == {"confirmation-client.3600": len(forged)}


def test_a_genuine_link_of_a_registration_that_is_gone_has_expired(rows: Rows) -> None:
    with rows.only_counted():
        assert confirm(token("confirm", "f" * 32, "0" * 32)) == EXPIRED


# ----------------------------------------------------------------- the password


def test_a_wrong_password_opens_nothing_and_costs_one_try(rows: Rows) -> None:
    registration = start_registration(ANNA)
    key = keys.pending(registration.email_key, registration.registration_id)
    before = rows.lasting()
    assert confirm(registration, PASSWORD.upper()) == WRONG_PASSWORD
    assert rows.lasting() == {key: before[key] | {"tries": 4}}


def test_the_token_survives_four_wrong_passwords() -> None:
    registration = start_registration(ANNA)
    answers = [confirm(registration, f"{PASSWORD}{n}") for n in range(4)]
    assert answers == [WRONG_PASSWORD] * 4
    assert confirm(registration).status == 201


def test_after_five_wrong_passwords_even_the_right_one_opens_nothing(rows: Rows) -> None:
    registration = start_registration(ANNA)
    answers = [confirm(registration, f"{PASSWORD}{n}") for n in range(5)]
    assert answers == [WRONG_PASSWORD] * 5
    with rows.only_counted():
        assert confirm(registration) == EXPIRED


def test_a_try_is_counted_before_the_password_is_looked_at(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = start_registration(ANNA)
    key = keys.pending(registration.email_key, registration.registration_id)
    tries: list[int] = []

    def note(_hash: str, _password: str) -> bool:
        tries.append(rows.everything()[key]["tries"])
        return False

    monkeypatch.setattr("functions.confirm_email.app.verify_password", note)
    confirm(registration)
    assert tries == [4]


# ------------------------------------------------------------------ the address


def test_of_two_registrations_of_one_address_the_first_confirmed_wins(rows: Rows) -> None:
    late, early = start_registration(ANNA), start_registration(BORIS, email=ANNA.email)
    assert confirm(early).status == 201
    before = but_tries(rows)
    assert confirm(late) == EXPIRED
    assert but_tries(rows) == before


def test_the_same_address_in_another_case_is_the_same_address(rows: Rows) -> None:
    open_account(BORIS, email="Anna.Ivanova@EXAMPLE.com")
    registration = start_registration(ANNA)
    before = but_tries(rows)
    assert confirm(registration) == EXPIRED
    assert but_tries(rows) == before


# ------------------------------------------------------------------ the request


@pytest.mark.parametrize(
    "body, pointer, code, detail",
    [
        ({"password": PASSWORD}, "/token", "missing", "Заполните это поле."),
        ({"token": "x"}, "/password", "missing", "Заполните это поле."),
        (
            {"token": "", "password": "x"},
            "/token",
            "string_too_short",
            "Слишком короткое значение.",
        ),
        (
            {"token": "x" * 201, "password": "x"},
            "/token",
            "string_too_long",
            "Слишком длинное значение.",
        ),
        (
            {"token": "x", "password": "x" * 129},
            "/password",
            "string_too_long",
            "Слишком длинное значение.",
        ),
        (
            {"token": "x", "password": "x", "email": "x"},
            "/email",
            "extra_forbidden",
            "Такого поля здесь нет.",
        ),
    ],
)
def test_a_body_with_wrong_fields_is_refused(
    rows: Rows, body: object, pointer: str, code: str, detail: str
) -> None:
    start_registration(ANNA)
    with rows.unchanged():
        answer = call("confirm_email", "POST", "/api/email-confirmations", body)
    assert answer == problem(422, "invalid_request", [(pointer, code, detail)])


def test_another_site_confirms_nothing(rows: Rows) -> None:
    form = {"token": token_of(start_registration(ANNA)), "password": PASSWORD}
    with rows.unchanged():
        answer = call(
            "confirm_email",
            "POST",
            "/api/email-confirmations",
            form,
            headers={"origin": "https://evil.example"},
        )
    assert answer == problem(400, "malformed_request")

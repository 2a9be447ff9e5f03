"""POST /api/registrations: the form is kept, and the answer tells nothing of the address."""

import json
from typing import Any

import pytest
from argon2 import PasswordHasher

from functions.register import app
from shared import keys
from shared.keyring import email_key_of
from shared.passwords import hash_password
from tests.integration.answers import Answer, call, event, invoke
from tests.integration.clinic import ANNA, BORIS, PASSWORD, PASSWORD_HASH, open_account
from tests.integration.rows import Item, Rows
from tests.integration.wire import Wire, operations

FORM = {
    "email": "Anna.Ivanova@Example.COM",
    "password": PASSWORD,
    "policy_number": "7856 1308-4000 0017",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": "1991-05-22",
}
SENT = Answer(202, {"status": "confirmation_sent"})
WORK = ["UpdateItem", "UpdateItem", "GetItem", "PutItem"]
"""The network's count, the address's, whose it is, and the form that waits."""


@pytest.fixture(autouse=True)
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of the passwords that were hashed, each at no cost."""
    passwords: list[str] = []

    def note(password: str) -> str:
        passwords.append(password)
        return PASSWORD_HASH

    monkeypatch.setattr(app, "hash_password", note)
    return passwords


def register(**changes: object) -> Answer:
    form = {name: value for name, value in (FORM | changes).items() if value is not ...}
    return call("register", "POST", "/api/registrations", form)


def raw_answer(address: str) -> dict[str, Any]:
    sent = event("POST", "/api/registrations", FORM | {"email": address})
    return invoke("register", sent)


def pending(rows: Rows) -> list[Item]:
    return [item for key, item in rows.everything().items() if keys.kind(key.sk) == "PENDING"]


def test_the_form_is_kept_until_its_address_is_confirmed(rows: Rows) -> None:
    assert register() == SENT
    key = keys.pending(email_key_of(ANNA.email), "0000000000000001" * 2)
    assert rows.lasting() == {
        key: {
            "email": "Anna.Ivanova@example.com",
            "password_hash": PASSWORD_HASH,
            "patient_id": ANNA.patient_id,
            "person": {
                "last_name": "Иванова",
                "first_name": "Анна",
                "middle_name": "Петровна",
                "birth_date": "1991-05-22",
            },
            "policy_last4": "0017",
            "address_taken": False,
            "tries": 5,
            "expires_at": 1795410000 + 24 * 60 * 60,
        }
    }


def test_a_password_is_hashed_with_argon2id_of_64_mib(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "hash_password", hash_password)
    register()
    [kept] = pending(rows)
    assert kept["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert PasswordHasher().verify(kept["password_hash"], PASSWORD)


@pytest.mark.parametrize("address", ["anna.ivanova@example.com", "ANNA.IVANOVA@EXAMPLE.COM"])
def test_a_taken_address_and_a_free_one_are_answered_alike_byte_for_byte(address: str) -> None:
    open_account(ANNA)
    taken, free = raw_answer(address), raw_answer("nobody.ivanova@example.com")
    assert json.dumps(taken) == json.dumps(free)
    assert free["statusCode"] == 202


def test_a_taken_address_and_a_free_one_cost_the_same_work(wire: Wire, hashed: list[str]) -> None:
    open_account(ANNA)
    with wire.listening() as for_taken:
        raw_answer(ANNA.email)
    with wire.listening() as for_free:
        raw_answer("nobody.ivanova@example.com")
    assert operations(for_taken) == operations(for_free) == WORK
    sizes = [len(str(heard[-1].body)) for heard in (for_taken, for_free)]
    assert abs(sizes[0] - sizes[1]) < 10
    assert hashed == [PASSWORD, PASSWORD]


def test_a_registration_with_a_taken_address_changes_nothing_of_the_account(rows: Rows) -> None:
    open_account(ANNA)
    before = rows.lasting()
    assert register() == SENT
    after = rows.lasting()
    [(key, kept)] = [(key, item) for key, item in after.items() if key not in before]
    assert key.pk == keys.address_owner(email_key_of(ANNA.email)).pk
    assert kept["address_taken"] is True
    assert {key: after[key] for key in before} == before


def test_neither_the_policy_number_nor_the_password_is_stored(rows: Rows) -> None:
    register(policy_series="АБ 12")
    stored = json.dumps([*map(list, rows.images().items())], ensure_ascii=False)
    for secret in (ANNA.number, FORM["policy_number"], ANNA.number[:15], PASSWORD, "АБ 12"):
        assert secret not in stored
    assert '"0017"' in stored


def test_two_registrations_of_one_address_wait_side_by_side(rows: Rows) -> None:
    assert [register(), register(first_name="Алла")] == [SENT, SENT]
    assert [item["person"]["first_name"] for item in pending(rows)] == ["Анна", "Алла"]


def test_two_addresses_may_ask_for_one_policy(rows: Rows) -> None:
    assert [register(), register(email=BORIS.email)] == [SENT, SENT]
    assert {item["patient_id"] for item in pending(rows)} == {ANNA.patient_id}


@pytest.mark.parametrize("series", [..., None, "", "  ", "АБ № 12-3"])
def test_a_policy_without_a_series_is_entered_without_one(rows: Rows, series: object) -> None:
    assert register(policy_series=series) == SENT
    assert len(pending(rows)) == 1


@pytest.mark.parametrize("patronymic", [..., None, "", "   "])
def test_somebody_without_a_patronymic_leaves_it_out(rows: Rows, patronymic: object) -> None:
    assert register(middle_name=patronymic) == SENT
    assert [item["person"]["middle_name"] for item in pending(rows)] == [None]


def test_names_are_kept_as_typed_but_for_blanks_around(rows: Rows) -> None:
    register(last_name=" соловьёв - Седой ", first_name="АННА", middle_name="O’Brien-қызы")
    [kept] = pending(rows)
    assert kept["person"] == {
        "last_name": "соловьёв - Седой",
        "first_name": "АННА",
        "middle_name": "O’Brien-қызы",
        "birth_date": "1991-05-22",
    }


@pytest.mark.parametrize(
    "number", ["7856130840000017", " 7856-1308-4000-0017 ", "78 5613084000001 7"]
)
def test_a_policy_number_is_read_as_people_type_it(rows: Rows, number: str) -> None:
    assert register(policy_number=number) == SENT
    assert [item["patient_id"] for item in pending(rows)] == [ANNA.patient_id]


def test_a_number_that_disagrees_with_the_birth_date_is_not_refused() -> None:
    assert register(birth_date="2001-12-31") == SENT


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-8"},
        {"content-type": "Application/JSON"},
        {"origin": "https://portal.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_the_portals_own_page_may_register(headers: dict[str, str]) -> None:
    assert call("register", "POST", "/api/registrations", FORM, headers=headers) == SENT

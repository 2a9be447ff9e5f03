"""POST /api/registrations: what is refused, how it is said, and that nothing is written."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.register import app
from shared import keyring
from tests.integration.answers import TRY_AGAIN, Answer, call, event, invoke, problem
from tests.integration.clinic import PASSWORD_HASH
from tests.integration.rows import Rows
from tests.integration.test_register import FORM
from tests.integration.wire import Planted, Wire, operations, refused, timed_out

MALFORMED = problem(400, "malformed_request")
TOO_LARGE = problem(413, "too_large")

MISSING = ("missing", "Заполните это поле.")
TEXT = ("string_type", "Здесь ожидается текст.")
TOO_LONG = ("string_too_long", "Слишком длинное значение.")
TOO_SHORT = ("password_short", "В пароле должно быть не меньше 8 знаков.")
NOT_UTF8 = ("string_unicode", "Текст содержит недопустимые знаки.")
OBJECT = ("object_expected", "Здесь ожидается объект.")
EXTRA = ("extra_forbidden", "Такого поля здесь нет.")

CHECK_DIGIT = (
    "policy_check_digit",
    "В номере полиса опечатка: контрольная цифра не сходится. Сверьте все 16 цифр.",
)
CERTIFICATE = (
    "policy_temporary_certificate",
    (
        "Это номер временного свидетельства (9 цифр). "
        "Нужен номер полиса ОМС: 16 цифр; его подскажет страховая компания."
    ),
)
FORM_NUMBER = (
    "policy_form_number",
    "Это номер бланка (11 цифр) с оборота полиса. Нужен номер полиса ОМС: 16 цифр.",
)
LENGTH = ("policy_length", "В номере полиса ОМС 16 цифр. Полис ДМС не подходит.")
NOT_DIGITS = (
    "policy_not_digits",
    "Номер полиса ОМС состоит только из цифр. Полис ДМС не подходит.",
)
SERIES = ("policy_series", "Проверьте серию полиса или оставьте поле пустым.")
EMAIL = ("email_invalid", "Это не адрес электронной почты. Пример: ivanova@example.com")
COMMON = ("password_common", "Этот пароль слишком известен, придумайте другой.")
CHARACTERS = ("name_characters", "Здесь есть недопустимые знаки.")
LETTERS = ("name_letters", "Здесь нужны буквы.")
DATE_FORMAT = ("date_format", "Дата пишется так: 1985-03-27.")
BIRTH_RANGE = ("birth_date_range", "Проверьте дату рождения.")


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "hash_password", lambda _: PASSWORD_HASH)


def register(body: object, headers: dict[str, str] | None = None) -> Answer:
    return call("register", "POST", "/api/registrations", body, headers=headers)


@pytest.mark.parametrize(
    "number, fault",
    [
        ("7856130840000018", CHECK_DIGIT),
        ("7856130840000071", CHECK_DIGIT),
        ("123456789", CERTIFICATE),
        ("123 456 789", CERTIFICATE),
        ("01234567890", FORM_NUMBER),
        ("785613084000001", LENGTH),
        ("78561308400000170", LENGTH),
        ("ДМС-45/2026", NOT_DIGITS),
        ("AB1234567", NOT_DIGITS),
        ("٧٨٥٦١٣٠٨٤٠٠٠٠٠١٧", NOT_DIGITS),
        ("", MISSING),
        ("9" * 101, TOO_LONG),
        (7856130840000017, TEXT),
        (None, TEXT),
    ],
)
def test_what_is_no_oms_policy_number_is_refused_with_advice(
    rows: Rows, number: object, fault: tuple[str, str]
) -> None:
    with rows.unchanged():
        answer = register(FORM | {"policy_number": number})
    assert answer == problem(422, "invalid_request", [("/policy_number", *fault)])
    assert str(number) not in json.dumps(answer.body, ensure_ascii=False) or not number


@pytest.mark.parametrize(
    "name, value, fault",
    [
        ("email", "anna.example.com", EMAIL),
        ("email", "anna@example", EMAIL),
        ("email", "anna@example.com\nbcc: b@example.com", EMAIL),
        ("email", "анна@example.com", EMAIL),
        ("email", "Анна <anna@example.com>", EMAIL),
        ("email", "a" * 250 + "@example.com", TOO_LONG),
        ("email", ["anna@example.com"], TEXT),
        ("password", "коротко", TOO_SHORT),
        ("password", "ы" * 129, TOO_LONG),
        ("password", "Password1", COMMON),
        ("password", "верблюд\ud800", NOT_UTF8),
        ("last_name", " ", MISSING),
        ("last_name", "Иванова\r\nBcc: b@example.com", CHARACTERS),
        ("last_name", "Ива\u202eнова", CHARACTERS),
        ("last_name", "12-3", LETTERS),
        ("first_name", "ы" * 101, TOO_LONG),
        ("first_name", {"a": 1}, TEXT),
        ("middle_name", "\t", None),
        ("middle_name", "?", LETTERS),
        ("birth_date", "22.05.1991", DATE_FORMAT),
        ("birth_date", "1991-05-22T00:00:00", DATE_FORMAT),
        ("birth_date", 674870400, DATE_FORMAT),
        ("birth_date", "1991-02-29", ("date_unknown", "Такой даты нет.")),
        ("birth_date", "1899-12-31", BIRTH_RANGE),
        ("birth_date", "2026-11-24", BIRTH_RANGE),
        ("policy_series", "<script>", SERIES),
        ("policy_series", "А" * 21, SERIES),
        ("is_admin", True, EXTRA),
        ("patient_id", "f" * 32, EXTRA),
    ],
)
def test_a_field_that_cannot_be_is_refused_and_not_repeated(
    rows: Rows, name: str, value: object, fault: tuple[str, str] | None
) -> None:
    if fault is None:
        assert register(FORM | {name: value}).status == 202
        return
    with rows.unchanged():
        answer = register(FORM | {name: value})
    assert answer == problem(422, "invalid_request", [(f"/{name}", *fault)])


@pytest.mark.parametrize(
    "name", ["email", "password", "policy_number", "last_name", "first_name", "birth_date"]
)
def test_all_fields_but_the_series_and_the_patronymic_must_be_filled(rows: Rows, name: str) -> None:
    form = {field: value for field, value in FORM.items() if field != name}
    with rows.unchanged():
        assert register(form) == problem(422, "invalid_request", [(f"/{name}", *MISSING)])


def test_all_faults_are_told_at_once(rows: Rows) -> None:
    wrong = {"email": "x", "policy_number": "7856130840000018", "first_name": "", "a/b~c": 1}
    with rows.unchanged():
        answer = register(FORM | wrong)
    faults = [
        ("/policy_number", *CHECK_DIGIT),
        ("/first_name", *MISSING),
        ("/email", *EMAIL),
        ("/a~1b~0c", *EXTRA),
    ]
    assert answer == problem(422, "invalid_request", faults)


def test_of_an_unknown_fields_long_name_only_the_beginning_is_told(rows: Rows) -> None:
    with rows.unchanged():
        answer = register(FORM | {"x" * 5000: 1})
    assert answer == problem(422, "invalid_request", [("/" + "x" * 64, *EXTRA)])


def test_a_name_of_a_field_that_is_no_text_is_refused_in_writable_text(rows: Rows) -> None:
    with rows.unchanged():
        answer = register(FORM | {"\ud800": 1})
    assert answer == problem(422, "invalid_request", [("", *NOT_UTF8)])


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "[[{}]]"])
def test_json_that_is_no_object_is_refused(rows: Rows, body: str) -> None:
    with rows.unchanged():
        answer = register(body)
    assert answer == problem(422, "invalid_request", [("", *OBJECT)])


@pytest.mark.parametrize("body", ["", "null"])
def test_a_request_without_a_form_is_refused(rows: Rows, body: str) -> None:
    with rows.unchanged():
        assert register(body) == MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nothing",
        '{"email": NaN}',
        json.dumps(FORM) + "}",
        json.dumps(FORM).replace('"', "'"),
        "[" * 30_000,
        '{"a":' * 10_000,
        "1" * 5_000,
        "\ufeff{}",
    ],
    ids=["open", "word", "nan", "tail", "quotes", "deep list", "deep object", "digits", "bom"],
)
def test_what_is_no_json_is_refused(rows: Rows, body: str) -> None:
    with rows.unchanged():
        assert register(body) == MALFORMED


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=application/json"},
        {"content-type": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://portal.example.evil.example"},
    ],
)
def test_another_content_type_and_another_sites_request_are_refused(
    rows: Rows, headers: dict[str, str]
) -> None:
    with rows.unchanged():
        assert register(FORM, headers) == MALFORMED


def test_a_request_without_a_content_type_is_refused(rows: Rows) -> None:
    sent = event("POST", "/api/registrations", FORM)
    del sent["headers"]["content-type"]
    with rows.unchanged():
        assert invoke("register", sent)["statusCode"] == 400


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10 * 1024 * 1024])
def test_a_body_larger_than_any_honest_one_is_not_even_read(rows: Rows, size: int) -> None:
    body = json.dumps(FORM).ljust(size)
    with rows.unchanged():
        assert register(body) == TOO_LARGE


def test_the_size_of_a_body_is_counted_in_bytes(rows: Rows) -> None:
    body = json.dumps(FORM | {"last_name": "Ы" * 40_000}, ensure_ascii=False)
    with rows.unchanged():
        assert register(body) == TOO_LARGE


def test_the_largest_body_that_is_read_registers() -> None:
    assert register(json.dumps(FORM).ljust(64 * 1024)).status == 202


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="https://aws.example")


@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "PutItem"])
@pytest.mark.parametrize(
    "planted",
    [refused("ThrottlingException"), refused("InternalServerError", 500), timed_out, unreachable],
)
def test_a_busy_or_absent_store_says_try_again_and_nothing_is_written(
    rows: Rows, wire: Wire, operation: str, planted: Planted
) -> None:
    wire.before(operation, planted)
    with rows.only_counted():
        assert register(FORM) == TRY_AGAIN


def test_without_the_keys_nothing_is_done_and_the_next_request_finds_them(
    rows: Rows, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: str) -> str:
        raise EndpointConnectionError(endpoint_url="secrets")

    keyring._secret.cache_clear()
    monkeypatch.setattr(keyring, "get_secret", fail)
    with wire.listening() as heard, rows.unchanged():
        assert register(FORM) == TRY_AGAIN
    assert operations(heard) == []
    monkeypatch.undo()

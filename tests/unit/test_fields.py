"""Each field of the contract: what it takes, what it refuses and why, and that it tells nobody."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

from shared import clock, fields, problems
from shared.email_field import Email
from shared.forms import PersonForm
from tests.unit.builders import ANNA, POLICY

PERSON: dict[str, Any] = {
    "policy_number": "7856 1308 4000 0017",
    "policy_series": "",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Сергеевна",
    "birth_date": "1985-03-27",
}
FIELDS: Mapping[str, Any] = {
    "email": Email,
    "policy_number": fields.PolicyNumber,
    "policy_series": fields.PolicySeries,
    "name": fields.Name,
    "optional_name": fields.OptionalName,
    "birth_date": fields.BirthDate,
    "password": fields.Password,
    "new_password": fields.NewPassword,
    "token": fields.Token,
    "id": fields.Id,
}


def _read(field: str, typed: object) -> object:
    return TypeAdapter(FIELDS[field]).validate_python(typed)


def _why_refused(field: str, typed: object) -> str:
    """Return the code of the refusal, having seen that nothing of the value is in it."""
    with pytest.raises(ValidationError) as caught:
        _read(field, typed)
    errors: list[dict[str, Any]] = [
        {**error, "loc": ("body", field, *error["loc"])} for error in caught.value.errors()
    ]
    (fault,) = problems.faults_of(errors)
    said = f"{fault.pointer} {fault.detail} {fault.code}"
    assert len(str(typed)) < 3 or str(typed) not in said
    assert set(fault.detail) & set("абвгдежз")
    return fault.code


@pytest.mark.parametrize(
    "field, typed, read",
    [
        ("email", "anna@example.com", "anna@example.com"),
        ("email", "anna@clinic.test", "anna@clinic.test"),
        ("email", "  anna@example.com\n", "anna@example.com"),
        ("email", "Anna.Maria+1@Example.COM", "Anna.Maria+1@example.com"),
        ("email", "anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai"),
        ("policy_number", "7856 1308-4000 0017", POLICY),
        ("policy_series", None, None),
        ("policy_series", "", None),
        ("policy_series", "   ", None),
        ("policy_series", " АБ № 12-3 ", "АБ № 12-3"),
        ("policy_series", "А" * 20, "А" * 20),
        ("name", "Анна", "Анна"),
        ("name", "  Анна ", "Анна"),
        ("name", "Салтыкова - Щедрина", "Салтыкова - Щедрина"),
        ("name", "О'Нил", "О'Нил"),
        ("name", "О\u2019Нил 2-я", "О\u2019Нил 2-я"),
        ("name", "и\u0306од", "йод"),
        ("name", "<b>Анна</b>", "<b>Анна</b>"),
        ("name", "Ю", "Ю"),
        ("name", "Ж" * 100, "Ж" * 100),
        ("optional_name", None, None),
        ("optional_name", "", None),
        ("optional_name", "  ", None),
        ("optional_name", " Сергеевна ", "Сергеевна"),
        ("birth_date", "1985-03-27", date(1985, 3, 27)),
        ("birth_date", "1900-01-01", date(1900, 1, 1)),
        ("birth_date", "2024-02-29", date(2024, 2, 29)),
        ("birth_date", "2026-11-29", date(2026, 11, 29)),
        ("password", "1", "1"),
        ("password", " x\0 ", " x\0 "),
        ("password", "й" * 128, "й" * 128),
        ("new_password", "ключ\u0301 от ", "ключ\u0301 от "),
        ("new_password", "8 знаков", "8 знаков"),
        ("new_password", "🔑" * 128, "🔑" * 128),
        ("token", "a" * 200, "a" * 200),
        ("id", "a1.2026-11-30.1.0920", "a1.2026-11-30.1.0920"),
    ],
)
def test_a_field_is_read(field: str, typed: object, read: object) -> None:
    assert _read(field, typed) == read


@pytest.mark.parametrize(
    "field, typed, code",
    [
        ("email", "", "email_invalid"),
        ("email", "anna", "email_invalid"),
        ("email", "anna@example", "email_invalid"),
        ("email", "anna@@example.com", "email_invalid"),
        ("email", "anna@example.com, eve@example.com", "email_invalid"),
        ("email", "anna@example.com\nBcc: eve@example.com", "email_invalid"),
        ("email", "anna@example.com\0", "email_invalid"),
        ("email", "Анна <anna@example.com>", "email_invalid"),
        ("email", "анна@example.com", "email_invalid"),
        ("email", "аnna@example.com", "email_invalid"),
        ("email", "anna@[127.0.0.1]", "email_invalid"),
        ("email", '"anna eve"@example.com', "email_invalid"),
        ("email", f"{'a' * 65}@example.com", "email_invalid"),
        ("email", f"anna@{'a' * 250}.com", "string_too_long"),
        ("policy_number", "7856130840000018", "policy_check_digit"),
        ("policy_number", "123456789", "policy_temporary_certificate"),
        ("policy_number", "12345678901", "policy_form_number"),
        ("policy_number", "1234567890", "policy_length"),
        ("policy_number", "ДМС-123/45", "policy_not_digits"),
        ("policy_number", "7" * 101, "string_too_long"),
        ("policy_series", "А" * 21, "policy_series"),
        ("policy_series", "АБ<12>", "policy_series"),
        ("policy_series", "АБ\0", "policy_series"),
        ("policy_series", "А\nБ", "policy_series"),
        ("name", "", "missing"),
        ("name", "   ", "missing"),
        ("name", "\n", "missing"),
        ("name", "12345", "name_letters"),
        ("name", "- -", "name_letters"),
        ("name", "Ан\0на", "name_characters"),
        ("name", "Анна\r\nBcc: eve@example.com", "name_characters"),
        ("name", "Ан\tна", "name_characters"),
        ("name", "\u202eАнна", "name_characters"),
        ("name", "Анна\u2028Bcc", "name_characters"),
        ("name", "Анна\u2029Bcc", "name_characters"),
        ("name", "Ан\u200bна", "name_characters"),
        ("name", "Ж" * 101, "string_too_long"),
        ("optional_name", "Сер\0геевна", "name_characters"),
        ("optional_name", "12345", "name_letters"),
        ("optional_name", "Ж" * 101, "string_too_long"),
        ("birth_date", "", "date_format"),
        ("birth_date", "27.03.1985", "date_format"),
        ("birth_date", "19850327", "date_format"),
        ("birth_date", "1985-W13-3", "date_format"),
        ("birth_date", "1985-3-27", "date_format"),
        ("birth_date", "1985-03-27T00:00:00", "date_format"),
        ("birth_date", "1985-03-27\n", "date_format"),
        ("birth_date", "١٩٨٥-٠٣-٢٧", "date_format"),
        ("birth_date", "1985-02-29", "date_unknown"),
        ("birth_date", "1985-13-01", "date_unknown"),
        ("birth_date", "1899-12-31", "birth_date_range"),
        ("birth_date", "2026-11-30", "birth_date_range"),
        ("birth_date", "9999-12-31", "birth_date_range"),
        ("password", "", "string_too_short"),
        ("password", "й" * 129, "string_too_long"),
        ("new_password", "7 знако", "password_short"),
        ("new_password", "й" * 129, "string_too_long"),
        ("new_password", "PassWord1", "password_common"),
        ("new_password", "парольпароль", "password_common"),
        ("token", "", "string_too_short"),
        ("token", "a" * 201, "string_too_long"),
        ("id", "", "string_too_short"),
        ("id", "a" * 101, "string_too_long"),
    ],
)
def test_a_field_is_refused_for_a_reason_that_does_not_repeat_it(
    field: str, typed: str, code: str
) -> None:
    assert _why_refused(field, typed) == code


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("typed", [1, 19850327, 1.5, True, [], ["anna"], {}, {"anna": "anna"}])
def test_no_field_guesses_what_another_type_means(field: str, typed: object) -> None:
    expected = "date_format" if field == "birth_date" else "string_type"
    assert _why_refused(field, typed) == expected


@pytest.mark.parametrize("field", FIELDS)
def test_only_what_may_be_left_out_may_be_null(field: str) -> None:
    if field in {"policy_series", "optional_name"}:
        assert _read(field, None) is None
    else:
        assert _why_refused(field, None) in {"string_type", "date_format"}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("typed", ["\ud800", "Анна\udfff1985"])
def test_half_a_character_is_refused_by_every_field(field: str, typed: str) -> None:
    own = {"birth_date": "date_format", "policy_series": "policy_series"}
    assert _why_refused(field, typed) == own.get(field, "string_unicode")


@pytest.mark.parametrize("field", FIELDS)
def test_a_megabyte_is_refused_by_every_field(field: str) -> None:
    own = {"birth_date": "date_format", "policy_series": "policy_series"}
    assert _why_refused(field, "я" * 1_000_000) == own.get(field, "string_too_long")


@given(st.sampled_from(sorted(FIELDS)), st.text())
def test_a_field_takes_a_text_or_says_why_not_and_never_fails(field: str, typed: str) -> None:
    try:
        _read(field, typed)
    except ValidationError as refused:
        assert len(refused.errors()) == 1  # noqa: PT017 - it may well be taken


@pytest.mark.parametrize(
    "now, is_born",
    [("2026-11-29T20:59:59Z", False), ("2026-11-29T21:00:00Z", True)],
)
def test_nobody_is_born_before_it_is_that_day_in_the_clinic(
    now: str, *, is_born: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(now).astimezone(UTC))
    if is_born:
        assert _read("birth_date", "2026-11-30") == date(2026, 11, 30)
    else:
        assert _why_refused("birth_date", "2026-11-30") == "birth_date_range"


def test_a_person_is_read_as_typed() -> None:
    form = PersonForm.model_validate(PERSON)
    assert (form.policy_number, form.policy_series) == (POLICY, None)
    assert form.person() == ANNA


@pytest.mark.parametrize("name", ["policy_series", "middle_name"])
def test_the_series_and_the_patronymic_may_be_left_out(name: str) -> None:
    without = {field: typed for field, typed in PERSON.items() if field != name}
    assert getattr(PersonForm.model_validate(without), name) is None


@pytest.mark.parametrize("name", ["policy_number", "last_name", "first_name", "birth_date"])
def test_everything_else_must_be_there(name: str) -> None:
    without = {field: typed for field, typed in PERSON.items() if field != name}
    with pytest.raises(ValidationError) as refused:
        PersonForm.model_validate(without)
    assert [(error["type"], error["loc"]) for error in refused.value.errors()] == [
        ("missing", (name,))
    ]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        PersonForm.model_validate(PERSON | {"is_admin": True})
    assert [error["type"] for error in refused.value.errors()] == ["extra_forbidden"]

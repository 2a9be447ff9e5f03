"""R1: the number of an OMS policy, its check digit, and refusals that help."""

import string

import pytest
from hypothesis import assume, given, strategies as st

from shared.policies import (
    PolicyNumber,
    PolicyNumberRefused,
    check_digit,
    last4,
    parse_policy_number,
)
from tests.unit.builders import POLICY

_digit = st.sampled_from(string.digits)
_numbers = st.text(_digit, min_size=15, max_size=15).map(lambda body: f"{body}{check_digit(body)}")
_places = st.integers(0, 15)


def _reason(text: str) -> str:
    with pytest.raises(PolicyNumberRefused) as caught:
        parse_policy_number(text)
    return caught.value.reason


@pytest.mark.parametrize(
    "digits, expected",
    [
        ("785613084000001", 7),
        ("845199912289999", 0),
        ("12345", 5),
        ("401", 0),
        ("9999", 4),
    ],
)
def test_the_check_digit_is_that_of_the_worked_numbers_and_of_hl7(
    digits: str, expected: int
) -> None:
    assert check_digit(digits) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "7856130840000017",
        "7856 1308 4000 0017",
        " 7856-1308-4000-0017\n",
        "7856\u00a01308\u00a04000\u00a00017",
    ],
)
def test_blanks_and_hyphens_between_the_digits_make_no_difference(typed: str) -> None:
    assert parse_policy_number(typed) == POLICY


def test_a_number_whose_birth_date_is_nobodys_is_not_refused() -> None:
    assert parse_policy_number("8451999122899990") == "8451999122899990"


@pytest.mark.parametrize(
    "typed, reason",
    [
        ("7856130840000018", "policy_check_digit"),
        ("123456789", "policy_temporary_certificate"),
        ("123 456 789", "policy_temporary_certificate"),
        ("12345678901", "policy_form_number"),
        ("123456-78901", "policy_form_number"),
        ("1", "policy_length"),
        ("7" * 10, "policy_length"),
        ("7" * 15, "policy_length"),
        ("7" * 17, "policy_length"),
        ("7" * 5000, "policy_length"),
        ("", "policy_not_digits"),
        (" - ", "policy_not_digits"),
        ("ДМС-123/45", "policy_not_digits"),
        ("785613084000001O", "policy_not_digits"),
        ("+785613084000001", "policy_not_digits"),
        ("7856130840000017\0", "policy_not_digits"),
        ("7856130840000017.0", "policy_not_digits"),
        ("٧٨٥٦١٣٠٨٤٠٠٠٠٠١٧", "policy_not_digits"),
        ("７８５６１３０８４０００００１７", "policy_not_digits"),
        ("²" * 16, "policy_not_digits"),
    ],
)
def test_anything_else_is_refused_for_what_it_seems_to_be(typed: str, reason: str) -> None:
    assert _reason(typed) == reason


@pytest.mark.parametrize(
    "typed", ["7856130840000018", "123456789", "12345678901", "77777", "ДМС-123/45"]
)
def test_a_refusal_advises_in_russian_and_does_not_repeat_the_number(typed: str) -> None:
    with pytest.raises(PolicyNumberRefused) as caught:
        parse_policy_number(typed)
    assert typed not in f"{caught.value} {caught.value.advice} {caught.value!r}"
    assert caught.value.advice.endswith(".")
    assert set(caught.value.advice) & set("абвгдежз")


@pytest.mark.parametrize(
    "typed, hint",
    [
        ("123456789", "временного свидетельства"),
        ("12345678901", "номер бланка"),
        ("ДМС-123/45", "ДМС не подходит"),
        ("7" * 10, "16 цифр"),
        ("7856130840000018", "опечатка"),
    ],
)
def test_the_advice_says_what_was_typed_in_place_of_the_number(typed: str, hint: str) -> None:
    with pytest.raises(PolicyNumberRefused) as caught:
        parse_policy_number(typed)
    assert hint in caught.value.advice


@given(_numbers)
def test_every_number_with_its_check_digit_is_accepted(number: str) -> None:
    assert parse_policy_number(number) == number


@given(_numbers, _places, _digit)
def test_one_wrong_digit_is_always_caught(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    assert _reason(number[:place] + digit + number[place + 1 :]) == "policy_check_digit"


@given(_numbers, st.integers(0, 14))
def test_two_swapped_neighbours_are_caught_unless_they_are_0_and_9(number: str, place: int) -> None:
    pair = number[place : place + 2]
    assume(pair[0] != pair[1])
    assume(pair not in {"09", "90"})
    swapped = number[:place] + pair[::-1] + number[place + 2 :]
    assert _reason(swapped) == "policy_check_digit"


def test_only_the_last_four_digits_are_left_of_a_number() -> None:
    assert last4(PolicyNumber("7856130840000017")) == "0017"

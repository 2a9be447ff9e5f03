"""Every refusal: a code of its own, a fitting status, a Russian title and a reason."""

import re

import pytest

from shared import errors
from shared.errors import Refusal

REFUSALS = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, Refusal) and found is not Refusal
]


def test_there_are_refusals_and_no_two_share_a_code() -> None:
    codes = [refusal.code for refusal in REFUSALS]
    assert len(codes) > 15
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_a_fact_with_a_code_a_status_and_a_russian_title(
    refusal: type[Refusal],
) -> None:
    assert refusal.code == re.sub("(?<!^)(?=[A-Z])", "_", refusal.__name__).lower()
    assert 400 <= refusal.status < 600
    assert re.fullmatch(r"[А-ЯЁ]([А-Яа-яЁё ,:]|PDF)+[а-яё]", refusal.title)
    assert str(refusal.__doc__).endswith(".")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_may_be_tried_again_says_when(refusal: type[Refusal]) -> None:
    raised = errors.TooManyRequests(60) if refusal is errors.TooManyRequests else refusal()
    assert (raised.retry_after is not None) is (refusal.status in {429, 503})


def test_too_many_requests_are_refused_for_as_long_as_the_limit_says() -> None:
    assert errors.TooManyRequests(60).retry_after == 60
    assert errors.TooManyRequests(3600).retry_after == 3600

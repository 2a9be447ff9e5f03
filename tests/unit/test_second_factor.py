"""The desk's one-time codes: RFC 6238's own, clocks that differ, and each code once."""

from base64 import b32encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from shared.second_factor import STEP, matching_step, provisioning_uri, step_of
from tests.unit.builders import NOW

KEY = b32encode(b"12345678901234567890").decode()
"""The SHA-1 key of RFC 6238, appendix B."""
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""Its codes of eight digits, by seconds since 1970; those of six are their last six digits."""
NEVER = 0
SECOND = timedelta(seconds=1)
PRESENT = step_of(NOW)


def _code(step: int) -> str:
    return pyotp.TOTP(KEY).generate_otp(step)


@pytest.mark.parametrize("seconds, eight_digits", VECTORS.items())
def test_the_codes_are_those_of_rfc_6238(seconds: int, eight_digits: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(KEY, eight_digits[2:], now, NEVER) == seconds // 30


def test_a_step_lasts_half_a_minute() -> None:
    assert timedelta(seconds=30) == STEP
    begin = datetime.fromtimestamp(PRESENT * 30, UTC)
    assert [step_of(begin - SECOND), step_of(begin), step_of(begin + 29 * SECOND)] == [
        *(PRESENT - 1, PRESENT),
        PRESENT,
    ]


@pytest.mark.parametrize("drift, is_taken", [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_a_clock_may_be_wrong_by_one_step(drift: int, is_taken: int) -> None:
    found = matching_step(KEY, _code(PRESENT + drift), NOW, NEVER)
    assert found == (PRESENT + drift if is_taken else None)


@pytest.mark.parametrize(
    "used, code_of, found",
    [
        (PRESENT - 2, PRESENT - 1, PRESENT - 1),
        (PRESENT - 1, PRESENT - 1, None),
        (PRESENT - 1, PRESENT, PRESENT),
        (PRESENT, PRESENT, None),
        (PRESENT, PRESENT - 1, None),
        (PRESENT, PRESENT + 1, PRESENT + 1),
        (PRESENT + 1, PRESENT + 1, None),
        (PRESENT + 1, PRESENT, None),
    ],
)
def test_a_code_counts_once_and_none_after_a_later_one(
    used: int, code_of: int, found: int | None
) -> None:
    assert matching_step(KEY, _code(code_of), NOW, used) == found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda code: code[:-1],
        lambda code: f"{code}0",
        lambda code: f" {code}",
        lambda code: str(int(code) ^ 1).zfill(6),
        lambda code: code[::-1],
        lambda code: "".join(chr(0x660 + int(digit)) for digit in code),
        lambda _: "шестьсот",
    ],
    ids=range(8),
)
def test_anything_else_is_no_code(spoil: Callable[[str], str]) -> None:
    assert matching_step(KEY, spoil(_code(PRESENT)), NOW, NEVER) is None


@pytest.mark.parametrize("code", [_code(PRESENT - 1), _code(PRESENT), _code(PRESENT + 1), "", "0"])
def test_every_candidate_is_computed_whichever_it_is(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    computed: list[int] = []

    class Noting(pyotp.TOTP):
        def generate_otp(self, input: int) -> str:  # noqa: A002 - the library calls it so
            computed.append(input)
            return super().generate_otp(input)

    monkeypatch.setattr(pyotp, "TOTP", Noting)
    matching_step(KEY, code, NOW, NEVER)
    assert [step - PRESENT for step in computed] == [-1, 0, 1]


def test_an_authenticator_app_reads_key_login_and_clinic() -> None:
    uri = provisioning_uri(KEY, "anna-petrova", "Поликлиника № 1")
    told = urlsplit(uri)
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert unquote(told.path) == "/Поликлиника № 1:anna-petrova"
    assert parse_qs(told.query) == {"secret": [KEY], "issuer": ["Поликлиника № 1"]}
    assert pyotp.parse_uri(uri).secret == KEY

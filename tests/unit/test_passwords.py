"""Passwords: argon2id, compared exactly as typed, equal work for nobody, common ones refused."""

import pytest
from argon2 import Type, extract_parameters
from argon2.exceptions import VerifyMismatchError

from shared import password_rules, passwords
from shared.password_rules import MIN_LENGTH, is_common
from shared.passwords import hash_password, verify_password

PASSWORD = " Ключ от сёл\u00e9 "
"""Blanks round it, and letters that have two spellings."""


@pytest.fixture(scope="module")
def hashed() -> str:
    """Hash the password once: it costs 0.1 s on purpose."""
    return hash_password(PASSWORD)


def test_a_password_is_recognised(hashed: str) -> None:
    assert verify_password(hashed, PASSWORD)


@pytest.mark.parametrize(
    "typed",
    [
        PASSWORD.strip(),
        PASSWORD.upper(),
        PASSWORD.replace("ё", "е"),
        PASSWORD.replace("\u00e9", "e\u0301"),
        PASSWORD + "\0",
    ],
)
def test_a_password_is_compared_exactly_as_typed(hashed: str, typed: str) -> None:
    assert not verify_password(hashed, typed)


def test_the_same_password_is_never_hashed_alike(hashed: str) -> None:
    assert hash_password(PASSWORD) != hashed


def test_the_parameters_are_those_that_were_decided(hashed: str) -> None:
    used = extract_parameters(hashed)
    assert (used.type, used.time_cost, used.memory_cost, used.parallelism) == (
        *(Type.ID, 3, 64 * 1024),
        1,
    )


def test_the_decoy_costs_the_same_work_as_a_real_hash(hashed: str) -> None:
    assert extract_parameters(passwords._DECOY) == extract_parameters(hashed)
    # A mismatch, not a malformed hash: the work is done before the answer.
    with pytest.raises(VerifyMismatchError):
        passwords._HASHER.verify(passwords._DECOY, PASSWORD)


def test_nobody_has_any_password_and_that_is_found_out_by_the_decoy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = []

    class Gullible:
        """Accepts every password, and notes what it was compared with."""

        def verify(self, password_hash: str, _password: str) -> bool:
            compared.append(password_hash)
            return True

    monkeypatch.setattr(passwords, "_HASHER", Gullible())
    assert not verify_password(None, PASSWORD)
    assert compared == [passwords._DECOY]


@pytest.mark.parametrize("broken", ["a hash", "$argon2id$v=19$m=65536,t=3,p=1$", "$argon2id$"])
def test_a_hash_that_cannot_be_read_is_nobodys(broken: str) -> None:
    assert not verify_password(broken, PASSWORD)


@pytest.mark.parametrize(
    "common", ["password1", "PassWord1", "PASSWORD1", "12345678", "парольпароль", "ПарольПароль"]
)
def test_a_common_password_is_known_in_any_case(common: str) -> None:
    assert is_common(common)


@pytest.mark.parametrize(
    "word", ["поликлиника", "Регистратура", "здоровье", "poliklinika", "polyclinic", "hospital"]
)
def test_a_word_that_the_place_suggests_is_common(word: str) -> None:
    assert is_common(word)


@pytest.mark.parametrize("rare", [PASSWORD, "password1 ", " 12345678", "", "correct horse battery"])
def test_any_other_password_is_not_common(rare: str) -> None:
    assert not is_common(rare)


def test_every_line_of_the_bundled_list_can_be_found() -> None:
    listed = password_rules._common()
    assert len(listed) > 10_000
    assert [common for common in listed if common != common.lower()] == []
    assert [common for common in listed if common != common.strip()] == []
    assert min(len(common) for common in listed) >= MIN_LENGTH

"""What is derived from the two keys: ids that cannot be read back, and the tokens of links."""

from collections.abc import Callable

import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from hypothesis import example, given, strategies as st

from shared import keyring
from shared.errors import ConfirmationExpired, TryAgain
from shared.ids import EmailKey
from shared.keyring import (
    confirmation_token,
    email_key_of,
    patient_id_of,
    read_confirmation_token,
)
from shared.policies import PolicyNumber
from tests.unit.builders import EMAIL_KEY, POLICY, REGISTRATION_ID

_ids = st.text("0123456789abcdef", min_size=32, max_size=32)


def test_ids_are_32_hexadecimal_digits_that_hold_nothing_of_what_they_stand_for() -> None:
    for derived in (patient_id_of(POLICY), email_key_of("anna@example.com")):
        assert len(derived) == 32
        assert set(derived) <= set("0123456789abcdef")
        assert POLICY[-4:] not in derived


def test_one_person_has_one_id_and_another_person_another() -> None:
    assert patient_id_of(POLICY) == patient_id_of(POLICY)
    assert patient_id_of(POLICY) != patient_id_of(PolicyNumber("8451999122899990"))


def test_letter_case_makes_no_difference_to_an_address() -> None:
    assert email_key_of("Anna@Example.COM") == email_key_of("anna@example.com")
    assert email_key_of("anna@example.com") != email_key_of("anna@example.org")


def test_the_same_text_has_another_id_for_another_purpose() -> None:
    assert str(patient_id_of(POLICY)) != str(email_key_of(POLICY))


def test_ids_and_links_have_keys_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def get_secret(arn: str) -> str:
        asked.append(arn)
        return arn

    monkeypatch.setattr(keyring, "get_secret", get_secret)
    patient_id_of(POLICY)
    email_key_of("anna@example.com")
    assert asked == ["identity-key"]
    confirmation_token(EMAIL_KEY, REGISTRATION_ID)
    assert asked == ["identity-key", "link-key"]


def test_another_secret_gives_other_ids_and_other_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    patient_id, token = patient_id_of(POLICY), confirmation_token(EMAIL_KEY, REGISTRATION_ID)
    monkeypatch.setattr(keyring, "get_secret", lambda _: "another secret")
    keyring._secret.cache_clear()
    assert patient_id_of(POLICY) != patient_id
    assert confirmation_token(EMAIL_KEY, REGISTRATION_ID) != token


def test_secrets_out_of_reach_mean_try_again_and_the_next_request_asks_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get_secret(_: str) -> str:
        raise GetParameterError

    with monkeypatch.context() as broken:
        broken.setattr(keyring, "get_secret", get_secret)
        with pytest.raises(TryAgain):
            patient_id_of(POLICY)
    assert patient_id_of(POLICY)


@given(_ids, _ids)
def test_a_token_names_the_address_and_the_registration_it_was_made_for(
    email_key: str, registration_id: str
) -> None:
    token = confirmation_token(EmailKey(email_key), registration_id)
    assert read_confirmation_token(token) == (email_key, registration_id)


@pytest.mark.parametrize("place", range(98))
def test_a_token_with_one_character_changed_is_refused(place: int) -> None:
    token = confirmation_token(EMAIL_KEY, REGISTRATION_ID)
    assert len(token) == 98
    other = "0" if token[place] != "0" else "1"
    with pytest.raises(ConfirmationExpired):
        read_confirmation_token(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[1:],
        lambda token: f"{token}0",
        lambda token: f"{token}.",
        lambda token: f" {token}",
        lambda token: f"{token}\n",
        lambda token: token.upper(),
        lambda token: token.replace(".", "", 1),
        lambda token: token.rpartition(".")[0],
        lambda token: f"{token.rpartition('.')[0]}.",
        lambda token: ".".join(reversed(token.split("."))),
    ],
)
def test_a_spoilt_token_is_refused(spoil: Callable[[str], str]) -> None:
    with pytest.raises(ConfirmationExpired):
        read_confirmation_token(spoil(confirmation_token(EMAIL_KEY, REGISTRATION_ID)))


@given(st.text())
@example("")
@example("..")
@example("a.b.токен")
@example("a.b.\0")
@example(f"{EMAIL_KEY}.{REGISTRATION_ID}")
def test_what_this_clinic_did_not_send_is_refused(text: str) -> None:
    with pytest.raises(ConfirmationExpired):
        read_confirmation_token(text)

"""What is derived from the keys: ids that cannot be read back, and the tokens of links."""

import hmac
import re
from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta
from typing import get_args

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import example, given, strategies as st

from shared import clock, keyring
from shared.errors import ConfirmationExpired, InvitationExpired, Refusal, ResetExpired, TryAgain
from shared.ids import DeskLogin
from shared.keyring import (
    Purpose,
    client_key_of,
    email_key_of,
    is_origin_key,
    login_key_of,
    patient_id_of,
    read_token,
    token,
    totp_key_of,
)
from shared.policies import PolicyNumber
from tests.unit.builders import (
    ACCOUNT_ID,
    EMAIL_KEY,
    ORIGIN_KEY,
    PATIENT_ID,
    POLICY,
    REGISTRATION_ID,
    secret_error,
)

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
_ids = st.text("0123456789abcdef", min_size=32, max_size=32)


def _confirmation() -> str:
    return token("confirm", EMAIL_KEY, REGISTRATION_ID)


def test_ids_are_32_hexadecimal_digits_that_hold_nothing_of_what_they_stand_for() -> None:
    for derived in (
        patient_id_of(POLICY),
        email_key_of("anna@example.com"),
        client_key_of("192.0.2.17"),
        login_key_of("anna-registry"),
    ):
        assert len(derived) == 32
        assert set(derived) <= set("0123456789abcdef")
        assert POLICY[-4:] not in derived


def test_one_person_has_one_id_and_another_person_another() -> None:
    assert patient_id_of(POLICY) == patient_id_of(POLICY)
    assert patient_id_of(POLICY) != patient_id_of(PolicyNumber("8451999122899990"))


def test_letter_case_makes_no_difference_to_an_address() -> None:
    assert email_key_of("Anna@Example.COM") == email_key_of("anna@example.com")
    assert email_key_of("anna@example.com") != email_key_of("anna@example.org")


def test_one_network_has_one_id_and_another_network_another() -> None:
    assert client_key_of("192.0.2.17") == client_key_of("192.0.2.17")
    assert client_key_of("192.0.2.17") != client_key_of("192.0.2.18")


def test_the_same_text_has_another_id_for_another_purpose() -> None:
    derived = [str(patient_id_of(POLICY)), str(email_key_of(POLICY)), client_key_of(POLICY)]
    derived += [login_key_of(POLICY), totp_key_of(DeskLogin(POLICY), "")[:32]]
    assert len(set(derived)) == 5


@given(st.text(max_size=40), st.text(max_size=40))
def test_one_login_as_typed_has_one_id_and_another_login_another(one: str, other: str) -> None:
    assert (login_key_of(one) == login_key_of(other)) is (one == other)


def test_the_key_of_one_time_codes_is_160_bits_as_authenticator_apps_take_them() -> None:
    key = totp_key_of(DeskLogin("anna-registry"), "seed")
    assert re.fullmatch("[A-Z2-7]{32}", key)
    assert len(b32decode(key)) == 20
    expected = hmac.digest(b"the secret of identity-key", b"totp\0anna-registry.seed", "sha256")
    assert b32decode(key) == expected[:20]


def test_another_login_another_seed_and_another_secret_give_another_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    login, other = DeskLogin("anna"), DeskLogin("boris")
    derived = {totp_key_of(one, seed) for one in (login, other) for seed in ("", "1", "2")}
    assert len(derived) == 6
    monkeypatch.setattr(keyring, "get_secret", lambda *_: "another secret")
    keyring._secret.cache_clear()
    assert totp_key_of(login, "1") not in derived


def test_ids_and_links_have_keys_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def get_secret(arn: str, _: str) -> str:
        asked.append(arn)
        return arn

    monkeypatch.setattr(keyring, "get_secret", get_secret)
    patient_id_of(POLICY)
    email_key_of("anna@example.com")
    client_key_of("192.0.2.17")
    login_key_of("anna-registry")
    totp_key_of(DeskLogin("anna-registry"), "seed")
    assert asked == ["identity-key"]
    _confirmation()
    assert asked == ["identity-key", "link-key"]
    is_origin_key("origin-key")
    assert asked == ["identity-key", "link-key", "origin-key"]


def test_another_secret_gives_other_ids_and_other_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    patient_id, told = patient_id_of(POLICY), _confirmation()
    monkeypatch.setattr(keyring, "get_secret", lambda *_: "another secret")
    keyring._secret.cache_clear()
    assert patient_id_of(POLICY) != patient_id
    assert _confirmation() != told


def test_secrets_out_of_reach_mean_try_again_and_the_next_request_asks_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get_secret(*_: str) -> str:
        raise EndpointConnectionError(endpoint_url="secrets")

    with monkeypatch.context() as broken:
        broken.setattr(keyring, "get_secret", get_secret)
        with pytest.raises(TryAgain):
            patient_id_of(POLICY)
    assert patient_id_of(POLICY)


@pytest.mark.parametrize(
    "shown, is_known",
    [
        (ORIGIN_KEY, True),
        ("", False),
        (f"{ORIGIN_KEY} ", False),
        ("the secret of origin-kez", False),
        ("the secret of link-key", False),
        ("секрет", False),
    ],
)
def test_only_the_distribution_knows_the_origin_key(shown: str, *, is_known: bool) -> None:
    assert is_origin_key(shown) is is_known


class Vault:
    """Secrets Manager with one secret, which can be replaced, and the list of what it was asked."""

    def __init__(self) -> None:
        """Begin with a key that was never replaced."""
        self.versions = ["first"]
        self.asked: list[str] = []
        self.out_of_reach: str | None = None

    def get_secret(self, _: str, stage: str = "AWSCURRENT") -> str:
        self.asked.append(stage)
        place = {"AWSCURRENT": 1, "AWSPREVIOUS": 2}[stage]
        if stage == self.out_of_reach:
            raise secret_error("InternalServiceError")
        if place > len(self.versions):
            raise secret_error("ResourceNotFoundException")
        return self.versions[-place]


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Put the origin's key into a vault of its own."""
    made = Vault()
    monkeypatch.setattr(keyring, "get_secret", made.get_secret)
    return made


def _after(minutes: float, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_process_reads_the_origin_key_once(vault: Vault) -> None:
    assert [is_origin_key("first") for _ in range(3)] == [True] * 3
    assert vault.asked == ["AWSCURRENT"]


def test_strangers_make_a_process_look_for_a_new_key_once_a_minute_at_most(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = ["AWSCURRENT", "AWSPREVIOUS"]
    assert not any(is_origin_key(f"guess {n}") for n in range(10))
    assert vault.asked == ["AWSCURRENT", *look]
    _after(0.98, monkeypatch)
    assert not is_origin_key("guess")
    assert vault.asked == ["AWSCURRENT", *look]
    _after(0.02, monkeypatch)
    assert not is_origin_key("guess")
    assert vault.asked == ["AWSCURRENT", *look, *look]
    assert is_origin_key("first")


def test_a_process_that_runs_takes_a_new_key_at_once_and_the_old_one_meanwhile(
    vault: Vault,
) -> None:
    assert is_origin_key("first")
    vault.versions.append("second")
    assert [is_origin_key(shown) for shown in ("first", "second", "first", "third")] == [
        *(True, True, True, False)
    ]


def test_a_process_that_begins_while_the_key_is_replaced_takes_the_old_one_too(
    vault: Vault,
) -> None:
    vault.versions.append("second")
    assert [is_origin_key(shown) for shown in ("first", "second")] == [True, True]


@pytest.mark.parametrize("stage", ["AWSCURRENT", "AWSPREVIOUS"])
def test_a_key_that_cannot_be_read_is_not_taken_for_one_that_is_not_there(
    vault: Vault, stage: str
) -> None:
    assert is_origin_key("first")
    vault.versions += ["second", "third"]
    vault.out_of_reach = stage
    with pytest.raises(TryAgain):
        is_origin_key("second")
    assert is_origin_key("first")
    vault.out_of_reach = None
    assert [is_origin_key(shown) for shown in ("second", "third", "first")] == [True, True, False]


def test_a_key_that_was_replaced_twice_is_worth_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_origin_key("first")
    vault.versions.append("second")
    assert is_origin_key("second")
    vault.versions.append("third")
    _after(1, monkeypatch)
    assert is_origin_key("third")
    assert not is_origin_key("first")


def test_a_new_key_is_kept_and_not_read_again(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_origin_key("first")
    vault.versions.append("second")
    is_origin_key("second")
    asked = list(vault.asked)
    _after(5, monkeypatch)
    assert is_origin_key("second")
    assert vault.asked == asked


@given(_ids, _ids)
def test_a_token_names_the_address_and_what_it_was_made_for(
    email_key: str, registration_id: str
) -> None:
    told = token("confirm", email_key, registration_id)
    assert read_token("confirm", told, ConfirmationExpired) == [email_key, registration_id]


def test_the_token_of_an_invitation_names_three() -> None:
    told = token("invite", ACCOUNT_ID, PATIENT_ID, REGISTRATION_ID)
    assert read_token("invite", told, InvitationExpired) == [
        *(ACCOUNT_ID, PATIENT_ID),
        REGISTRATION_ID,
    ]


@pytest.mark.parametrize("made_for", PURPOSES)
@pytest.mark.parametrize("shown_for", PURPOSES)
@pytest.mark.parametrize("expired", [ConfirmationExpired, ResetExpired, InvitationExpired])
def test_a_token_of_one_purpose_is_worth_nothing_for_another(
    made_for: Purpose, shown_for: Purpose, expired: type[Refusal]
) -> None:
    told = token(made_for, EMAIL_KEY, REGISTRATION_ID)
    if made_for == shown_for:
        assert read_token(shown_for, told, expired) == [EMAIL_KEY, REGISTRATION_ID]
        return
    with pytest.raises(expired):
        read_token(shown_for, told, expired)


@pytest.mark.parametrize("place", range(98))
def test_a_token_with_one_character_changed_is_refused(place: int) -> None:
    told = _confirmation()
    assert len(told) == 98
    other = "0" if told[place] != "0" else "1"
    with pytest.raises(ConfirmationExpired):
        read_token("confirm", told[:place] + other + told[place + 1 :], ConfirmationExpired)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told[:-1],
        lambda told: told[1:],
        lambda told: f"{told}0",
        lambda told: f"{told}.",
        lambda told: f" {told}",
        lambda told: f"{told}\n",
        lambda told: told.upper(),
        lambda told: told.replace(".", "", 1),
        lambda told: told.rpartition(".")[0],
        lambda told: f"{told.rpartition('.')[0]}.",
        lambda told: ".".join(reversed(told.split("."))),
    ],
)
def test_a_spoilt_token_is_refused(spoil: Callable[[str], str]) -> None:
    with pytest.raises(ConfirmationExpired):
        read_token("confirm", spoil(_confirmation()), ConfirmationExpired)


@given(st.text())
@example("")
@example("..")
@example("a.b.токен")
@example("a.b.\0")
@example(f"{EMAIL_KEY}.{REGISTRATION_ID}")
def test_what_this_clinic_did_not_send_is_refused(text: str) -> None:
    for purpose in PURPOSES:
        with pytest.raises(ConfirmationExpired):
            read_token(purpose, text, ConfirmationExpired)

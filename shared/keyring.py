"""The portal's keys, and what is derived from them.

`IdentityKey` turns policy numbers and addresses into ids: neither can be read back from the table.
`LinkKey` derives the tokens of mailed links: none is stored, and a mail can be sent again.
`OriginKey` is what the distribution in front shows with each request; no other request is served.
"""

import hmac
from base64 import b32encode
from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared import clock
from shared.aws import create_client, made_at_start
from shared.errors import Refusal, TryAgain
from shared.ids import DeskLogin, EmailKey, PatientId
from shared.policies import PolicyNumber
from shared.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

Purpose = Literal["confirm", "reset", "invite"]
"""What a mailed link is for; a token of one purpose is worth nothing for another."""

_DIGITS = 32
"""Hexadecimal digits kept of an HMAC: 128 bits."""

_REPLACED = "AWSPREVIOUS"
"""How Secrets Manager calls what a secret was before it was last replaced."""

logger = Logger()


class _NeverReplaced(Exception):
    """A secret has no version before the current one."""


@made_at_start
@cache
def client() -> "SecretsManagerClient":
    """Return this process's client: a call that nobody answers is given up after 4 to 5 s."""
    made: SecretsManagerClient = create_client(
        "secretsmanager", tries=2, connect_timeout=1, read_timeout=2
    )
    return made


@cache
def _secret(arn: str) -> bytes:
    return _read(arn)


def _read(arn: str, stage: str = "AWSCURRENT") -> bytes:
    try:
        return get_secret(arn, stage).encode()
    except (ClientError, BotoCoreError) as exc:
        if stage == _REPLACED and _code_of(exc) == "ResourceNotFoundException":
            raise _NeverReplaced from exc
        logger.warning("key not read", error=type(exc).__name__)
        raise TryAgain from exc


def _code_of(error: Exception) -> str | None:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else None


def get_secret(arn: str, stage: str = "AWSCURRENT") -> str:
    """Ask Secrets Manager for a secret."""
    return client().get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"]


def _derive(arn: str, purpose: str, text: str) -> str:
    message = f"{purpose}\0{text}".encode()
    return hmac.new(_secret(arn), message, sha256).hexdigest()[:_DIGITS]


def patient_id_of(number: PolicyNumber) -> PatientId:
    """Return the id of the person whose policy this is."""
    return PatientId(_derive(settings().identity_key_arn, "policy", number))


def email_key_of(address: str) -> EmailKey:
    """Return the id of an address; letter case makes no difference (R3)."""
    return EmailKey(_derive(settings().identity_key_arn, "email", address.casefold()))


def totp_key_of(login: DeskLogin, seed: str) -> str:
    """Return the key of a desk user's one-time codes, in base32: 160 bits, kept nowhere."""
    message = f"totp\0{login}.{seed}".encode()
    digest = hmac.new(_secret(settings().identity_key_arn), message, sha256).digest()
    return b32encode(digest[:20]).decode()


def login_key_of(typed: str) -> str:
    """Return the id of what was typed as a login of the desk: it may be a password by mistake."""
    return _derive(settings().identity_key_arn, "login", typed)


def client_key_of(network: str) -> str:
    """Return the id of a client's network: limits are counted for it, and no address is kept."""
    return _derive(settings().identity_key_arn, "client", network)


def is_origin_key(text: str) -> bool:
    """Tell whether a request shows the secret that only the distribution knows.

    A key that this process does not know may be a new one: it looks, once a minute at most, so that
    strangers do not keep it busy. Raises TryAgain where the secret is out of reach.
    """
    known = _origin_keys()
    if not _is_one_of(text, known):
        known[:] = _origin_keys_at(int(clock.now().timestamp()) // 60)
    return _is_one_of(text, known)


@cache
def _origin_keys() -> list[bytes]:
    """Return what this process takes for the distribution's secret."""
    return [_secret(settings().origin_key_arn)]


@lru_cache(maxsize=1)
def _origin_keys_at(_minute: int) -> list[bytes]:
    """Read the secret anew, and what it was before: the distribution takes minutes to change."""
    arn = settings().origin_key_arn
    current = _read(arn)
    try:
        return [current, _read(arn, _REPLACED)]
    except _NeverReplaced:
        return [current]


def _is_one_of(text: str, known: list[bytes]) -> bool:
    return any(hmac.compare_digest(text.encode(), one) for one in known)


def token(purpose: Purpose, *names: str) -> str:
    """Return the token of a mailed link: the ids of what it is about, and their HMAC."""
    told = ".".join(names)
    return f"{told}.{_derive(settings().link_key_arn, purpose, told)}"


def read_token(purpose: Purpose, text: str, expired: type[Refusal]) -> list[str]:
    """Return the ids that a token names.

    Raises `expired` for anything that this clinic did not send for this purpose.
    """
    told, _, mac = text.rpartition(".")
    expected = _derive(settings().link_key_arn, purpose, told)
    if not hmac.compare_digest(mac.encode(), expected.encode()):
        raise expired
    return told.split(".")

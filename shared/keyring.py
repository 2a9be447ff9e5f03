"""The portal's two keys, and what is derived from them.

`IdentityKey` turns policy numbers and addresses into ids: neither can be read back from the table.
`LinkKey` derives the tokens of mailed links: none is stored, and a mail can be sent again.
"""

import hmac
from functools import cache
from hashlib import sha256
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.config import Config

from shared.errors import ConfirmationExpired, TryAgain
from shared.ids import EmailKey, PatientId
from shared.policies import PolicyNumber
from shared.settings import settings

_DIGITS = 32
"""Hexadecimal digits kept of an HMAC: 128 bits."""


logger = Logger()


@cache
def _secret(arn: str) -> bytes:
    try:
        return get_secret(arn).encode()
    except GetParameterError as exc:
        logger.warning("key not read", error=type(exc.__cause__ or exc).__name__)
        raise TryAgain from exc


def get_secret(arn: str) -> str:
    """Ask Secrets Manager for a secret; it is given up after 4 to 5 s without an answer."""
    retries: Any = {"mode": "standard", "total_max_attempts": 2}
    patience = Config(connect_timeout=1, read_timeout=2, retries=retries)
    return str(SecretsProvider(boto_config=patience).get(arn))


def _derive(arn: str, purpose: str, text: str) -> str:
    message = f"{purpose}\0{text}".encode()
    return hmac.new(_secret(arn), message, sha256).hexdigest()[:_DIGITS]


def patient_id_of(number: PolicyNumber) -> PatientId:
    """Return the id of the person whose policy this is."""
    return PatientId(_derive(settings().identity_key_arn, "policy", number))


def email_key_of(address: str) -> EmailKey:
    """Return the id of an address; letter case makes no difference (R3)."""
    return EmailKey(_derive(settings().identity_key_arn, "email", address.casefold()))


def confirmation_token(email_key: EmailKey, registration_id: str) -> str:
    """Return the token of a registration's link: its two ids and their HMAC."""
    return f"{email_key}.{registration_id}.{_confirmation_mac(email_key, registration_id)}"


def read_confirmation_token(token: str) -> tuple[EmailKey, str]:
    """Return the address key and the registration id that a token names.

    Raises ConfirmationExpired for anything this clinic did not send.
    """
    email_key, _, rest = token.partition(".")
    registration_id, _, mac = rest.partition(".")
    expected = _confirmation_mac(EmailKey(email_key), registration_id)
    if not hmac.compare_digest(mac.encode(), expected.encode()):
        raise ConfirmationExpired
    return EmailKey(email_key), registration_id


def _confirmation_mac(email_key: EmailKey, registration_id: str) -> str:
    return _derive(settings().link_key_arn, "confirm", f"{email_key}.{registration_id}")

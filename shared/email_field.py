"""The field of an e-mail address, alone: the library that reads it is slow to load.

Only the functions that take an address import this; all others read `shared.fields`.
"""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field

from shared.fields import refuse

_LONGEST_ADDRESS = 254


def _read_email(text: str) -> str:
    try:
        found = validate_email(
            text.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,  # `.test` reaches nobody, and no address counts unconfirmed.
        )
    except EmailNotValidError:
        refuse("email_invalid", "Это не адрес электронной почты. Пример: ivanova@example.com")
    return found.ascii_email or found.normalized


Email = Annotated[
    str,
    Field(max_length=_LONGEST_ADDRESS, json_schema_extra={"format": "email"}),
    AfterValidator(_read_email),
]

"""OMS policy numbers (R1): sixteen digits with a check digit, and refusals that help.

The number reveals its owner's birth date and sex, so it lives only while a request is served.
"""

import re
from typing import NewType

PolicyNumber = NewType("PolicyNumber", str)
"""Sixteen digits whose check digit holds."""

_LENGTH = 16
_CERTIFICATE_LENGTH = 9
_FORM_LENGTH = 11


class PolicyNumberRefused(ValueError):
    """What was typed is not the number of an OMS policy; `reason` says what it seems to be."""

    def __init__(self, reason: str, advice: str) -> None:
        """Keep the machine-readable reason and the Russian advice; never the number."""
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def check_digit(digits: str) -> int:
    """Compute the check digit that follows `digits` (ISO/HL7 27931 Mod 10, which is Luhn's)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of two digits
    return -total % 10


def parse_policy_number(text: str) -> PolicyNumber:
    """Read a policy number as people type it: blanks and hyphens between the digits are ignored.

    A number whose birth date or sex differs from what was entered is not refused: the registers
    hold such numbers. Raises PolicyNumberRefused.
    """
    compact = re.sub(r"[\s\-]", "", text)
    if not re.fullmatch(r"[0-9]+", compact):
        raise PolicyNumberRefused(
            "policy_not_digits",
            "Номер полиса ОМС состоит только из цифр. Полис ДМС не подходит.",
        )
    if len(compact) != _LENGTH:
        raise _wrong_length(len(compact))
    if check_digit(compact[:-1]) != int(compact[-1]):
        raise PolicyNumberRefused(
            "policy_check_digit",
            "В номере полиса опечатка: контрольная цифра не сходится. Сверьте все 16 цифр.",
        )
    return PolicyNumber(compact)


def _wrong_length(length: int) -> PolicyNumberRefused:
    if length == _CERTIFICATE_LENGTH:
        return PolicyNumberRefused(
            "policy_temporary_certificate",
            "Это номер временного свидетельства (9 цифр). "
            "Нужен номер полиса ОМС: 16 цифр; его подскажет страховая компания.",
        )
    if length == _FORM_LENGTH:
        return PolicyNumberRefused(
            "policy_form_number",
            "Это номер бланка (11 цифр) с оборота полиса. Нужен номер полиса ОМС: 16 цифр.",
        )
    return PolicyNumberRefused(
        "policy_length", "В номере полиса ОМС 16 цифр. Полис ДМС не подходит."
    )


def last4(number: PolicyNumber) -> str:
    """Return the four digits that may be stored and shown."""
    return number[-4:]

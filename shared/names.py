"""Names of persons as they are typed (R2), in a form or in a line of the attachment register."""

import unicodedata

LONGEST_NAME = 100
"""Characters."""


class NameRefused(ValueError):
    """What was typed is nobody's name."""

    def __init__(self, reason: str, advice: str) -> None:
        """Keep the machine-readable reason and the Russian advice; never the name."""
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def read_name(text: str) -> str:
    """Read a name: it has a letter, and nothing that neither shows nor prints.

    Raises NameRefused.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if len(name) > LONGEST_NAME:
        raise NameRefused("name_length", "Слишком длинное имя.")
    kinds = {unicodedata.category(character) for character in name}
    if any(kind[0] == "C" for kind in kinds) or kinds & {"Zl", "Zp"}:
        raise NameRefused("name_characters", "Здесь есть недопустимые знаки.")
    if not any(character.isalpha() for character in name):
        raise NameRefused("name_letters", "Здесь нужны буквы.")
    return name

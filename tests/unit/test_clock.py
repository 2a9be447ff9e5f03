"""The sources of chance, each of the form that ids, cookies and the table rely on."""

import re
from datetime import UTC
from importlib import reload

from shared import clock


def test_the_present_is_utc_in_whole_seconds() -> None:
    # The fixture has stopped the clock; here it runs again.
    now = reload(clock).now()
    assert (now.tzinfo, now.microsecond) == (UTC, 0)


def test_an_id_is_32_hexadecimal_digits_and_never_the_same() -> None:
    drawn = {clock.new_id() for _ in range(100)}
    assert len(drawn) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", new) for new in drawn)


def test_a_secret_is_43_characters_safe_in_a_url_and_never_the_same() -> None:
    drawn = {clock.new_secret() for _ in range(100)}
    assert len(drawn) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{43}", new) for new in drawn)

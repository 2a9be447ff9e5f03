"""Limits of passwords: the right one is given back, and parallel guesses cannot exceed them."""

from collections.abc import Callable

import pytest
from argon2.exceptions import VerificationError

from shared import passwords
from shared.keys import Key
from shared.limits import PASSWORD as PASSWORD_LIMIT, SIGN_IN
from tests.integration.answers import Answer, call
from tests.integration.clinic import ANNA, PASSWORD, SignedIn
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_change_email import change as change_email
from tests.integration.test_change_password import change as change_password
from tests.integration.test_delete_account import delete
from tests.integration.test_limits import WRONG
from tests.integration.test_request_reset import request_reset
from tests.integration.test_resend_confirmation import resend
from tests.integration.test_sign_in import sign_in
from tests.integration.wire import Wire, meanwhile

Asked = tuple[Callable[[SignedIn, str], Answer], str]
"""How a password is told, and the name under which that is counted."""

GUESSES: dict[str, Asked] = {
    "sign_in": (lambda _, password: sign_in(password=password), "sign-in"),
    "change_password": (
        lambda anna, password: change_password(anna.cookie, password, PASSWORD),
        "password",
    ),
    "change_email": (
        lambda anna, password: change_email(anna.cookie, password=password),
        "password",
    ),
}
WHERE = pytest.mark.parametrize("asked", GUESSES.values(), ids=GUESSES)
EVERYWHERE = pytest.mark.parametrize(
    "asked",
    [*GUESSES.values(), (lambda anna, password: delete(anna.cookie, password), "password")],
    ids=[*GUESSES, "delete_account"],
)

pytestmark = pytest.mark.usefixtures("argon", "anna")


def counters(rows: Rows, name: str) -> list[Key]:
    """Return the keys of what counts this, the shorter window's first."""
    found = [key for key in rows.everything() if key.pk.startswith(f"LIMIT#{name}#")]
    return sorted(found, key=lambda key: int(key.sk.split("#")[1]))


def hits(rows: Rows, name: str) -> list[int]:
    """Return the counts of the windows, the shorter one first."""
    everything = rows.everything()
    return [int(everything[key]["hits"]) for key in counters(rows, name)]


@WHERE
def test_a_right_password_gives_its_own_count_back_and_no_other(
    anna: SignedIn, rows: Rows, asked: Asked
) -> None:
    guess, name = asked
    for _ in range(4):
        guess(anna, WRONG)
    assert hits(rows, name) == [4, 4]
    assert guess(anna, PASSWORD).status < 300
    assert hits(rows, name) == [4, 4]
    assert guess(anna, WRONG).status < 429
    assert guess(anna, WRONG).status == 429


@WHERE
def test_right_passwords_are_never_too_many_of_themselves(
    anna: SignedIn, rows: Rows, asked: Asked
) -> None:
    guess, name = asked
    most_new_addresses = 5
    assert {guess(anna, PASSWORD).status < 300 for _ in range(most_new_addresses)} == {True}
    if asked is not GUESSES["change_email"]:
        assert guess(anna, PASSWORD).status < 300
    assert hits(rows, name) == [0, 0]


@EVERYWHERE
def test_once_it_was_too_often_even_the_right_password_is_refused_and_not_compared(
    anna: SignedIn, rows: Rows, argon: list[tuple[str, str]], asked: Asked
) -> None:
    guess, name = asked
    for _ in range(5):
        guess(anna, WRONG)
    compared = len(argon)
    with rows.only_counted():
        assert guess(anna, PASSWORD).status == 429
    assert hits(rows, name) == [5, 5]
    assert len(argon) == compared == 5


@EVERYWHERE
@pytest.mark.parametrize("window", [0, 1], ids=["shorter", "longer"])
def test_parallel_guesses_cannot_exceed_the_limit(
    anna: SignedIn, rows: Rows, wire: Wire, asked: Asked, window: int
) -> None:
    guess, name = asked
    most = [window.most for window in (SIGN_IN if name == "sign-in" else PASSWORD_LIMIT).windows]
    assert guess(anna, WRONG).status in {401, 403}
    key = counters(rows, name)[window]
    rows.change(key, hits=most[window] - 1)
    others: list[Answer] = []
    of_network = 1 if name == "sign-in" else 0
    parallel = meanwhile(lambda: others.append(guess(anna, WRONG)))
    wire.before("UpdateItem", *[None] * (of_network + window), parallel)
    assert guess(anna, WRONG).status == 429
    assert [other.status in {401, 403} for other in others] == [True]
    assert hits(rows, name)[window] == most[window]


@EVERYWHERE
def test_a_guess_is_counted_before_the_password_is_looked_at(
    anna: SignedIn, rows: Rows, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess, name = asked
    counted: list[list[int]] = []

    class Hasher:
        def verify(self, _hash: str, _password: str) -> bool:
            counted.append(hits(rows, name))
            raise VerificationError

    monkeypatch.setattr(passwords, "_HASHER", Hasher())
    guess(anna, PASSWORD)
    assert counted == [[1, 1]]


@WHERE
def test_a_count_that_is_gone_is_not_made_anew_to_be_given_back(
    anna: SignedIn, rows: Rows, wire: Wire, asked: Asked
) -> None:
    guess, name = asked
    of_network = 1 if name == "sign-in" else 0

    def forget() -> None:
        for key in counters(rows, name):
            rows.remove(key)

    wire.before("UpdateItem", *[None] * (of_network + 2), forget)
    assert guess(anna, PASSWORD).status < 300
    assert hits(rows, name) == []


@WHERE
def test_another_window_begins_with_nothing_counted(
    anna: SignedIn, rows: Rows, clock: Clock, asked: Asked
) -> None:
    guess, name = asked
    for _ in range(5):
        guess(anna, WRONG)
    clock.move(minutes=15)
    assert guess(anna, WRONG).status < 429
    assert hits(rows, name) == [5, 1, 6]


def test_a_stranger_who_guesses_elsewhere_keeps_nobody_from_signing_in() -> None:
    form = {"email": ANNA.email, "password": WRONG}
    guesses = [
        call("sign_in", "POST", "/api/sessions", form, address="198.51.100.9").status
        for _ in range(6)
    ]
    assert guesses == [*[401] * 5, 429]
    assert sign_in().status == 201


def test_a_stranger_who_asks_elsewhere_keeps_nobody_from_their_mail() -> None:
    form = {"email": ANNA.email}
    for path in ("/api/registrations/resend", "/api/password-resets"):
        function = "request_reset" if "reset" in path else "resend_confirmation"
        sent = [call(function, "POST", path, form, address="198.51.100.9").status for _ in range(2)]
        assert sent == [202, 429]
    assert (resend().status, request_reset().status) == (202, 202)

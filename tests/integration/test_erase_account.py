"""The script that erases an account for an owner who cannot sign in any more."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from scripts import environment, erase_account
from shared import keys
from tests.integration.clinic import ANNA, BORIS, attach, open_account, open_district
from tests.integration.rows import Rows

pytestmark = pytest.mark.usefixtures("argon")

Run = Callable[[str], int]


@pytest.fixture(name="run")
def runner(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs the script in the tests' cloud."""
    monkeypatch.setattr(environment, "enter", lambda _: None)

    def run(address: str) -> int:
        monkeypatch.setattr(sys, "argv", ["erase_account", address])
        return erase_account.main()

    return run


def test_the_account_goes_with_its_sessions_and_nothing_else(run: Run, rows: Rows) -> None:
    open_district("a1")
    attach(ANNA, "a1")
    attach(BORIS, "a1")
    boris = open_account(BORIS)
    before = rows.everything()
    anna = open_account(ANNA)
    assert run(ANNA.email.upper()) == 0
    after = rows.everything()
    assert after == before | {keys.patient(ANNA.patient_id): after[keys.patient(ANNA.patient_id)]}
    assert anna.account_id not in str(after)
    assert keys.session(boris.session) in after


def test_an_address_is_read_as_the_forms_read_it(run: Run, rows: Rows) -> None:
    anna = open_account(replace(ANNA, email="anna@xn--e1afmkfd.xn--p1ai"))
    assert run("anna@пример.рф") == 0
    assert anna.account_id not in str(rows.everything())


@pytest.mark.parametrize(
    "address, said",
    [
        ("nobody@example.com", "No account has this address."),
        ("nobody", "This is no address."),
    ],
)
def test_an_address_that_nobody_has_is_told_and_changes_nothing(
    run: Run, rows: Rows, capsys: pytest.CaptureFixture[str], address: str, said: str
) -> None:
    open_account(ANNA)
    before = rows.everything()
    assert run(address) == 1
    assert said in capsys.readouterr().err
    assert rows.everything() == before

"""What a person runs for the desk: users are made and deleted, and the audit trail is shown."""

import getpass
import io
import json
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pyotp
import pytest
from botocore.exceptions import EndpointConnectionError

from scripts import create_desk_user, delete_desk_user, environment, show_audit_trail
from shared import keyring, keys, passwords
from shared.desk import DeskUser
from shared.errors import TryAgain
from shared.ids import DeskLogin
from shared.table import audit, desk_users
from tests.integration.answers import call
from tests.integration.clinic import ANNA, BORIS, PASSWORD
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, code_of, make_user, open_desk
from tests.integration.rows import Rows
from tests.integration.test_desk_sign_in import sign_in
from tests.integration.wire import Wire

SCRIPTS = {
    "create": create_desk_user.main,
    "delete": delete_desk_user.main,
    "show": show_audit_trail.main,
}

pytestmark = pytest.mark.usefixtures("argon")

Run = Callable[..., tuple[int, str, str]]


class Typed(io.StringIO):
    """What is typed, at a terminal or through a pipe."""

    is_terminal = False

    def isatty(self) -> bool:
        """Tell whether somebody sits there."""
        return self.is_terminal


@pytest.fixture(name="run")
def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a script in the tests' cloud: `run("create", "anna", typed=PASSWORD)`."""
    monkeypatch.setattr(environment, "enter", lambda _: None)

    def run(script: str, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [script, *arguments])
        monkeypatch.setattr(sys, "stdin", Typed(typed))
        status = SCRIPTS[script]()
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def find(login: str = ANNA_REGISTRY) -> DeskUser:
    found = desk_users.find(DeskLogin(login))
    assert found is not None
    return found


# ------------------------------------------------------------------ create_desk_user


def test_a_user_is_made_and_their_key_is_shown_once(run: Run, rows: Rows) -> None:
    status, out, err = run("create", ANNA_REGISTRY, typed=f"{PASSWORD}\n")
    assert (status, err) == (0, "")
    user = find()
    key = keyring.totp_key_of(user.login, user.totp_seed)
    first, second, third = out.splitlines()
    assert first == "The user anna-registry can sign in now. This is shown once:"
    assert second == f"Key of the one-time codes: {key}"
    uri = third.removeprefix("For an authenticator app: ")
    parsed = pyotp.parse_uri(uri)
    assert isinstance(parsed, pyotp.TOTP)
    assert (parsed.secret, parsed.name, parsed.issuer) == (key, ANNA_REGISTRY, "Поликлиника № 7")
    assert (parsed.digits, parsed.interval) == (6, 30)
    [item] = rows.everything().values()
    assert sorted(item) == ["code_step", "password_hash", "totp_seed"]
    assert (item["code_step"], key in str(rows.images())) == (0, False)
    assert passwords.verify_password(item["password_hash"], PASSWORD)


def test_the_user_signs_in_with_the_password_and_the_key(run: Run) -> None:
    run("create", ANNA_REGISTRY, typed=f"{PASSWORD}\r\n")
    assert sign_in(find()).status == 201


@pytest.mark.parametrize("login", ["abc", "a-b", "7up", "a" * 40, "anna-petrova-2"])
def test_every_fit_login_is_taken(run: Run, login: str) -> None:
    assert run("create", login, typed=PASSWORD)[0] == 0
    assert find(login).login == login


@pytest.mark.parametrize(
    "login",
    ["ab", "", "a" * 41, "Anna", "anna petrova", "anna.petrova", "анна", "anna#1", "anna\n", "٣٤٥"],
)
def test_an_unfit_login_makes_nobody(run: Run, rows: Rows, login: str) -> None:
    with rows.unchanged():
        status, out, err = run("create", login, typed=PASSWORD)
    assert (status, out) == (1, "")
    assert err == "A login has 3 to 40 small Latin letters, digits and, further on, hyphens.\n"


@pytest.mark.parametrize(
    "password, why",
    [
        ("", "A password has 8 to 128 characters."),
        ("1234567", "A password has 8 to 128 characters."),
        ("й" * 129, "A password has 8 to 128 characters."),
        ("12345678", "This password is too common."),
        ("PASSWORD", "This password is too common."),
    ],
)
def test_an_unfit_password_makes_nobody(run: Run, rows: Rows, password: str, why: str) -> None:
    with rows.unchanged():
        assert run("create", ANNA_REGISTRY, typed=password) == (1, "", f"{why}\n")


@pytest.mark.parametrize("password", ["й" * 8, "й" * 128, "  a b c  "])
def test_every_other_password_is_taken_exactly_as_typed(run: Run, password: str) -> None:
    assert run("create", ANNA_REGISTRY, typed=f"{password}\n")[0] == 0
    assert passwords.verify_password(find().password_hash, password)


def test_a_key_that_cannot_be_told_makes_nobody(
    run: Run, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get_secret(*_: str) -> str:
        raise EndpointConnectionError(endpoint_url="secrets")

    keyring._secret.cache_clear()
    monkeypatch.setattr(keyring, "get_secret", get_secret)
    with rows.unchanged(), pytest.raises(TryAgain):
        run("create", ANNA_REGISTRY, typed=PASSWORD)


def test_a_user_who_is_made_again_has_another_key_and_no_session(run: Run, rows: Rows) -> None:
    before, clerk, other = make_user(), open_desk(), open_desk("boris-registry")
    open_desk()
    assert run("create", ANNA_REGISTRY, typed="другой-пароль")[0] == 0
    after = find()
    assert after.totp_seed != before.totp_seed
    sessions = [key for key in rows.everything() if keys.kind(key.sk) == "SESSION"]
    assert sessions == [keys.session(other.session)]
    asked = ("list_districts", "GET", "/api/desk/districts")
    assert call(*asked, cookie=clerk.cookie).status == 401
    assert sign_in(before).status == 401
    assert sign_in(after).status == 401
    assert sign_in(after, password="другой-пароль", code=code_of(after)).status == 201


def test_more_sessions_than_a_page_end_too_and_none_is_overlooked(
    run: Run, rows: Rows, wire: Wire
) -> None:
    make_user()
    for _ in range(5):
        open_desk()
    wire.pages_of(2)
    with wire.listening() as heard:
        assert run("create", ANNA_REGISTRY, typed=PASSWORD)[0] == 0
    assert [*rows.everything()] == [keys.desk_user(ANNA_REGISTRY)]
    queries = [one.body for one in heard if one.operation == "Query"]
    assert [query["ConsistentRead"] for query in queries] == [True] * 3


@pytest.mark.parametrize("second, status", [(PASSWORD, 0), ("другой-пароль", 1)])
def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch, rows: Rows, *, second: str, status: int
) -> None:
    asked: list[str] = []
    typed = iter([PASSWORD, second])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(typed)

    monkeypatch.setattr(getpass, "getpass", ask)
    monkeypatch.setattr(Typed, "is_terminal", True)
    found, _, err = run("create", ANNA_REGISTRY)
    assert (found, asked) == (status, ["Password: ", "Once more: "])
    assert len(rows.everything()) == 1 - status
    assert err == ("These are two passwords.\n" if status else "")


# ------------------------------------------------------------------ delete_desk_user


def test_a_user_is_deleted_with_all_sessions_and_nobody_else_is(run: Run, rows: Rows) -> None:
    make_user()
    other = make_user("boris-registry")
    open_desk()
    open_desk()
    left = open_desk("boris-registry")
    assert run("delete", ANNA_REGISTRY) == (0, "The user anna-registry is deleted.\n", "")
    assert {*rows.everything()} == {keys.desk_user(other.login), keys.session(left.session)}


def test_nobody_is_deleted_twice_and_a_session_that_is_left_ends_all_the_same(
    run: Run, rows: Rows
) -> None:
    open_desk()
    assert run("delete", ANNA_REGISTRY) == (1, "", "There is no user anna-registry.\n")
    assert rows.everything() == {}


def test_what_a_deleted_user_did_stays_in_the_trail(run: Run, clock: Clock) -> None:
    make_user()
    audit.note(open_desk().actor, "list_day", clock.now, [ANNA.patient_id], "2026-11-24")
    run("delete", ANNA_REGISTRY)
    assert run("show", "2026-11-23")[1].count(ANNA_REGISTRY) == 1


# ------------------------------------------------------------------ show_audit_trail


@pytest.mark.usefixtures("told")
def test_a_reader_who_has_seen_enough_ends_it_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "enter", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["show", "2026-11-23", "2026-11-24"])
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert show_audit_trail.main() == 128 + signal.SIGPIPE
        pipe.write("What is still to be written goes nowhere.")
    assert capfd.readouterr().err == ""


@pytest.fixture(name="told")
def noted(clock: Clock) -> list[dict[str, Any]]:
    """Let two clerks do something on two days, and return what is told of it, in order."""
    anna, boris = open_desk(), open_desk("boris-registry")
    both = {ANNA.patient_id, BORIS.patient_id}
    audit.note(anna.actor, "list_day", clock.now, both, "2026-11-24")
    clock.move(seconds=1)
    audit.note(boris.actor, "search_patients", clock.now, [BORIS.patient_id])
    clock.move(hours=15, minutes=59, seconds=59)
    late = open_desk()
    audit.note(late.actor, "list_profiles", clock.now)

    def entry(at: str, login: str, operation: str, about: str | None, *seen: str) -> dict[str, Any]:
        return {
            "at": at,
            "login": login,
            "address": "192.0.2.1",
            "operation": operation,
            "about": about,
            "patients": sorted(seen),
        }

    boris_id = BORIS.patient_id
    return [
        entry("2026-11-23T05:00:00+00:00", ANNA_REGISTRY, "list_day", "2026-11-24", *both),
        entry("2026-11-23T05:00:01+00:00", boris.actor.login, "search_patients", None, boris_id),
        entry("2026-11-23T21:00:00+00:00", ANNA_REGISTRY, "list_profiles", None),
    ]


def shown(run: Run, *arguments: str) -> list[dict[str, Any]]:
    status, out, err = run("show", *arguments)
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_a_day_of_the_clinic_is_shown_one_line_for_each_entry_in_order(
    run: Run, told: list[dict[str, Any]]
) -> None:
    assert shown(run, "2026-11-23") == told[:2]
    assert shown(run, "2026-11-24") == told[2:]
    assert shown(run, "2026-11-25") == []


def test_several_days_are_shown_both_ends_included(run: Run, told: list[dict[str, Any]]) -> None:
    assert shown(run, "2026-11-22", "2026-11-25") == told
    assert shown(run, "2026-11-24", "2026-11-23") == []


def test_the_entries_of_one_patient_or_one_user_are_shown(
    run: Run, told: list[dict[str, Any]]
) -> None:
    days = ("2026-11-23", "2026-11-24")
    assert shown(run, *days, "--patient", ANNA.patient_id) == [told[0]]
    assert shown(run, *days, "--patient", BORIS.patient_id) == told[:2]
    assert shown(run, *days, "--login", ANNA_REGISTRY) == [told[0], told[2]]
    only = ("--login", ANNA_REGISTRY, "--patient", BORIS.patient_id)
    assert shown(run, *days, *only) == [told[0]]
    assert shown(run, *days, "--patient", "0" * 32) == []


@pytest.mark.parametrize("day", ["x", "23.11.2026", "2026-11-31"])
def test_what_is_no_day_is_told_to_the_person(run: Run, day: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("show", day)
    assert ended.value.code == 2


# ----------------------------------------------------------------------- the environment


class FakeClients:
    """AWS as `environment.enter` asks it."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, service: str) -> "FakeClients":
        """Return a client."""
        self.asked.append((service, os.environ.get("AWS_ENDPOINT_URL", "")))
        return self

    def describe_stack_resource(self, **asked: str) -> dict[str, Any]:
        """Name the function."""
        self.asked.append(tuple(asked.values()))
        return {"StackResourceDetail": {"PhysicalResourceId": "the-function"}}

    def get_function_configuration(self, **asked: str) -> dict[str, Any]:
        """Return the function's environment."""
        self.asked.append(tuple(asked.values()))
        return {"Environment": {"Variables": {"TABLE_NAME": "another-table"}}}


@pytest.mark.parametrize(
    "arguments, stack, endpoint",
    [
        ([], "patient-account", ""),
        (["--stack", "test"], "test", ""),
        (["--local"], "patient-account", "http://127.0.0.1:8000"),
    ],
)
def test_a_script_works_with_the_environment_of_the_chosen_stacks_functions(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    arguments: list[str],
    stack: str,
    endpoint: str,
) -> None:
    card = tmp_path / "stack.json"
    card.write_text(json.dumps({"endpoint_url": "http://127.0.0.1:8000"}), "utf-8")
    clients = FakeClients()
    monkeypatch.setattr(environment, "_CARD", card)
    monkeypatch.setattr(boto3, "client", clients)
    parser = ArgumentParser()
    environment.add_arguments(parser)
    with monkeypatch.context() as patched:
        patched.setattr(os, "environ", os.environ.copy())
        environment.enter(parser.parse_args(arguments))
        assert os.environ["TABLE_NAME"] == "another-table"
    assert clients.asked == [
        ("cloudformation", endpoint),
        (stack, "RegisterFunction"),
        ("lambda", endpoint),
        ("the-function",),
    ]


def test_a_stack_and_the_local_one_are_not_both_chosen() -> None:
    parser = ArgumentParser()
    environment.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--local", "--stack", "test"])


def test_without_a_local_stack_the_person_is_told_to_start_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "_CARD", tmp_path / "stack.json")
    parser = ArgumentParser()
    environment.add_arguments(parser)
    with pytest.raises(SystemExit, match="make run"):
        environment.enter(parser.parse_args(["--local"]))

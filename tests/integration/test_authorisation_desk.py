"""The authorisation matrix of the desk: a clerk's open session, or nothing at all.

Each operation is asked by everybody for what is there and for what is missing; whoever is no clerk
is told the same of both. That every operation of docs/openapi.json has its row,
test_authorisation.py sees to.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from shared import clock as shared_clock, keys
from shared.table import desk_users, sessions
from tests.integration.answers import SESSION_REQUIRED, Answer, call
from tests.integration.clinic import PASSWORD
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, code_of, make_user, open_desk
from tests.integration.desk_deeds import DEEDS, Scene, do, set_up
from tests.integration.rows import Rows

Ask = Callable[[Scene, str | None], Answer]
"""Asks with a cookie, or without one."""
Outcome = tuple[int, str | None]


@dataclass(frozen=True)
class Row:
    """What an operation answers to a clerk: for what is there, and for what is missing."""

    ask: Ask
    to_clerk: Outcome
    to_clerk_of_nothing: Outcome | None = None
    """None where no object is named."""


def _deed(operation: str) -> Ask:
    return lambda scene, cookie: do(scene, operation, cookie)


def _asked(function: str, method: str, path: str) -> Ask:
    return lambda _, cookie: call(function, method, path, cookie=cookie)


_OK, _DONE, _CREATED = (200, None), (204, None), (201, None)
_MISSING = (404, "not_found")
_OUTCOMES: Mapping[str, tuple[Outcome, Outcome | None]] = {
    "change_district": (_OK, None),
    "declare_absence": (_OK, _MISSING),
    "take_back_absence": (_DONE, _MISSING),
    "import_patients": (_OK, None),
    "search_patients": (_OK, None),
    "list_grown_children": (_OK, None),
    "list_day": (_OK, None),
    "give_ticket": (_CREATED, _MISSING),
    "take_back_ticket": (_DONE, _MISSING),
    "note_outcome": (_OK, _MISSING),
    "record_consent": (_CREATED, _MISSING),
    "withdraw_consent": (_DONE, _MISSING),
    "list_profiles": (_OK, None),
    "confirm_profile": (_OK, _MISSING),
    "prepare_document": (_CREATED, _MISSING),
    "send_document": ((202, None), _MISSING),
}
ROWS = {name: Row(_deed(name), *outcomes) for name, outcomes in _OUTCOMES.items()} | {
    "list_districts": Row(_asked("list_districts", "GET", "/api/desk/districts"), _OK),
    "desk_sign_out": Row(_asked("desk_sign_out", "DELETE", "/api/desk/sessions/current"), _DONE),
}
"""By the operations' names; signing in asks for no session, and has a test of its own."""
EACH = pytest.mark.parametrize("name", ROWS)
OF_SOMETHING = pytest.mark.parametrize(
    "name", [name for name, row in ROWS.items() if row.to_clerk_of_nothing]
)


@pytest.fixture
def scene(rows: Rows, clock: Clock) -> Scene:
    return set_up(rows, clock)


def _strangers(scene: Scene, rows: Rows) -> Iterator[tuple[str, str | None]]:
    """Yield everybody who is no clerk with an open session, with their cookies."""
    clerk, patient = scene.clerk.cookie, scene.anna.cookie
    secret = clerk.rpartition(".")[2]
    open_desk("boris-registry")
    gone, idle, over = (open_desk(ANNA_REGISTRY) for _ in range(3))
    deleted = open_desk(make_user("deleted-registry").login)
    assert desk_users.delete(deleted.session.login)
    sessions.end(gone.session, shared_clock.now())
    past = int(shared_clock.now().timestamp())
    rows.change(keys.session(idle.session), idle_at=past)
    rows.change(keys.session(over.session), expires_at=past)
    yield "nobody", None
    yield "a patient", patient
    yield "a patient's secret in the desk's cookie", patient.replace("session", "desk", 1)
    yield "a patient's secret, a clerk's login", f"__Host-desk={ANNA_REGISTRY}.{patient[-43:]}"
    yield "a clerk's secret in a patient's cookie", clerk.replace("desk", "session", 1)
    yield "a clerk's secret, another's login", f"__Host-desk=boris-registry.{secret}"
    yield "a clerk who signed out", gone.cookie
    yield "a clerk who did nothing for long", idle.cookie
    yield "a clerk who came in the morning", over.cookie
    yield "a user who was deleted", deleted.cookie


def _outcome(answer: Answer) -> Outcome:
    is_problem = answer.headers.get("Content-Type") == "application/problem+json"
    return answer.status, answer.body["code"] if is_problem else None


def test_every_deed_has_its_row() -> None:
    assert DEEDS.keys() == _OUTCOMES.keys()


@EACH
@pytest.mark.parametrize("whose", ["there", "missing"])
def test_whoever_has_no_open_session_of_the_desk_is_told_nothing(
    name: str, whose: str, scene: Scene, rows: Rows
) -> None:
    asked = scene if whose == "there" else scene.of_nothing()
    strangers = dict(_strangers(scene, rows))
    with rows.unchanged():
        answers = {who: ROWS[name].ask(asked, cookie) for who, cookie in strangers.items()}
    assert answers == dict.fromkeys(strangers, SESSION_REQUIRED)


@EACH
def test_a_clerk_may_do_everything(name: str, scene: Scene) -> None:
    assert _outcome(ROWS[name].ask(scene, scene.clerk.cookie)) == ROWS[name].to_clerk


@OF_SOMETHING
def test_what_is_not_there_is_not_found_and_nothing_is_written(
    name: str, scene: Scene, rows: Rows
) -> None:
    with rows.unchanged():
        answer = ROWS[name].ask(scene.of_nothing(), scene.clerk.cookie)
    assert _outcome(answer) == ROWS[name].to_clerk_of_nothing


@pytest.mark.usefixtures("argon")
def test_everybody_may_try_to_sign_in(scene: Scene, rows: Rows) -> None:
    for number, (who, cookie) in enumerate(_strangers(scene, rows)):
        user = make_user(f"user-{number:02}")
        body = {"login": user.login, "password": PASSWORD, "code": code_of(user)}
        answer = call("desk_sign_in", "POST", "/api/desk/sessions", body, cookie=cookie)
        assert answer.status == 201, who

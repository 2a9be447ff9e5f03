"""The registry's desk over HTTP: a clerk's day, whose cookie opens what, and the scripts."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from scripts import create_desk_user
from shared import clock
from shared.desk import AuditEntry
from shared.errors import SessionRequired
from shared.ids import DeskLogin
from shared.patients import Person
from shared.second_factor import step_of
from shared.settings import settings
from shared.table import audit, desk_users
from tests.contract.template import ROOT
from tests.stack import desk, portal
from tests.stack.operations import ask, operations
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack, refused, wait_for

SIGN_IN, SIGN_OUT = "POST /api/desk/sessions", "DELETE /api/desk/sessions/current"
REQUIRED = (401, SessionRequired.code)
OPERATIONS = [name for name, one in sorted(operations().items()) if one.needs_a_session]
PASSWORD = "верблюд в регистратуре"
_NAME = "Записная"
"""The last name of a patient, which no log may tell."""


def next_code(login: str, totp_secret: str) -> str:
    """Return a code that was not used yet, waiting for it if need be: each counts once."""
    user = desk_users.find(DeskLogin(login))
    assert user is not None
    while user.code_step > step_of(clock.now()):
        time.sleep(0.2)
    step = max(user.code_step + 1, step_of(clock.now()))
    return str(pyotp.TOTP(totp_secret).generate_otp(step))


def sign_in(stack: RunningStack, **typed: str) -> httpx.Response:
    """Sign in as the card says, but for what is typed otherwise."""
    card = stack.card.desk
    form = {"login": card["login"], "password": card["password"]} | typed
    if "code" not in form:
        form["code"] = next_code(card["login"], card["totp_secret"])
    return stack.ask(SIGN_IN, form)


def cookie_of(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.headers["set-cookie"].partition(";")[0])


def done_by(login: str, about: str | None = None) -> list[AuditEntry]:
    """Return what a user did today, of one thing or at all."""
    today = settings().day_of(clock.now())
    found = [entry for entry in audit.entries_of(today) if entry.login == login]
    return [entry for entry in found if about in {None, entry.about}]


def moment(days_ahead: int, at: str) -> str:
    """Return a time of the clinic as the contract writes it."""
    day = settings().day_of(clock.now()) + timedelta(days=days_ahead)
    local = datetime.combine(day, datetime.strptime(at, "%H:%M").time(), settings().zone)  # noqa: DTZ007
    return local.isoformat()


# --------------------------------------------------------------------------- signing in


def test_the_cards_login_password_and_key_open_the_desk_once_a_code(stack: RunningStack) -> None:
    card = stack.card.desk
    assert card.keys() == {"login", "password", "totp_secret"}
    code = next_code(card["login"], card["totp_secret"])
    wrong = sign_in(stack, code=code, password="не-тот-пароль")
    opened, again = sign_in(stack, code=code), sign_in(stack, code=code)
    assert refused(wrong) == refused(again) == (401, "sign_in_failed")
    assert opened.json()["login"] == card["login"]
    told = opened.headers["set-cookie"].split("; ")
    assert told[0].startswith(f"__Host-desk={card['login']}.")
    attributes = ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=Strict", "Secure"]
    assert sorted(told[1:]) == attributes
    cookie = cookie_of(opened)
    assert stack.ask("GET /api/desk/districts", cookie=cookie).status_code == 200
    assert stack.ask(SIGN_OUT, cookie=cookie).status_code == 204
    assert refused(stack.ask("GET /api/desk/districts", cookie=cookie)) == REQUIRED
    assert refused(stack.ask(SIGN_OUT, cookie=cookie)) == REQUIRED


@pytest.mark.parametrize(
    "typed",
    [
        {"login": "nobody", "code": "000000"},
        {"code": "000000"},
        {"code": "x"},
        {"password": "не-тот-пароль", "code": "000000"},
    ],
)
def test_every_failure_is_the_same_answer(stack: RunningStack, typed: dict[str, str]) -> None:
    login = f"clerk-{clock.new_id()[:8]}"
    create_desk_user.create(login, PASSWORD)
    answer = sign_in(stack, **{"login": login, "password": PASSWORD} | typed)
    other = sign_in(stack, login="somebody-else", code="000000")
    bodies = [one.json() | {"request_id": ""} for one in (answer, other)]
    assert refused(answer) == (401, "sign_in_failed")
    assert bodies[0] == bodies[1]
    assert "set-cookie" not in answer.headers


# ------------------------------------------------------------------------- a clerk's day


def test_a_clerk_gives_a_ticket_sees_the_day_notes_who_came_and_no_log_knows_whom(
    stack: RunningStack,
) -> None:
    district = portal.new_district_without_hours()
    person = Person(_NAME, "Аграфена", "Пробовна", date(1971, 2, 3))
    who = portal.new_signed_in(district, person)
    cookie, login = cookie_of(sign_in(stack)), stack.card.desk["login"]
    ticket = _give_twice(stack, cookie, who, moment(3, "18:40"))
    mail = stack.mail(who.email, "Запись подтверждена")
    assert "18:40" in mail["text"]
    assert f"Врач: {portal.DOCTOR.name}" in mail["text"]
    assert _own_tickets(stack, who)["upcoming"] == [ticket]

    [shown] = _day_of(stack, cookie, ticket["starts_at"][:10], district.district_id)["tickets"]
    assert (shown["ticket_id"], shown["beyond_cap"]) == (ticket["ticket_id"], True)
    assert shown["patient"]["last_name"] == _NAME
    path = f"/api/desk/tickets/{ticket['ticket_id']}"
    noted = stack.ask(f"POST {path}/outcome", {"outcome": "arrived"}, cookie)
    assert (noted.status_code, noted.json()["status"]) == (200, "arrived")
    assert [one["status"] for one in _own_tickets(stack, who)["past"]] == ["arrived"]

    entries = done_by(login, ticket["ticket_id"])
    operations = Counter(one.operation for one in entries)
    assert operations == {"give_ticket": 2, "note_outcome": 1}
    assert {one.patients for one in entries} == {frozenset({who.patient_id})}
    assert {one.address for one in entries} == {"127.0.0.1"}
    _assert_silent(stack, who, cookie)


def _give_twice(stack: RunningStack, cookie: str, who: SignedIn, starts_at: str) -> dict[str, Any]:
    """Give a ticket, and ask for the same again; return the ticket."""
    wanted = {"patient_id": who.patient_id, "starts_at": starts_at}
    given, again = (stack.ask("POST /api/desk/tickets", wanted, cookie) for _ in range(2))
    assert (given.status_code, again.status_code) == (201, 200)
    ticket: dict[str, Any] = given.json()
    assert again.json() == ticket
    assert (ticket["starts_at"], ticket["status"]) == (starts_at, "booked")
    assert ".0.1840" in ticket["slot_id"]
    return ticket


def _own_tickets(stack: RunningStack, who: SignedIn) -> dict[str, Any]:
    listed: dict[str, Any] = stack.ask("GET /api/tickets", cookie=who.cookie).json()
    return listed


def _day_of(stack: RunningStack, cookie: str, day: str, district_id: str) -> dict[str, Any]:
    answer = stack.ask(f"GET /api/desk/days/{day}", cookie=cookie)
    assert (answer.status_code, answer.json()["date"]) == (200, day)
    districts = answer.json()["districts"]
    [found] = [one for one in districts if one["district_id"] == district_id]
    shown: dict[str, Any] = found
    return shown


def _assert_silent(stack: RunningStack, who: SignedIn, cookie: str) -> None:
    """Look for each personal value and each secret in all logs."""
    logs = stack.logs().casefold()
    assert "answered" in logs, "the functions' logs were not found"
    card = stack.card.desk
    secrets = [card["password"], card["totp_secret"], cookie.rpartition(".")[2]]
    values = [*secrets, _NAME, "Аграфена", "Пробовна", who.email]
    escaped = [value.encode("unicode_escape").decode() for value in values]
    assert [value for value in {*values, *escaped} if value.casefold() in logs] == []


def test_a_ticket_that_the_desk_takes_back_is_told_and_its_time_given_to_another(
    stack: RunningStack,
) -> None:
    district, clerk = portal.new_district_without_hours(), desk.new_clerk()
    who, other = (portal.new_signed_in(district) for _ in range(2))
    starts_at = moment(3, "19:00")

    def give(patient: SignedIn) -> httpx.Response:
        body = {"patient_id": patient.patient_id, "starts_at": starts_at}
        return clerk.ask(stack, "POST /api/desk/tickets", body)

    ticket_id = give(who).json()["ticket_id"]
    assert refused(give(other)) == (409, "slot_taken")
    for _ in range(2):
        assert clerk.ask(stack, f"DELETE /api/desk/tickets/{ticket_id}").status_code == 204
    assert "19:00" in stack.mail(who.email, "Запись отменена")["text"]
    assert give(other).status_code == 201
    told = sorted(one.operation for one in done_by(clerk.login, ticket_id))
    assert told == ["give_ticket", "take_back_ticket", "take_back_ticket"]


def test_a_patient_moves_the_desks_ticket_online_and_its_time_is_offered_to_nobody(
    stack: RunningStack,
) -> None:
    district, clerk = portal.new_district_without_hours(), desk.new_clerk()
    slot = portal.publish(district, 4, 1)[0]
    who = portal.new_signed_in(district)
    body = {"patient_id": who.patient_id, "starts_at": moment(3, "19:00")}
    ticket = clerk.ask(stack, "POST /api/desk/tickets", body).json()
    path = f"/api/tickets/{ticket['ticket_id']}"
    moved = stack.ask(f"PUT {path}", {"slot_id": slot.place.slot_id}, who.cookie)
    assert (moved.status_code, moved.json()["ticket_id"]) == (200, ticket["ticket_id"])
    stack.mail(who.email, "Запись перенесена")
    assert [one.place for one in portal.slots_of(district)] == [slot.place]
    assert stack.ask(f"DELETE {path}", cookie=who.cookie).status_code == 204
    assert [one.status for one in portal.slots_of(district)] == ["free"]


def test_the_outcome_of_a_replaced_ticket_is_noted_in_the_archive(stack: RunningStack) -> None:
    district, clerk = portal.new_district_without_hours(), desk.new_clerk()
    who = portal.new_signed_in(district)
    tickets = []
    for at in ("19:00", "19:10"):
        body = {"patient_id": who.patient_id, "starts_at": moment(3, at)}
        tickets.append(clerk.ask(stack, "POST /api/desk/tickets", body).json()["ticket_id"])
        portal.begin(tickets[-1])
    portal.wait_until_archived(tickets[0])
    noted = clerk.ask(stack, f"POST /api/desk/tickets/{tickets[0]}/outcome", "no_show")
    assert (noted.status_code, noted.json()["status"]) == (200, "no_show")
    past = {one["ticket_id"]: one["status"] for one in _own_tickets(stack, who)["past"]}
    assert past == {tickets[0]: "no_show", tickets[1]: "booked"}


# ------------------------------------------------------------------------------ cookies


@pytest.mark.parametrize("name", OPERATIONS)
def test_neither_side_opens_the_others_operations_under_either_cookies_name(
    stack: RunningStack, name: str
) -> None:
    clerk, patient = desk.new_clerk().cookie, portal.new_signed_in(portal.demo_district()).cookie
    swapped = {"desk": clerk.replace("desk", "session", 1)}
    swapped["patient"] = patient.replace("session", "desk", 1)
    other = patient if operations()[name].is_desks else clerk
    for cookie in (other, *swapped.values()):
        assert refused(ask(stack, name, cookie)) == REQUIRED


def test_a_browser_may_be_both_and_each_function_reads_its_own_cookie(stack: RunningStack) -> None:
    clerk, patient = desk.new_clerk(), portal.new_signed_in(portal.demo_district())
    both = f"{patient.cookie}; {clerk.cookie}"
    assert stack.ask("GET /api/account", cookie=both).status_code == 200
    assert stack.ask("GET /api/desk/districts", cookie=both).status_code == 200


# ------------------------------------------------------------------------------ scripts


def run_script(
    stack: RunningStack, folder: Path, *arguments: str, typed: str = ""
) -> tuple[int, list[str]]:
    """Run a script as a person beside the running stack does; return its code and its lines."""
    local = folder / ".local"
    if not local.exists():
        local.symlink_to(stack.folder)
    done = subprocess.run(  # noqa: S603 - every word of the command is ours
        [sys.executable, "-m", f"scripts.{arguments[0]}", *arguments[1:], "--local"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_a_user_is_made_signs_in_and_is_deleted_and_the_trail_is_shown(
    stack: RunningStack, tmp_path: Path
) -> None:
    login = f"clerk-{clock.new_id()[:8]}"
    code, said = run_script(stack, tmp_path, "create_desk_user", login, typed=PASSWORD)
    assert code == 0, said
    found = re.search("[A-Z2-7]{32}", said[1])
    assert found is not None
    typed = {"login": login, "password": PASSWORD, "code": next_code(login, found[0])}
    cookie = cookie_of(sign_in(stack, **typed))
    assert stack.ask("GET /api/desk/districts", cookie=cookie).status_code == 200

    assert run_script(stack, tmp_path, "delete_desk_user", login) == (
        0,
        [f"The user {login} is deleted."],
    )
    assert refused(stack.ask("GET /api/desk/districts", cookie=cookie)) == REQUIRED
    assert run_script(stack, tmp_path, "delete_desk_user", login)[0] == 1
    today = str(settings().day_of(clock.now()))
    code, lines = run_script(stack, tmp_path, "show_audit_trail", today, "--login", login)
    assert code == 0
    [entry] = map(json.loads, lines)
    assert (entry["login"], entry["operation"], entry["patients"]) == (login, "sign_in", [])


def test_a_user_who_is_made_again_is_signed_out_everywhere(
    stack: RunningStack, tmp_path: Path
) -> None:
    clerk = desk.new_clerk()
    assert clerk.ask(stack, "GET /api/desk/districts").status_code == 200
    code, said = run_script(stack, tmp_path, "create_desk_user", clerk.login, typed=PASSWORD)
    assert code == 0, said
    wait_for(lambda: refused(clerk.ask(stack, "GET /api/desk/districts")) == REQUIRED)

"""The main job over HTTP, and that nothing personal of it stands in any log."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest

from shared.patients import Person
from tests.stack import portal
from tests.stack.running import RunningStack

PASSWORD = "верблюд над рекой, 7 утра"


@dataclass(frozen=True)
class Newcomer:
    """A person attached to a district, about to register."""

    form: dict[str, str]
    district_id: str

    @property
    def email(self) -> str:
        return self.form["email"]


@pytest.fixture
def newcomer() -> Newcomer:
    district = portal.new_district()
    number = portal.new_policy_number()
    person = Person("Журнальная", "Аглая", "Пробовна", date(1971, 2, 3))
    portal.attach(number, person, district)
    form = {
        "email": f"newcomer-{number}@stack.example",
        "password": PASSWORD,
        "policy_number": number,
        "policy_series": "",
        "last_name": "ЖУРНАЛЬНАЯ",
        "first_name": "аглая",
        "middle_name": "Пробовна",
        "birth_date": "1971-02-03",
    }
    return Newcomer(form, district.district_id)


def register(stack: RunningStack, newcomer: Newcomer) -> str:
    """Register, and return the token of the link in the mail that comes."""
    answer = stack.api.post("/api/registrations", json=newcomer.form)
    assert (answer.status_code, answer.json()) == (202, {"status": "confirmation_sent"})
    mail = stack.mails(newcomer.email, at_least=1)[-1]
    found = re.search(r"#token=(\S+)", mail["text"])
    assert found is not None
    return found[1]


def confirm(stack: RunningStack, token: str, password: str = PASSWORD) -> httpx.Response:
    return stack.api.post("/api/email-confirmations", json={"token": token, "password": password})


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_patient_registers_confirms_and_takes_a_ticket_and_no_log_knows_who(
    stack: RunningStack, newcomer: Newcomer
) -> None:
    token = register(stack, newcomer)
    confirmed = confirm(stack, token)
    assert confirmed.status_code == 201
    session = cookie_of(confirmed)
    ticket = _take_a_ticket(stack, newcomer, confirmed.json()["family"][0], session)

    account = stack.api.get("/api/account", headers=session).json()
    assert account["family"][0]["ticket"] == ticket
    mails = stack.mails(newcomer.email, at_least=2)
    assert [mail["subject"] for mail in mails] == [
        "Подтвердите адрес электронной почты",
        "Запись подтверждена",
    ]
    assert ticket["starts_at"][11:16] in mails[1]["text"]

    assert stack.api.delete("/api/sessions/current", headers=session).status_code == 204
    assert code_of(stack.api.get("/api/account", headers=session)) == (401, "session_required")
    credentials = {"email": newcomer.email, "password": PASSWORD}
    signed_in = stack.api.post("/api/sessions", json=credentials)
    assert signed_in.status_code == 201
    _assert_silent(stack, newcomer, token, [session, cookie_of(signed_in)])


def _take_a_ticket(
    stack: RunningStack, newcomer: Newcomer, me: dict[str, Any], session: dict[str, str]
) -> dict[str, Any]:
    """Book the last day's first time, twice, and fail to book its second; return the ticket."""
    assert (me["attached"], me["last_name"], me["ticket"]) == (True, "ЖУРНАЛЬНАЯ", None)
    wanted = {"patient_id": me["patient_id"]}
    listed = stack.api.get("/api/slots", params=wanted, headers=session).json()
    assert (listed["online"], listed["district_id"]) == (True, newcomer.district_id)
    first, second = listed["days"][-1]["slots"]
    assert first["free"]

    def book(slot: dict[str, str]) -> httpx.Response:
        body = wanted | {"slot_id": slot["slot_id"]}
        return stack.api.post("/api/tickets", json=body, headers=session)

    booked, again, other = book(first), book(first), book(second)
    assert (booked.status_code, again.status_code) == (201, 200)
    assert booked.json() == again.json()
    assert booked.json()["starts_at"] == first["starts_at"]
    assert code_of(other) == (409, "ticket_limit_reached")
    ticket: dict[str, Any] = booked.json()
    return ticket


def _assert_silent(
    stack: RunningStack, newcomer: Newcomer, token: str, sessions: list[dict[str, str]]
) -> None:
    """Look for each personal value of the journey in all logs."""
    logs = stack.logs().casefold()
    assert "answered" in logs, "the functions' logs were not found"
    secrets = [session["Cookie"].rpartition(".")[2] for session in sessions]
    names = ["журнальная", "аглая", "пробовна"]
    values = [newcomer.email, newcomer.form["policy_number"], PASSWORD, token, *secrets, *names]
    escaped = [value.encode("unicode_escape").decode() for value in values]
    assert [value for value in {*values, *escaped} if value.casefold() in logs] == []


def test_opening_the_link_changes_nothing_and_its_token_works_once(
    stack: RunningStack, newcomer: Newcomer
) -> None:
    token = register(stack, newcomer)
    before = portal.lasting_items(stack)
    for _ in range(5):
        assert stack.api.get(f"/confirm.html#token={token}").status_code == 200
        assert code_of(stack.api.get("/api/email-confirmations")) == (405, "method_not_allowed")
    assert portal.lasting_items(stack) == before

    assert confirm(stack, token).status_code == 201
    after = portal.lasting_items(stack)
    assert code_of(confirm(stack, token)) == (410, "confirmation_expired")
    assert portal.lasting_items(stack) == after


def test_a_stranger_without_the_password_cannot_confirm_and_has_five_tries(
    stack: RunningStack, newcomer: Newcomer
) -> None:
    token = register(stack, newcomer)
    for _ in range(5):
        assert code_of(confirm(stack, token, "not the password")) == (403, "wrong_password")
    before = portal.lasting_items(stack)
    assert code_of(confirm(stack, token)) == (410, "confirmation_expired")
    assert portal.lasting_items(stack) == before


def test_a_taken_and_a_free_address_are_answered_with_the_same_bytes(
    stack: RunningStack, newcomer: Newcomer
) -> None:
    confirm(stack, register(stack, newcomer))
    free = newcomer.form | {"email": f"x{newcomer.email}"}
    answers = [stack.api.post("/api/registrations", json=form) for form in (newcomer.form, free)]

    assert _comparable(answers[0]) == _comparable(answers[1])
    told = stack.mails(newcomer.email, at_least=2)[-1]
    assert told["subject"] == "Этот адрес уже зарегистрирован"
    assert "#token=" not in told["text"] + told["html"]


def _comparable(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    changing = {"date", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"}
    headers = {name: value for name, value in answer.headers.items() if name not in changing}
    return answer.status_code, headers, answer.content

"""The authorisation matrix: each operation of docs/openapi.json, asked by all for everything.

An operation that names an object (a patient, a ticket, a guardian, an invitation) is asked for the
caller's own one, a relative's, a foreign and a missing one; any other has one column. A route
without a row fails.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import pytest

from shared import clock as shared_clock, keys, policies
from shared.ids import AccountId
from shared.keyring import token
from shared.patients import Person
from shared.policies import parse_policy_number
from shared.table import family, store
from tests.contract.template import ROOT
from tests.integration import test_authorisation_desk
from tests.integration.answers import event, invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    publish,
    start_registration,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import open_desk
from tests.integration.rows import Rows
from tests.integration.worlds import built_once

Json = dict[str, Any]
Role = Literal[
    "nobody",
    "unconfirmed",
    "confirmed",
    "guardian",
    "former guardian",
    "other account",
    "expired session",
    "desk",
    "clerk",
    "clerk as patient",
]
"""`desk` is a patient's secret in the desk's cookie, `clerk as patient` the other way round."""
Whose = Literal["own", "relative's", "foreign", "missing"]

_SIGNED_IN: set[Role] = {"confirmed", "guardian", "former guardian", "other account"}
_OTHER_NUMBER = "785613084000004"
GALINA = Citizen(
    "galina@example.com",
    parse_policy_number(f"{_OTHER_NUMBER}{policies.check_digit(_OTHER_NUMBER)}"),
    Person("Примерова", "Галина", None, date(1950, 2, 3)),
)
"""Guards the child Vera in every world, and asks everybody to let her act for them."""
_SLOTS = {ANNA: "a1.2026-11-24.1.0900", BORIS: "a1.2026-11-24.2.0910", VERA: "c1.2026-11-24.1.0900"}
_FREE = {ANNA: "a1.2026-11-25.1.0900", BORIS: "a1.2026-11-25.1.0900", VERA: "c1.2026-11-25.1.0900"}
_NOTHING = "0" * 32


@dataclass(frozen=True)
class World:
    """Who asks, with which cookie, and what of each kind stands for which word."""

    cookie: str | None
    people: dict[Whose, Citizen]
    tickets: dict[Whose, str]
    invitations: dict[Whose, str]
    guardians: dict[Whose, str]


def _build(role: Role, clock: Clock, row: "Row") -> World:
    """Make the world of one cell: three families, and one who asks."""
    open_district("a1")
    open_district("c1", "child")
    publish(*_SLOTS.values(), *set(_FREE.values()))
    for citizen, district in ((ANNA, "a1"), (BORIS, "a1"), (VERA, "c1"), (GALINA, "a1")):
        attach(citizen, district)
    accounts = {citizen: open_account(citizen) for citizen in (ANNA, BORIS, GALINA)}
    galina = accounts[GALINA]
    add_relative(galina, VERA)
    if role in {"guardian", "former guardian", "expired session"}:
        add_relative(accounts[ANNA], VERA)
    if role == "former guardian":
        family.remove(accounts[ANNA].session, VERA.patient_id, shared_clock.now())
    invitations = {one: _invite(galina, one) for one in (ANNA, BORIS)}
    if row.accepted:
        for one, told in invitations.items():
            _accept(accounts[one], galina.account_id, one, told)
    tickets = _tickets(accounts, galina) if row.with_tickets else dict.fromkeys(_SLOTS, "")
    caller, stranger = (BORIS, ANNA) if role == "other account" else (ANNA, BORIS)
    people: dict[Whose, Citizen] = {"own": caller, "relative's": VERA, "foreign": stranger}
    return World(
        cookie=_cookie(role, accounts[caller], clock),
        people=people,
        tickets={word: tickets[one] for word, one in people.items()}
        | {"missing": f"{_NOTHING}.{_NOTHING[:16]}"},
        invitations={
            word: _link(galina.account_id, one, invitations.get(one, _NOTHING))
            for word, one in people.items()
        }
        | {"missing": _link(galina.account_id, GALINA, _NOTHING)},
        guardians={
            "own": galina.account_id if row.accepted else _NOTHING,
            "relative's": accounts[ANNA].account_id,
            "foreign": accounts[BORIS].account_id,
            "missing": _NOTHING,
        },
    )


def _tickets(accounts: dict[Citizen, SignedIn], galina: SignedIn) -> dict[Citizen, str]:
    return {
        ANNA: take(accounts[ANNA], _SLOTS[ANNA]),
        BORIS: take(accounts[BORIS], _SLOTS[BORIS]),
        VERA: take(galina, _SLOTS[VERA], VERA.patient_id),
    }


def _invite(galina: SignedIn, asked: Citizen) -> str:
    add_relative(galina, asked)
    claim = store.get(keys.claim(galina.account_id, asked.patient_id))
    assert claim is not None
    return str(claim["invitation_id"])


def _accept(asked: SignedIn, asking: AccountId, citizen: Citizen, invitation_id: str) -> None:
    now = shared_clock.now()
    family.accept(asked.session, asking, citizen.patient_id, invitation_id, now)


def _link(asking: AccountId, asked: Citizen, invitation_id: str) -> str:
    return token("invite", asking, asked.patient_id, invitation_id)


def _cookie(role: Role, caller: SignedIn, clock: Clock) -> str | None:
    if role == "nobody":
        return None
    if role == "unconfirmed":
        registration = start_registration(ANNA, email="new@example.com")
        return f"__Host-session={registration.registration_id}.{'x' * 43}"
    if role == "desk":
        return caller.cookie.replace("__Host-session", "__Host-desk")
    if role in {"clerk", "clerk as patient"}:
        cookie = open_desk(caller.account_id).cookie
        return cookie if role == "clerk" else cookie.replace("__Host-desk", "__Host-session")
    if role == "expired session":
        clock.move(minutes=31)
    return caller.cookie


# The rows. What they ask is right in every respect, so that only the caller decides.

Ask = Callable[[World, Whose], Json]
Outcome = tuple[int, str | None]


@dataclass(frozen=True)
class Row:
    """What an operation is asked, and what it says to whom it is open and to whom it is not."""

    ask: Ask
    to_mine: Outcome
    """For the caller's own object; of an operation without an object, to all who may ask."""
    to_relatives: Outcome | None = None
    """For a relative's object, as a guardian; None where there is no object."""
    to_others: Outcome | None = None
    """For a foreign and for a missing object alike, and for a relative's as anybody else."""
    with_tickets: bool = False
    accepted: bool = False


def _same(body: object = None) -> Ask:
    return lambda _world, _whose: {"body": body}


def _at(name: str, of: Callable[[World, Whose], str], body: object = None) -> Ask:
    return lambda world, whose: {"path": {name: of(world, whose)}, "body": body}


def _patient(world: World, whose: Whose) -> str:
    return _NOTHING if whose == "missing" else world.people[whose].patient_id


def _ticket(world: World, whose: Whose) -> str:
    return world.tickets[whose]


def _free_slot(world: World, whose: Whose) -> str:
    return _FREE[world.people.get(whose, ANNA)]


_EMAIL = {"email": "somebody@example.com"}
_PERSON = {
    "policy_number": BORIS.number,
    "last_name": "Образцов",
    "first_name": "Проба",
    "birth_date": "1990-01-01",
}
_NEW_PASSWORD = "трамвай-без-рельсов"
_NO_TICKET, _NO_PATIENT = (404, "not_found"), (404, "patient_unknown")
_EXPIRED = (410, "invitation_expired")

ROWS: dict[str, Row] = {
    "register": Row(_same(_PERSON | _EMAIL | {"password": _NEW_PASSWORD}), (202, None)),
    "resend_confirmation": Row(_same(_EMAIL), (202, None)),
    "confirm_email": Row(
        _same({"token": "no.such.token", "password": PASSWORD}), (410, "confirmation_expired")
    ),
    "sign_in": Row(_same(_EMAIL | {"password": PASSWORD}), (401, "sign_in_failed")),
    "request_reset": Row(_same(_EMAIL), (202, None)),
    "reset_password": Row(
        _same({"token": "no.such", "password": _NEW_PASSWORD}), (410, "reset_expired")
    ),
    "sign_out": Row(_same(), (204, None)),
    "show_account": Row(_same(), (200, None)),
    "export_account": Row(_same(), (200, None)),
    "change_password": Row(
        _same({"current_password": PASSWORD, "new_password": _NEW_PASSWORD}), (204, None)
    ),
    "change_email": Row(_same(_EMAIL | {"password": PASSWORD}), (202, None)),
    "delete_account": Row(_same({"password": PASSWORD}), (204, None)),
    "add_family_member": Row(_same(_PERSON), (202, None)),
    "list_guardians": Row(_same(), (200, None)),
    "list_tickets": Row(_same(), (200, None)),
    "remove_family_member": Row(_at("patient_id", _patient), _NO_TICKET, (204, None), _NO_TICKET),
    "accept_invitation": Row(
        lambda world, whose: {"body": {"token": world.invitations[whose]}},
        (204, None),
        _EXPIRED,
        _EXPIRED,
    ),
    "remove_guardian": Row(
        _at("guardian_id", lambda world, whose: world.guardians[whose]),
        (204, None),
        _NO_TICKET,
        _NO_TICKET,
        accepted=True,
    ),
    "list_slots": Row(
        lambda world, whose: {"query": {"patient_id": _patient(world, whose)}},
        (200, None),
        (200, None),
        _NO_PATIENT,
    ),
    "book_ticket": Row(
        lambda world, whose: {
            "body": {
                "patient_id": _patient(world, whose),
                "slot_id": _free_slot(world, whose),
            }
        },
        (201, None),
        (201, None),
        _NO_PATIENT,
    ),
    "move_ticket": Row(
        lambda world, whose: {
            "path": {"ticket_id": _ticket(world, whose)},
            "body": {"slot_id": _free_slot(world, whose)},
        },
        (200, None),
        (200, None),
        _NO_TICKET,
        with_tickets=True,
    ),
    "cancel_ticket": Row(
        _at("ticket_id", _ticket), (204, None), (204, None), _NO_TICKET, with_tickets=True
    ),
    "ticket_calendar": Row(
        _at("ticket_id", _ticket), (200, None), (200, None), _NO_TICKET, with_tickets=True
    ),
}


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    needs: list[str]
    """The names of the cookies that it asks for: `session` or `desk_session`."""

    @property
    def needs_session(self) -> bool:
        """Tell whether it is for patients who are signed in."""
        return self.needs == ["session"]

    @property
    def needs_desk(self) -> bool:
        """Tell whether it is for clerks who are signed in."""
        return self.needs == ["desk_session"]

    @property
    def is_desks(self) -> bool:
        """Tell whether it is the desk's, whose rows are in test_authorisation_desk.py."""
        return self.path.startswith("/api/desk/")


def _operations() -> Iterator[Operation]:
    document = json.loads((ROOT / "docs/openapi.json").read_text("utf-8"))
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            needs = [name for one in told.get("security", []) for name in one]
            yield Operation(told["operationId"], method.upper(), path, needs)


def _cells() -> Iterator[Any]:
    for operation in _operations():
        if operation.is_desks:
            continue
        row = ROWS.get(operation.name)
        columns = get_args(Whose) if row and row.to_others else ("own",)
        for role in get_args(Role):
            for whose in columns:
                yield pytest.param(operation, role, whose, id=f"{operation.name}-{role}-{whose}")


def _expected(row: Row, operation: Operation, role: Role, whose: Whose) -> Outcome:
    if operation.needs_session and role not in _SIGNED_IN:
        return 401, "session_required"
    if row.to_others is None or whose == "own":
        return row.to_mine
    if whose == "relative's" and role == "guardian" and row.to_relatives is not None:
        return row.to_relatives
    return row.to_others


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    found = list(_operations())
    assert {operation.name for operation in found if not operation.is_desks} == set(ROWS)
    of_desk = {operation.name for operation in found if operation.is_desks}
    assert of_desk == {*test_authorisation_desk.ROWS, "desk_sign_in"}
    assert {operation.name for operation in found if operation.needs_desk} == {
        *test_authorisation_desk.ROWS
    }


@pytest.mark.parametrize("operation,role,whose", list(_cells()))
def test_only_the_caller_decides(
    operation: Operation, role: Role, whose: Whose, clock: Clock, rows: Rows
) -> None:
    row = ROWS[operation.name]
    name = (role, row.with_tickets, row.accepted)
    world = built_once(name, lambda: _build(role, clock, row), rows, clock)
    expected = _expected(row, operation, role, whose)
    before = _lasting(rows)
    assert _send(operation, row.ask(world, whose), world.cookie) == expected
    if expected[1] is not None:
        assert _lasting(rows) == before


def _lasting(rows: Rows) -> dict[Any, Any]:
    """Return all rows but those that count tries; a session's idle time may be put forward."""
    return {
        key: {name: value for name, value in row.items() if name != "idle_at"}
        for key, row in rows.everything().items()
        if keys.kind(key.sk) != "WINDOW"
    }


def _send(operation: Operation, asked: Json, cookie: str | None) -> Outcome:
    path = operation.path
    for name, value in asked.get("path", {}).items():
        path = path.replace(f"{{{name}}}", value)
    sent = event(operation.method, path, asked.get("body"), cookie=cookie, query=asked.get("query"))
    answer = invoke(operation.name, sent)
    is_problem = answer["headers"].get("Content-Type") == "application/problem+json"
    return answer["statusCode"], json.loads(answer["body"])["code"] if is_problem else None

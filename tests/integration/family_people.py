"""Families of the tests, and what their accounts ask of the portal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from shared import keys, policies
from shared.ids import AccountId, PatientId
from shared.keyring import token
from shared.patients import Person
from shared.policies import parse_policy_number
from tests.integration.answers import Answer, call, invoke, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Item, Rows
from tests.integration.stream import Record

NEXT_SLOT = "a1.2026-11-24.2.0910"
LATER_SLOT = "a1.2026-11-25.1.0900"
NOT_FOUND = problem(404, "not_found")
NO_CONTENT = Answer(204, None, {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})


def _citizen(name: str, serial: str, person: Person) -> Citizen:
    digits = f"7856130840000{serial}"
    number = parse_policy_number(f"{digits}{policies.check_digit(digits)}")
    return Citizen(f"{name}@example.com", number, person)


GALINA = _citizen("galina", "11", Person("Примерова", "Галина", None, date(1950, 2, 3)))
"""A grandmother, who may or may not have an account."""
LEV = _citizen("lev", "12", Person("Примеров", "Лев", "Борисович", date(2008, 11, 24)))
"""A child today, and an adult tomorrow."""
ZOYA = _citizen("zoya", "13", Person("Примерова", "Зоя", None, date(2008, 2, 29)))
"""Born on a leap day."""
TWINS = tuple(
    _citizen(f"twin{n}", str(n), Person("Двойняшкин", "Пример", None, date(2015, 1, 1)))
    for n in range(20, 45)
)
"""As many people as a test may need."""


@dataclass(frozen=True)
class Family:
    """Two parents with an account each, both of whom have added their child."""

    anna: SignedIn
    boris: SignedIn
    child: PatientId


def parents_of(child: Citizen = VERA) -> Family:
    """Attach Anna, Boris and the child to district a1, and let both parents add the child."""
    open_district()
    for citizen in (ANNA, BORIS, child):
        attach(citizen)
    anna, boris = open_account(ANNA), open_account(BORIS)
    for parent in (anna, boris):
        add_relative(parent, child)
    return Family(anna, boris, child.patient_id)


# --------------------------------------------------------------- what is asked


def form(citizen: Citizen, **changes: object) -> dict[str, object]:
    """Return the form «Семья», filled in for somebody."""
    person = citizen.person
    filled: dict[str, object] = {
        "policy_number": citizen.number,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
    }
    return filled | changes


def add(who: SignedIn, citizen: Citizen, **changes: object) -> Answer:
    return call(
        "add_family_member", "POST", "/api/family", form(citizen, **changes), cookie=who.cookie
    )


def remove(who: SignedIn, patient_id: str) -> Answer:
    path = f"/api/family/{patient_id}"
    return call("remove_family_member", "DELETE", path, cookie=who.cookie)


def accept(who: SignedIn, told: str) -> Answer:
    path = "/api/invitation-acceptances"
    return call("accept_invitation", "POST", path, {"token": told}, cookie=who.cookie)


def guardians(who: SignedIn) -> Answer:
    return call("list_guardians", "GET", "/api/guardians", cookie=who.cookie)


def dismiss(who: SignedIn, guardian_id: str) -> Answer:
    path = f"/api/guardians/{guardian_id}"
    return call("remove_guardian", "DELETE", path, cookie=who.cookie)


def book(who: SignedIn, slot_id: str, patient_id: str | None = None) -> Answer:
    wanted = {"patient_id": patient_id or who.patient_id, "slot_id": slot_id}
    return call("book_ticket", "POST", "/api/tickets", wanted, cookie=who.cookie)


def cancel(who: SignedIn, ticket_id: str) -> Answer:
    return call("cancel_ticket", "DELETE", f"/api/tickets/{ticket_id}", cookie=who.cookie)


def move(who: SignedIn, ticket_id: str, slot_id: str) -> Answer:
    path = f"/api/tickets/{ticket_id}"
    return call("move_ticket", "PUT", path, {"slot_id": slot_id}, cookie=who.cookie)


def tickets(who: SignedIn) -> Answer:
    return call("list_tickets", "GET", "/api/tickets", cookie=who.cookie)


def slots(who: SignedIn, patient_id: str) -> Answer:
    query = {"patient_id": patient_id}
    return call("list_slots", "GET", "/api/slots", cookie=who.cookie, query=query)


def account(who: SignedIn) -> Answer:
    return call("show_account", "GET", "/api/account", cookie=who.cookie)


def members(who: SignedIn) -> list[tuple[str, bool, bool]]:
    """Return the listed members: id, whether attached, whether a ticket is shown."""
    return [
        (member["patient_id"], member["attached"], member["ticket"] is not None)
        for member in account(who).body["family"]
    ]


def relatives(who: SignedIn) -> list[str]:
    """Return the ids of the listed relatives."""
    return [patient_id for patient_id, _, _ in members(who) if patient_id != who.patient_id]


# ------------------------------------------------------------- what is expected


def ticket_view(
    ticket_id: str, slot_id: str, starts_at: str, status: str = "booked"
) -> dict[str, object]:
    """Return the contract's ticket, whole."""
    return {
        "ticket_id": ticket_id,
        "slot_id": slot_id,
        "patient_id": ticket_id.partition(".")[0],
        "district_id": slot_id.partition(".")[0],
        "doctor_name": "Кузнецова Мария Ильинична",
        "room": "214",
        "starts_at": starts_at,
        "status": status,
    }


def ticket_in(rows: Rows, patient_id: PatientId) -> Item | None:
    """Return the ticket in the patient's row."""
    found: Item | None = rows.everything()[keys.patient(patient_id)].get("ticket")
    return found


def claim_in(rows: Rows, who: AccountId, patient_id: PatientId) -> Item | None:
    """Return what an account has claimed about a person."""
    return rows.everything().get(keys.claim(who, patient_id))


def patient_in(rows: Rows, patient_id: PatientId) -> Item:
    """Return the patient's row but for its revision and its places in the indexes."""
    row = rows.everything()[keys.patient(patient_id)]
    besides = {"revision", "name_key", "due_list", "due_on"}
    return {name: value for name, value in row.items() if name not in besides}


def invitation(rows: Rows, who: SignedIn, patient_id: PatientId) -> str:
    """Return the token of the link that was mailed about an account's claim."""
    claim = claim_in(rows, who.account_id, patient_id)
    assert claim is not None
    return token("invite", who.account_id, patient_id, claim["invitation_id"])


# ------------------------------------------------------------------- what happens


class Meanwhile:
    """Somebody else's change at one request, what came of it, and the table right after it."""

    def __init__(self, rows: Rows, change: Callable[[], object]) -> None:
        """Remember what is to happen."""
        self._rows, self._change = rows, change
        self.answer: Any = None
        self.table: dict[keys.Key, Item] = {}

    def __call__(self) -> None:
        """Let it happen; the request then goes on its way."""
        self.answer = self._change()
        self.table = self._rows.everything()


def archive(*records: Record) -> Any:  # noqa: ANN401 - what Lambda is given back
    """Give records to the function that keeps the past."""
    return invoke("archive_tickets", {"Records": list(records)})


def set_clock(clock: Clock, *moment: int) -> None:
    """Stop the clock at another moment, in UTC."""
    clock.now = datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]


def renamed(citizen: Citizen, last_name: str = "Другая") -> Person:
    """Return the citizen's data under another name."""
    return replace(citizen.person, last_name=last_name)

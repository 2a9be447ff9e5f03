"""What the desk's work costs: its sessions, districts, days, tickets and the register."""

from collections.abc import Callable, Mapping

from shared.districts import Kind
from shared.register import COLUMNS, MEDIA_TYPE
from tests.contract.bill import Bill
from tests.contract.costs import OTHER_SLOT, Work, anna_signed_in, anna_with_ticket, ask, send
from tests.integration.answers import invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    HOURS,
    PASSWORD,
    SLOT,
    VERA,
    Citizen,
    attach,
    open_account,
    open_district,
    publish,
    take,
)
from tests.integration.desk import Clerk, code_of, make_user, open_desk
from tests.integration.rows import Rows

_TOMORROW, _SUNDAY = "2026-11-24", "2026-11-29"
_AT_NINE, _AT_NOON = f"{_TOMORROW}T09:00:00+03:00", f"{_TOMORROW}T12:00:00+03:00"


def at_desk(asking: Callable[[Clerk], Bill]) -> Work:
    """Return the work of a clerk who has signed in."""
    return lambda _: asking(open_desk())


# -------------------------------------------------------------------------- sessions


def _sign_in(password: str, expected: int) -> Bill:
    user = make_user()
    body = {"login": user.login, "password": password, "code": code_of(user)}
    status, bill = send("desk_sign_in", "POST /api/desk/sessions", body)
    assert status == expected
    return bill


def _sign_out(clerk: Clerk) -> Bill:
    return ask("desk_sign_out", "DELETE /api/desk/sessions/current", cookie=clerk.cookie)


# ------------------------------------------------------------- districts and absences


def _list_districts(clerk: Clerk) -> Bill:
    open_district()
    return ask("list_districts", "GET /api/desk/districts", cookie=clerk.cookie)


def _change_district(clerk: Clerk) -> Bill:
    """Give a district another name; its slots stand, and stay."""
    _release()
    body = {
        "name": "Участок № 1",
        "kind": "adult",
        "doctor": {"name": DOCTOR.name, "room": DOCTOR.room},
        "hours": {day: [f"{at:%H:%M}" for at in hours] for day, hours in HOURS.items()},
    }
    return ask("change_district", "PUT /api/desk/districts/a1", body, clerk.cookie)


def _release(*holders: Citizen) -> None:
    """Publish all slots of a district, and let some patients book tomorrow's."""
    open_district()
    invoke("release_slots", {})
    for citizen, slot_id in zip(holders, (SLOT, OTHER_SLOT), strict=False):
        attach(citizen)
        take(open_account(citizen), slot_id)


def _declare(clerk: Clerk, day: str) -> Bill:
    body = {"from": day, "to": day, "reason": "учёба"}
    return ask("declare_absence", "PUT /api/desk/districts/a1/absences", body, clerk.cookie)


def _declare_on(day: str, *holders: Citizen) -> Work:
    def work(_: Rows) -> Bill:
        _release(*holders)
        return _declare(open_desk(), day)

    return work


def _take_absence_back(clerk: Clerk) -> Bill:
    _release()
    _declare(clerk, _TOMORROW)
    route = f"DELETE /api/desk/districts/a1/absences/{_TOMORROW}"
    return ask("take_back_absence", route, cookie=clerk.cookie)


# -------------------------------------------------------------------------- register


def _import(clerk: Clerk, *citizens: Citizen, valid_until: str = "") -> Bill:
    lines = [",".join(COLUMNS)]
    for citizen in citizens:
        person = citizen.person
        names = (person.last_name, person.first_name, person.middle_name or "")
        told = (citizen.number, "", *names, str(person.birth_date), "a1", valid_until)
        lines.append(",".join(told))
    text = "\n".join(lines)
    return ask("import_patients", "PUT /api/desk/patients", text, clerk.cookie, MEDIA_TYPE)


def _import_new(clerk: Clerk) -> Bill:
    open_district()
    return _import(clerk, ANNA)


def _import_more(clerk: Clerk) -> Bill:
    one = _import_new(clerk)
    return _import(clerk, BORIS, VERA) - one


def _import_unchanged(clerk: Clerk) -> Bill:
    _import_new(clerk)
    return _import(clerk, ANNA)


def _import_changed(clerk: Clerk) -> Bill:
    anna_signed_in()
    return _import(clerk, ANNA, valid_until="2030-01-01")


def _search(clerk: Clerk, body: dict[str, str]) -> Bill:
    anna_signed_in()
    return ask("search_patients", "POST /api/desk/patients/search", body, clerk.cookie)


def _search_by_policy(clerk: Clerk) -> Bill:
    return _search(clerk, {"policy_number": ANNA.number})


def _search_by_name(clerk: Clerk) -> Bill:
    person = ANNA.person
    wanted = {"last_name": person.last_name, "birth_date": str(person.birth_date)}
    return _search(clerk, wanted)


def _list_grown(clerk: Clerk) -> Bill:
    return ask("list_grown_children", "GET /api/desk/patients/grown-children", cookie=clerk.cookie)


def _list_none_grown(clerk: Clerk) -> Bill:
    open_district(kind="child")
    return _list_grown(clerk)


def _list_one_grown(clerk: Clerk) -> Bill:
    none = _list_none_grown(clerk)
    attach(BORIS)
    return _list_grown(clerk) - none


# --------------------------------------------------------------------------- tickets


def _list_day(clerk: Clerk) -> Bill:
    return ask("list_day", f"GET /api/desk/days/{_TOMORROW}", cookie=clerk.cookie)


def _list_empty_day(clerk: Clerk) -> Bill:
    open_district()
    return _list_day(clerk)


def _list_another_district(clerk: Clerk) -> Bill:
    one = _list_empty_day(clerk)
    open_district("a2")
    return _list_day(clerk) - one


def _list_ticket_of_day(clerk: Clerk) -> Bill:
    none = _list_empty_day(clerk)
    anna_with_ticket()
    return _list_day(clerk) - none


def _give(clerk: Clerk, starts_at: str) -> Bill:
    attach(ANNA)
    body = {"patient_id": ANNA.patient_id, "starts_at": starts_at}
    return ask("give_ticket", "POST /api/desk/tickets", body, clerk.cookie)


def _give_published(clerk: Clerk) -> Bill:
    open_district()
    publish(SLOT)
    return _give(clerk, _AT_NINE)


def _give_beyond_cap(kind: Kind) -> Work:
    def work(_: Rows) -> Bill:
        open_district(kind=kind)
        return _give(open_desk(), _AT_NOON)

    return work


def _take_ticket_back(clerk: Clerk) -> Bill:
    _anna, ticket_id = anna_with_ticket()
    return ask("take_back_ticket", f"DELETE /api/desk/tickets/{ticket_id}", cookie=clerk.cookie)


def _note_outcome(clerk: Clerk) -> Bill:
    _anna, ticket_id = anna_with_ticket()
    route = f"POST /api/desk/tickets/{ticket_id}/outcome"
    return ask("note_outcome", route, {"outcome": "arrived"}, clerk.cookie)


COSTS_OF_DESK: Mapping[str, Work] = {
    "sign in at the desk": lambda _: _sign_in(PASSWORD, 201),
    "sign in at the desk, refused": lambda _: _sign_in("another-camel", 401),
    "sign out at the desk": at_desk(_sign_out),
    "list the districts": at_desk(_list_districts),
    "change a district whose slots stay": at_desk(_change_district),
    "declare an absence, nothing published for its days": _declare_on(_SUNDAY),
    "declare an absence, a day of two free slots": _declare_on(_TOMORROW),
    "declare an absence, a day of two tickets": _declare_on(_TOMORROW, ANNA, BORIS),
    "take an absence back, a day of two slots": at_desk(_take_absence_back),
    "import a new line, alone": at_desk(_import_new),
    "import, for each further new line of twenty": at_desk(_import_more),
    "import an unchanged line, alone": at_desk(_import_unchanged),
    "import a changed line, alone, one claimant": at_desk(_import_changed),
    "find a patient by policy, one account": at_desk(_search_by_policy),
    "find a patient by name, one account": at_desk(_search_by_name),
    "list the grown children, one child district, none": at_desk(_list_none_grown),
    "list the grown children, the first": at_desk(_list_one_grown),
    "list a day, one district without tickets": at_desk(_list_empty_day),
    "list a day, for each further district": at_desk(_list_another_district),
    "list a day, the first ticket": at_desk(_list_ticket_of_day),
    "give a ticket for a published time": at_desk(_give_published),
    "give a ticket beyond the cap, adult district": _give_beyond_cap("adult"),
    "give a ticket beyond the cap, child district": _give_beyond_cap("child"),
    "take a ticket back at the desk": at_desk(_take_ticket_back),
    "note an outcome": at_desk(_note_outcome),
}
"""By the document's words."""

"""What the desk asks of districts, their hours and their doctors' absences."""

from typing import Any

from tests.integration.answers import Answer, call
from tests.integration.clinic import DOCTOR, Citizen
from tests.integration.desk import Clerk
from tests.integration.rows import Item, Rows

FORM: dict[str, Any] = {
    "name": "Участок a1",
    "kind": "adult",
    "doctor": {"name": DOCTOR.name, "room": DOCTOR.room},
    "hours": {
        day: ["09:00", "09:10", "09:20", "09:30", "09:40", "09:50"]
        for day in ("mon", "tue", "wed", "thu", "fri")
    },
}
"""The district a1 as `open_district` writes it."""
VIEW = {"district_id": "a1", **FORM, "absences": []}
TOMORROW = {"from": "2026-11-24", "to": "2026-11-24", "reason": "учёба"}


def list_districts(clerk: Clerk) -> Answer:
    return call("list_districts", "GET", "/api/desk/districts", cookie=clerk.cookie)


def change_district(clerk: Clerk, district_id: str = "a1", /, **changes: object) -> Answer:
    path = f"/api/desk/districts/{district_id}"
    return call("change_district", "PUT", path, FORM | changes, cookie=clerk.cookie)


def declare(
    clerk: Clerk, absence: object = TOMORROW, district_id: object = "a1", **changes: object
) -> Answer:
    path = f"/api/desk/districts/{district_id}/absences"
    body = absence | changes if isinstance(absence, dict) else absence
    return call("declare_absence", "PUT", path, body, cookie=clerk.cookie)


def take_back(clerk: Clerk, first_on: str = "2026-11-24", district_id: str = "a1") -> Answer:
    path = f"/api/desk/districts/{district_id}/absences/{first_on}"
    return call("take_back_absence", "DELETE", path, cookie=clerk.cookie)


def person_view(citizen: Citizen) -> dict[str, object]:
    """Return how the desk sees a patient whom the register knows."""
    person = citizen.person
    return {
        "patient_id": citizen.patient_id,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
        "policy_last4": citizen.number[-4:],
    }


def of_the_clinic(rows: Rows) -> dict[str, Item]:
    """Return districts and slots by key, but for the districts' revisions."""
    return {
        f"{key.pk} {key.sk}": {name: item[name] for name in item if name != "revision"}
        for key, item in rows.everything().items()
        if key.pk.startswith(("CLINIC", "DISTRICT"))
    }

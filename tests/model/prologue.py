"""How each walk begins: two districts, five people, two accounts, and the week's slots."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from shared import clock, keys
from shared.patients import Person
from shared.tickets import SlotPlace
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
)
from tests.integration.desk import Clerk, make_user, open_desk
from tests.integration.desk_districts import change_district
from tests.integration.family_people import GALINA, LEV
from tests.integration.rows import Item
from tests.model import families
from tests.model.desk import Line, WholeClinic
from tests.model.facts import ZONE, Claim, District, Patient, Registration

HEADER = (
    "policy_number,policy_series,last_name,first_name,middle_name,birth_date,"
    "district_id,policy_valid_until"
)
HOURS = {
    "all": tuple(time(9, minute) for minute in (0, 10, 20, 30, 40, 50)),
    "few": (time(9, 10),),
    "late": (time(9, 0), time(18, 0), time(18, 10)),
    "none": (),
}
DOCTORS = {
    "a": ("Кузнецова Мария Ильинична", "214"),
    "b": ("Примеров Пётр Петрович", "3"),
    "": None,
}


def typed(citizen: Citizen, how: str) -> Person:
    """Return a person as somebody types them: right, in capitals, or wrong."""
    person = citizen.person
    if how == "wrong":
        return replace(person, first_name="Другое")
    return replace(person, last_name=person.last_name.upper()) if how == "capitals" else person


def form_of(district: District) -> dict[str, Any]:
    """Return the form with which the desk writes a district."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    doctor = {"name": district.doctor[0], "room": district.doctor[1]} if district.doctor else None
    hours = [f"{at:%H:%M}" for at in district.hours]
    return {
        "name": district.name,
        "kind": district.kind,
        "doctor": doctor,
        "hours": dict.fromkeys(days, hours) if hours else {},
    }


def person_form(citizen: Citizen, person: Person) -> dict[str, Any]:
    """Return the form with which a patient tells of a person."""
    names = {"last_name": person.last_name, "first_name": person.first_name}
    born_on = str(person.birth_date)
    number = {"policy_number": citizen.number}
    return number | names | {"middle_name": person.middle_name, "birth_date": born_on}


def line(citizen: Citizen, told: Line) -> str:
    """Return a line of the register."""
    person = told.person
    names = (person.last_name, person.first_name, person.middle_name or "")
    until = str(told.valid_until or "")
    return ",".join((citizen.number, "", *names, str(person.birth_date), told.district_id, until))


@dataclass
class Begun:
    """What stands when a walk begins."""

    clinic: WholeClinic
    clerk: Clerk
    browsers: dict[str, SignedIn]


def play() -> Begun:
    """Open the clinic, in the portal and in the model."""
    make_user()
    begun = Begun(WholeClinic(clock.now()), open_desk(), {})
    clinic = begun.clinic
    for district_id, kind in (("a1", "adult"), ("c1", "child")):
        district = District(district_id, kind, f"Участок {district_id}", DOCTORS["a"], HOURS["all"])
        change_district(begun.clerk, district_id, **form_of(district))
        clinic.put_district(district)
    clinic.patients = {one: Patient(one) for one in citizens()}
    for citizen, district_id in ((ANNA, "a1"), (BORIS, "a1"), (VERA, "c1"), (LEV, "c1")):
        attach(citizen, district_id)
        clinic.import_line(Line(citizen.patient_id, citizen.person, district_id, None))
    for citizen in (ANNA, BORIS):
        who = open_account(citizen)
        begun.browsers[who.account_id] = who
        form = Registration(citizen.email, who.patient_id, citizen.person, "", clinic.now)
        clinic.open_account(form, who.account_id)
        for child in (VERA, LEV):
            claim = Claim("relative", child.person, clinic.today)
            add_relative(who, child)
            families.claim_relative(
                clinic.patients[child.patient_id], who.account_id, claim, clinic.now
            )
    return begun


def citizens() -> dict[str, Citizen]:
    """Return everybody, by the patients' ids."""
    return {one.patient_id: one for one in (ANNA, BORIS, VERA, GALINA, LEV)}


def slots_in(table: Mapping[keys.Key, Item]) -> dict[SlotPlace, tuple[str, str | None]]:
    """Return every slot of the table with its status and ticket."""
    return {
        _place(key, item): (item["slot_status"], item.get("ticket_id"))
        for key, item in table.items()
        if key.sk.startswith("SLOT#")
    }


def _place(key: keys.Key, item: Item) -> SlotPlace:
    district_id, day, ordinal = keys.slot_named(key.pk, key.sk)
    at = datetime.fromisoformat(item["starts_at"]).astimezone(ZONE).time()
    return SlotPlace(district_id, day, ordinal, at)

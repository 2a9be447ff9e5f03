"""What accounts, members and tickets look like to the patient, and what is kept from them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.accounts import Household, Member, Profile
from shared.views import AccountView, Districts, MemberView, TicketView
from tests.unit.builders import (
    ACCOUNT,
    ACCOUNT_ID,
    ANNA,
    CLAIM,
    DISTRICT,
    MEMBER,
    MONDAY,
    NOW,
    PATIENT,
    PATIENT_ID,
    TICKET,
)

DISTRICTS = {DISTRICT.district_id: DISTRICT}
TICKET_SHOWN = {
    "ticket_id": "a1.2026-11-30.1.0920.0123456789abcdef",
    "slot_id": "a1.2026-11-30.1.0920",
    "patient_id": PATIENT_ID,
    "district_id": "a1",
    "doctor_name": "Смирнова Ольга Ивановна",
    "room": "214",
    "starts_at": "2026-11-30T09:20:00+03:00",
    "status": "booked",
}
MEMBER_SHOWN = {
    "patient_id": PATIENT_ID,
    "relation": "self",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Сергеевна",
    "birth_date": "1985-03-27",
    "policy_last4": "0017",
    "attached": True,
    "district": {
        "district_id": "a1",
        "kind": "adult",
        "name": "Участок № 1",
        "doctor_name": "Смирнова Ольга Ивановна",
    },
    "ticket": None,
}


def test_a_ticket_is_shown_in_clinic_time_with_its_offset() -> None:
    assert TicketView.of(TICKET, PATIENT_ID, DISTRICTS).model_dump(mode="json") == TICKET_SHOWN


@pytest.mark.parametrize(
    "districts", [{}, {DISTRICT.district_id: replace(DISTRICT, doctor=None)}], ids=["gone", "left"]
)
def test_a_ticket_is_shown_even_when_its_district_or_doctor_has_gone(districts: Districts) -> None:
    shown = TicketView.of(TICKET, PATIENT_ID, districts).model_dump(mode="json")
    assert shown == TICKET_SHOWN | {"doctor_name": None, "room": None}


def _shown(member: Member, now: datetime = NOW) -> dict[str, Any]:
    return MemberView.of(member, DISTRICTS, now).model_dump(mode="json")


def test_a_member_is_shown_with_district_and_ticket() -> None:
    holding = replace(MEMBER, patient=replace(PATIENT, ticket=TICKET))
    assert _shown(MEMBER) == MEMBER_SHOWN
    assert _shown(holding) == MEMBER_SHOWN | {"ticket": TICKET_SHOWN}
    assert _shown(holding, TICKET.starts_at) == MEMBER_SHOWN


def test_a_member_is_shown_as_this_account_typed_them_and_not_as_the_register_has_them() -> None:
    typed = replace(CLAIM, person=replace(ANNA, last_name="ИВАНОВА"), policy_last4="9990")
    assert _shown(replace(MEMBER, claim=typed)) == MEMBER_SHOWN | {
        "last_name": "ИВАНОВА",
        "policy_last4": "9990",
    }


def test_of_a_person_whose_data_do_not_match_nothing_of_the_register_is_shown() -> None:
    theirs = replace(PATIENT, guardians=frozenset(), ticket=TICKET, valid_until=MONDAY)
    assert _shown(replace(MEMBER, patient=theirs)) == MEMBER_SHOWN | {
        "attached": False,
        "district": None,
    }


def test_an_account_is_shown_with_its_listed_members_and_without_its_password() -> None:
    hidden = replace(MEMBER, claim=replace(CLAIM, relation="relative"))
    hidden = replace(hidden, patient=replace(PATIENT, guardians=frozenset()))
    confirmed = replace(ACCOUNT, profile=Profile("consent_received", MONDAY))
    household = Household(confirmed, (MEMBER, hidden))
    assert AccountView.of(household, DISTRICTS, NOW).model_dump(mode="json") == {
        "account_id": ACCOUNT_ID,
        "email": "anna@example.com",
        "profile": {"status": "consent_received", "due_on": "2026-11-30"},
        "family": [MEMBER_SHOWN],
    }

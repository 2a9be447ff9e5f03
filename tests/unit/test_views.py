"""What accounts, members and tickets look like to the patient, and what is kept from them."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, strategies as st

from shared.accounts import Household, Member, Profile
from shared.ids import TicketId
from shared.tickets import Ticket, TicketStatus
from shared.views import (
    AccountView,
    Districts,
    GuardiansView,
    GuardianView,
    MemberView,
    TicketsView,
    TicketView,
)
from tests.unit.builders import (
    ACCOUNT,
    ACCOUNT_ID,
    ANNA,
    BORIS,
    CLAIM,
    DISTRICT,
    MEMBER,
    MONDAY,
    NOW,
    PATIENT,
    PATIENT_ID,
    STRANGER_ID,
    TICKET,
)

DISTRICTS = {DISTRICT.district_id: DISTRICT}
TICKET_SHOWN = {
    "ticket_id": f"{PATIENT_ID}.0123456789abcdef",
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
    assert TicketView.of(TICKET, DISTRICTS).model_dump(mode="json") == TICKET_SHOWN


@pytest.mark.parametrize(
    "districts", [{}, {DISTRICT.district_id: replace(DISTRICT, doctor=None)}], ids=["gone", "left"]
)
def test_a_ticket_is_shown_even_when_its_district_or_doctor_has_gone(districts: Districts) -> None:
    shown = TicketView.of(TICKET, districts).model_dump(mode="json")
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
        "address_unreachable": False,
        "profile": {"status": "consent_received", "due_on": "2026-11-30"},
        "family": [MEMBER_SHOWN],
    }


def test_an_account_whose_mail_comes_back_says_so() -> None:
    household = Household(replace(ACCOUNT, unreachable_since=NOW), ())
    assert AccountView.of(household, DISTRICTS, NOW).address_unreachable is True


def test_a_guardian_is_shown_by_the_name_of_that_accounts_holder_and_by_nothing_else() -> None:
    asking = replace(CLAIM, account_id=STRANGER_ID, person=BORIS)
    shown = GuardiansView(guardians=[GuardianView.of(asking)])
    assert shown.model_dump(mode="json") == {
        "guardians": [
            {
                "guardian_id": STRANGER_ID,
                "last_name": "Петров",
                "first_name": "Борис",
                "middle_name": None,
            }
        ]
    }


# -------------------------------------------------------------- all tickets of a family


def _ticket(name: str, hours_ahead: int, status: TicketStatus = "booked") -> Ticket:
    ticket_id = TicketId(f"{PATIENT_ID}.{name:0<16}")
    starts_at = NOW + timedelta(hours=hours_ahead)
    return replace(TICKET, ticket_id=ticket_id, starts_at=starts_at, status=status)


SOON, LATER = _ticket("1", 1), _ticket("2", 30)
JUST_BEGUN, LONG_AGO = _ticket("3", 0), _ticket("4", -900, "arrived")
CANCELLED, WITHDRAWN = _ticket("5", 2, "cancelled"), _ticket("6", 48, "withdrawn")
MISSED = _ticket("7", -1, "no_show")
ALL = [SOON, LATER, JUST_BEGUN, LONG_AGO, CANCELLED, WITHDRAWN, MISSED]


def _listed(tickets: list[Ticket]) -> dict[str, list[str]]:
    shown = TicketsView.of(tickets, DISTRICTS, NOW)
    return {
        "upcoming": [ticket.ticket_id for ticket in shown.upcoming],
        "past": [ticket.ticket_id for ticket in shown.past],
    }


def test_no_tickets_are_two_empty_lists() -> None:
    assert TicketsView.of([], DISTRICTS, NOW).model_dump() == {"upcoming": [], "past": []}


def test_the_upcoming_stand_in_their_order_and_the_past_from_the_latest_back() -> None:
    past = [WITHDRAWN, CANCELLED, JUST_BEGUN, MISSED, LONG_AGO]
    expected = {
        "upcoming": [ticket.ticket_id for ticket in (SOON, LATER)],
        "past": [ticket.ticket_id for ticket in past],
    }
    for tickets in ([*ALL], [*reversed(ALL)]):
        assert _listed(tickets) == expected


def test_two_tickets_of_one_time_have_one_order_whatever_was_read_first() -> None:
    twins = [_ticket(name, 1) for name in "abc"]
    listed = [_listed([*order]) for order in permutations(twins)]
    assert listed == [listed[0]] * 6


def test_a_ticket_in_the_row_and_in_the_archive_is_shown_once_as_a_whole() -> None:
    shown = TicketsView.of([TICKET, TICKET], DISTRICTS, NOW)
    assert shown.model_dump(mode="json") == {"upcoming": [TICKET_SHOWN], "past": []}


@given(st.lists(st.sampled_from(ALL)))
def test_each_ticket_is_shown_once_and_none_is_lost(tickets: list[Ticket]) -> None:
    listed = _listed(tickets)
    everything = listed["upcoming"] + listed["past"]
    assert sorted(everything) == sorted({ticket.ticket_id for ticket in tickets})

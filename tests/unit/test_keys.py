"""The keys of the table: as documented, read back, and in the order of days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from shared import keys
from shared.accounts import SessionKey
from shared.errors import NotFound
from shared.ids import DistrictId, PatientId, TicketId
from shared.limits import FAMILY, SIGN_IN
from shared.tickets import SlotPlace, new_ticket_id
from tests.unit.builders import (
    ACCOUNT_ID,
    EMAIL_KEY,
    NOW,
    PATIENT_ID,
    PLACE,
    REGISTRATION_ID,
    TICKET,
)


def test_each_item_of_the_clinic_and_its_patients_stands_where_it_is_documented_to() -> None:
    assert keys.district(DistrictId("a1")) == ("CLINIC", "DISTRICT#a1")
    assert keys.slot(PLACE) == ("DISTRICT#a1", "SLOT#2026-11-30#1")
    assert keys.patient(PATIENT_ID) == (f"PATIENT#{PATIENT_ID}", "PATIENT")
    assert keys.archived_ticket(TICKET.ticket_id) == (
        f"PATIENT#{PATIENT_ID}",
        f"TICKET#{PATIENT_ID}.0123456789abcdef",
    )


def test_each_item_of_an_account_stands_where_it_is_documented_to() -> None:
    account = f"ACCOUNT#{ACCOUNT_ID}"
    assert keys.account_partition(ACCOUNT_ID) == account
    assert keys.account(ACCOUNT_ID) == (account, "ACCOUNT")
    assert keys.claim(ACCOUNT_ID, PATIENT_ID) == (account, f"MEMBER#{PATIENT_ID}")
    assert keys.session(SessionKey(ACCOUNT_ID, "digest")) == (account, "SESSION#digest")


def test_each_item_of_an_address_stands_where_it_is_documented_to() -> None:
    address = f"EMAIL#{EMAIL_KEY}"
    assert keys.address_partition(EMAIL_KEY) == address
    assert keys.address_owner(EMAIL_KEY) == (address, "OWNER")
    assert keys.pending(EMAIL_KEY, "1") == (address, "PENDING#1")
    assert keys.resend(EMAIL_KEY, "1") == (address, "RESEND#1")
    assert keys.reset(EMAIL_KEY) == (address, "RESET")


def test_receipts_and_counters_stand_where_they_are_documented_to() -> None:
    assert keys.mail_receipt("ticket#1") == ("MAIL#ticket#1", "MAIL")
    minute, hour = SIGN_IN.windows
    assert keys.limit(SIGN_IN, "who", minute, minute.start(NOW)) == (
        "LIMIT#sign-in#who",
        "WINDOW#60#1795942800",
    )
    assert keys.limit(SIGN_IN, "who", hour, hour.start(NOW)) == (
        "LIMIT#sign-in#who",
        "WINDOW#3600#1795942800",
    )
    (day,) = FAMILY.windows
    assert keys.limit(FAMILY, "who", day, day.start(NOW)).sk == "WINDOW#86400#1795910400"


def test_what_a_key_names_is_read_back() -> None:
    assert keys.slot_named(*keys.slot(PLACE)) == (PLACE.district_id, PLACE.day, PLACE.ordinal)
    claim = keys.claim(ACCOUNT_ID, PATIENT_ID)
    assert keys.claim_named(*claim) == (ACCOUNT_ID, PATIENT_ID)
    assert keys.account_named(claim.pk) == ACCOUNT_ID
    assert keys.patient_named(keys.patient(PATIENT_ID).pk) == PATIENT_ID
    session = SessionKey(ACCOUNT_ID, "digest")
    assert keys.session_named(ACCOUNT_ID, keys.session(session).sk) == session
    pending = keys.pending(EMAIL_KEY, REGISTRATION_ID)
    assert (keys.address_named(pending.pk), keys.id_named(pending.sk)) == (
        EMAIL_KEY,
        REGISTRATION_ID,
    )


def test_an_items_kind_is_read_from_its_sort_key() -> None:
    kinds = {
        keys.slot(PLACE): "SLOT",
        keys.patient(PATIENT_ID): "PATIENT",
        keys.archived_ticket(TICKET.ticket_id): "TICKET",
        keys.account(ACCOUNT_ID): "ACCOUNT",
        keys.claim(ACCOUNT_ID, PATIENT_ID): "MEMBER",
        keys.session(SessionKey(ACCOUNT_ID, "digest")): "SESSION",
        keys.address_owner(EMAIL_KEY): "OWNER",
        keys.pending(EMAIL_KEY, "1"): "PENDING",
        keys.resend(EMAIL_KEY, "1"): "RESEND",
        keys.reset(EMAIL_KEY): "RESET",
        keys.mail_receipt("ticket#1"): "MAIL",
    }
    assert {key: keys.kind(key.sk) for key in kinds} == kinds


@pytest.mark.parametrize("ticket_id", ["", "no ticket", PLACE.slot_id, PATIENT_ID])
def test_what_no_ticket_is_called_has_no_key(ticket_id: str) -> None:
    with pytest.raises(NotFound):
        keys.archived_ticket(TicketId(ticket_id))


_ids = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(_ids, _ids, _ids)
def test_the_items_of_a_kind_stand_between_its_sort_keys_and_no_other_kind_does(
    owner: str, other: str, digest: str
) -> None:
    ticket = keys.archived_ticket(new_ticket_id(PatientId(owner), other))
    waiting = keys.pending(EMAIL_KEY, other)
    opened = keys.session(SessionKey(ACCOUNT_ID, digest + other))
    between = [keys.archived_tickets(), keys.all_pending(), keys.sessions_of_account()]
    others = [keys.patient(PatientId(owner)), keys.claim(ACCOUNT_ID, PatientId(other))]
    others += [keys.account(ACCOUNT_ID), keys.resend(EMAIL_KEY, other), keys.reset(EMAIL_KEY)]
    for (first, last), within in zip(between, [ticket, waiting, opened], strict=True):
        assert first < within.sk < last
        assert [key for key in others if first <= key.sk <= last] == []


def test_the_time_of_a_slot_is_no_part_of_its_key_so_an_ordinal_stands_once() -> None:
    assert keys.slot(PLACE) == keys.slot(replace(PLACE, time=PLACE.time.replace(hour=15)))


_days = st.dates(date(2000, 1, 1), date(2099, 1, 1))


@given(_days, st.integers(0, 60), st.integers(-70, 70), st.integers(1, 99))
def test_exactly_the_slots_of_the_days_stand_between_the_two_sort_keys(
    first_on: date, length: int, ahead: int, ordinal: int
) -> None:
    last_on = first_on + timedelta(days=length)
    day = first_on + timedelta(days=ahead)
    first, last = keys.slots_between(first_on, last_on)
    sort_key = keys.slot(SlotPlace(DistrictId("a1"), day, ordinal, PLACE.time)).sk
    assert (first <= sort_key <= last) is (first_on <= day <= last_on)

"""The keys of the table: as documented, read back, and in the order of days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from shared import keys
from shared.accounts import DeskSessionKey, SessionKey
from shared.errors import NotFound
from shared.ids import DeskLogin, DistrictId, DocumentId, PatientId, TicketId
from shared.limits import FAMILY, SIGN_IN
from shared.tickets import SlotPlace, new_ticket_id
from tests.unit.builders import (
    ACCOUNT_ID,
    ANNA,
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


def test_each_item_of_the_desk_stands_where_it_is_documented_to() -> None:
    anna, desk = DeskLogin("anna-registry"), "DESK#anna-registry"
    assert keys.desk_partition(anna) == desk
    assert keys.desk_user(anna) == (desk, "USER")
    assert keys.session(DeskSessionKey(anna, "digest")) == (desk, "SESSION#digest")
    assert keys.audit_trail(PLACE.day) == "AUDIT#2026-11-30"
    entry = keys.audit_entry(PLACE.day, "2026-11-30T06:20:00Z", "1")
    assert entry == ("AUDIT#2026-11-30", "ENTRY#2026-11-30T06:20:00Z#1")
    assert keys.audited_at(entry.sk) == "2026-11-30T06:20:00Z"
    assert keys.chase(PLACE.day) == ("CLINIC", "CHASE#2026-11-30")


def test_a_time_that_the_desk_gave_stands_once_a_time_and_a_published_one_once_an_ordinal() -> None:
    given_place = replace(PLACE, ordinal=0)
    later = replace(given_place, time=PLACE.time.replace(hour=15))
    assert keys.slot(given_place) == ("DISTRICT#a1", "SLOT#2026-11-30#0#0920")
    assert keys.slot(later) == ("DISTRICT#a1", "SLOT#2026-11-30#0#1520")
    named = (PLACE.district_id, PLACE.day, 0)
    assert keys.slot_named(*keys.slot(later)) == named


def test_a_patients_papers_and_documents_stand_where_they_are_documented_to() -> None:
    patient, document_id = f"PATIENT#{PATIENT_ID}", DocumentId(f"{PATIENT_ID}.1")
    assert keys.consent(PATIENT_ID) == (patient, "CONSENT")
    assert keys.consent_paper(PATIENT_ID, "1") == (patient, "CONSENT#1")
    assert keys.document(PATIENT_ID, document_id) == (patient, f"DOCUMENT#{PATIENT_ID}.1")
    assert keys.dispatch(PATIENT_ID, "1") == (patient, "DISPATCH#1")


def test_the_indexes_list_people_by_their_compared_name_and_what_falls_due() -> None:
    assert keys.name_key(replace(ANNA, last_name="ИВАНОВА")) == "иванова#1985-03-27"
    assert keys.name_key(replace(ANNA, last_name="Орлова - Ёлкина")) == "орлова-елкина#1985-03-27"
    assert keys.name_key_of(" иванова ", ANNA.birth_date) == keys.name_key(ANNA)
    assert keys.children_of(DistrictId("c1")) == "CHILDREN#c1"


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
        keys.desk_user(DeskLogin("anna")): "USER",
        keys.session(DeskSessionKey(DeskLogin("anna"), "digest")): "SESSION",
        keys.slot(replace(PLACE, ordinal=0)): "SLOT",
        keys.audit_entry(PLACE.day, "2026-11-30T06:20:00Z", "1"): "ENTRY",
        keys.consent(PATIENT_ID): "CONSENT",
        keys.consent_paper(PATIENT_ID, "1"): "CONSENT",
        keys.document(PATIENT_ID, DocumentId("1")): "DOCUMENT",
        keys.dispatch(PATIENT_ID, "1"): "DISPATCH",
        keys.chase(PLACE.day): "CHASE",
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
    paper = keys.consent_paper(PatientId(owner), other)
    document = keys.document(PatientId(owner), DocumentId(other))
    between = [keys.archived_tickets(), keys.all_pending(), keys.sessions_of_account()]
    between += [keys.consents_of_patient(), keys.documents_of_patient(), keys.all_districts()]
    stand = [ticket, waiting, opened, paper, document, keys.district(DistrictId("a1"))]
    others = [keys.patient(PatientId(owner)), keys.claim(ACCOUNT_ID, PatientId(other))]
    others += [keys.account(ACCOUNT_ID), keys.resend(EMAIL_KEY, other), keys.reset(EMAIL_KEY)]
    others += [keys.desk_user(DeskLogin("anna")), keys.dispatch(PatientId(owner), other)]
    others += [keys.chase(PLACE.day), keys.audit_entry(PLACE.day, "2026-11-30T06:20:00Z", other)]
    for (first, last), within in zip(between, stand, strict=True):
        assert first < within.sk < last
        assert [key for key in others if first <= key.sk <= last] == []


def test_the_time_of_a_slot_is_no_part_of_its_key_so_an_ordinal_stands_once() -> None:
    assert keys.slot(PLACE) == keys.slot(replace(PLACE, time=PLACE.time.replace(hour=15)))


_days = st.dates(date(2000, 1, 1), date(2099, 1, 1))


@given(_days, st.integers(0, 60), st.integers(-70, 70), st.integers(0, 99))
def test_exactly_the_slots_of_the_days_stand_between_the_two_sort_keys(
    first_on: date, length: int, ahead: int, ordinal: int
) -> None:
    last_on = first_on + timedelta(days=length)
    day = first_on + timedelta(days=ahead)
    first, last = keys.slots_between(first_on, last_on)
    sort_key = keys.slot(SlotPlace(DistrictId("a1"), day, ordinal, PLACE.time)).sk
    assert (first <= sort_key <= last) is (first_on <= day <= last_on)
    first, last = keys.slots_from(first_on)
    assert (first <= sort_key <= last) is (first_on <= day)


def test_the_consent_in_force_stands_with_the_papers_and_before_them() -> None:
    first, last = keys.consents_of_patient()
    in_force, paper = keys.consent(PATIENT_ID).sk, keys.consent_paper(PATIENT_ID, "0").sk
    assert first <= in_force < paper < last

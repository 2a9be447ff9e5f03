"""The keys of the table: as documented, read back, and in the order of days."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, strategies as st

from shared import keys
from shared.accounts import SessionKey
from shared.ids import DistrictId, EmailKey
from shared.tickets import SlotPlace
from tests.unit.builders import ACCOUNT_ID, EMAIL_KEY, PATIENT_ID, PLACE, REGISTRATION_ID


def test_each_item_stands_where_the_table_is_documented_to_hold_it() -> None:
    account = f"ACCOUNT#{ACCOUNT_ID}"
    assert keys.district(DistrictId("a1")) == ("CLINIC", "DISTRICT#a1")
    assert keys.slot(PLACE) == ("DISTRICT#a1", "SLOT#2026-11-30#1")
    assert keys.patient(PATIENT_ID) == (f"PATIENT#{PATIENT_ID}", "PATIENT")
    assert keys.account(ACCOUNT_ID) == (account, "ACCOUNT")
    assert keys.claim(ACCOUNT_ID, PATIENT_ID) == (account, f"MEMBER#{PATIENT_ID}")
    assert keys.session(SessionKey(ACCOUNT_ID, "digest")) == (account, "SESSION#digest")
    assert keys.address_owner(EMAIL_KEY) == (f"EMAIL#{EMAIL_KEY}", "OWNER")
    assert keys.registration(EMAIL_KEY, "1") == (f"EMAIL#{EMAIL_KEY}", "PENDING#1")
    assert keys.mail_receipt("ticket#1") == ("MAIL#ticket#1", "MAIL")


def test_what_a_key_names_is_read_back() -> None:
    assert keys.slot_named(*keys.slot(PLACE)) == (PLACE.district_id, PLACE.day, PLACE.ordinal)
    assert keys.claim_named(*keys.claim(ACCOUNT_ID, PATIENT_ID)) == (ACCOUNT_ID, PATIENT_ID)
    pending = keys.registration(EMAIL_KEY, REGISTRATION_ID)
    assert keys.registration_named(*pending) == (EmailKey(EMAIL_KEY), REGISTRATION_ID)


def test_an_items_kind_is_read_from_its_sort_key() -> None:
    assert keys.kind(keys.slot(PLACE).sk) == "SLOT"
    assert keys.kind(keys.registration(EMAIL_KEY, "1").sk) == "PENDING"
    assert keys.kind(keys.account(ACCOUNT_ID).sk) == "ACCOUNT"


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

"""docs/table.md names every attribute that the portal writes, seen in a table in memory."""

from collections import defaultdict
from datetime import date
from typing import Any

from shared import clock, keys
from shared.accounts import CONFIRMATION_LIFETIME, AddressChange
from shared.districts import Absence
from shared.keyring import email_key_of
from shared.limits import SIGN_IN
from shared.table import (
    accounts,
    addresses,
    archive,
    credentials,
    limits,
    patients,
    pending,
    receipts,
    reminders,
)
from tests.contract import documents
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    publish,
    start_registration,
    take,
)
from tests.integration.rows import Rows

_DOCUMENT = "docs/table.md"


def _live_through_everything() -> None:
    """Make each item of the table have each attribute that it can have."""
    away = Absence(date(2026, 12, 1), date(2026, 12, 2), "учёба")
    open_district(absences=(away,))
    attach(ANNA, valid_until=date(2030, 1, 1))
    anna = open_account(ANNA)
    _form_a_family(anna)
    _live_through_tickets(anna)
    _live_through_an_account(anna)
    limits.count(SIGN_IN, "somebody", clock.now())
    receipts.claim("ticket#1", clock.now())
    receipts.mark_sent("ticket#1", clock.now())
    receipts.mark_refused("ticket#1", clock.now())


def _form_a_family(anna: SignedIn) -> None:
    """Guard a child, and ask an adult with an account of their own."""
    for relative in (VERA, BORIS):
        attach(relative)
    open_account(BORIS)
    for relative in (VERA, BORIS):
        add_relative(anna, relative)


def _live_through_tickets(anna: SignedIn) -> None:
    publish(SLOT)
    take(anna, SLOT)
    reminders.remind_all(clock.now())
    ticket = patients.find(ANNA.patient_id).ticket
    assert ticket is not None
    archive.keep(ticket)


def _live_through_an_account(anna: SignedIn) -> None:
    now, email_key = clock.now(), email_key_of("new@example.com")
    account = accounts.find(anna.account_id)
    assert account is not None
    change = AddressChange(
        change_id=clock.new_id(),
        email_key=email_key,
        email="new@example.com",
        account_id=anna.account_id,
        address_taken=False,
        expires_at=now + CONFIRMATION_LIFETIME,
    )
    addresses.request(anna.session, account, change, now)
    accounts.mark_unreachable(ANNA.email, now)
    start_registration(ANNA)
    pending.request_resend(email_key, now)
    credentials.request_reset(email_key, now)


def _attributes(rows: Rows) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = defaultdict(set)
    for key, item in rows.images().items():
        seen[keys.kind(key.sk)] |= set(item) - {"PK", "SK"}
    return dict(seen)


def test_every_attribute_that_is_written_is_documented_and_no_other(rows: Rows) -> None:
    _live_through_everything()
    assert _attributes(rows) == {
        keys.kind(documents.code(row["SK"])[0]): set(documents.code(row["Attributes"]))
        for row in documents.table(_DOCUMENT, "Items")
    }


def test_every_name_within_a_map_is_documented(rows: Rows) -> None:
    _live_through_everything()
    told = set(documents.code(documents.text(_DOCUMENT)))
    weekdays = {"mon", "tue", "wed", "thu", "fri"}
    assert set().union(*map(_names_within, rows.everything().values())) - weekdays - told == set()


def _names_within(item: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for value in item.values():
        parts = value if isinstance(value, list) else [value]
        found = found.union(*(part for part in parts if isinstance(part, dict)))
    return found


def test_what_waits_for_an_address_has_two_shapes(rows: Rows) -> None:
    """A registration holds what was typed; a new address only whose account it is to be."""
    _live_through_everything()
    shapes = {frozenset(item) for key, item in rows.images().items() if "PENDING#" in key.sk}
    both = {"PK", "SK", "email", "address_taken", "tries", "expires_at"}
    typed = {"password_hash", "patient_id", "person", "policy_last4"}
    assert shapes == {frozenset(both | typed), frozenset(both | {"account_id"})}


def test_no_item_holds_a_policy_number_or_a_session_in_plain_words(rows: Rows) -> None:
    _live_through_everything()
    written = str(rows.images())
    assert [citizen.number for citizen in (ANNA, BORIS, VERA) if citizen.number in written] == []
    assert "secret" not in written

"""docs/table.md names every attribute that the portal writes, seen in a table in memory."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from shared import clock, keys
from shared.accounts import CONFIRMATION_LIFETIME, AddressChange
from shared.districts import Absence
from shared.documents import Document
from shared.keyring import email_key_of, totp_key_of
from shared.limits import SIGN_IN
from shared.table import (
    accounts,
    addresses,
    archive,
    credentials,
    desk_users,
    dispatches,
    districts,
    documents as documents_in_table,
    limits,
    patients,
    pending,
    receipts,
    reminders,
    schedule,
)
from tests.contract import documents
from tests.integration.answers import call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
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
from tests.integration.desk import ANNA_REGISTRY, code_of, make_user, open_desk
from tests.integration.desk_documents import confirm_profile, send, stored
from tests.integration.desk_profiles import chase, record, withdraw
from tests.integration.rows import Rows

_DOCUMENT = "docs/table.md"


def _live_through_everything(rows: Rows) -> None:
    """Make each item of the table have each attribute that it can have."""
    away = Absence(date(2026, 12, 1), date(2026, 12, 2), "учёба")
    open_district(absences=(away,))
    attach(ANNA, valid_until=date(2030, 1, 1))
    anna = open_account(ANNA)
    _live_through_documents(anna)
    _fall_due(rows, anna)
    _form_a_family(anna)
    _live_through_tickets(anna)
    _live_through_the_desks_tickets()
    _live_through_an_account(anna)
    limits.count(SIGN_IN, "somebody", clock.now())
    receipts.claim("ticket#1", clock.now())
    receipts.mark_sent("ticket#1", clock.now())
    receipts.mark_refused("ticket#1", clock.now())


def _form_a_family(anna: SignedIn) -> None:
    """Guard a child, and ask an adult with an account of their own."""
    open_district("c1", kind="child")
    attach(VERA, "c1")
    attach(BORIS)
    open_account(BORIS)
    for relative in (VERA, BORIS):
        add_relative(anna, relative)


def _live_through_documents(anna: SignedIn) -> None:
    """Have one mailed, and hold one back whose consent is withdrawn."""
    clerk = open_desk()
    confirm_profile(clerk, anna)
    documents_sent = [stored(clerk, anna.patient_id) for _ in range(2)]
    for document_id in documents_sent:
        send(clerk, document_id)
    sent, held_back = (_find_document(document_id) for document_id in documents_sent)
    dispatches.mark_sent(sent, clock.now())
    assert withdraw(clerk, anna.patient_id).status == 204
    dispatches.give_up(held_back, "stored", "consent_missing")


def _find_document(document_id: str) -> Document:
    found = documents_in_table.find(document_id)
    assert found is not None
    return found


def _fall_due(rows: Rows, anna: SignedIn) -> None:
    """Let the profile wait by a new paper, and the registry be warned of it."""
    assert record(open_desk(), anna.patient_id).status == 201
    account_key, tomorrow = keys.account(anna.account_id), "2026-11-24"
    rows.change(account_key, due_on=tomorrow, profile_due_on=tomorrow)
    assert chase() == {"due": 1, "overdue": 0}


def _live_through_the_desks_tickets() -> None:
    """Sign in, and give a time that was not published."""
    user = make_user()
    body = {"login": user.login, "password": PASSWORD, "code": code_of(user)}
    assert call("desk_sign_in", "POST", "/api/desk/sessions", body).status == 201
    given = {"patient_id": BORIS.patient_id, "starts_at": "2026-11-24T12:00:00+03:00"}
    cookie = open_desk().cookie
    assert call("give_ticket", "POST", "/api/desk/tickets", given, cookie=cookie).status == 201


def _live_through_tickets(anna: SignedIn) -> None:
    publish(SLOT)
    take(anna, SLOT)
    reminders.remind_all(clock.now())
    ticket = patients.find(ANNA.patient_id).ticket
    assert ticket is not None
    archive.keep(ticket)
    district = districts.find(ticket.place.district_id)
    assert district is not None
    schedule.agree(replace(district, doctor=None), clock.now())


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


class _Form(NamedTuple):
    """What tells items of one kind from all others.

    A consent's key ends in `CONSENT` and a paper's in `CONSENT#<id>`; the desk has sessions of its
    own.
    """

    partition: str
    kind: str
    has_id: bool


def _form(pk: str, sk: str) -> _Form:
    return _Form(keys.kind(pk), keys.kind(sk), has_id="#" in sk)


def _attributes(rows: Rows) -> dict[_Form, set[str]]:
    seen: dict[_Form, set[str]] = defaultdict(set)
    for key, item in rows.images().items():
        seen[_form(key.pk, key.sk)] |= set(item) - {"PK", "SK"}
    return dict(seen)


def test_every_attribute_that_is_written_is_documented_and_no_other(rows: Rows) -> None:
    _live_through_everything(rows)
    assert _attributes(rows) == {
        _form(documents.code(row["PK"])[0], sk): set(documents.code(row["Attributes"]))
        for row in documents.table(_DOCUMENT, "Items")
        for sk in documents.code(row["SK"])
    }


def test_every_name_within_a_map_is_documented(rows: Rows) -> None:
    _live_through_everything(rows)
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
    _live_through_everything(rows)
    shapes = {frozenset(item) for key, item in rows.images().items() if "PENDING#" in key.sk}
    both = {"PK", "SK", "email", "address_taken", "tries", "expires_at"}
    typed = {"password_hash", "patient_id", "person", "policy_last4"}
    assert shapes == {frozenset(both | typed), frozenset(both | {"account_id"})}


def test_no_item_holds_a_policy_number_or_a_session_in_plain_words(rows: Rows) -> None:
    _live_through_everything(rows)
    written = str(rows.images())
    assert [citizen.number for citizen in (ANNA, BORIS, VERA) if citizen.number in written] == []
    assert "secret" not in written


def test_no_item_holds_the_key_of_a_one_time_code(rows: Rows) -> None:
    _live_through_everything(rows)
    user = desk_users.find(ANNA_REGISTRY)
    assert user is not None
    assert user.totp_seed in (written := str(rows.images()))
    assert totp_key_of(user.login, user.totp_seed) not in written

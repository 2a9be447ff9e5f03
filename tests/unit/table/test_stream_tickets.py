"""What the images of a patient's row tell of a ticket, whom the mail is for, and when none goes."""

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from shared import clock, keys
from shared.changes import TicketChanged, TicketEvent
from shared.ids import AccountId, DistrictId, TicketId
from shared.patients import Patient
from shared.table import accounts, claims, patients, slots, store, ticket_items, wire
from shared.table.store import Item
from shared.table.stream import read_change
from shared.tickets import Slot, Ticket
from tests.unit.builders import (
    ACCOUNT,
    ACCOUNT_ID,
    ANNA,
    CLAIM,
    DOCTOR,
    MOSCOW,
    NOW,
    PATIENT,
    PATIENT_ID,
    PLACE,
    STRANGER_ID,
    TICKET,
)
from tests.unit.table.fake_client import FakeClient

MOVED = TICKET.moved(replace(PLACE, ordinal=2, time=time(9, 40)), MOSCOW, ACCOUNT_ID)
CANCELLED, WITHDRAWN = TICKET.ended("cancelled"), TICKET.ended("withdrawn")
REMINDED = replace(TICKET, reminded_of=TICKET.slot_id)
ANOTHER = replace(TICKET, ticket_id=TicketId(f"{PATIENT_ID}.{'f' * 16}"))


def _row(ticket: Ticket | None, patient: Patient = PATIENT) -> Item:
    key = keys.patient(PATIENT_ID)
    held = {"ticket": ticket_items.to_item(ticket)} if ticket else {}
    known = {
        name: value for name, value in patients._accounts_and_register(patient).items() if value
    }
    return {"PK": key.pk, "SK": key.sk, **known, **held}


def _answer(ticket: Ticket, account_id: AccountId = ACCOUNT_ID, **stands: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what is read beside the images: the account, its claim, the slot and the row."""
    slot = Slot(ticket.place, ticket.starts_at, DOCTOR)
    items = {
        keys.account(account_id): accounts.to_item(replace(ACCOUNT, account_id=account_id)),
        keys.claim(account_id, PATIENT_ID): claims.to_item(replace(CLAIM, account_id=account_id)),
        keys.slot(ticket.place): slots._to_item(slot),
        keys.patient(PATIENT_ID): _row(stands.get("now", ticket)),
    }
    missing = stands.get("without")
    found = [
        {**wire.to_wire(item), **store.key_attributes(key)}
        for key, item in items.items()
        if keys.kind(key.sk) != missing
    ]
    return {"Responses": {"portal": found}, "UnprocessedKeys": {}}


@pytest.mark.parametrize(
    "before, after, event",
    [
        (None, TICKET, "taken"),
        (CANCELLED, ANOTHER, "taken"),
        (TICKET, MOVED, "moved"),
        (REMINDED, MOVED, "moved"),
        (TICKET, CANCELLED, "cancelled"),
        (TICKET, WITHDRAWN, "withdrawn"),
        (TICKET, REMINDED, "tomorrow"),
    ],
)
def test_each_event_of_a_ticket_is_told_to_the_account_that_took_it(
    before: Ticket | None, after: Ticket, event: TicketEvent, fake: FakeClient
) -> None:
    fake.answers(_answer(after))
    assert read_change(_row(before), _row(after)) == TicketChanged(
        event=event, ticket=after, doctor=DOCTOR, email=ACCOUNT.email, person=ANNA
    )
    ((operation, request),) = fake.requests
    assert operation == "batch_get_item"
    assert request["RequestItems"]["portal"]["ConsistentRead"] is True


@pytest.mark.parametrize(
    "moved_to, event", [("b1", "transferred"), ("a1", "withdrawn")], ids=["moved", "stayed"]
)
def test_a_ticket_that_is_lost_with_the_old_district_is_told_so(
    moved_to: str, event: TicketEvent, fake: FakeClient
) -> None:
    fake.answers(_answer(WITHDRAWN))
    moved = replace(PATIENT, district_id=DistrictId(moved_to))
    change = read_change(_row(TICKET), _row(WITHDRAWN, moved))
    assert isinstance(change, TicketChanged)
    assert change.event == event


def test_a_ticket_that_is_withdrawn_after_the_patient_has_moved_is_told_as_any_other(
    fake: FakeClient,
) -> None:
    fake.answers(_answer(WITHDRAWN))
    moved = replace(PATIENT, district_id=DistrictId("b1"))
    change = read_change(_row(TICKET, moved), _row(WITHDRAWN, moved))
    assert isinstance(change, TicketChanged)
    assert change.event == "withdrawn"


@pytest.mark.parametrize(
    "before, after",
    [
        (None, None),
        (TICKET, TICKET),
        (TICKET, None),
        (TICKET, replace(TICKET, status="arrived")),
        (TICKET, replace(TICKET, status="no_show")),
        (CANCELLED, CANCELLED),
        (TICKET, replace(TICKET, booked_by=None)),
        (None, CANCELLED),
    ],
)
def test_any_other_change_of_the_row_calls_for_no_mail_and_no_read(
    before: Ticket | None, after: Ticket | None, fake: FakeClient
) -> None:
    assert read_change(_row(before), _row(after)) is None
    assert fake.requests == []


def test_a_row_that_is_erased_calls_for_no_mail(fake: FakeClient) -> None:
    assert read_change(_row(TICKET), {}) is None
    assert fake.requests == []


def test_a_reminder_of_a_ticket_that_stands_no_more_is_dropped(fake: FakeClient) -> None:
    fake.answers(_answer(REMINDED, now=CANCELLED))
    assert read_change(_row(TICKET), _row(REMINDED)) is None


def test_a_confirmation_goes_even_where_the_ticket_was_given_back_since(fake: FakeClient) -> None:
    fake.answers(_answer(TICKET, now=CANCELLED))
    change = read_change(_row(None), _row(TICKET))
    assert isinstance(change, TicketChanged)
    assert change.event == "taken"


@pytest.mark.parametrize("without", ["ACCOUNT", "MEMBER", "SLOT"])
def test_no_mail_goes_where_what_it_would_say_has_gone(without: str, fake: FakeClient) -> None:
    fake.answers(_answer(TICKET, without=without))
    assert read_change(_row(None), _row(TICKET)) is None


@pytest.mark.parametrize(
    "changes, told",
    [
        ({}, ACCOUNT_ID),
        ({"guardians": frozenset({STRANGER_ID})}, STRANGER_ID),
        ({"guardians": frozenset({STRANGER_ID}), "holder": None}, STRANGER_ID),
        ({"guardians": frozenset({ACCOUNT_ID, STRANGER_ID})}, ACCOUNT_ID),
    ],
    ids=["who took it", "another", "nobody's own", "who took it of two"],
)
def test_who_took_the_ticket_is_told_or_another_who_may_still_act(
    changes: dict[str, Any], told: AccountId, fake: FakeClient
) -> None:
    patient = replace(PATIENT, **changes)
    fake.answers(_answer(WITHDRAWN, told))
    change = read_change(_row(TICKET, patient), _row(WITHDRAWN, patient))
    assert isinstance(change, TicketChanged)
    asked = fake.requests[0][1]["RequestItems"]["portal"]["Keys"]
    assert asked[0]["PK"]["S"] == f"ACCOUNT#{told}"


@pytest.mark.parametrize("born, is_told", [("2008-11-30", True), ("2008-11-29", False)])
def test_a_parent_is_told_until_the_child_is_18(
    born: str, *, is_told: bool, fake: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    child = replace(
        PATIENT,
        person=replace(ANNA, birth_date=ANNA.birth_date.fromisoformat(born)),
        holder=None,
        guardians=frozenset(),
        child_guardians=frozenset({ACCOUNT_ID}),
    )
    fake.answers(_answer(WITHDRAWN))
    change = read_change(_row(TICKET, child), _row(WITHDRAWN, child))
    assert (change is not None) is is_told
    assert len(fake.requests) == (1 if is_told else 0)


@pytest.mark.parametrize("kind", ["SLOT#2026-11-30#1", "SESSION#digest", "DISTRICT#a1", "MAIL"])
def test_an_item_that_no_mail_is_about_is_passed_over(kind: str, fake: FakeClient) -> None:
    assert read_change({}, {"PK": "ANY", "SK": kind}) is None
    assert read_change({}, {}) is None
    assert fake.requests == []

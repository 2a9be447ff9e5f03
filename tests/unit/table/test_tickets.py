"""Cancelling and moving where the store's answer is lost, or another was quicker."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shared import keys
from shared.accounts import SessionKey
from shared.errors import NotFound, SessionRequired, TooLate, TryAgain
from shared.table import moments, patients, store, ticket_items, tickets, wire
from shared.table.store import OutcomeUnknown
from shared.tickets import SlotPlace, Ticket
from tests.unit.builders import (
    ACCOUNT_ID,
    MOSCOW,
    NOW,
    PATIENT,
    PATIENT_ID,
    PLACE,
    STRANGER_ID,
    TICKET,
)
from tests.unit.table.fake_client import FakeClient, cancelled

SESSION = SessionKey(ACCOUNT_ID, "digest")
LOST = ReadTimeoutError(endpoint_url="https://dynamodb")
FAILED, FINE = {"Code": "ConditionalCheckFailed"}, {"Code": "None"}
ELSEWHERE: SlotPlace = replace(PLACE, ordinal=2, time=time(9, 40))
CANCELLED = TICKET.ended("cancelled")
MOVED = TICKET.moved(ELSEWHERE, MOSCOW, ACCOUNT_ID)


def _row(ticket: Ticket | None) -> dict[str, Any]:
    held = {"ticket": ticket_items.to_item(ticket)} if ticket else {}
    known = patients._accounts_and_register(PATIENT)
    return {name: value for name, value in known.items() if value} | held


def _read(ticket: Ticket | None, *, session: SessionKey = SESSION) -> dict[str, Any]:
    """Return the answer to a read of the session and the patient's row."""
    idle_at, expires_at = NOW + timedelta(minutes=29), NOW + timedelta(hours=12)
    opened = {"idle_at": moments.epoch(idle_at), "expires_at": moments.epoch(expires_at)}
    items = {keys.session(session): opened, keys.patient(PATIENT_ID): _row(ticket)}
    found = [{**wire.to_wire(item), **store.key_attributes(key)} for key, item in items.items()]
    return {"Responses": {"portal": found}, "UnprocessedKeys": {}}


def _found(ticket: Ticket | None) -> dict[str, Any]:
    """Return the answer to a read of the patient's row alone."""
    return {"Item": wire.to_wire(_row(ticket))}


def _operations(fake: FakeClient) -> list[str]:
    return [operation for operation, _ in fake.requests]


def _cancel() -> None:
    tickets.cancel(SESSION, TICKET.ticket_id, NOW)


def _move() -> Ticket:
    return tickets.move(SESSION, TICKET.ticket_id, ELSEWHERE, NOW)


def test_a_cancellation_is_one_read_and_one_request_of_three_actions(fake: FakeClient) -> None:
    fake.answers(_read(TICKET), {})
    _cancel()
    assert _operations(fake) == ["batch_get_item", "transact_write_items"]
    assert [list(action) for action in fake.requests[1][1]["TransactItems"]] == [["Update"]] * 3


def test_a_move_is_one_read_and_one_request_of_four_actions(fake: FakeClient) -> None:
    fake.answers(_read(TICKET), {})
    assert _move() == MOVED
    assert _operations(fake) == ["batch_get_item", "transact_write_items"]
    assert [list(action) for action in fake.requests[1][1]["TransactItems"]] == [["Update"]] * 4


def test_a_cancellation_whose_answer_was_lost_is_found_by_a_consistent_read(
    fake: FakeClient,
) -> None:
    fake.answers(_read(TICKET), LOST, _found(CANCELLED))
    _cancel()
    operation, request = fake.requests[2]
    assert (operation, request["ConsistentRead"]) == ("get_item", True)


def test_a_move_whose_answer_was_lost_is_found_by_a_consistent_read(fake: FakeClient) -> None:
    fake.answers(_read(TICKET), LOST, _found(MOVED))
    assert _move() == MOVED


@pytest.mark.parametrize("stands", [TICKET, None, replace(TICKET, sequence=1)])
def test_a_change_that_was_lost_with_its_answer_is_to_be_tried_again(
    stands: Ticket | None, fake: FakeClient
) -> None:
    for change in (_cancel, _move):
        fake.answers(_read(TICKET), LOST, _found(stands))
        with pytest.raises(OutcomeUnknown):
            change()


@pytest.mark.parametrize("ended", [CANCELLED, TICKET.ended("withdrawn")])
def test_a_ticket_that_another_request_ended_meanwhile_is_left_as_it_is(
    ended: Ticket, fake: FakeClient
) -> None:
    fake.answers(_read(TICKET), cancelled(FINE, FAILED, FINE), _read(ended))
    _cancel()
    assert _operations(fake) == ["batch_get_item", "transact_write_items", "batch_get_item"]
    assert fake.requests[2][1]["RequestItems"]["portal"]["ConsistentRead"] is True


def test_a_ticket_that_was_moved_meanwhile_is_cancelled_where_it_stands(fake: FakeClient) -> None:
    fake.answers(_read(TICKET), cancelled(FINE, FINE, FAILED), _read(MOVED), {})
    _cancel()
    *_, (_, request) = fake.requests
    freed = request["TransactItems"][2]["Update"]["Key"]["SK"]["S"]
    assert freed == "SLOT#2026-11-30#2"


def test_a_ticket_that_was_moved_here_meanwhile_is_returned_as_it_is(fake: FakeClient) -> None:
    fake.answers(_read(TICKET), cancelled(FINE, FAILED, FINE, FINE), _read(MOVED))
    assert _move() == MOVED


def test_a_ticket_that_changes_all_the_time_ends_as_try_again(fake: FakeClient) -> None:
    for_ever: list[dict[str, Any] | Exception] = [_read(TICKET), cancelled(FINE, FAILED, FINE)]
    fake.answers(*for_ever * store._ATTEMPTS)
    with pytest.raises(TryAgain):
        _cancel()


def test_a_ticket_whose_time_has_come_is_not_changed_and_nothing_is_written(
    fake: FakeClient,
) -> None:
    begun = replace(TICKET, starts_at=NOW)
    for change in (_cancel, _move):
        fake.requests.clear()
        fake.answers(_read(begun))
        with pytest.raises(TooLate):
            change()
        assert _operations(fake) == ["batch_get_item"]


def test_nothing_is_decided_from_an_old_image_of_the_patient(fake: FakeClient) -> None:
    fake.answers(_read(None))
    with pytest.raises(NotFound):
        _cancel()
    consistent = [
        request["RequestItems"]["portal"]["ConsistentRead"] for _, request in fake.requests
    ]
    assert consistent == [True]


def test_a_strangers_session_finds_no_ticket_and_no_session_finds_nothing(
    fake: FakeClient,
) -> None:
    stranger = SessionKey(STRANGER_ID, "digest")
    fake.answers(*[_read(TICKET, session=stranger)] * 2)
    with pytest.raises(NotFound):
        tickets.cancel(stranger, TICKET.ticket_id, NOW)
    fake.answers(*[_read(TICKET)] * 2)
    with pytest.raises(SessionRequired):
        tickets.cancel(stranger, TICKET.ticket_id, NOW)

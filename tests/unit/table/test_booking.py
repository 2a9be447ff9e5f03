"""Booking where the store's answer is lost, which no emulator can show."""

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shared import clock
from shared.accounts import SessionKey
from shared.errors import TryAgain
from shared.table import booking, ticket_items, wire
from shared.tickets import Ticket
from tests.unit.builders import ACCOUNT_ID, NOW, PATIENT_ID, PLACE, TICKET
from tests.unit.table.fake_client import FakeClient

SESSION = SessionKey(ACCOUNT_ID, "digest")
LOST = ReadTimeoutError(endpoint_url="https://dynamodb")


def _book() -> tuple[Ticket, bool]:
    return booking.book(SESSION, PATIENT_ID, PLACE, NOW)


@pytest.fixture(autouse=True)
def _drawn_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "new_id", lambda: "0123456789abcdef" * 2)


def _row(**ticket: str) -> dict[str, Any]:
    written = {**ticket_items.to_item(TICKET), **ticket}
    return {"Item": wire.to_wire({"ticket": written})}


def test_a_ticket_is_one_request_of_three_actions(fake: FakeClient) -> None:
    fake.answers({})
    assert _book() == (TICKET, True)
    ((operation, request),) = fake.requests
    assert operation == "transact_write_items"
    assert [list(action) for action in request["TransactItems"]] == [["Update"]] * 3


def test_a_booking_whose_answer_was_lost_is_found_by_a_consistent_read(fake: FakeClient) -> None:
    fake.answers(LOST, _row())
    assert _book() == (TICKET, True)
    operation, request = fake.requests[1]
    assert (operation, request["ConsistentRead"]) == ("get_item", True)


@pytest.mark.parametrize(
    "row",
    [
        {},
        _row(ticket_id="another"),
        _row(starts_at="2026-11-29T06:20:00Z"),
        _row(ticket_status="cancelled"),
    ],
)
def test_a_booking_that_was_lost_with_its_answer_is_to_be_tried_again(
    row: dict[str, Any], fake: FakeClient
) -> None:
    fake.answers(LOST, row)
    with pytest.raises(TryAgain):
        _book()

"""DELETE /api/account while others write: nothing slips through, and nothing comes too late."""

from collections.abc import Callable

import pytest

from shared import clock as shared_clock, keys
from shared.errors import SessionRequired
from shared.keyring import email_key_of
from shared.table import family, tickets
from shared.tickets import SlotPlace
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    change_password,
    open_account,
    open_session,
    publish,
    slot_key,
    take,
    token_of,
)
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.test_delete_account import WRONG_PASSWORD, delete
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import SIGNED_OUT, show_account, sign_out
from tests.integration.wire import Wire, meanwhile, operations

OTHER = "a1.2026-11-24.2.0910"

pytestmark = pytest.mark.usefixtures("argon", "pauses")


def of_account(rows: Rows, anna: SignedIn) -> list[keys.Key]:
    return [key for key in rows.everything() if key.pk == f"ACCOUNT#{anna.account_id}"]


def slot_status(rows: Rows, slot_id: str) -> object:
    return rows.everything()[slot_key(slot_id)]["slot_status"]


# ------------------------------------------------------------ what slips in between


def test_no_session_that_is_opened_in_between_survives(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    opened: list[SignedIn] = []
    wire.before("TransactWriteItems", meanwhile(lambda: opened.append(open_session(anna))))
    with wire.listening() as heard:
        assert delete(anna.cookie) == SIGNED_OUT
    assert operations(heard).count("TransactWriteItems") == 2
    assert len(pauses) == 1
    assert of_account(rows, anna) == []
    assert show_account(opened[0].cookie) == SESSION_REQUIRED


@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_a_booking_that_slips_in_is_freed_too(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    publish(SLOT)
    first = [None] if operation == "BatchGetItem" else []
    wire.before(operation, *first, meanwhile(lambda: take(anna, SLOT)))
    assert delete(anna.cookie) == SIGNED_OUT
    assert slot_status(rows, SLOT) == "free"
    ticket = rows.everything()[keys.patient(anna.patient_id)]["ticket"]
    assert ticket["ticket_status"] == "cancelled"


def test_a_ticket_that_is_moved_in_between_is_freed_where_it_stands(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT, OTHER)
    ticket_id, now = take(anna, SLOT), shared_clock.now()
    moving = meanwhile(lambda: tickets.move(anna.session, ticket_id, SlotPlace.parse(OTHER), now))
    wire.before("TransactWriteItems", moving)
    assert delete(anna.cookie) == SIGNED_OUT
    assert [slot_status(rows, one) for one in (SLOT, OTHER)] == ["free", "free"]


def test_a_reminder_that_is_called_for_in_between_is_not_forgotten(
    anna: SignedIn, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    reminding = meanwhile(lambda: tickets.remind(ticket_id, SlotPlace.parse(SLOT)))
    wire.before("TransactWriteItems", reminding)
    assert delete(anna.cookie) == SIGNED_OUT
    ticket = rows.everything()[keys.patient(anna.patient_id)]["ticket"]
    assert (ticket["ticket_status"], ticket["reminded_of"]) == ("cancelled", SLOT)
    assert len(pauses) == 1


def test_a_slot_that_the_table_says_is_somebody_elses_is_not_taken_away(
    anna: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    rows.change(slot_key(SLOT), ticket_id=f"{'f' * 32}.{'f' * 16}")
    with rows.only_counted():
        assert delete(anna.cookie) == TRY_AGAIN


def test_a_slot_that_somebody_else_takes_after_a_cancellation_in_between_is_theirs(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    publish(SLOT)
    ticket_id = take(anna, SLOT)

    def cancelled_and_taken() -> None:
        tickets.cancel(anna.session, ticket_id, shared_clock.now())
        take(boris, SLOT)

    wire.before("TransactWriteItems", cancelled_and_taken)
    assert delete(anna.cookie) == SIGNED_OUT
    assert slot_status(rows, SLOT) == "booked"
    assert rows.everything()[keys.patient(boris.patient_id)]["ticket"]["ticket_status"] == "booked"


@pytest.mark.parametrize("operation", ["BatchGetItem", "TransactWriteItems"])
def test_a_relative_who_is_added_in_between_is_given_up_too(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    attach(VERA)
    first = [None] if operation == "BatchGetItem" else []
    wire.before(operation, *first, meanwhile(lambda: add_relative(anna, VERA)))
    assert delete(anna.cookie) == SIGNED_OUT
    assert of_account(rows, anna) == []
    assert anna.account_id not in str(rows.everything()[keys.patient(VERA.patient_id)])


def test_a_relative_who_is_given_up_in_between_is_given_up_once(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    attach(VERA)
    add_relative(anna, VERA)
    giving_up = meanwhile(lambda: family.remove(anna.session, VERA.patient_id, shared_clock.now()))
    wire.before("TransactWriteItems", giving_up)
    assert delete(anna.cookie) == SIGNED_OUT
    assert of_account(rows, anna) == []
    assert anna.account_id not in str(rows.lasting())


def test_a_guardian_who_comes_in_between_keeps_the_childs_ticket(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    attach(BORIS)
    attach(VERA)
    boris = open_account(BORIS)
    add_relative(anna, VERA)
    publish(SLOT)
    take(anna, SLOT, VERA.patient_id)
    wire.before("TransactWriteItems", meanwhile(lambda: add_relative(boris, VERA)))
    assert delete(anna.cookie) == SIGNED_OUT
    assert slot_status(rows, SLOT) == "booked"
    assert rows.everything()[keys.patient(VERA.patient_id)]["child_guardians"] == {boris.account_id}


def test_a_line_of_the_register_in_between_is_kept(anna: SignedIn, rows: Rows, wire: Wire) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: attach(ANNA, "a2")))
    assert delete(anna.cookie) == SIGNED_OUT
    patient = rows.everything()[keys.patient(anna.patient_id)]
    assert patient["district_id"] == "a2"
    assert not patient.keys() & {"holder", "guardians", "claimants"}


def test_an_address_that_is_changed_in_between_is_given_up_too(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    change = ask_for_address(anna, "new@example.com")
    wire.before("TransactWriteItems", meanwhile(lambda: confirm(token_of(change))))
    assert delete(anna.cookie) == SIGNED_OUT
    assert of_account(rows, anna) == []
    assert [key for key in rows.everything() if key.sk == "OWNER"] == []


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_a_password_that_is_changed_in_between_deletes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, meanwhile(lambda: change_password(anna)))
    assert delete(anna.cookie) == WRONG_PASSWORD
    assert len(of_account(rows, anna)) == 3


def test_a_session_that_ends_in_between_deletes_nothing(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    before = rows.lasting()
    wire.before("TransactWriteItems", meanwhile(lambda: sign_out(anna.cookie)))
    assert delete(anna.cookie) == SESSION_REQUIRED
    del before[keys.session(anna.session)]
    assert rows.lasting() == before


@pytest.mark.parametrize("operation", ["Query", "TransactWriteItems"])
def test_two_deletions_at_once_are_one(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    other = open_session(anna)
    after: list[object] = []

    def the_other_click() -> None:
        assert delete(other.cookie) == SIGNED_OUT
        after.append(rows.lasting())

    wire.before(operation, the_other_click)
    assert delete(anna.cookie) == SESSION_REQUIRED
    assert after == [rows.lasting()]


def test_an_owner_that_the_table_says_is_somebody_else_is_not_taken_away(
    anna: SignedIn, rows: Rows, pauses: list[float]
) -> None:
    rows.put(keys.address_owner(email_key_of(ANNA.email)), {"account_id": "f" * 32})
    with rows.only_counted():
        assert delete(anna.cookie) == TRY_AGAIN
    assert len(pauses) == 7


# ------------------------------------------------------- what comes too late for it


@pytest.mark.parametrize(
    "late",
    [
        lambda anna: take(anna, SLOT),
        lambda anna: add_relative(anna, VERA),
        lambda anna: ask_for_address(anna, "new@example.com"),
    ],
    ids=["a booking", "a relative", "a new address"],
)
def test_what_comes_to_its_transaction_too_late_leaves_nothing_behind(
    anna: SignedIn, rows: Rows, wire: Wire, late: Callable[[SignedIn], object]
) -> None:
    attach(VERA)
    publish(SLOT)
    after: list[object] = []

    def erased() -> None:
        assert delete(anna.cookie) == SIGNED_OUT
        after.append(rows.lasting())

    wire.before("TransactWriteItems", erased)
    with pytest.raises(SessionRequired):
        late(anna)
    assert after == [rows.lasting()]


def test_a_sign_in_that_comes_to_its_transaction_too_late_opens_no_session(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: delete(anna.cookie)))
    assert sign_in() == FAILED
    assert of_account(rows, anna) == []


def test_a_session_that_were_left_of_an_erased_account_would_add_nobody_to_it(
    anna: SignedIn, rows: Rows
) -> None:
    attach(VERA)
    rows.remove(keys.account(anna.account_id))
    with rows.unchanged(), pytest.raises(SessionRequired):
        add_relative(anna, VERA)

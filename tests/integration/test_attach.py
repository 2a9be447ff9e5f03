"""The attachment register: what a line does to a person's accounts, their claims and tickets."""

from datetime import date

import pytest

from shared import keys
from shared.errors import TryAgain
from shared.patients import Person
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
    slot_key,
    take,
)
from tests.integration.family_people import (
    GALINA,
    Meanwhile,
    accept,
    book,
    cancel,
    claim_in,
    guardians,
    invitation,
    members,
    parents_of,
    patient_in,
    relatives,
    renamed,
    ticket_in,
)
from tests.integration.rows import Item, Rows
from tests.integration.wire import Wire, operations, refused, timed_out

OF_TODAY = "a1.2026-11-23.1.0900"
GALINA_ROW = {
    "person": {
        "last_name": "Примерова",
        "first_name": "Галина",
        "middle_name": None,
        "birth_date": "1950-02-03",
    },
    "policy_last4": GALINA.number[-4:],
    "district_id": "a1",
}


def asked(rows: Rows, who: SignedIn) -> Item:
    """Return what an account claims about the grandmother."""
    claim = claim_in(rows, who.account_id, GALINA.patient_id)
    assert claim is not None
    return claim


@pytest.fixture
def galina(anna: SignedIn) -> SignedIn:
    """Let Anna claim the grandmother first; then the grandmother opens her own account."""
    add_relative(anna, GALINA)
    return open_account(GALINA)


# --------------------------------------------------------------------- the row itself


def test_a_line_about_somebody_new_is_a_row(rows: Rows) -> None:
    attach(GALINA)
    assert list(rows.everything()) == [keys.patient(GALINA.patient_id)]
    assert patient_in(rows, GALINA.patient_id) == GALINA_ROW


def test_the_same_line_again_writes_nothing(rows: Rows, wire: Wire) -> None:
    attach(GALINA, valid_until=date(2027, 1, 31))
    with rows.unchanged(), wire.listening() as heard:
        attach(GALINA, valid_until=date(2027, 1, 31))
    assert operations(heard) == ["GetItem", "BatchGetItem"]  # The district, and the row.


def test_a_new_line_replaces_what_the_old_one_said(rows: Rows) -> None:
    attach(GALINA, valid_until=date(2027, 1, 31))
    expected = {"district_id": "a2", "valid_until": "2028-01-31"}
    attach(GALINA, "a2", valid_until=date(2028, 1, 31))
    assert patient_in(rows, GALINA.patient_id) == GALINA_ROW | expected
    attach(GALINA)
    assert patient_in(rows, GALINA.patient_id) == GALINA_ROW


def test_a_line_draws_a_new_revision_and_a_booking_leaves_it(anna: SignedIn, rows: Rows) -> None:
    publish(SLOT)
    key = keys.patient(anna.patient_id)
    first = rows.everything()[key]["revision"]
    take(anna, SLOT)
    assert rows.everything()[key]["revision"] == first
    attach(ANNA, "a2")
    assert rows.everything()[key]["revision"] != first


# ---------------------------------------------------------------------- another district


def slot_in(rows: Rows, slot_id: str = SLOT) -> Item:
    """Return what becomes of a slot, without what it was published with."""
    item = rows.everything()[slot_key(slot_id)]
    return {name: item.get(name) for name in ("slot_status", "ticket_id")}


def test_a_line_that_keeps_the_district_leaves_the_ticket_alone(anna: SignedIn, rows: Rows) -> None:
    publish(SLOT)
    take(anna, SLOT)
    held = ticket_in(rows, anna.patient_id)
    attach(ANNA, person=renamed(ANNA), valid_until=date(2026, 11, 23))
    assert ticket_in(rows, anna.patient_id) == held


def test_who_moves_to_another_district_loses_the_ticket_and_its_time_is_free_again(
    anna: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    assert slot_in(rows) == {"slot_status": "booked", "ticket_id": ticket_id}
    attach(ANNA, "a2")
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert (ticket["ticket_id"], ticket["ticket_status"], ticket["sequence"]) == (
        *(ticket_id, "withdrawn", 1),
    )
    assert slot_in(rows) == {"slot_status": "free", "ticket_id": None}
    attach(ANNA, "a1")
    assert book(anna, SLOT).status == 201


def test_a_ticket_of_today_stays_for_the_patient_may_be_on_the_way(
    anna: SignedIn, rows: Rows
) -> None:
    publish(OF_TODAY)
    take(anna, OF_TODAY)
    held = ticket_in(rows, anna.patient_id)
    attach(ANNA, "a2")
    assert ticket_in(rows, anna.patient_id) == held
    assert slot_in(rows, OF_TODAY)["slot_status"] == "booked"


def test_a_ticket_that_was_given_back_before_frees_nothing(anna: SignedIn, rows: Rows) -> None:
    publish(SLOT)
    cancel(anna, take(anna, SLOT))
    held = ticket_in(rows, anna.patient_id)
    attach(ANNA, "a2")
    assert ticket_in(rows, anna.patient_id) == held


def test_a_ticket_that_is_given_back_in_between_is_not_withdrawn(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: cancel(anna, ticket_id)))
    attach(ANNA, "a2")
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert ticket["ticket_status"] == "cancelled"
    assert patient_in(rows, anna.patient_id)["district_id"] == "a2"


def test_a_slot_that_is_not_the_tickets_is_not_freed_and_the_patient_stays(
    anna: SignedIn, rows: Rows, pauses: list[float]
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    rows.change(slot_key(SLOT), ticket_id="another")
    with rows.unchanged(), pytest.raises(TryAgain):
        attach(ANNA, "a2")
    assert len(pauses) == 7


# ------------------------------------------------------------------------- the holder


def test_a_holder_is_attached_when_the_register_comes_to_agree(rows: Rows) -> None:
    open_district()
    anna = open_account(ANNA)
    assert members(anna) == [(ANNA.patient_id, False, False)]
    attach(ANNA)
    assert members(anna) == [(ANNA.patient_id, True, False)]
    row = patient_in(rows, ANNA.patient_id)
    assert row["guardians"] == row["claimants"] == {row["holder"]} == {anna.account_id}


def test_a_holder_loses_the_say_when_the_register_comes_to_differ_and_gets_it_back(
    anna: SignedIn, rows: Rows
) -> None:
    attach(ANNA, person=renamed(ANNA))
    assert members(anna) == [(ANNA.patient_id, False, False)]
    row = patient_in(rows, ANNA.patient_id)
    assert row["holder"] == anna.account_id
    assert "guardians" not in row
    attach(ANNA)
    assert members(anna) == [(ANNA.patient_id, True, False)]


def test_of_two_who_opened_an_account_with_one_policy_the_register_chooses(rows: Rows) -> None:
    open_district()
    wrong = Person("Другая", "Проба", None, date(1991, 5, 22))
    stranger = open_account(ANNA, person=wrong, email="stranger@example.com")
    attach(ANNA)
    anna = open_account(ANNA)
    assert patient_in(rows, ANNA.patient_id)["holder"] == anna.account_id
    attach(ANNA, person=wrong)
    row = patient_in(rows, ANNA.patient_id)
    assert (row["holder"], row["guardians"]) == (stranger.account_id, {stranger.account_id})
    attach(ANNA)
    row = patient_in(rows, ANNA.patient_id)
    assert (row["holder"], row["guardians"]) == (anna.account_id, {anna.account_id})


# -------------------------------------------------------------------------- relatives


def test_both_parents_of_a_child_get_their_say_with_one_line(rows: Rows) -> None:
    open_district()
    for citizen in (ANNA, BORIS):
        attach(citizen)
    anna, boris = open_account(ANNA), open_account(BORIS)
    add_relative(anna, VERA)
    add_relative(boris, VERA, renamed(VERA))
    attach(VERA)
    assert (relatives(anna), relatives(boris)) == ([VERA.patient_id], [])
    attach(VERA, person=renamed(VERA))
    assert (relatives(anna), relatives(boris)) == ([], [VERA.patient_id])
    row = patient_in(rows, VERA.patient_id)
    assert row["child_guardians"] == {boris.account_id}
    assert row["claimants"] == {anna.account_id, boris.account_id}


def test_a_child_whose_data_come_to_differ_can_no_longer_be_booked_for() -> None:
    publish(SLOT)
    parents = parents_of(VERA)
    attach(VERA, person=renamed(VERA))
    assert book(parents.anna, SLOT, parents.child).body["code"] == "not_attached"
    attach(VERA)
    assert book(parents.anna, SLOT, parents.child).status == 201


def test_an_adult_without_an_account_is_the_relatives_at_once(anna: SignedIn) -> None:
    add_relative(anna, GALINA)
    attach(GALINA)
    assert relatives(anna) == [GALINA.patient_id]


def test_an_adult_with_an_account_is_asked_and_is_no_member_before(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    attach(GALINA)
    assert relatives(anna) == []
    assert patient_in(rows, GALINA.patient_id)["guardians"] == {galina.account_id}
    assert asked(rows, anna).keys() >= {"invitation_id", "invited_until"}
    assert accept(galina, invitation(rows, anna, GALINA.patient_id)).status == 204
    assert relatives(anna) == [GALINA.patient_id]


def test_repeated_imports_ask_once(anna: SignedIn, galina: SignedIn, rows: Rows) -> None:
    attach(GALINA)
    first = asked(rows, anna)
    attach(GALINA)
    attach(GALINA, "a2")
    attach(GALINA, person=renamed(GALINA))
    attach(GALINA)
    assert asked(rows, anna) == first
    assert guardians(galina).body == {"guardians": []}


def test_who_typed_the_adult_wrongly_is_not_asked_about(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, GALINA, renamed(GALINA))
    attach(GALINA)
    assert "invitation_id" in asked(rows, anna)
    assert "invitation_id" not in asked(rows, boris)
    assert galina.patient_id == GALINA.patient_id


def test_an_accepted_guardian_keeps_the_say_through_later_lines(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    attach(GALINA)
    accept(galina, invitation(rows, anna, GALINA.patient_id))
    attach(GALINA, "a2", valid_until=date(2027, 1, 31))
    assert relatives(anna) == [GALINA.patient_id]
    assert "invitation_id" not in asked(rows, anna)


# ------------------------------------------------------------------- races and faults


def test_a_ticket_taken_in_between_stays_with_the_district(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: take(anna, SLOT)))
    with wire.listening() as heard:
        attach(ANNA, valid_until=date(2027, 1, 31))
    assert operations(heard).count("TransactWriteItems") == 1
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert ticket["ticket_status"] == "booked"
    assert patient_in(rows, anna.patient_id)["valid_until"] == "2027-01-31"


def test_a_ticket_taken_at_the_old_district_in_between_is_freed(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: take(anna, SLOT)))
    attach(ANNA, "a2")
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert ticket["ticket_status"] == "withdrawn"
    assert slot_in(rows)["slot_status"] == "free"
    assert patient_in(rows, anna.patient_id)["district_id"] == "a2"


def test_an_account_that_is_opened_in_between_is_seen(rows: Rows, wire: Wire) -> None:
    open_district()
    attach(ANNA, person=renamed(ANNA))
    opened: list[SignedIn] = []
    opening = Meanwhile(rows, lambda: opened.append(open_account(ANNA)))
    wire.before("TransactWriteItems", opening)
    attach(ANNA)
    assert members(opened[0]) == [(ANNA.patient_id, True, False)]


def test_of_two_lines_at_once_the_later_stands_whole(rows: Rows, wire: Wire) -> None:
    attach(GALINA)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: attach(GALINA, "a2")))
    attach(GALINA, "a3", person=renamed(GALINA))
    row = patient_in(rows, GALINA.patient_id)
    assert (row["district_id"], row["person"]["last_name"]) == ("a3", "Другая")


def test_a_row_that_never_stops_changing_says_try_again(
    rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    attach(GALINA)
    key = keys.patient(GALINA.patient_id)
    changes = [lambda n=n: rows.change(key, revision=f"r{n}") for n in range(20)]
    wire.before("TransactWriteItems", *changes)
    with pytest.raises(TryAgain):
        attach(GALINA, "a2")
    assert patient_in(rows, GALINA.patient_id) == GALINA_ROW
    assert len(pauses) == 7


@pytest.mark.parametrize("planted", [timed_out, refused("ThrottlingException")])
def test_a_line_cut_off_before_the_question_asks_it_when_it_comes_again(
    anna: SignedIn, galina: SignedIn, rows: Rows, wire: Wire, planted: object
) -> None:
    wire.before("UpdateItem", planted)  # type: ignore[arg-type]
    with pytest.raises(TryAgain):
        attach(GALINA)
    assert "invitation_id" not in asked(rows, anna)
    attach(GALINA)
    assert "invitation_id" in asked(rows, anna)
    assert relatives(anna) == []
    assert patient_in(rows, GALINA.patient_id)["guardians"] == {galina.account_id}


def test_a_claim_that_ends_before_the_question_is_not_written_anew(
    anna: SignedIn, galina: SignedIn, rows: Rows, wire: Wire
) -> None:
    key = keys.claim(anna.account_id, GALINA.patient_id)
    wire.before("UpdateItem", Meanwhile(rows, lambda: rows.remove(key)))
    attach(GALINA)
    assert claim_in(rows, anna.account_id, GALINA.patient_id) is None
    assert patient_in(rows, GALINA.patient_id)["guardians"] == {galina.account_id}

"""DELETE /api/account: what becomes of the patients whom the account had claimed."""

from dataclasses import replace
from datetime import date

import pytest

from shared import clock as shared_clock, keys, policies
from shared.patients import Person
from shared.policies import parse_policy_number
from shared.table import family, tickets
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Item, Rows
from tests.integration.test_delete_account import delete
from tests.integration.test_sign_out import SIGNED_OUT

OTHER = "a1.2026-11-24.2.0910"


def patient(rows: Rows, citizen: Citizen) -> Item:
    return rows.everything()[keys.patient(citizen.patient_id)]


def ticket_status(rows: Rows, citizen: Citizen) -> str:
    return str(patient(rows, citizen)["ticket"]["ticket_status"])


def slot(rows: Rows, slot_id: str = SLOT) -> tuple[str, str | None]:
    item = rows.everything()[slot_key(slot_id)]
    return item["slot_status"], item.get("ticket_id")


# ------------------------------------------------------------------ the patient's row


def test_the_registers_row_stays_without_a_trace_of_the_account(anna: SignedIn, rows: Rows) -> None:
    before = patient(rows, ANNA)
    delete(anna.cookie)
    after = patient(rows, ANNA)
    register = ("person", "name_key", "policy_last4", "district_id")
    assert after == {name: before[name] for name in register} | {"revision": after["revision"]}
    assert anna.account_id not in str(rows.lasting())


def test_a_patient_whom_the_register_does_not_know_goes_with_the_last_who_claimed_them(
    rows: Rows,
) -> None:
    anna, boris = open_account(ANNA), open_account(BORIS)
    add_relative(boris, ANNA)
    delete(anna.cookie)
    left = patient(rows, ANNA)
    assert left == {"claimants": {boris.account_id}, "revision": left["revision"]}
    delete(boris.cookie)
    assert rows.lasting() == {}


def test_a_patient_whose_data_differ_keeps_the_registers_row_and_its_ticket(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    publish(SLOT)
    ticket_id = take(boris, SLOT)
    add_relative(anna, BORIS, VERA.person)
    before = patient(rows, BORIS)
    delete(anna.cookie)
    after = patient(rows, BORIS)
    assert after == before | {
        "claimants": {boris.account_id},
        "revision": after["revision"],
    }
    assert slot(rows) == ("booked", ticket_id)


def test_a_holder_who_goes_leaves_the_relatives_who_may_act_in_their_place(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, ANNA)
    claim = rows.everything()[keys.claim(boris.account_id, ANNA.patient_id)]
    told, now = claim["invitation_id"], shared_clock.now()
    family.accept(anna.session, boris.account_id, ANNA.patient_id, told, now)
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    delete(anna.cookie)
    after = patient(rows, ANNA)
    assert "holder" not in after
    assert after["claimants"] == after["guardians"] == {boris.account_id}
    assert slot(rows) == ("booked", ticket_id)


# ------------------------------------------------------------------------ tickets


def test_the_ticket_of_a_child_whom_another_guardian_looks_after_stays(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    attach(VERA)
    boris = open_account(BORIS)
    for guardian in (anna, boris):
        add_relative(guardian, VERA)
    publish(SLOT)
    ticket_id = take(anna, SLOT, VERA.patient_id)
    delete(anna.cookie)
    assert ticket_status(rows, VERA) == "booked"
    assert slot(rows) == ("booked", ticket_id)
    delete(boris.cookie)
    assert ticket_status(rows, VERA) == "cancelled"
    assert slot(rows) == ("free", None)


def test_somebody_who_claimed_the_patient_with_other_data_looks_after_nobody(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    attach(VERA)
    boris = open_account(BORIS)
    add_relative(anna, VERA)
    add_relative(boris, VERA, BORIS.person)
    publish(SLOT)
    take(anna, SLOT, VERA.patient_id)
    delete(anna.cookie)
    assert (ticket_status(rows, VERA), slot(rows)) == ("cancelled", ("free", None))
    assert patient(rows, VERA)["claimants"] == {boris.account_id}


def test_the_ticket_of_a_patient_whom_the_account_never_acted_for_stays(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    publish(SLOT)
    ticket_id = take(open_account(BORIS), SLOT)
    add_relative(anna, BORIS, VERA.person)
    attach(BORIS, person=replace(BORIS.person, last_name="Переименованный"))
    delete(anna.cookie)
    assert (ticket_status(rows, BORIS), slot(rows)) == ("booked", ("booked", ticket_id))


def test_the_tickets_of_the_whole_family_are_freed_at_once(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    add_relative(anna, VERA)
    publish(SLOT, OTHER)
    take(anna, SLOT)
    take(anna, OTHER, VERA.patient_id)
    delete(anna.cookie)
    assert [ticket_status(rows, one) for one in (ANNA, VERA)] == ["cancelled"] * 2
    assert [slot(rows, one) for one in (SLOT, OTHER)] == [("free", None)] * 2


def test_a_freed_slot_is_anybodys(anna: SignedIn, rows: Rows) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    publish(SLOT)
    take(anna, SLOT)
    delete(anna.cookie)
    assert slot(rows) == ("free", None)
    ticket_id = take(boris, SLOT)
    assert slot(rows) == ("booked", ticket_id)


def test_a_ticket_that_has_begun_or_was_cancelled_stays_what_it_was(
    anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    attach(VERA)
    add_relative(anna, VERA)
    publish("a1.2026-11-23.1.0820", OTHER)
    take(anna, "a1.2026-11-23.1.0820")
    cancelled = take(anna, OTHER, VERA.patient_id)
    tickets.cancel(anna.session, cancelled, clock.now)
    clock.move(minutes=20)
    before = {one: patient(rows, one)["ticket"] for one in (ANNA, VERA)}
    began = slot(rows, "a1.2026-11-23.1.0820")
    delete(anna.cookie)
    assert {one: patient(rows, one)["ticket"] for one in (ANNA, VERA)} == before
    assert slot(rows, "a1.2026-11-23.1.0820") == began
    assert slot(rows, OTHER) == ("free", None)


def test_the_ticket_of_a_relative_who_was_given_up_stays(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    add_relative(anna, VERA)
    publish(SLOT)
    ticket_id = take(anna, SLOT, VERA.patient_id)
    family.remove(anna.session, VERA.patient_id, shared_clock.now())
    delete(anna.cookie)
    assert slot(rows) == ("booked", ticket_id)


@pytest.mark.parametrize("others", [False, True])
def test_a_ticket_that_was_taken_before_the_register_changed_is_freed_unless_another_may_act(
    anna: SignedIn, rows: Rows, *, others: bool
) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    married = replace(ANNA.person, last_name="Замужняя")
    if others:
        attach(BORIS)
        add_relative(open_account(BORIS), ANNA, married)
    attach(ANNA, person=married)
    delete(anna.cookie)
    assert slot(rows) == (("booked", ticket_id) if others else ("free", None))


# --------------------------------------------------------------------- everything


def _relative(n: int) -> Citizen:
    digits = f"7856130840001{n:02}"
    number = parse_policy_number(f"{digits}{policies.check_digit(digits)}")
    return Citizen(f"{n}@example.com", number, Person("Проба", "Проба", None, date(2015, 1, 1)))


def test_the_largest_family_with_all_tickets_and_sessions_goes_in_one_transaction(
    anna: SignedIn, rows: Rows
) -> None:
    open_district()
    slots = [f"a1.2026-11-24.{n}.0900" for n in range(1, 21)]
    publish(*slots)
    take(anna, slots[0])
    for n in range(1, 20):
        relative = _relative(n)
        attach(relative)
        add_relative(anna, relative)
        take(anna, slots[n], relative.patient_id)
    for _ in range(35):
        open_session(anna)
    assert delete(anna.cookie) == SIGNED_OUT
    assert {slot(rows, one) for one in slots} == {("free", None)}
    assert anna.account_id not in {key.pk.partition("#")[2] for key in rows.everything()}
    assert [key for key in rows.everything() if keys.kind(key.sk) == "MEMBER"] == []

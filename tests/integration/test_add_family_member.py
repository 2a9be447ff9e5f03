"""POST /api/family: a relative is claimed, and the answer never tells what the register knows."""

from datetime import date

import pytest

from shared import keys
from shared.keyring import email_key_of
from shared.patients import Person
from tests.integration.answers import TRY_AGAIN, Answer
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    attach,
    open_account,
    open_district,
    open_session,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    TWINS,
    account,
    add,
    claim_in,
    guardians,
    members,
    parents_of,
    patient_in,
    relatives,
    renamed,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused, timed_out

CHECKED = Answer(202, {"status": "checked"})


# ------------------------------------------------------- matches and does not match


def _counted() -> set[str]:
    """Return the counters of Anna's tries: her address's and her own."""
    return {f"LIMIT#family#{one}" for one in (email_key_of(ANNA.email), ANNA.patient_id)}


def test_a_relative_whom_the_register_knows_is_listed_at_once(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    assert add(anna, VERA) == CHECKED
    assert account(anna).body["family"][1] == {
        "patient_id": VERA.patient_id,
        "relation": "relative",
        "last_name": "Абрикосова",
        "first_name": "Вера",
        "middle_name": "Львовна",
        "birth_date": "2019-09-01",
        "policy_last4": VERA.number[-4:],
        "attached": True,
        "district": {
            "district_id": "a1",
            "kind": "adult",
            "name": "Участок a1",
            "doctor_name": "Кузнецова Мария Ильинична",
        },
        "ticket": None,
    }
    row = patient_in(rows, VERA.patient_id)
    assert row["child_guardians"] == row["claimants"] == {anna.account_id}
    assert "guardians" not in row


def test_what_was_typed_is_kept_whole_but_for_the_number(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    before = rows.everything()
    add(anna, VERA, policy_series="АБ")
    claim = {
        "relation": "relative",
        "person": {
            "last_name": "Абрикосова",
            "first_name": "Вера",
            "middle_name": "Львовна",
            "birth_date": "2019-09-01",
        },
        "policy_last4": VERA.number[-4:],
        "claimed_on": "2026-11-23",
    }
    added = {key: item for key, item in rows.everything().items() if key not in before}
    counters = [key for key in added if key.pk.startswith("LIMIT#")]
    assert {key.pk for key in counters} == _counted()
    for key in counters:
        del added[key]
    assert added == {keys.claim(anna.account_id, VERA.patient_id): claim}
    assert VERA.number not in str(rows.everything())


def test_an_adult_without_an_account_is_listed_at_once(anna: SignedIn, rows: Rows) -> None:
    attach(GALINA)
    assert add(anna, GALINA) == CHECKED
    assert relatives(anna) == [GALINA.patient_id]
    row = patient_in(rows, GALINA.patient_id)
    assert row["guardians"] == row["claimants"] == {anna.account_id}


def test_a_relative_whom_the_register_does_not_know_is_listed_when_attached_later(
    anna: SignedIn,
) -> None:
    assert add(anna, VERA) == CHECKED
    assert relatives(anna) == []
    attach(VERA)
    assert relatives(anna) == [VERA.patient_id]


@pytest.mark.parametrize(
    "changes",
    [
        {"last_name": "Другая"},
        {"first_name": "Иная"},
        {"middle_name": "Петровна"},
        {"middle_name": None},
        {"birth_date": "2019-09-02"},
    ],
)
@pytest.mark.parametrize("attached_first", [True, False])
def test_a_relative_with_one_wrong_field_is_never_listed(
    anna: SignedIn, changes: dict[str, object], *, attached_first: bool
) -> None:
    if attached_first:
        attach(VERA)
    assert add(anna, VERA, **changes) == CHECKED
    attach(VERA)
    attach(VERA, "a2")
    assert relatives(anna) == []


def test_names_match_whatever_their_case_blanks_and_yo(anna: SignedIn) -> None:
    known = Person("Соловьёв-Седой", "Пример", None, date(2016, 5, 5))
    attach(TWINS[0], person=known)
    typed = {"last_name": "соловьев - седой", "first_name": " ПРИМЕР", "middle_name": ""}
    add(anna, TWINS[0], birth_date="2016-05-05", **typed)
    assert relatives(anna) == [TWINS[0].patient_id]


def test_the_answer_is_the_same_for_all_that_the_register_may_know(
    anna: SignedIn, clock: Clock
) -> None:
    for citizen in (VERA, GALINA, BORIS):
        attach(citizen)
    open_account(BORIS)
    tries = [
        add(anna, VERA),
        add(anna, VERA),
        add(anna, GALINA, last_name="Другая"),
        add(anna, BORIS),
        add(anna, TWINS[0]),
    ]
    assert tries == [CHECKED] * 5
    clock.move(days=1)
    assert add(open_session(anna), ANNA) == CHECKED


# ------------------------------------------------------------------ typed once more


def test_a_relative_typed_wrongly_is_found_once_typed_rightly(anna: SignedIn) -> None:
    attach(VERA)
    add(anna, VERA, last_name="Другая")
    add(anna, VERA)
    assert relatives(anna) == [VERA.patient_id]


def test_a_listed_relative_is_not_lost_by_typing_them_wrongly(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    add(anna, VERA)
    claim, row = claim_in(rows, anna.account_id, VERA.patient_id), patient_in(rows, VERA.patient_id)
    assert add(anna, VERA, last_name="Другая") == CHECKED
    assert claim_in(rows, anna.account_id, VERA.patient_id) == claim
    assert patient_in(rows, VERA.patient_id) == row


def test_ones_own_number_as_a_relatives_changes_nothing(anna: SignedIn, rows: Rows) -> None:
    before = rows.everything()
    assert add(anna, ANNA) == CHECKED
    assert add(anna, ANNA, last_name="Другая") == CHECKED
    after = rows.everything()
    changed = {key for key in after if after[key] != before.get(key)}
    assert {key.pk for key in changed} == _counted()
    assert members(anna) == [(anna.patient_id, True, False)]


def test_ones_own_number_is_no_relatives_even_before_the_register_knows_it(rows: Rows) -> None:
    open_district()
    anna = open_account(ANNA)
    before = rows.everything()
    assert add(anna, ANNA) == CHECKED
    after = rows.everything()
    assert all(key.pk.startswith("LIMIT#") for key in after if after[key] != before.get(key))


def test_the_same_relative_twice_is_one_member(anna: SignedIn) -> None:
    attach(VERA)
    assert [add(anna, VERA) for _ in range(2)] == [CHECKED] * 2
    assert relatives(anna) == [VERA.patient_id]


def test_both_parents_have_one_and_the_same_child(rows: Rows) -> None:
    parents = parents_of(VERA)
    assert relatives(parents.anna) == relatives(parents.boris) == [VERA.patient_id]
    row = patient_in(rows, VERA.patient_id)
    assert row["child_guardians"] == {parents.anna.account_id, parents.boris.account_id}


def test_a_child_with_an_account_of_their_own_needs_no_asking(anna: SignedIn, rows: Rows) -> None:
    attach(VERA)
    vera = open_account(VERA)
    add(anna, VERA)
    assert relatives(anna) == [VERA.patient_id]
    assert guardians(vera) == Answer(200, {"guardians": []})
    claim = claim_in(rows, anna.account_id, VERA.patient_id)
    assert claim is not None
    assert "invitation_id" not in claim


# -------------------------------------------------------------- costs and the store


def test_a_claim_is_seven_requests_whatever_the_register_knows(anna: SignedIn, wire: Wire) -> None:
    open_district()
    attach(VERA)
    heard_of = []
    for citizen in (VERA, GALINA):
        with wire.listening() as heard:
            add(anna, citizen)
        heard_of.append(operations(heard))
    counted = ["UpdateItem", "UpdateItem"]
    expected = ["Query", "BatchGetItem", *counted, "GetItem", "Query", "TransactWriteItems"]
    assert heard_of == [expected] * 2


@pytest.mark.parametrize(
    "operation", ["Query", "BatchGetItem", "UpdateItem", "GetItem", "TransactWriteItems"]
)
def test_a_busy_store_says_try_again_and_nothing_is_claimed(
    anna: SignedIn, wire: Wire, rows: Rows, operation: str
) -> None:
    attach(VERA)
    row = patient_in(rows, VERA.patient_id)
    wire.before(operation, refused("ThrottlingException"))
    assert add(anna, VERA) == TRY_AGAIN
    assert patient_in(rows, VERA.patient_id) == row
    assert claim_in(rows, anna.account_id, VERA.patient_id) is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_made_sure_of(
    anna: SignedIn, wire: Wire, pauses: list[float], when: str
) -> None:
    attach(VERA)
    getattr(wire, when)("TransactWriteItems", timed_out)
    assert add(anna, VERA) == CHECKED
    assert len(pauses) == 1
    assert relatives(anna) == [VERA.patient_id]


def test_a_claim_keeps_nothing_of_a_wrongly_typed_relatives_true_name(
    anna: SignedIn,
) -> None:
    attach(VERA, person=renamed(VERA))
    add(anna, VERA)
    assert "Другая" not in str(account(anna))

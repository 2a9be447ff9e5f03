"""POST /api/family beside another account's claim, the register's import and a session's end."""

from collections.abc import Callable

import pytest

from shared import clock as shared_clock, keys
from shared.table import family, sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, problem
from tests.integration.clinic import BORIS, VERA, SignedIn, add_relative, attach, open_account
from tests.integration.family_people import (
    GALINA,
    Meanwhile,
    add,
    claim_in,
    patient_in,
    relatives,
    renamed,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, cancelled, operations

CHECKED = Answer(202, {"status": "checked"})


@pytest.fixture
def boris(anna: SignedIn) -> SignedIn:  # noqa: ARG001 - the district is open by her
    attach(BORIS)
    return open_account(BORIS)


def test_a_session_that_ends_in_between_claims_nothing(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    attach(VERA)
    ended = Meanwhile(rows, lambda: sessions.end(anna.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert add(anna, VERA) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_of_two_parents_at_once_none_is_lost(
    anna: SignedIn, boris: SignedIn, wire: Wire, rows: Rows
) -> None:
    attach(VERA)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: add_relative(boris, VERA)))
    assert add(anna, VERA) == CHECKED
    assert relatives(anna) == relatives(boris) == [VERA.patient_id]
    both = {anna.account_id, boris.account_id}
    assert patient_in(rows, VERA.patient_id)["child_guardians"] == both


def test_the_same_claim_of_two_browsers_at_once_is_one(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    attach(VERA)
    first = Meanwhile(rows, lambda: add_relative(anna, VERA))
    wire.before("TransactWriteItems", first)
    assert add(anna, VERA) == CHECKED
    assert rows.everything() == first.table


@pytest.mark.parametrize(
    "imported, listed",
    [(lambda: attach(VERA), 1), (lambda: attach(VERA, person=renamed(VERA)), 0)],
    ids=["right", "wrong"],
)
def test_an_import_in_between_decides(
    anna: SignedIn, wire: Wire, rows: Rows, imported: Callable[[], object], listed: int
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, imported))
    assert add(anna, VERA) == CHECKED
    assert relatives(anna) == [VERA.patient_id] * listed
    assert patient_in(rows, VERA.patient_id)["claimants"] == {anna.account_id}


def test_the_last_place_in_a_family_is_taken_once(
    anna: SignedIn, wire: Wire, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(family, "MOST_MEMBERS", 2)
    attach(VERA)
    attach(GALINA)
    first = Meanwhile(rows, lambda: add_relative(anna, GALINA))
    wire.before("TransactWriteItems", first)
    assert add(anna, VERA) == problem(409, "family_full")
    assert rows.everything() == first.table
    assert relatives(anna) == [GALINA.patient_id]


def test_an_import_that_read_before_the_claim_sees_it_in_the_end(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: add_relative(anna, VERA)))
    attach(VERA)
    assert relatives(anna) == [VERA.patient_id]


def test_an_adult_who_opens_an_account_in_between_is_asked_first(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    attach(GALINA)
    wire.before("TransactWriteItems", Meanwhile(rows, lambda: open_account(GALINA)))
    assert add(anna, GALINA) == CHECKED
    assert relatives(anna) == []
    claim = claim_in(rows, anna.account_id, GALINA.patient_id)
    assert claim is not None
    assert "invitation_id" in claim


def test_the_other_parents_farewell_in_between_stays(
    anna: SignedIn, boris: SignedIn, wire: Wire, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(boris, VERA)
    farewell = Meanwhile(rows, lambda: family.remove(boris.session, vera, shared_clock.now()))
    wire.before("TransactWriteItems", farewell)
    assert add(anna, VERA) == CHECKED
    assert patient_in(rows, vera)["child_guardians"] == {anna.account_id}
    assert relatives(boris) == []


def test_a_holders_claim_is_never_written_over(
    anna: SignedIn, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    attach(VERA)
    key = keys.claim(anna.account_id, VERA.patient_id)
    own = rows.everything()[keys.claim(anna.account_id, anna.patient_id)]
    planted = Meanwhile(rows, lambda: rows.put(key, own))
    wire.before("TransactWriteItems", planted)
    assert add(anna, VERA) == TRY_AGAIN
    assert rows.everything() == planted.table
    assert pauses == []


def test_a_person_who_never_stops_changing_says_try_again(
    anna: SignedIn, wire: Wire, rows: Rows, pauses: list[float]
) -> None:
    attach(VERA)
    row = keys.patient(VERA.patient_id)
    changes = [lambda n=n: rows.change(row, revision=f"r{n}") for n in range(20)]
    wire.before("TransactWriteItems", *changes)
    with wire.listening() as heard:
        assert add(anna, VERA) == TRY_AGAIN
    assert operations(heard).count("TransactWriteItems") == 8
    assert len(pauses) == 7
    assert claim_in(rows, anna.account_id, VERA.patient_id) is None


def test_a_conflict_is_tried_again(anna: SignedIn, wire: Wire, pauses: list[float]) -> None:
    attach(VERA)
    wire.before("TransactWriteItems", cancelled("None", "None", "TransactionConflict"))
    assert add(anna, VERA) == CHECKED
    assert len(pauses) == 1
    assert relatives(anna) == [VERA.patient_id]

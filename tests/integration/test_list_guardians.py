"""GET /api/guardians: an adult sees who may act for them, by the names of those accounts."""

import pytest

from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call
from tests.integration.clinic import (
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    accept,
    dismiss,
    guardians,
    invitation,
    remove,
    renamed,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused

NOBODY = Answer(200, {"guardians": []})


@pytest.fixture
def galina(anna: SignedIn, rows: Rows) -> SignedIn:
    """Open the grandmother's account and let Anna act for her."""
    attach(GALINA)
    opened = open_account(GALINA)
    add_relative(anna, GALINA)
    accept(opened, invitation(rows, anna, GALINA.patient_id))
    return opened


def shown(who: SignedIn, last: str, first: str, middle: str | None) -> dict[str, object]:
    names: dict[str, object] = {"last_name": last, "first_name": first, "middle_name": middle}
    return names | {"guardian_id": who.account_id}


def test_who_has_no_guardian_sees_none(anna: SignedIn) -> None:
    assert guardians(anna) == NOBODY


def test_a_guardian_is_shown_by_the_name_of_that_accounts_own_holder(
    anna: SignedIn, galina: SignedIn
) -> None:
    expected = [shown(anna, "Иванова", "Анна", "Петровна")]
    assert guardians(galina) == Answer(200, {"guardians": expected})
    assert guardians(anna) == NOBODY


def test_all_guardians_are_shown(anna: SignedIn, galina: SignedIn, rows: Rows) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, GALINA)
    accept(galina, invitation(rows, boris, GALINA.patient_id))
    answer = guardians(galina).body["guardians"]
    assert sorted(answer, key=str) == sorted(
        [
            shown(anna, "Иванова", "Анна", "Петровна"),
            shown(boris, "Соловьёв-Седой", "Борис", None),
        ],
        key=str,
    )


def test_who_only_asked_is_not_shown(anna: SignedIn, galina: SignedIn) -> None:
    attach(BORIS)
    add_relative(open_account(BORIS), GALINA)
    expected = [shown(anna, "Иванова", "Анна", "Петровна")]
    assert guardians(galina) == Answer(200, {"guardians": expected})


def test_who_was_dismissed_or_left_is_shown_no_more(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    dismiss(galina, anna.account_id)
    assert guardians(galina) == NOBODY
    add_relative(anna, GALINA)
    accept(galina, invitation(rows, anna, GALINA.patient_id))
    remove(anna, galina.patient_id)
    assert guardians(galina) == NOBODY


def test_a_child_with_an_account_is_shown_no_parents(anna: SignedIn) -> None:
    attach(VERA)
    vera = open_account(VERA)
    add_relative(anna, VERA)
    assert guardians(vera) == NOBODY


def test_a_holder_whom_the_register_does_not_confirm_sees_nobody(anna: SignedIn) -> None:
    attach(GALINA)
    add_relative(anna, GALINA)
    stranger = open_account(GALINA, person=renamed(GALINA))
    assert guardians(stranger) == NOBODY


def test_without_an_open_session_nobody_is_told(galina: SignedIn, clock: Clock) -> None:
    clock.move(minutes=30)
    assert guardians(galina) == SESSION_REQUIRED
    assert call("list_guardians", "GET", "/api/guardians") == SESSION_REQUIRED


def test_who_has_no_guardian_costs_two_requests_and_others_four(
    anna: SignedIn, galina: SignedIn, wire: Wire, rows: Rows
) -> None:
    with wire.listening() as heard, rows.unchanged():
        guardians(anna)
        guardians(galina)
    alone = ["BatchGetItem", "GetItem"]
    assert operations(heard) == [*alone, *alone, "BatchGetItem", "BatchGetItem"]


@pytest.mark.parametrize("operation", ["BatchGetItem", "GetItem"])
def test_a_busy_store_says_try_again(galina: SignedIn, wire: Wire, operation: str) -> None:
    wire.before(operation, refused("ThrottlingException"))
    assert guardians(galina) == TRY_AGAIN


def test_a_guardian_whose_account_is_gone_is_not_shown(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    for key in rows.everything():
        if key.pk == f"ACCOUNT#{anna.account_id}":
            rows.remove(key)
    assert guardians(galina) == NOBODY

"""POST /api/family: how often, how many, and which forms are refused."""

import pytest

from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    attach,
    erase,
    open_account,
    open_district,
    open_session,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import GALINA, TWINS, add, form
from tests.integration.rows import Rows

CHECKED = Answer(202, {"status": "checked"})
FILL_IN = "Заполните это поле."


def fresh(who: SignedIn, clock: Clock) -> SignedIn:
    """Come back on another day, when five more tries are given."""
    clock.move(days=1)
    return open_session(who)


# -------------------------------------------------------------------------- limits


def test_the_sixth_try_of_a_day_is_too_many_and_is_told_when_the_day_ends(
    anna: SignedIn, rows: Rows
) -> None:
    attach(VERA)
    assert [add(anna, one) for one in TWINS[:5]] == [CHECKED] * 5
    sixteen_hours = {"Retry-After": str((24 - 5) * 3600)}
    with rows.unchanged():
        assert add(anna, VERA) == problem(429, "too_many_requests", headers=sixteen_hours)


def test_the_tries_are_the_accounts_and_not_the_sessions_and_come_back_the_next_day(
    anna: SignedIn, clock: Clock
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    for one in TWINS[:5]:
        add(anna, one)
    assert add(open_session(anna), VERA).status == 429
    assert add(boris, VERA) == CHECKED
    clock.move(hours=18, minutes=59, seconds=59)
    assert add(open_session(anna), VERA).status == 429
    clock.move(seconds=1)
    assert add(open_session(anna), VERA) == CHECKED


def test_an_account_that_is_erased_and_opened_again_has_no_new_tries(anna: SignedIn) -> None:
    attach(VERA)
    for one in TWINS[:5]:
        add(anna, one)
    erase(anna)
    assert add(open_account(ANNA), VERA).status == 429
    elsewhere = open_account(BORIS, email="another@example.com")
    assert add(elsewhere, VERA) == CHECKED


def test_another_address_gives_the_same_holder_no_new_tries(anna: SignedIn) -> None:
    attach(VERA)
    for one in TWINS[:5]:
        add(anna, one)
    erase(anna)
    assert add(open_account(ANNA, email="another@example.com"), VERA).status == 429


def test_who_only_typed_somebodys_number_uses_up_no_try_of_theirs() -> None:
    open_district()
    attach(ANNA)
    attach(VERA)
    squatter = open_account(ANNA, person=BORIS.person, email="squatter@example.com")
    assert [add(squatter, one) for one in TWINS[:5]] == [CHECKED] * 5
    assert add(squatter, VERA).status == 429
    assert add(open_account(ANNA), VERA) == CHECKED


def test_right_and_wrong_tries_and_ones_own_number_all_count(anna: SignedIn) -> None:
    attach(VERA)
    add(anna, VERA)
    add(anna, VERA, last_name="Другая")
    add(anna, ANNA)
    add(anna, GALINA)
    assert add(anna, GALINA) == CHECKED
    assert add(anna, GALINA).status == 429


def test_a_form_that_is_refused_is_no_try(anna: SignedIn) -> None:
    for _ in range(6):
        assert add(anna, VERA, first_name="").status == 422
    assert add(anna, VERA) == CHECKED


def test_a_family_of_twenty_is_full_and_takes_nobody_new(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    who = anna
    for number, one in enumerate(TWINS[:19]):
        who = fresh(who, clock) if number and number % 5 == 0 else who
        assert add(who, one) == CHECKED
    who = fresh(who, clock)
    before = rows.everything()
    assert add(who, TWINS[19]) == problem(409, "family_full")
    after = rows.everything()
    assert all(key.pk.startswith("LIMIT#") for key in after.keys() - before.keys())
    assert add(who, TWINS[3]) == CHECKED


# -------------------------------------------------------------------- the request


def test_without_an_open_session_nothing_is_claimed(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    with rows.unchanged():
        answer = call("add_family_member", "POST", "/api/family", form(VERA))
        clock.move(minutes=30)
        assert add(anna, VERA) == answer == SESSION_REQUIRED


@pytest.mark.parametrize(
    "changes, fault",
    [
        (
            {"policy_number": "7856130840000018"},
            ("/policy_number", "policy_check_digit"),
        ),
        ({"last_name": ""}, ("/last_name", "missing")),
        ({"birth_date": "2026-11-24"}, ("/birth_date", "birth_date_range")),
        ({"birth_date": "01.09.2019"}, ("/birth_date", "date_format")),
        ({"relation": "self"}, ("/relation", "extra_forbidden")),
    ],
)
def test_a_form_with_a_wrong_field_is_refused(
    anna: SignedIn, rows: Rows, changes: dict[str, object], fault: tuple[str, str]
) -> None:
    with rows.unchanged():
        answer = add(anna, VERA, **changes)
    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert [(one["pointer"], one["code"]) for one in answer.body["errors"]] == [fault]


def test_everything_but_the_series_and_the_patronymic_must_be_filled_in(
    anna: SignedIn, rows: Rows
) -> None:
    with rows.unchanged():
        answer = call("add_family_member", "POST", "/api/family", {}, cookie=anna.cookie)
    needed = ("policy_number", "last_name", "first_name", "birth_date")
    faults = [(f"/{name}", "missing", FILL_IN) for name in needed]
    assert sorted(error["pointer"] for error in answer.body["errors"]) == sorted(
        pointer for pointer, _, _ in faults
    )
    assert {error["detail"] for error in answer.body["errors"]} == {FILL_IN}
    assert answer.status == 422

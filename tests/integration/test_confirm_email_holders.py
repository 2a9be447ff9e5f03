"""POST /api/email-confirmations: one policy has one holder, and nobody can keep its owner out."""

import pytest

from shared import keys
from shared.patients import Person
from tests.integration.answers import Answer, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    Citizen,
    add_relative,
    attach,
    open_account,
    open_district,
    start_registration,
)
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import but_tries, confirm

ALREADY_REGISTERED = problem(409, "policy_already_registered")
STRANGER = "stranger@example.com"


def confirm_under(email: str, citizen: Citizen = ANNA, person: Person | None = None) -> Answer:
    return confirm(start_registration(citizen, person, email))


def assert_refused(rows: Rows, person: Person | None = None) -> None:
    """Demand that one more account for Anna's policy is refused and nothing is written."""
    registration = start_registration(ANNA, person, STRANGER)
    before = but_tries(rows)
    assert confirm(registration) == ALREADY_REGISTERED
    assert but_tries(rows) == before


@pytest.fixture(autouse=True)
def district() -> None:
    open_district()


def test_a_policy_whose_owner_has_an_account_opens_no_second_one(rows: Rows) -> None:
    attach(ANNA)
    open_account(ANNA)
    assert_refused(rows)


def test_a_stranger_with_other_data_cannot_take_the_policy_from_its_owner(rows: Rows) -> None:
    attach(ANNA)
    open_account(ANNA)
    assert_refused(rows, BORIS.person)


def test_while_the_register_knows_nobody_the_first_holder_stays(rows: Rows) -> None:
    open_account(ANNA)
    assert_refused(rows)


def test_an_unconfirmed_holder_does_not_give_way_to_another_unconfirmed_one(rows: Rows) -> None:
    attach(ANNA)
    open_account(ANNA, person=BORIS.person)
    assert_refused(rows, VERA.person)


def test_a_holder_whom_the_register_does_not_confirm_gives_way_to_the_one_it_does(
    rows: Rows,
) -> None:
    attach(ANNA)
    squatter = open_account(ANNA, person=BORIS.person, email=STRANGER)
    answer = confirm_under(ANNA.email)
    assert (answer.status, answer.body["family"][0]["attached"]) == (201, True)
    owner = answer.body["account_id"]
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    assert patient["holder"] == owner
    assert patient["guardians"] == {owner}
    assert patient["claimants"] == {owner, squatter.account_id}


def test_once_the_owner_holds_the_policy_nobody_takes_it_back(rows: Rows) -> None:
    attach(ANNA)
    open_account(ANNA, person=BORIS.person, email=BORIS.email)
    confirm_under(ANNA.email)
    assert_refused(rows)


def test_the_register_confirms_a_holder_who_came_before_it(rows: Rows) -> None:
    anna = open_account(ANNA)
    attach(ANNA)
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    assert (patient["holder"], patient["guardians"]) == (anna.account_id, {anna.account_id})
    assert_refused(rows)


def test_a_relatives_guardian_does_not_stop_the_person_from_an_account_of_their_own(
    rows: Rows,
) -> None:
    attach(ANNA)
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, ANNA)
    answer = confirm_under(ANNA.email)
    assert answer.status == 201
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    assert patient["holder"] == answer.body["account_id"]
    assert patient["guardians"] == {answer.body["account_id"], boris.account_id}


@pytest.mark.parametrize(
    "typed",
    [
        Person("СОЛОВЬЕВ-СЕДОЙ", "борис", None, BORIS.person.birth_date),
        Person("соловьёв - седой", "Борис", "", BORIS.person.birth_date),
        Person("Соловьёв\u2011Седой", "Борис", None, BORIS.person.birth_date),
    ],
)
def test_case_yo_and_the_spacing_round_hyphens_make_no_difference(typed: Person) -> None:
    attach(BORIS)
    answer = confirm_under(BORIS.email, BORIS, typed)
    assert answer.body["family"][0]["attached"] is True
    assert answer.body["family"][0]["last_name"] == typed.last_name


@pytest.mark.parametrize(
    "typed",
    [
        Person("Иванова", "Анна", None, ANNA.person.birth_date),
        Person("Иванова", "Анна", "Петровна", BORIS.person.birth_date),
        Person("Иванов", "Анна", "Петровна", ANNA.person.birth_date),
        Person("Анна", "Иванова", "Петровна", ANNA.person.birth_date),
    ],
)
def test_one_field_that_differs_is_no_match(typed: Person) -> None:
    attach(ANNA)
    answer = confirm_under(ANNA.email, ANNA, typed)
    assert (answer.status, answer.body["family"][0]["attached"]) == (201, False)

"""R5: what a claim gives, what it takes from others, and when an adult is asked first."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared import guardianship
from shared.accounts import Claim
from shared.ids import AccountId
from shared.patients import Patient
from tests.unit.builders import (
    ACCOUNT_ID,
    ANNA,
    CLAIM,
    NOW,
    PATIENT,
    PATIENT_ID,
    RELATIVES_CLAIM,
    STRANGER_ID,
)

TODAY = NOW.date()
NOBODY: frozenset[AccountId] = frozenset()
CHILD_BORN = date(2015, 5, 5)
OTHER_ID = AccountId("1" * 32)

WRONG = replace(ANNA, first_name="Яна")
UNKNOWN = Patient(PATIENT_ID)
"""Nobody has typed the number, and the register does not know it."""
ATTACHED = replace(PATIENT, holder=None, claimants=NOBODY, guardians=NOBODY)
"""In the register; nobody has typed the number."""
TYPED_WRONG = replace(ATTACHED, holder=ACCOUNT_ID, claimants=frozenset({ACCOUNT_ID}))
"""Held by an account whose data the register does not confirm."""
CHILD = replace(ATTACHED, person=replace(ANNA, birth_date=CHILD_BORN))
OF_CHILD = replace(RELATIVES_CLAIM, person=replace(ANNA, birth_date=CHILD_BORN), claimed_on=TODAY)


def _accounts(*ids: AccountId) -> frozenset[AccountId]:
    return frozenset(ids)


# --------------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    "changes, has_own",
    [
        ({}, True),
        ({"holder": None}, False),
        ({"guardians": NOBODY}, False),
        ({"guardians": _accounts(STRANGER_ID)}, False),
        ({"guardians": _accounts(STRANGER_ID, ACCOUNT_ID)}, True),
        ({"guardians": NOBODY, "child_guardians": _accounts(ACCOUNT_ID)}, False),
    ],
)
def test_an_account_is_ones_own_where_the_register_confirms_its_holder(
    changes: dict[str, Any], *, has_own: bool
) -> None:
    assert guardianship.holds_own_account(replace(PATIENT, **changes)) is has_own


@pytest.mark.parametrize(
    "claim, for_child",
    [
        (OF_CHILD, True),
        (replace(OF_CHILD, relation="self"), False),
        (RELATIVES_CLAIM, False),
        (replace(OF_CHILD, claimed_on=date(2033, 5, 4)), True),
        (replace(OF_CHILD, claimed_on=date(2033, 5, 5)), False),
    ],
)
def test_a_relative_was_claimed_as_a_child_if_under_18_on_that_day(
    claim: Claim, *, for_child: bool
) -> None:
    assert guardianship.is_for_child(claim) is for_child


@pytest.mark.parametrize(
    "patient, claim, agreeing",
    [
        (ATTACHED, CLAIM, True),
        (ATTACHED, replace(CLAIM, person=replace(ANNA, last_name="ИВАНОВА")), True),
        (ATTACHED, replace(CLAIM, person=WRONG), False),
        (UNKNOWN, CLAIM, False),
    ],
)
def test_a_claim_agrees_with_a_register_that_holds_the_same_data(
    patient: Patient, claim: Claim, *, agreeing: bool
) -> None:
    assert guardianship.agrees(patient, claim) is agreeing


@pytest.mark.parametrize(
    "patient, claim, is_asked",
    [
        (PATIENT, RELATIVES_CLAIM, True),
        (PATIENT, replace(RELATIVES_CLAIM, relation="self"), False),
        (PATIENT, replace(RELATIVES_CLAIM, person=WRONG), False),
        (replace(PATIENT, person=None), RELATIVES_CLAIM, False),
        (ATTACHED, RELATIVES_CLAIM, False),
        (TYPED_WRONG, RELATIVES_CLAIM, False),
        (replace(PATIENT, guardians=_accounts(ACCOUNT_ID, STRANGER_ID)), RELATIVES_CLAIM, False),
        (replace(PATIENT, person=OF_CHILD.person), OF_CHILD, False),
    ],
    ids=["adult", "self", "wrong", "unknown", "no account", "typed wrong", "accepted", "child"],
)
def test_an_adult_with_an_account_of_their_own_is_asked_about_a_relative_who_knows_them(
    patient: Patient, claim: Claim, *, is_asked: bool
) -> None:
    assert guardianship.must_be_accepted(patient, claim) is is_asked


@pytest.mark.parametrize(
    "claimed_on, is_asked",
    [
        (date(2033, 5, 4), False),  # Claimed as a child: of age, to be claimed anew.
        (date(2033, 5, 5), True),
    ],
)
def test_who_comes_of_age_is_asked_about_new_claims(claimed_on: date, *, is_asked: bool) -> None:
    grown = replace(PATIENT, person=OF_CHILD.person)
    claim = replace(OF_CHILD, claimed_on=claimed_on)
    assert guardianship.must_be_accepted(grown, claim) is is_asked


# ----------------------------------------------------------------- a relative's claim


@pytest.mark.parametrize(
    "patient, claim, guardians, child_guardians",
    [
        (ATTACHED, RELATIVES_CLAIM, _accounts(STRANGER_ID), NOBODY),
        (TYPED_WRONG, RELATIVES_CLAIM, _accounts(STRANGER_ID), NOBODY),
        (PATIENT, RELATIVES_CLAIM, _accounts(ACCOUNT_ID), NOBODY),
        (UNKNOWN, RELATIVES_CLAIM, NOBODY, NOBODY),
        (ATTACHED, replace(RELATIVES_CLAIM, person=WRONG), NOBODY, NOBODY),
        (CHILD, OF_CHILD, NOBODY, _accounts(STRANGER_ID)),
        (CHILD, replace(OF_CHILD, person=WRONG), NOBODY, NOBODY),
    ],
    ids=["adult", "typed wrong", "own account", "unknown", "wrong", "child", "wrong child"],
)
def test_a_relatives_claim_gives_a_say_where_the_register_agrees_and_nobody_must_be_asked(
    patient: Patient,
    claim: Claim,
    guardians: frozenset[AccountId],
    child_guardians: frozenset[AccountId],
) -> None:
    after = guardianship.claimed(patient, claim)
    assert after == replace(
        patient,
        claimants=patient.claimants | {STRANGER_ID},
        guardians=guardians,
        child_guardians=child_guardians,
    )


def test_both_parents_of_a_child_have_a_say() -> None:
    one = guardianship.claimed(CHILD, OF_CHILD)
    both = guardianship.claimed(one, replace(OF_CHILD, account_id=OTHER_ID))
    assert both.child_guardians == both.claimants == {STRANGER_ID, OTHER_ID}
    assert all(both.is_guarded_by(parent, TODAY) for parent in (STRANGER_ID, OTHER_ID))


def test_a_child_with_an_account_of_their_own_keeps_it_beside_the_parents() -> None:
    own = replace(
        CHILD, holder=ACCOUNT_ID, claimants=_accounts(ACCOUNT_ID), guardians=_accounts(ACCOUNT_ID)
    )
    after = guardianship.claimed(own, OF_CHILD)
    assert after.guardians == {ACCOUNT_ID}
    assert after.child_guardians == {STRANGER_ID}


def test_a_claim_typed_anew_and_wrongly_takes_the_accounts_own_say_away() -> None:
    before = guardianship.claimed(ATTACHED, RELATIVES_CLAIM)
    after = guardianship.claimed(before, replace(RELATIVES_CLAIM, person=WRONG))
    assert (after.claimants, after.guardians) == (_accounts(STRANGER_ID), NOBODY)


def test_a_claim_of_one_who_has_come_of_age_takes_the_place_of_the_childs() -> None:
    before = guardianship.claimed(CHILD, OF_CHILD)
    of_age = date(2033, 5, 5)
    after = guardianship.claimed(before, replace(OF_CHILD, claimed_on=of_age))
    assert (after.guardians, after.child_guardians) == (_accounts(STRANGER_ID), NOBODY)


def test_who_has_accepted_once_is_not_asked_again_by_the_same_claim() -> None:
    accepted = guardianship.accepted(PATIENT, STRANGER_ID)
    assert guardianship.claimed(accepted, RELATIVES_CLAIM).guardians == {*(ACCOUNT_ID, STRANGER_ID)}


# ------------------------------------------------------------------- ones own account

OWN = replace(CLAIM, account_id=OTHER_ID)


@pytest.mark.parametrize(
    "patient, claim, guardians",
    [
        (ATTACHED, OWN, _accounts(OTHER_ID)),
        (UNKNOWN, OWN, NOBODY),
        (ATTACHED, replace(OWN, person=WRONG), NOBODY),
        (TYPED_WRONG, OWN, _accounts(OTHER_ID)),
        (replace(ATTACHED, guardians=_accounts(STRANGER_ID)), OWN, {OTHER_ID, STRANGER_ID}),
    ],
    ids=["attached", "unknown", "wrong", "gives way", "beside a relative"],
)
def test_an_account_is_held_and_has_a_say_where_the_register_agrees(
    patient: Patient, claim: Claim, guardians: frozenset[AccountId]
) -> None:
    assert guardianship.held(patient, claim) == replace(
        patient,
        holder=OTHER_ID,
        claimants=patient.claimants | {OTHER_ID},
        guardians=guardians,
    )


@pytest.mark.parametrize(
    "patient, claim",
    [
        (PATIENT, OWN),
        (PATIENT, replace(OWN, person=WRONG)),
        (TYPED_WRONG, replace(OWN, person=WRONG)),
        (replace(UNKNOWN, holder=ACCOUNT_ID), OWN),
    ],
    ids=["confirmed", "wrong", "both wrong", "unknown"],
)
def test_one_policy_has_one_holder(patient: Patient, claim: Claim) -> None:
    assert guardianship.held(patient, claim) is None


def test_a_child_who_opens_an_account_has_a_say_that_does_not_end() -> None:
    own = replace(OWN, person=CHILD.person or ANNA)
    after = guardianship.held(CHILD, own)
    assert after is not None
    assert (after.guardians, after.child_guardians) == (_accounts(OTHER_ID), NOBODY)


# ------------------------------------------------------------------ accepted and left


def test_an_accepted_account_becomes_a_guardian_and_nothing_else_changes() -> None:
    asked = guardianship.claimed(PATIENT, RELATIVES_CLAIM)
    assert guardianship.accepted(asked, STRANGER_ID) == replace(
        asked, guardians=_accounts(ACCOUNT_ID, STRANGER_ID)
    )


@pytest.mark.parametrize("account_id, holder", [(ACCOUNT_ID, None), (STRANGER_ID, ACCOUNT_ID)])
def test_who_leaves_is_forgotten_everywhere_and_the_others_stay(
    account_id: AccountId, holder: AccountId | None
) -> None:
    everybody = _accounts(ACCOUNT_ID, STRANGER_ID)
    full = replace(PATIENT, claimants=everybody, guardians=everybody, child_guardians=everybody)
    others = everybody - {account_id}
    assert guardianship.left(full, account_id) == replace(
        full, holder=holder, claimants=others, guardians=others, child_guardians=others
    )

"""R5: what a line of the attachment register gives to those who claimed the person, and takes."""

from dataclasses import replace
from datetime import date

from shared import guardianship
from shared.accounts import Claim
from shared.ids import AccountId, DistrictId
from shared.patients import Attachment, Patient
from tests.unit.builders import (
    ACCOUNT_ID,
    ANNA,
    CLAIM,
    NOW,
    PATIENT,
    PATIENT_ID,
    POLICY,
    RELATIVES_CLAIM,
    STRANGER_ID,
)

TODAY = NOW.date()
OTHER_ID = AccountId("1" * 32)


def _accounts(*ids: AccountId) -> frozenset[AccountId]:
    return frozenset(ids)


NOBODY = _accounts()
WRONG = replace(ANNA, first_name="Яна")
UNKNOWN = Patient(PATIENT_ID)
TYPED_WRONG = replace(PATIENT, claimants=_accounts(ACCOUNT_ID), guardians=NOBODY)
OWN = replace(CLAIM, account_id=OTHER_ID)
LINE = Attachment(POLICY, ANNA, DistrictId("a2"), "adult", date(2027, 6, 30))


def _registered(before: Patient, *claims: Claim, line: Attachment = LINE) -> Patient:
    return guardianship.registered(before, line, claims)


def test_a_line_of_the_register_is_written_over_what_stood_there() -> None:
    assert _registered(PATIENT, CLAIM) == replace(
        PATIENT, district_id=DistrictId("a2"), valid_until=date(2027, 6, 30)
    )
    assert _registered(UNKNOWN) == Patient(
        PATIENT_ID,
        person=ANNA,
        policy_last4="0017",
        district_id=DistrictId("a2"),
        valid_until=date(2027, 6, 30),
    )


def test_a_line_that_no_longer_agrees_takes_every_say() -> None:
    before = replace(PATIENT, guardians=_accounts(ACCOUNT_ID, STRANGER_ID))
    after = _registered(before, CLAIM, RELATIVES_CLAIM, line=replace(LINE, person=WRONG))
    assert (after.holder, after.guardians, after.claimants) == (
        *(ACCOUNT_ID, NOBODY),
        PATIENT.claimants,
    )


def test_the_holder_whom_the_register_confirms_is_the_holder() -> None:
    squatted = replace(TYPED_WRONG, claimants=_accounts(ACCOUNT_ID, OTHER_ID))
    after = _registered(squatted, replace(CLAIM, person=WRONG), OWN)
    assert (after.holder, after.guardians) == (OTHER_ID, _accounts(OTHER_ID))


def test_a_holder_whom_the_register_confirms_stays_beside_another_who_typed_the_same() -> None:
    before = replace(PATIENT, claimants=_accounts(ACCOUNT_ID, OTHER_ID))
    assert OTHER_ID < ACCOUNT_ID
    assert _registered(before, CLAIM, OWN).holder == ACCOUNT_ID


def test_a_relative_who_waited_for_the_register_gets_a_say_where_nobody_must_be_asked() -> None:
    waiting = replace(UNKNOWN, claimants=_accounts(STRANGER_ID))
    assert _registered(waiting, RELATIVES_CLAIM).guardians == {STRANGER_ID}


def test_a_relative_who_waited_is_not_let_in_beside_an_adults_own_account() -> None:
    waiting = replace(UNKNOWN, holder=ACCOUNT_ID, claimants=_accounts(ACCOUNT_ID, STRANGER_ID))
    for claims in ([CLAIM, RELATIVES_CLAIM], [RELATIVES_CLAIM, CLAIM]):
        assert _registered(waiting, *claims).guardians == {ACCOUNT_ID}


def test_a_relative_who_had_a_say_keeps_it_through_a_new_line() -> None:
    before = replace(
        PATIENT,
        claimants=_accounts(ACCOUNT_ID, STRANGER_ID),
        guardians=_accounts(ACCOUNT_ID, STRANGER_ID),
    )
    assert _registered(before, CLAIM, RELATIVES_CLAIM).guardians == {ACCOUNT_ID, STRANGER_ID}


def test_a_say_that_ended_with_the_childhood_does_not_come_back_with_a_line() -> None:
    grown = replace(ANNA, birth_date=date(2008, 1, 1))
    claim = replace(RELATIVES_CLAIM, person=grown, claimed_on=date(2020, 1, 1))
    before = Patient(PATIENT_ID, person=grown, child_guardians=_accounts(STRANGER_ID))
    after = _registered(before, claim, line=replace(LINE, person=grown))
    assert (after.guardians, after.child_guardians) == (NOBODY, _accounts(STRANGER_ID))
    assert not after.is_guarded_by(STRANGER_ID, TODAY)

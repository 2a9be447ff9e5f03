"""Consents and what they make of a profile, as rules: nothing is read, nothing is written."""

from dataclasses import replace
from datetime import date

import pytest

from shared.accounts import Account, Profile
from shared.consents import (
    Consent,
    Paper,
    Signed,
    confirmed,
    names,
    with_consent,
    without_consent,
)
from shared.errors import ConsentMissing
from shared.ids import PatientId
from tests.unit.builders import ACCOUNT, ACCOUNT_ID, PATIENT_ID, STRANGER_ID

TODAY = date(2026, 11, 23)
DUE_ON = date(2026, 11, 26)
CHILD_ID = PatientId("9" * 32)
PAPER = Paper("1" * 32, PATIENT_ID, "С-17/2026", date(2026, 11, 20), "2026-01", TODAY)
CONSENT = Consent(PAPER.consent_id, PATIENT_ID, ACCOUNT_ID, ACCOUNT.email)
WAITING = Profile("consent_received", date(2026, 11, 24))
CONFIRMED = Profile("confirmed")


def _account(profile: Profile, *consents: PatientId) -> Account:
    return replace(ACCOUNT, profile=profile, consents=frozenset(consents))


# ------------------------------------------------------------------------ which one


@pytest.mark.parametrize(
    "changed, is_same",
    [
        ({}, True),
        ({"consent_id": "2" * 32, "received_on": date(2026, 12, 1)}, True),
        ({"document_number": "С-18/2026"}, False),
        ({"signed_on": date(2026, 11, 21)}, False),
        ({"text_version": "2026-02"}, False),
    ],
)
def test_a_paper_is_known_by_what_stands_on_it(
    changed: dict[str, object], *, is_same: bool
) -> None:
    assert replace(PAPER, **changed).is_same(PAPER) is is_same  # type: ignore[arg-type]


def test_the_paper_in_force_is_the_one_that_the_consent_is_about() -> None:
    older = replace(PAPER, consent_id="2" * 32)
    assert Signed(CONSENT, (older, PAPER)).in_force == PAPER
    assert Signed(CONSENT, (older,)).in_force is None
    assert Signed(None, (older, PAPER)).in_force is None


@pytest.mark.parametrize(
    "changed, is_named",
    [
        ({}, True),
        ({"email": "ANNA@example.com"}, False),
        ({"email": "new@example.com"}, False),
        ({"account_id": STRANGER_ID}, False),
    ],
)
def test_a_consent_names_an_account_by_its_address_of_today(
    changed: dict[str, object], *, is_named: bool
) -> None:
    account = replace(ACCOUNT, **changed)  # type: ignore[arg-type]
    assert names(CONSENT, account) is is_named


# --------------------------------------------------------------------- the profile


@pytest.mark.parametrize(
    "before, after",
    [
        (Profile(), Profile("consent_received", DUE_ON)),
        (WAITING, WAITING),
        (CONFIRMED, CONFIRMED),
    ],
)
def test_a_paper_makes_an_unconfirmed_profile_wait_and_leaves_any_other(
    before: Profile, after: Profile
) -> None:
    found = with_consent(_account(before, CHILD_ID), PATIENT_ID, DUE_ON)
    assert found == _account(after, CHILD_ID, PATIENT_ID)


@pytest.mark.parametrize("profile", [Profile(), WAITING, CONFIRMED])
def test_the_last_consents_end_unconfirms_the_profile_and_an_earlier_ones_does_not(
    profile: Profile,
) -> None:
    account = _account(profile, CHILD_ID, PATIENT_ID)
    last = without_consent(account, PATIENT_ID, is_last=True)
    assert last == _account(Profile(), CHILD_ID)
    assert without_consent(account, PATIENT_ID, is_last=False) == _account(profile, CHILD_ID)


@pytest.mark.parametrize("profile", [WAITING, CONFIRMED])
def test_a_profile_that_waits_or_is_confirmed_is_confirmed_and_waits_no_more(
    profile: Profile,
) -> None:
    assert confirmed(_account(profile, PATIENT_ID)) == _account(CONFIRMED, PATIENT_ID)


def test_a_profile_without_a_consent_is_not_confirmed() -> None:
    with pytest.raises(ConsentMissing):
        confirmed(_account(Profile()))

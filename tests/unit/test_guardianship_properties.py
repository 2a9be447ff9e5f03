"""R5 on families that nobody thought of: no way leads to a say that the rules do not give."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from shared import guardianship
from shared.accounts import Claim
from shared.ids import AccountId, DistrictId
from shared.patients import Attachment, Patient, is_child
from tests.unit.builders import ANNA, NOW, PATIENT_ID, POLICY

TODAY = NOW.date()
ACCOUNTS = [AccountId(name * 32) for name in "abcd"]
PERSONS = [
    ANNA,
    replace(ANNA, first_name="Яна"),
    replace(ANNA, birth_date=date(2015, 5, 5)),
    replace(ANNA, birth_date=date(2008, 11, 30)),
    replace(ANNA, birth_date=date(2008, 11, 29)),
    replace(ANNA, birth_date=date(2008, 2, 29)),
]

_accounts = st.sampled_from(ACCOUNTS)
_sets = st.frozensets(_accounts)
_persons = st.sampled_from(PERSONS)
_days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
_claims = st.builds(
    Claim,
    account_id=_accounts,
    patient_id=st.just(PATIENT_ID),
    relation=st.sampled_from(["self", "relative"]),
    person=_persons,
    policy_last4=st.just("0017"),
    claimed_on=_days,
)
_patients = st.builds(
    Patient,
    st.just(PATIENT_ID),
    person=st.none() | _persons,
    district_id=st.none() | st.just(DistrictId("a1")),
    holder=st.none() | _accounts,
    claimants=_sets,
    guardians=_sets,
    child_guardians=_sets,
    revision=st.none() | st.just("one"),
)
_lines = st.builds(
    Attachment,
    st.just(POLICY),
    _persons,
    st.just(DistrictId("a2")),
    st.none() | st.just(date(2027, 6, 30)),
)


def _one_each(claims: list[Claim]) -> list[Claim]:
    """Leave one claim of each account: that is what the table can hold."""
    return [*{claim.account_id: claim for claim in claims}.values()]


_families = st.lists(_claims, max_size=6).map(_one_each)


@given(_patients, _lines, _families)
def test_the_register_gives_a_say_to_no_claim_that_does_not_agree_and_to_nobody_without_one(
    before: Patient, line: Attachment, claims: list[Claim]
) -> None:
    after = guardianship.registered(before, line, claims)
    agreeing = {claim.account_id for claim in claims if line.person.matches(claim.person)}
    assert after.guardians | after.child_guardians <= agreeing


@given(_patients, _lines, _families)
def test_the_register_never_loses_the_holder_nor_anybody_who_typed_the_number(
    before: Patient, line: Attachment, claims: list[Claim]
) -> None:
    after = guardianship.registered(before, line, claims)
    assert before.holder is None or after.holder is not None
    assert after.claimants == before.claimants
    confirmed = {
        claim.account_id
        for claim in claims
        if claim.relation == "self" and line.person.matches(claim.person)
    }
    assert confirmed <= after.guardians
    if confirmed and before.holder not in confirmed:
        assert after.holder in confirmed
    else:
        assert after.holder == before.holder


@given(_patients, _lines, _families, _days)
def test_the_register_lets_no_new_relative_in_beside_an_adults_own_account(
    before: Patient, line: Attachment, claims: list[Claim], today: date
) -> None:
    after = guardianship.registered(before, line, claims)
    if not guardianship.holds_own_account(after) or is_child(line.person.birth_date, today):
        return
    relatives = {claim.account_id for claim in claims if claim.relation == "relative"}
    assert after.guardians & relatives <= before.guardians
    for claim in claims:
        had_say = before.is_guarded_by(claim.account_id, today)
        if claim.relation == "relative" and not had_say:
            assert not after.is_guarded_by(claim.account_id, today)


@given(_patients, _lines, _families)
def test_the_same_line_again_changes_nothing(
    before: Patient, line: Attachment, claims: list[Claim]
) -> None:
    once = guardianship.registered(before, line, claims)
    assert guardianship.registered(once, line, claims) == once


_in_two_orders = _families.flatmap(
    lambda claims: st.tuples(st.just(claims), st.permutations(claims))
)


@given(_patients, _lines, _in_two_orders)
def test_the_order_in_which_claims_are_read_makes_no_difference(
    before: Patient, line: Attachment, orders: tuple[list[Claim], list[Claim]]
) -> None:
    one, other = (guardianship.registered(before, line, claims) for claims in orders)
    assert one == other


@given(_patients, _claims)
def test_a_relatives_claim_touches_nobodys_say_but_its_own(before: Patient, claim: Claim) -> None:
    after = guardianship.claimed(before, claim)
    own = {claim.account_id}
    assert after.guardians - own == before.guardians - own
    assert after.child_guardians - own == before.child_guardians - own
    assert after.claimants == before.claimants | own
    assert (after.holder, after.person) == (before.holder, before.person)


@given(_patients, _claims)
def test_a_relatives_claim_gives_a_say_only_where_it_agrees_and_nobody_must_be_asked(
    before: Patient, claim: Claim
) -> None:
    after = guardianship.claimed(before, claim)
    has_say = claim.account_id in after.guardians | after.child_guardians
    asked = guardianship.must_be_accepted(before, claim)
    assert has_say is (guardianship.agrees(before, claim) and not asked)


@given(_patients, _claims)
def test_leaving_undoes_a_claim(before: Patient, claim: Claim) -> None:
    without = guardianship.left(before, claim.account_id)
    assert guardianship.left(guardianship.claimed(without, claim), claim.account_id) == (without)


@given(_patients, _claims)
def test_leaving_undoes_the_opening_of_an_account(before: Patient, claim: Claim) -> None:
    without = guardianship.left(before, claim.account_id)
    own = guardianship.held(without, replace(claim, relation="self"))
    if own is not None:
        assert guardianship.left(own, claim.account_id) == replace(without, holder=None)


@given(_patients, _accounts, _days)
def test_who_has_left_has_no_say_on_any_day(
    before: Patient, account_id: AccountId, day: date
) -> None:
    after = guardianship.left(before, account_id)
    assert not after.is_guarded_by(account_id, day)
    assert guardianship.left(after, account_id) == after


@given(_patients, _claims)
def test_nobody_takes_the_account_of_a_holder_whom_the_register_confirms(
    before: Patient, claim: Claim
) -> None:
    after = guardianship.held(before, replace(claim, relation="self"))
    if guardianship.holds_own_account(before):
        assert after is None
    if after is not None and before.holder is not None:
        assert guardianship.agrees(before, claim)


_births = st.dates(date(1990, 1, 1), date(2040, 12, 31)) | st.just(date(2008, 2, 29))


@given(_births, st.integers(0, 18 * 365))
def test_a_childs_say_ends_on_the_day_on_which_the_child_is_18(born: date, days: int) -> None:
    child, claimed_on = replace(ANNA, birth_date=born), born + timedelta(days=days)
    claim = Claim(ACCOUNTS[0], PATIENT_ID, "relative", child, "0017", claimed_on)
    patient = guardianship.claimed(Patient(PATIENT_ID, person=child), claim)
    is_leap_day = (born.month, born.day) == (2, 29)
    birthday = date(born.year + 18, 3, 1) if is_leap_day else born.replace(year=born.year + 18)
    assert (patient.guardians, patient.child_guardians) == (frozenset(), frozenset(ACCOUNTS[:1]))
    assert patient.is_guarded_by(ACCOUNTS[0], birthday - timedelta(days=1))
    assert not patient.is_guarded_by(ACCOUNTS[0], birthday)


@pytest.mark.parametrize("today, for_child", [(date(2026, 2, 28), True), (date(2026, 3, 1), False)])
def test_who_was_born_on_29_february_is_of_age_on_1_march(today: date, *, for_child: bool) -> None:
    child = replace(ANNA, birth_date=date(2008, 2, 29))
    claim = Claim(ACCOUNTS[0], PATIENT_ID, "relative", child, "0017", today)
    assert guardianship.is_for_child(claim) is for_child

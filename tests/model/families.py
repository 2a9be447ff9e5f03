"""The model's families (R3, R4, R5): who may act for whom, as docs/architecture.md tells it."""

from datetime import date, datetime, timedelta

from shared.patients import Person
from tests.model.facts import Claim, Patient, age


def agrees(patient: Patient, claim: Claim) -> bool:
    """Tell whether the register says what was typed."""
    return patient.person is not None and _alike(patient.person) == _alike(claim.person)


def _alike(person: Person) -> list[str]:
    names = [person.last_name, person.first_name, person.middle_name or "", str(person.birth_date)]
    return [name.casefold().replace("ё", "е") for name in names]


def has_own_account(patient: Patient) -> bool:
    """Tell whether the patient answers for themselves."""
    return patient.holder is not None and patient.holder in patient.guardians


def is_for_child(claim: Claim) -> bool:
    """Tell whether a relative was a child when they were claimed."""
    return claim.relation == "relative" and age(claim.person.birth_date, claim.claimed_on) < 18


def must_be_asked(patient: Patient, account_id: str, claim: Claim) -> bool:
    """Tell whether a claim waits for the patient's own word."""
    return (
        claim.relation == "relative"
        and agrees(patient, claim)
        and has_own_account(patient)
        and not is_for_child(claim)
        and account_id not in patient.guardians
    )


def let_act(patient: Patient, account_id: str, claim: Claim) -> None:
    """Give a claim its say: for a child until they are of age, else for good."""
    (patient.child_guardians if is_for_child(claim) else patient.guardians).add(account_id)


def can_be_held_by(patient: Patient, claim: Claim) -> bool:
    """Tell whether a new account may be the patient's own: also one that agrees, for one unsure."""
    return patient.holder is None or (agrees(patient, claim) and not has_own_account(patient))


def hold(patient: Patient, account_id: str, claim: Claim) -> None:
    """Make an account the patient's own."""
    patient.holder, patient.claims[account_id] = account_id, claim
    if agrees(patient, claim):
        let_act(patient, account_id, claim)


def claim_relative(patient: Patient, account_id: str, claim: Claim, now: datetime) -> None:
    """Let an account claim a relative; an adult with an account of their own is asked."""
    asked = must_be_asked(patient, account_id, claim)
    patient.guardians.discard(account_id)
    patient.child_guardians.discard(account_id)
    if asked:
        ask(claim, now)
    elif agrees(patient, claim):
        let_act(patient, account_id, claim)
    patient.claims[account_id] = claim


def ask(claim: Claim, now: datetime) -> None:
    """Mail the question; it is good for a week."""
    claim.asked_until = now + timedelta(days=7)


def leave(patient: Patient, account_id: str) -> None:
    """End an account's claim and all that it gave."""
    del patient.claims[account_id]
    patient.guardians.discard(account_id)
    patient.child_guardians.discard(account_id)
    if patient.holder == account_id:
        patient.holder = None


def compare_with_register(patient: Patient, now: datetime) -> None:
    """Let the register's new line give and take each account's say."""
    agreeing = {
        account_id: claim for account_id, claim in patient.claims.items() if agrees(patient, claim)
    }
    owners = {one for one, claim in agreeing.items() if claim.relation == "self"}
    before = patient.guardians
    patient.guardians, patient.child_guardians = set(owners), set()
    if owners and patient.holder not in owners:
        patient.holder = min(owners)
    for account_id, claim in agreeing.items():
        if claim.relation == "self":
            continue
        if account_id in before or not must_be_asked(patient, account_id, claim):
            let_act(patient, account_id, claim)
        elif claim.asked_until is None:
            ask(claim, now)


def is_known_to(patient: Patient, account_id: str, today: date) -> bool:
    """Tell whether an account has claimed the patient and has not lost its say by time."""
    has_ended = account_id in patient.child_guardians and not patient.may_act(account_id, today)
    return account_id in patient.claims and not has_ended

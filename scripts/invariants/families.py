"""What holds of families: whoever may act for a patient has a claim, and the register confirms it.

Patients' rows, claims and accounts name each other, and nothing is left over of any of them.
"""

from collections.abc import Iterator

from scripts.invariants.found import Found
from shared import guardianship, keys
from shared.accounts import Claim
from shared.ids import AccountId
from shared.keys import Key
from shared.patients import Patient, eighteenth_birthday


def claim_is_known_to_patient(found: Found) -> Iterator[Key]:
    """The patient whom a claim is about names its account among the claimants."""
    for account_id, patient_id in found.claims:
        patient = found.patients.get(patient_id)
        if patient is None or account_id not in patient.claimants:
            yield keys.claim(account_id, patient_id)


def claimant_has_claim(found: Found) -> Iterator[Key]:
    """Whom a patient's row names, as claimant, guardian or holder, has a claim on the patient."""
    for patient in found.patients.values():
        named = patient.claimants | patient.guardians | patient.child_guardians
        named |= {patient.holder} if patient.holder else set()
        if any((one, patient.patient_id) not in found.claims for one in named):
            yield keys.patient(patient.patient_id)


def claim_of_account(found: Found) -> Iterator[Key]:
    """A claim's account stands; it is the holder's own where it is about the holder, only there."""
    for (account_id, patient_id), claim in found.claims.items():
        account = found.accounts.get(account_id)
        is_own = account is not None and account.holder_id == patient_id
        if account is None or is_own != (claim.relation == "self"):
            yield keys.claim(account_id, patient_id)


def account_has_its_holder(found: Found) -> Iterator[Key]:
    """An account has a claim on the patient who holds it."""
    for account in found.accounts.values():
        if (account.account_id, account.holder_id) not in found.claims:
            yield keys.account(account.account_id)


def holder_has_the_account(found: Found) -> Iterator[Key]:
    """The account that a patient's row names as the patient's own is held by this patient."""
    for patient in found.patients.values():
        account = found.accounts.get(patient.holder) if patient.holder else None
        if account and account.holder_id != patient.patient_id:
            yield keys.patient(patient.patient_id)


def say_follows_register(found: Found) -> Iterator[Key]:
    """Whoever may act for a patient typed what the register says; nobody may in two ways (R5)."""
    for patient in found.patients.values():
        claims = _claims_on(found, patient)
        if patient.guardians & patient.child_guardians or any(
            not _follows(patient, account_id, claim) for account_id, claim in claims
        ):
            yield keys.patient(patient.patient_id)


def row_holds_something(found: Found) -> Iterator[Key]:
    """A patient's row has the register's data or claimants."""
    for patient in found.patients.values():
        if patient.person is None and not patient.claimants:
            yield keys.patient(patient.patient_id)


def register_is_whole(found: Found) -> Iterator[Key]:
    """Whoever the register knows has a district that stands, a policy, and a place in NameIndex."""
    for patient in found.patients.values():
        item = found.items[keys.patient(patient.patient_id)]
        told = {patient.policy_last4 is None, patient.district_id is None}
        is_known = patient.person is not None
        name_key = keys.name_key(patient.person) if patient.person else None
        is_placed = not patient.district_id or patient.district_id in found.districts
        if told != {not is_known} or item.get("name_key") != name_key or not is_placed:
            yield keys.patient(patient.patient_id)


def listed_child_is_the_districts(found: Found) -> Iterator[Key]:
    """Whoever DueIndex has as a child is in their own district's list, by the 18th birthday."""
    for patient in found.patients.values():
        item = found.items[keys.patient(patient.patient_id)]
        listed = (item.get("due_list"), item.get("due_on"))
        allowed: set[tuple[str | None, str | None]] = {(None, None)}
        if patient.person and patient.district_id:
            birthday = eighteenth_birthday(patient.person.birth_date)
            allowed.add((keys.children_of(patient.district_id), str(birthday)))
        if listed not in allowed:
            yield keys.patient(patient.patient_id)


RULES = (
    claim_is_known_to_patient,
    claimant_has_claim,
    claim_of_account,
    account_has_its_holder,
    holder_has_the_account,
    say_follows_register,
    row_holds_something,
    register_is_whole,
    listed_child_is_the_districts,
)


def _claims_on(found: Found, patient: Patient) -> Iterator[tuple[AccountId, Claim]]:
    for account_id in patient.claimants:
        claim = found.claims.get((account_id, patient.patient_id))
        if claim is not None:
            yield account_id, claim


def _follows(patient: Patient, account_id: AccountId, claim: Claim) -> bool:
    """Tell whether a claimant has the say that the claim gives; an adult may yet refuse it."""
    agrees = guardianship.agrees(patient, claim)
    has_say = account_id in patient.guardians
    if guardianship.is_for_child(claim):
        return not has_say and (account_id in patient.child_guardians) == agrees
    is_own = claim.relation == "self"
    return account_id not in patient.child_guardians and (
        has_say == agrees if is_own else agrees or not has_say
    )

"""Who may act for whom (R5): relatives, both parents of a child, and adults who answer themselves.

A claim is what an account typed about a person. It gives a say where it agrees with the attachment
register: for the holder always; for a relative of a child until the child is 18; for a relative of
an adult at once, or, where the adult has an account of their own, once the adult has accepted.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from shared.accounts import Claim
from shared.ids import AccountId
from shared.patients import Attachment, Patient, is_child
from shared.policies import last4
from shared.tickets import Ticket


def holds_own_account(patient: Patient) -> bool:
    """Tell whether the patient has an account of their own that the register confirms."""
    return patient.holder is not None and patient.holder in patient.guardians


def is_for_child(claim: Claim) -> bool:
    """Tell whether a relative was claimed as a child: such a say ends at 18."""
    return claim.relation == "relative" and is_child(claim.person.birth_date, claim.claimed_on)


def agrees(patient: Patient, claim: Claim) -> bool:
    """Tell whether the register holds what was typed."""
    return patient.person is not None and patient.person.matches(claim.person)


def must_be_accepted(patient: Patient, claim: Claim) -> bool:
    """Tell whether a claim that agrees waits for the patient's own word."""
    return (
        claim.relation == "relative"
        and agrees(patient, claim)
        and holds_own_account(patient)
        and not is_for_child(claim)
        and claim.account_id not in patient.guardians
    )


def claimed(patient: Patient, claim: Claim) -> Patient:
    """Return the patient as a new relative's claim leaves them."""
    account = {claim.account_id}
    claimants = patient.claimants | account
    without = replace(
        patient,
        claimants=claimants,
        guardians=patient.guardians - account,
        child_guardians=patient.child_guardians - account,
    )
    if not agrees(patient, claim) or must_be_accepted(patient, claim):
        return without
    return _with_say(without, claim)


def held(patient: Patient, claim: Claim) -> Patient | None:
    """Return the patient as the claim of their own new account leaves them; None: it may not.

    One policy has one holder. A holder whose data the register does not confirm gives way to one
    whose data it does, so that nobody can keep a patient out by registering with their number.
    """
    gives_way = agrees(patient, claim) and not holds_own_account(patient)
    if patient.holder is not None and not gives_way:
        return None
    holder = replace(
        patient, holder=claim.account_id, claimants=patient.claimants | {claim.account_id}
    )
    return _with_say(holder, claim) if agrees(patient, claim) else holder


def accepted(patient: Patient, account_id: AccountId) -> Patient:
    """Return the patient as accepting an account's invitation leaves them."""
    return replace(patient, guardians=patient.guardians | {account_id})


def addressee_of(patient: Patient, ticket: Ticket, today: date) -> AccountId | None:
    """Return the account that is told of a ticket: that which took it, or another that may act."""
    everybody = [ticket.booked_by, patient.holder]
    everybody += sorted(patient.guardians | patient.child_guardians)
    return next((one for one in everybody if one and patient.is_guarded_by(one, today)), None)


def left(patient: Patient, account_id: AccountId) -> Patient:
    """Return the patient as an account whose claim ends leaves them."""
    account = {account_id}
    return replace(
        patient,
        holder=None if patient.holder == account_id else patient.holder,
        claimants=patient.claimants - account,
        guardians=patient.guardians - account,
        child_guardians=patient.child_guardians - account,
    )


def registered(before: Patient, attachment: Attachment, claims: Iterable[Claim]) -> Patient:
    """Return the patient as a line of the register leaves them, their claimants' rights included.

    An adult's relatives who had no say before get one only where the adult has no account of their
    own; a say that ended with the childhood does not come back by itself.
    """
    patient = replace(
        before,
        person=attachment.person,
        policy_last4=last4(attachment.policy_number),
        district_id=attachment.district_id,
        valid_until=attachment.valid_until,
        adult_on=attachment.adult_on,
        guardians=frozenset(),
        child_guardians=frozenset(),
    )
    agreeing = [claim for claim in claims if agrees(patient, claim)]
    owners = {claim.account_id for claim in agreeing if claim.relation == "self"}
    if owners and before.holder not in owners:
        patient = replace(patient, holder=min(owners))
    patient = replace(patient, guardians=frozenset(owners))
    for claim in agreeing:
        has_say = claim.account_id in before.guardians
        if claim.relation == "relative" and (has_say or not must_be_accepted(patient, claim)):
            patient = _with_say(patient, claim)
    return patient


def _with_say(patient: Patient, claim: Claim) -> Patient:
    account = {claim.account_id}
    if is_for_child(claim):
        return replace(patient, child_guardians=patient.child_guardians | account)
    return replace(patient, guardians=patient.guardians | account)

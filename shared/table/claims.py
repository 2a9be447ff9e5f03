"""Claims: what accounts typed about persons, and the questions put to adults about them."""

from contextlib import suppress
from datetime import date

from shared import clock, keys
from shared.accounts import INVITATION_LIFETIME, Claim, Invitation
from shared.table import moments, persons, store
from shared.table.store import ConditionFailed, Item


def new_invitation() -> Invitation:
    """Return an invitation that begins now."""
    return Invitation(clock.new_id(), clock.now() + INVITATION_LIFETIME)


def invite(claim: Claim) -> None:
    """Put the question to the person claimed, once, unless the claim has ended since."""
    invitation = new_invitation()
    with suppress(ConditionFailed):
        store.update(
            keys.claim(claim.account_id, claim.patient_id),
            "SET invitation_id = :id, invited_until = :until",
            {":id": invitation.invitation_id, ":until": moments.epoch(invitation.expires_at)},
            "attribute_exists(PK) AND attribute_not_exists(invitation_id)",
        )


def to_item(claim: Claim) -> Item:
    """Write a claim: what the user typed, and the four digits that may be kept."""
    item = {
        "relation": claim.relation,
        "person": persons.to_item(claim.person),
        "policy_last4": claim.policy_last4,
        "claimed_on": str(claim.claimed_on),
    }
    if claim.invitation is None:
        return item
    return item | {
        "invitation_id": claim.invitation.invitation_id,
        "invited_until": moments.epoch(claim.invitation.expires_at),
    }


def from_item(item: Item) -> Claim:
    """Read a claim back."""
    account_id, patient_id = keys.claim_named(item["PK"], item["SK"])
    return Claim(
        account_id=account_id,
        patient_id=patient_id,
        relation=item["relation"],
        person=persons.from_item(item["person"]),
        policy_last4=item["policy_last4"],
        claimed_on=date.fromisoformat(item["claimed_on"]),
        invitation=_invitation(item),
    )


def _invitation(item: Item) -> Invitation | None:
    if "invitation_id" not in item:
        return None
    return Invitation(item["invitation_id"], moments.from_epoch(item["invited_until"]))

"""Patients: one row a person, joined by all accounts that claim them."""

from datetime import datetime

from shared import keys
from shared.accounts import Claim, SessionKey
from shared.errors import PatientUnknown, TryAgain
from shared.ids import PatientId
from shared.keyring import patient_id_of
from shared.patients import Attachment, HeldTicket, Patient
from shared.policies import last4
from shared.table import moments, persons, sessions, store
from shared.table.store import ConditionFailed, Item


def find(patient_id: PatientId) -> Patient:
    """Return a patient, read consistently; one with nothing but an id where no row stands."""
    return from_item(patient_id, store.get(keys.patient(patient_id)) or {})


def find_for(session: SessionKey, patient_id: PatientId, now: datetime) -> Patient:
    """Return a patient whom an open session's account has claimed: one eventual read.

    Raises SessionRequired, PatientUnknown (a foreign patient and a missing one alike).
    """
    key = keys.patient(patient_id)
    item = sessions.read_with(session, [key], now).get(key)
    patient = from_item(patient_id, item or {})
    if session.account_id not in patient.claimants | patient.guardians:
        raise PatientUnknown
    return patient


def attach(attachment: Attachment) -> None:
    """Write a line of the attachment register over what it said before about the person.

    The accounts that had claimed the person and whose data match become guardians (R5); those
    whose data match no longer cease to be. Raises TryAgain.
    """
    patient_id = patient_id_of(attachment.policy_number)
    for _ in store.pauses():
        before = find(patient_id)
        try:
            _write_register(before, attachment, _matching(before, attachment))
        except ConditionFailed:
            continue
        return
    raise TryAgain


def _matching(patient: Patient, attachment: Attachment) -> list[Claim]:
    claim_keys = [keys.claim(account, patient.patient_id) for account in patient.claimants]
    found = store.get_many(claim_keys, consistent=True) if claim_keys else {}
    claims = [claim_from_item(item) for item in found.values()]
    return [claim for claim in claims if claim.person.matches(attachment.person)]


def _write_register(before: Patient, attachment: Attachment, matching: list[Claim]) -> None:
    guardians = {claim.account_id for claim in matching}
    owners = [claim.account_id for claim in matching if claim.relation == "self"]
    holder = before.holder if before.holder in guardians or not owners else min(owners)
    valid_until = attachment.valid_until
    register = {
        "person": persons.to_item(attachment.person),
        "policy_last4": last4(attachment.policy_number),
        "district_id": attachment.district_id,
        "valid_until": str(valid_until) if valid_until else None,
        "guardians": guardians or None,
        "holder": holder,
    }
    set_names = [name for name, value in register.items() if value is not None]
    gone_names = [name for name, value in register.items() if value is None]
    expression = "SET " + ", ".join(f"{name} = :{name}" for name in set_names)
    if gone_names:
        expression += " REMOVE " + ", ".join(gone_names)
    values = {f":{name}": register[name] for name in set_names}
    condition = "attribute_not_exists(claimants)"
    if before.claimants:
        condition = "claimants = :claimants"
        values[":claimants"] = set(before.claimants)
    store.update(keys.patient(before.patient_id), expression, values, condition)


def from_item(patient_id: PatientId, item: Item) -> Patient:
    """Read a patient back."""
    person, ticket = item.get("person"), item.get("ticket")
    return Patient(
        patient_id=patient_id,
        person=persons.from_item(person) if person else None,
        policy_last4=item.get("policy_last4"),
        district_id=item.get("district_id"),
        valid_until=moments.day(item.get("valid_until")),
        holder=item.get("holder"),
        claimants=frozenset(item.get("claimants", ())),
        guardians=frozenset(item.get("guardians", ())),
        ticket=_ticket_from_item(ticket) if ticket else None,
    )


def ticket_to_item(ticket: HeldTicket) -> Item:
    """Write the ticket that a patient's row remembers."""
    return {
        "ticket_id": ticket.ticket_id,
        "slot_id": ticket.slot_id,
        "starts_at": moments.text(ticket.starts_at),
    }


def _ticket_from_item(item: Item) -> HeldTicket:
    return HeldTicket(item["ticket_id"], item["slot_id"], moments.parse(item["starts_at"]))


def claim_to_item(claim: Claim) -> Item:
    """Write a claim: what the user typed, and the four digits that may be kept."""
    return {
        "relation": claim.relation,
        "person": persons.to_item(claim.person),
        "policy_last4": claim.policy_last4,
    }


def claim_from_item(item: Item) -> Claim:
    """Read a claim back."""
    account_id, patient_id = keys.claim_named(item["PK"], item["SK"])
    return Claim(
        account_id=account_id,
        patient_id=patient_id,
        relation=item["relation"],
        person=persons.from_item(item["person"]),
        policy_last4=item["policy_last4"],
    )

"""What the table's stream says, as the changes that mails are about."""

from shared import keys
from shared.ids import AccountId, PatientId
from shared.mail import Change, RegistrationStarted, TicketTaken
from shared.table import patients, registrations, slots, store
from shared.table.store import Item


def read_change(before: Item, after: Item) -> Change | None:
    """Return the change that an item's two images tell, or None where no mail is about it.

    The image before a new item and the one after a deleted item are empty. A ticket's mail needs
    its addressee and the patient's name, which are read here.
    """
    if not after:
        return None
    kind = keys.kind(after["SK"])
    if kind == "PENDING" and not before:
        return RegistrationStarted(registrations.from_item(after))
    if kind == "SLOT" and before.get("ticket_id") != after.get("ticket_id"):
        return _ticket_taken(after)
    return None


def _ticket_taken(after: Item) -> TicketTaken | None:
    slot = slots.slot_from_item(after)
    if slot.status != "booked" or slot.booked_by is None or slot.patient_id is None:
        return None
    return _with_addressee(after, slot.booked_by, slot.patient_id)


def _with_addressee(after: Item, booked_by: AccountId, patient_id: PatientId) -> TicketTaken | None:
    account_key, claim_key = keys.account(booked_by), keys.claim(booked_by, patient_id)
    found = store.get_many([account_key, claim_key], consistent=True)
    if account_key not in found or claim_key not in found:
        return None
    return TicketTaken(
        slot=slots.slot_from_item(after),
        email=found[account_key]["email"],
        person=patients.claim_from_item(found[claim_key]).person,
    )

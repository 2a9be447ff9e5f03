"""What the table's stream says, as the changes that mails are about."""

from collections.abc import Callable, Mapping

from shared import clock, keys
from shared.accounts import Account, AddressChange
from shared.changes import (
    AccountDeleted,
    AddressAskedAgain,
    AddressChanged,
    AddressChangeStarted,
    Change,
    ConfirmationResent,
    ConfirmationsDue,
    PasswordChanged,
    ProfileChanged,
    RegistrationStarted,
    RelativeInvited,
    ResetRequested,
    TicketChanged,
    TicketEvent,
)
from shared.districts import Doctor
from shared.guardianship import addressee_of, agrees
from shared.ids import AccountId, DocumentId
from shared.patients import Patient, Person
from shared.settings import settings
from shared.table import (
    accounts,
    claims,
    dispatches,
    districts,
    patients,
    pending,
    profiles,
    slots,
    store,
)
from shared.table.store import Item
from shared.tickets import Ticket


def read_change(before: Item, after: Item) -> Change | None:
    """Return the change that an item's two images tell, or None where no mail is about it.

    The image before a new item and the one after a deleted item are empty. What the images do not
    hold, such as the addressee, is read here.
    """
    item = after or before
    read = _READERS.get(keys.kind(item["SK"])) if item else None
    return read(before, after) if read else None


def _pending(before: Item, after: Item) -> Change | None:
    if before:
        return None
    waiting = pending.from_item(after)
    if not isinstance(waiting, AddressChange):
        return RegistrationStarted(waiting)
    account = accounts.find(waiting.account_id)
    return AddressChangeStarted(waiting, account.email) if account else None


def _resent(before: Item, after: Item) -> Change | None:
    if before:
        return None
    email_key, resend_id = keys.address_named(after["PK"]), keys.id_named(after["SK"])
    account = accounts.find_by_address(email_key)
    if account is not None:
        return AddressAskedAgain(account.email, resend_id)
    registration = pending.newest_registration(email_key, clock.now())
    return ConfirmationResent(registration, resend_id) if registration else None


def _reset(before: Item, after: Item) -> Change | None:
    if not after or before.get("reset_id") == after["reset_id"]:
        return None
    email_key = keys.address_named(after["PK"])
    account = accounts.find_by_address(email_key)
    return ResetRequested(email_key, after["reset_id"], account.email) if account else None


def _account(before: Item, after: Item) -> Change | None:
    if not before:
        return None
    account_id = keys.account_named(before["PK"])
    if not after:
        return AccountDeleted(account_id, before["email"])
    if before["email"] != after["email"]:
        return AddressChanged(account_id, before["email"], after["revision"])
    if before["password_hash"] != after["password_hash"]:
        return PasswordChanged(account_id, after["email"], after["revision"])
    if before["profile_status"] != after["profile_status"]:
        account = accounts.from_item(account_id, after)
        return ProfileChanged(account_id, account.email, account.profile, account.revision)
    return None


def _chase(before: Item, after: Item) -> Change | None:
    return None if before else ConfirmationsDue(profiles.chase_from_item(after))


def _dispatch(before: Item, after: Item) -> Change | None:
    if before:
        return None
    document_id, dispatch_id = DocumentId(after["document_id"]), keys.id_named(after["SK"])
    return dispatches.decided_again(document_id, dispatch_id, clock.now())


def _invitation(before: Item, after: Item) -> Change | None:
    """Read who is asked and who asks; nobody is asked where either has gone since."""
    if not after or before.get("invitation_id") == after.get("invitation_id"):
        return None
    claim = claims.from_item(after)
    patient = patients.find(claim.patient_id)
    asked = accounts.find(patient.holder) if patient.holder else None
    asking = accounts.find(claim.account_id)
    if claim.invitation is None or asked is None or asking is None:
        return None
    return RelativeInvited(
        account_id=claim.account_id,
        patient_id=claim.patient_id,
        invitation_id=claim.invitation.invitation_id,
        email=asked.email,
        asking=_confirmed_name(asking),
    )


def _confirmed_name(account: Account) -> Person | None:
    """Return the name of an account's holder, if the register confirms it.

    Else a stranger's mail could say whatever somebody typed as a name.
    """
    patient_key = keys.patient(account.holder_id)
    claim_key = keys.claim(account.account_id, account.holder_id)
    found = store.get_many([patient_key, claim_key], consistent=True)
    if claim_key not in found:
        return None
    claim = claims.from_item(found[claim_key])
    patient = patients.from_item(account.holder_id, found.get(patient_key, {}))
    return claim.person if agrees(patient, claim) else None


def _ticket(before: Item, after: Item) -> Change | None:
    if not after:
        return None
    patient_id = keys.patient_named(after["PK"])
    patient = patients.from_item(patient_id, after)
    ticket = patient.ticket
    event = _event(patients.from_item(patient_id, before), patient)
    today = settings().day_of(clock.now())
    addressee = addressee_of(patient, ticket, today) if event and ticket else None
    return _told(event, ticket, addressee) if event and ticket and addressee else None


def _event(before: Patient, after: Patient) -> TicketEvent | None:
    """Return what happened to a patient's ticket, if anything did that a mail is about."""
    old, new = before.ticket, after.ticket
    if new is None or new == old:
        return None
    if old is None or old.ticket_id != new.ticket_id:
        return "taken" if new.status == "booked" else None
    if old.status != new.status:
        if new.status == "withdrawn" and before.district_id != after.district_id:
            return "transferred"
        return new.status if new.status in {"cancelled", "withdrawn"} else None
    if old.place != new.place:
        return "moved"
    return "tomorrow" if old.reminded_of != new.reminded_of else None


def _told(event: TicketEvent, ticket: Ticket, account_id: AccountId) -> Change | None:
    """Read what the mail says besides; a reminder is dropped if the ticket stands no more."""
    slot_key, patient_key = keys.slot(ticket.place), keys.patient(ticket.patient_id)
    account_key, claim_key = keys.account(account_id), keys.claim(account_id, ticket.patient_id)
    wanted = [account_key, claim_key, *([] if ticket.place.is_given_by_desk else [slot_key])]
    found = store.get_many([account_key, claim_key, slot_key, patient_key], consistent=True)
    if not found.keys() >= set(wanted):
        return None
    stands = patients.from_item(ticket.patient_id, found.get(patient_key, {})).ticket == ticket
    if event == "tomorrow" and not stands:
        return None
    return TicketChanged(
        event=event,
        ticket=ticket,
        doctor=_doctor(ticket, found.get(slot_key)),
        email=found[account_key]["email"],
        person=claims.from_item(found[claim_key]).person,
    )


def _doctor(ticket: Ticket, slot: Item | None) -> Doctor | None:
    """Return whom the slot names, or the district where the desk's own time was given back."""
    if slot is not None:
        return slots.slot_from_item(slot).doctor
    district = districts.find(ticket.place.district_id)
    return district.doctor if district else None


_READERS: Mapping[str, Callable[[Item, Item], Change | None]] = {
    "PENDING": _pending,
    "RESEND": _resent,
    "RESET": _reset,
    "ACCOUNT": _account,
    "MEMBER": _invitation,
    "PATIENT": _ticket,
    "CHASE": _chase,
    "DISPATCH": _dispatch,
}

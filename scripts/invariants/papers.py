"""What holds of consents, documents and what else stands under a patient or is counted."""

from collections.abc import Iterator

from scripts.invariants.found import Found
from shared import keys
from shared.documents import patient_of
from shared.keys import Key
from shared.settings import settings
from shared.table import moments

_OF_PATIENT = ("archived ticket", "consent", "consent paper", "document", "dispatch")


def patient_stands(found: Found) -> Iterator[Key]:
    """The patient of an archived ticket, a consent, a paper, a document, a dispatch stands."""
    for kind in _OF_PATIENT:
        for key in found.read(kind):
            if keys.patient_named(key.pk) not in found.patients:
                yield key


def consent_has_paper(found: Found) -> Iterator[Key]:
    """The consent in force has its paper, which nobody has withdrawn."""
    for patient_id, consent in found.consents.items():
        paper = found.papers.get(keys.consent_paper(patient_id, consent.consent_id))
        if paper is None or paper.withdrawn_on is not None:
            yield keys.consent(patient_id)


def consent_is_known_to_account(found: Found) -> Iterator[Key]:
    """The account that a consent names stands, and names the patient among its consents."""
    for patient_id, consent in found.consents.items():
        account = found.accounts.get(consent.account_id)
        if account is None or patient_id not in account.consents:
            yield keys.consent(patient_id)


def account_has_its_consents(found: Found) -> Iterator[Key]:
    """The patients among an account's consents have one in force that names the account."""
    for account in found.accounts.values():
        signed = [found.consents.get(one) for one in account.consents]
        if any(one is None or one.account_id != account.account_id for one in signed):
            yield keys.account(account.account_id)


def document_has_its_dispatch(found: Found) -> Iterator[Key]:
    """A document is its patient's; one under way has its dispatch, a sent one its moment."""
    for key, document in found.documents.items():
        patient_id, dispatch_id = keys.patient_named(key.pk), document.dispatch_id
        is_called_for = document.status in {"sending", "sent"}
        dispatch = keys.dispatch(patient_id, dispatch_id or "")
        is_lost = document.status == "sending" and dispatch not in found.items
        is_told = is_called_for == (dispatch_id is not None)
        has_moment = (document.status == "sent") == (document.sent_at is not None)
        if document.patient_id != patient_id or is_lost or not is_told or not has_moment:
            yield key


def dispatch_of_document(found: Found) -> Iterator[Key]:
    """A dispatch's document stands, under the same patient."""
    for key, dispatch in found.read("dispatch").items():
        document_id = dispatch["document_id"]
        patient_id = patient_of(document_id)
        is_of_patient = patient_id == keys.patient_named(key.pk)
        if not is_of_patient or keys.document(patient_id, document_id) not in found.items:
            yield key


def counter_ends_with_its_period(found: Found) -> Iterator[Key]:
    """A limit's counter is not negative, and expires when its period ends."""
    for key, counter in found.read("limit").items():
        seconds, began = map(int, keys.id_named(key.sk).split("#"))
        if counter["hits"] < 0 or counter["expires_at"] != began + seconds:
            yield key


def entry_of_its_day(found: Found) -> Iterator[Key]:
    """An entry of the audit trail stands under the clinic's day on which it was written."""
    for key in found.read("audit entry"):
        day = settings().day_of(moments.parse(keys.audited_at(key.sk)))
        if keys.audit_trail(day) != key.pk:
            yield key


RULES = (
    patient_stands,
    consent_has_paper,
    consent_is_known_to_account,
    account_has_its_consents,
    document_has_its_dispatch,
    dispatch_of_document,
    counter_ends_with_its_period,
    entry_of_its_day,
)

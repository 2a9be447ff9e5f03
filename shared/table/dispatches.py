"""Dispatches: each is one sending of a document, called for at the desk and decided twice (R11).

Once in the transaction that calls for it, and once more when its mail is to go: a consent that is
withdrawn in between, a changed address or mail that came back stops it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from shared import clock, keys
from shared.accounts import Account
from shared.changes import DocumentChange, DocumentDispatched, DocumentHeldBack
from shared.consents import Consent
from shared.desk import Actor
from shared.documents import Document, Standing, consent_to_send, file_refusal, patient_of
from shared.errors import NotFound, Refusal, TryAgain
from shared.ids import DocumentId
from shared.keys import Key
from shared.patients import Patient
from shared.settings import settings
from shared.table import (
    accounts,
    audit,
    consents,
    documents,
    moments,
    patients,
    sessions,
    store,
)
from shared.table.patients import IS_GUARDIAN, guardian_values
from shared.table.store import ConditionFailed, Item, Leg, OutcomeUnknown

_KEPT = timedelta(days=30)
"""As long as the receipt of its mail."""

_IS_UNDER_WAY = "document_status = :sending AND dispatch_id = :dispatch"
_MAY_BE_SENT_TO = (
    "email = :email AND profile_status = :confirmed AND attribute_not_exists(unreachable_since)"
)


class StandingChanged(Refusal):
    """Something that the sending was decided by is not what it was when it was read."""


def send(
    actor: Actor, document_id: DocumentId, now: datetime, examine: Callable[[Document], Document]
) -> Document:
    """Call for a document to be mailed: two reads, one transaction of seven actions.

    `examine` looks at a file that nobody has looked at yet. Who may receive is decided before the
    file is looked at. One that is under way or was sent stays so. Raises SessionRequired, NotFound,
    ProfileNotConfirmed, ConsentMissing, AddressUnreachable, DocumentNotUploaded, DocumentRejected,
    TryAgain (R11).
    """
    for _ in store.pauses():
        document, standing = _read_at_desk(actor, document_id, now)
        if document.status in {"sending", "sent"}:
            patient_id = document.patient_id
            audit.note(actor, "send_document", now, [patient_id], document.document_id)
            return document
        consent = consent_to_send(standing)
        if document.status == "promised":
            document = examine(document)
        refusal = file_refusal(document, now)
        if refusal is not None:
            raise refusal
        called_for = replace(document, status="sending", dispatch_id=clock.new_id(), refusal=None)
        if _is_done(_send_legs(actor, called_for, consent, now), called_for):
            return called_for
    raise TryAgain


def _read_at_desk(
    actor: Actor, document_id: DocumentId, now: datetime
) -> tuple[Document, Standing]:
    """Return a document, and what decides whether it may be sent. Raises SessionRequired, NotFound.

    A second read asks for the accounts that the first one names.
    """
    wanted = _what_decides(document_id)
    found = sessions.read_with(actor.session, wanted, now, consistent=True)
    item = found.get(documents.key_of(document_id))
    if item is None:
        raise NotFound
    document = documents.from_item(item)
    return document, _standing(document, found, now)


def _what_decides(document_id: DocumentId) -> list[Key]:
    patient_id = patient_of(document_id)
    return [documents.key_of(document_id), keys.patient(patient_id), keys.consent(patient_id)]


def _standing(document: Document, found: Mapping[Key, Item], now: datetime) -> Standing:
    patient_id, today = document.patient_id, settings().day_of(now)
    patient = patients.from_item(patient_id, found.get(keys.patient(patient_id), {}))
    item = found.get(keys.consent(patient_id))
    if item is not None:
        consent = consents.from_item(item)
        account = accounts.find(consent.account_id)
        known = (account,) if account else ()
        return Standing(patient, consent, known, has_paper=True, today=today)
    has_paper = bool(consents.of_patient(patient_id).papers)
    return Standing(patient, None, _guardians(patient), has_paper, today)


def _guardians(patient: Patient) -> tuple[Account, ...]:
    ids = sorted(patient.guardians | patient.child_guardians)
    found = store.get_many([keys.account(one) for one in ids], consistent=True)
    return tuple(
        accounts.from_item(one, found[keys.account(one)])
        for one in ids
        if keys.account(one) in found
    )


def _is_done(legs: list[Leg], document: Document) -> bool:
    """Do the legs; False where what was decided by has changed since it was read."""
    try:
        store.transact(legs)
    except StandingChanged:
        return False
    except OutcomeUnknown:
        if store.get(_dispatch_key(document)) is None:
            raise
    return True


def _send_legs(actor: Actor, document: Document, consent: Consent, now: datetime) -> list[Leg]:
    """Return all of a sending: it happens only while everything is as it was decided by."""
    patient_id, document_id = document.patient_id, document.document_id
    sending = {":sending": "sending", ":stored": "stored", ":dispatch": document.dispatch_id}
    dispatch = {
        "document_id": document_id,
        "account_id": consent.account_id,
        "consent_id": consent.consent_id,
        "expires_at": moments.epoch(now + _KEPT),
    }
    return [
        *audit.guard_legs(actor, "send_document", now, [patient_id], document_id),
        Leg(
            "Update",
            documents.key_of(document_id),
            condition="document_status = :stored",
            refusal=lambda _: StandingChanged(),
            values=sending,
            expression="SET document_status = :sending, dispatch_id = :dispatch REMOVE refusal",
        ),
        *_standing_legs(consent, now),
        Leg("Put", _dispatch_key(document), store.IS_NEW, lambda _: TryAgain(), item=dispatch),
    ]


def _standing_legs(consent: Consent, now: datetime) -> list[Leg]:
    """Demand that the consent is in force, and that its address and account are as R11 asks."""
    return [
        Leg(
            "ConditionCheck",
            keys.account(consent.account_id),
            condition=_MAY_BE_SENT_TO,
            refusal=lambda _: StandingChanged(),
            values={":email": consent.email, ":confirmed": "confirmed"},
        ),
        Leg(
            "ConditionCheck",
            keys.consent(consent.patient_id),
            condition="consent_id = :consent",
            refusal=lambda _: StandingChanged(),
            values={":consent": consent.consent_id},
        ),
        Leg(
            "ConditionCheck",
            keys.patient(consent.patient_id),
            condition=IS_GUARDIAN,
            refusal=lambda _: StandingChanged(),
            values=guardian_values(consent.account_id, now),
        ),
    ]


def decided_again(
    document_id: DocumentId, dispatch_id: str, now: datetime
) -> DocumentChange | None:
    """Decide once more, at the moment of mailing, whether a document may be mailed (R11).

    None where this sending is no longer under way.
    """
    found = store.get_many(_what_decides(document_id), consistent=True)
    item = found.get(documents.key_of(document_id))
    document = documents.from_item(item) if item else None
    if document is None or (document.status, document.dispatch_id) != ("sending", dispatch_id):
        return None
    standing = _standing(document, found, now)
    try:
        consent = consent_to_send(standing)
    except Refusal as refusal:
        return DocumentHeldBack(document, refusal)
    return DocumentDispatched(document, consent.email)


def mark_sent(document: Document, now: datetime) -> None:
    """Note that a sending has been mailed."""
    change = "SET document_status = :sent, sent_at = :now"
    _end(document, change, {":sent": "sent", ":now": moments.epoch(now)})


def give_up(document: Document, status: Literal["stored", "rejected"], reason: str) -> None:
    """Note why a sending was not mailed, and whether the file lies ready for another one."""
    change = "SET document_status = :status, refusal = :reason REMOVE dispatch_id"
    _end(document, change, {":status": status, ":reason": reason})


def _end(document: Document, change: str, values: Item) -> None:
    """Write down what became of a sending, unless that was done before."""
    key, under_way = documents.key_of(document.document_id), {":sending": "sending"}
    under_way[":dispatch"] = document.dispatch_id or ""
    with suppress(ConditionFailed):
        store.update(key, change, {**values, **under_way}, _IS_UNDER_WAY)


def _dispatch_key(document: Document) -> Key:
    return keys.dispatch(document.patient_id, document.dispatch_id or "")

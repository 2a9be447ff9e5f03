"""Patients found by the desk, and the children who have grown out of their districts.

An index is always a moment behind, so every row that it lists is read again, consistently.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from shared import keys
from shared.cards import MOST_FOUND, MOST_GROWN, Card, Claimant, GrownChild, GrownChildren
from shared.desk import Actor
from shared.documents import Document
from shared.ids import PatientId
from shared.keys import Key
from shared.patients import Patient
from shared.settings import settings
from shared.table import (
    accounts,
    audit,
    consents,
    districts,
    documents,
    patients,
    sessions,
    store,
)


def by_policy(actor: Actor, patient_id: PatientId, now: datetime) -> list[Card]:
    """Return the patient with this policy, if the register or an account knows them.

    Raises SessionRequired, TryAgain.
    """
    sessions.require(actor.session, now)
    return _shown(actor, _read([keys.patient(patient_id)]), now)


def by_name(actor: Actor, last_name: str, birth_date: date, now: datetime) -> list[Card]:
    """Return the patients of this last name, as names are compared, and birth date.

    They are at most `MOST_FOUND`. Raises SessionRequired, TryAgain.
    """
    sessions.require(actor.session, now)
    name_key = keys.name_key_of(last_name, birth_date)
    listed = store.query_index(keys.NAME_INDEX, "name_key", name_key)
    found = [
        patient
        for patient in _read(listed[:MOST_FOUND])
        if patient.person is not None and keys.name_key(patient.person) == name_key
    ]
    return _shown(actor, found, now)


def _read(listed: Sequence[Key]) -> list[Patient]:
    """Return the patients of those rows that stand."""
    rows = store.get_many(listed, consistent=True)
    return [
        patients.from_item(keys.patient_named(key.pk), rows[key]) for key in listed if key in rows
    ]


def _shown(actor: Actor, found: Sequence[Patient], now: datetime) -> list[Card]:
    """Read the patients' cards, and write down that they are shown."""
    cards = list(_cards(found, settings().day_of(now)))
    audit.note(actor, "search_patients", now, [patient.patient_id for patient in found])
    return cards


def _cards(found: Sequence[Patient], today: date) -> Iterator[Card]:
    typed = patients.claims_on(found)
    account_keys = {keys.account(one) for patient in found for one in patient.claimants}
    rows = store.get_many(sorted(account_keys), consistent=True)
    for patient in found:
        claimants = [
            Claimant(
                accounts.from_item(claim.account_id, rows[keys.account(claim.account_id)]),
                claim.relation,
                patient.is_guarded_by(claim.account_id, today),
            )
            for claim in typed.get(patient.patient_id, [])
            if keys.account(claim.account_id) in rows
        ]
        claimants.sort(key=lambda one: (one.relation != "self", one.account.account_id))
        signed, sent = consents.of_patient(patient.patient_id), _documents(patient.patient_id)
        yield Card(patient, tuple(claimants), signed, sent)


def _documents(patient_id: PatientId) -> tuple[Document, ...]:
    """Return a patient's documents, the newest first: one consistent query."""
    between = keys.documents_of_patient()
    items = store.query(keys.patient(patient_id).pk, between, consistent=True)
    found = map(documents.from_item, items)
    return tuple(sorted(found, key=lambda one: (one.offered_at, one.document_id), reverse=True))


def grown_children(actor: Actor, now: datetime) -> GrownChildren:
    """Return the adults whom the register still has in a child district, the eldest first.

    They are at most `MOST_GROWN`. Raises SessionRequired, TryAgain.
    """
    sessions.require(actor.session, now)
    today = settings().day_of(now)
    of_children = {one.district_id for one in districts.all_districts() if one.kind == "child"}
    listed: list[Key] = []
    for district_id in sorted(of_children):
        children, up_to = keys.children_of(district_id), ("due_on", str(today))
        listed += store.query_index(keys.DUE_INDEX, "due_list", children, up_to)
    known = map(_grown_child, _read(listed[:MOST_GROWN]))
    grown = [one for one in known if one and one.district_id in of_children]
    grown = [one for one in grown if one.adult_on <= today]
    audit.note(actor, "list_grown_children", now, [one.patient_id for one in grown])
    eldest_first = sorted(grown, key=lambda one: (one.adult_on, one.patient_id))
    return GrownChildren(tuple(eldest_first), more=len(listed) > MOST_GROWN)


def _grown_child(patient: Patient) -> GrownChild | None:
    if patient.person is None or patient.district_id is None:
        return None
    return GrownChild(patient.patient_id, patient.person, patient.policy_last4, patient.district_id)

"""Patients: one row a person, joined by all accounts that claim them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared import clock, keys
from shared.accounts import Claim, SessionKey
from shared.errors import PatientUnknown, Refusal
from shared.ids import AccountId, PatientId
from shared.patients import Patient, adult_born_by
from shared.settings import settings
from shared.table import claims, moments, persons, sessions, store, ticket_items
from shared.table.store import Item, Leg

IS_GUARDIAN = (
    "(contains(guardians, :account)"
    " OR (contains(child_guardians, :account) AND person.birth_date > :adult_born_by))"
)
"""Condition of an account that may act for the patient; `guardian_values` names what it names."""


class PatientChanged(Refusal):
    """The patient's row is not what it was when the transaction was put together."""


def guardian_values(account_id: str, now: datetime) -> Mapping[str, Any]:
    """Return the values that IS_GUARDIAN names."""
    today = settings().day_of(now)
    return {":account": account_id, ":adult_born_by": str(adult_born_by(today))}


def find(patient_id: PatientId) -> Patient:
    """Return a patient, read consistently; one with nothing but an id where no row stands."""
    return from_item(patient_id, store.get(keys.patient(patient_id)) or {})


def find_for(session: SessionKey, patient_id: PatientId, now: datetime) -> Patient:
    """Return a patient whom an open session's account has claimed: one eventual read.

    Such a read may not know yet of a relative who was added a moment ago, so before a patient is
    refused they are looked for again, consistently. Raises SessionRequired, PatientUnknown (a
    foreign patient and a missing one alike, and a child who has come of age).
    """
    key = keys.patient(patient_id)
    for consistent in (False, True):
        found = sessions.read_with(session, [key], now, consistent=consistent)
        patient = from_item(patient_id, found.get(key, {}))
        if _is_known_to(patient, session.account_id, now):
            return patient
    raise PatientUnknown


def _is_known_to(patient: Patient, account_id: AccountId, now: datetime) -> bool:
    """Tell whether an account claims the patient; a say that ended at 18 counts for nothing."""
    has_say = patient.is_guarded_by(account_id, settings().day_of(now))
    has_ended = account_id in patient.child_guardians and not has_say
    return account_id in patient.claimants and not has_ended


def claims_on(patients: Iterable[Patient]) -> dict[PatientId, list[Claim]]:
    """Return what accounts typed about each of these patients, read consistently."""
    wanted = [keys.claim(one, each.patient_id) for each in patients for one in each.claimants]
    found: dict[PatientId, list[Claim]] = {}
    for item in store.get_many(wanted, consistent=True).values():
        claim = claims.from_item(item)
        found.setdefault(claim.patient_id, []).append(claim)
    return found


def is_written(patient: Patient, item: Item) -> bool:
    """Tell whether a row says all that `change_leg` would write, its places in indexes included.

    The ticket is not looked at.
    """
    written = _accounts_and_register(patient)
    return all((item.get(name) or None) == (value or None) for name, value in written.items())


def change_leg(before: Patient, after: Patient, *, with_ticket: bool = False) -> Leg:
    """Write what the register and the accounts say of a patient, if that is as it was read.

    A row that would hold nothing but its id is deleted. `with_ticket` also writes the ticket, if
    that too is as it was. Refused with PatientChanged.
    """
    condition, values = _unchanged(before, with_ticket=with_ticket)
    key, refusal = keys.patient(before.patient_id), (lambda _: PatientChanged())
    if after.person is None and not after.claimants:
        return Leg("Delete", key, condition, refusal, values)
    written = _accounts_and_register(after)
    if with_ticket:
        written["ticket"] = ticket_items.to_item(after.ticket) if after.ticket else None
    written["revision"] = clock.new_revision()
    kept = [name for name, value in written.items() if value]
    gone = [name for name, value in written.items() if not value]
    expression = "SET " + ", ".join(f"{name} = :{name}" for name in kept)
    if gone:
        expression += " REMOVE " + ", ".join(gone)
    values |= {f":{name}": written[name] for name in kept}
    return Leg("Update", key, condition, refusal, values, expression)


def _unchanged(patient: Patient, *, with_ticket: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {}
    conditions = ["attribute_not_exists(revision)"]
    if patient.revision is not None:
        conditions, values = ["revision = :read_revision"], {":read_revision": patient.revision}
    if with_ticket and patient.ticket is None:
        conditions.append("attribute_not_exists(ticket)")
    elif with_ticket and patient.ticket is not None:
        conditions.append("ticket = :read_ticket")
        values[":read_ticket"] = ticket_items.to_item(patient.ticket)
    return " AND ".join(conditions), values


def _accounts_and_register(patient: Patient) -> dict[str, Any]:
    return {
        "person": persons.to_item(patient.person) if patient.person else None,
        "name_key": keys.name_key(patient.person) if patient.person else None,
        "policy_last4": patient.policy_last4,
        "district_id": patient.district_id,
        "valid_until": str(patient.valid_until) if patient.valid_until else None,
        "due_list": _list_of_children(patient),
        "due_on": str(patient.adult_on) if patient.adult_on else None,
        "holder": patient.holder,
        "claimants": set(patient.claimants),
        "guardians": set(patient.guardians),
        "child_guardians": set(patient.child_guardians),
    }


def _list_of_children(patient: Patient) -> str | None:
    if patient.district_id is None or patient.adult_on is None:
        return None
    return keys.children_of(patient.district_id)


def from_item(patient_id: PatientId, item: Item) -> Patient:
    """Read a patient back."""
    person, ticket = item.get("person"), item.get("ticket")
    return Patient(
        patient_id=patient_id,
        person=persons.from_item(person) if person else None,
        policy_last4=item.get("policy_last4"),
        district_id=item.get("district_id"),
        valid_until=moments.day(item.get("valid_until")),
        adult_on=moments.day(item.get("due_on")),
        holder=item.get("holder"),
        claimants=frozenset(item.get("claimants", ())),
        guardians=frozenset(item.get("guardians", ())),
        child_guardians=frozenset(item.get("child_guardians", ())),
        ticket=ticket_items.from_item(ticket) if ticket else None,
        revision=item.get("revision"),
    )

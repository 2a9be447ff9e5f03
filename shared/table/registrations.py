"""Registrations: pending until the address is confirmed, then an account in one transaction."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared import keys
from shared.accounts import (
    CONFIRMATION_TRIES,
    Account,
    Claim,
    Household,
    Member,
    Registration,
    Session,
    SessionKey,
)
from shared.errors import ConfirmationExpired, PolicyAlreadyRegistered, Refusal, TryAgain
from shared.ids import EmailKey, PatientId
from shared.patients import Patient
from shared.table import accounts, moments, patients, persons, sessions, store
from shared.table.store import ConditionFailed, Item, Leg, OutcomeUnknown

_IS_OPEN = "expires_at > :now"
_HAS_TRIES = "tries > :none"
_IS_NEW = "attribute_not_exists(PK)"


class _PersonChanged(Refusal):
    """The patient's row is not what it was when the transaction was put together."""


def start(registration: Registration) -> None:
    """Write a registration that waits for its address to be confirmed."""
    store.put(
        keys.registration(registration.email_key, registration.registration_id),
        _to_item(registration),
    )


def count_try(email_key: EmailKey, registration_id: str, now: datetime) -> Registration:
    """Take one of the password tries of a registration and return it.

    The try is counted before the password is looked at, so parallel guesses cannot exceed the
    tries. Raises ConfirmationExpired where the registration is unknown, used, old or out of tries.
    """
    try:
        item = store.update(
            keys.registration(email_key, registration_id),
            "SET tries = tries - :one",
            {":now": moments.epoch(now), ":none": 0, ":one": 1},
            f"{_IS_OPEN} AND {_HAS_TRIES}",
        )
    except ConditionFailed as exc:
        raise ConfirmationExpired from exc
    return from_item(item)


def confirm(
    registration: Registration, account: Account, session: SessionKey, now: datetime
) -> Household:
    """Turn a registration into an account with an open session, all or nothing (R3, R4).

    Nothing is read after that, so nothing can fail once it is done. The try that was counted is
    given back where the account is refused: the password was the right one. Raises
    ConfirmationExpired if the link was used or the address claimed in the meantime,
    PolicyAlreadyRegistered if the policy's owner has an account, TryAgain.
    """
    try:
        return _confirm(registration, account, session, now)
    except Refusal:
        _give_back_try(registration)
        raise


def _confirm(
    registration: Registration, account: Account, session: SessionKey, now: datetime
) -> Household:
    claim = _holders_claim(registration, account)
    opened = sessions.new_session(session, now)
    for _ in store.pauses():
        patient = patients.find(registration.patient_id)
        try:
            store.transact(_confirmation_legs(registration, account, claim, opened, patient))
        except _PersonChanged:
            continue
        except OutcomeUnknown:
            if store.get(keys.session(session)) is None:
                raise
        return Household(account, (Member(claim, _held(patient, claim)),))
    raise TryAgain


def _give_back_try(registration: Registration) -> None:
    """Give back a counted try, if the registration still stands and the store is not too busy."""
    key = keys.registration(registration.email_key, registration.registration_id)
    with suppress(ConditionFailed, TryAgain):
        store.update(key, "SET tries = tries + :one", {":one": 1}, "attribute_exists(PK)")


def _held(patient: Patient, claim: Claim) -> Patient:
    """Return the patient as the confirmation leaves it."""
    account_ids = {claim.account_id}
    return replace(
        patient,
        holder=claim.account_id,
        claimants=patient.claimants | account_ids,
        guardians=patient.guardians | (account_ids if _matches(patient, claim) else set()),
    )


def _matches(patient: Patient, claim: Claim) -> bool:
    return patient.person is not None and patient.person.matches(claim.person)


def _confirmation_legs(
    registration: Registration,
    account: Account,
    claim: Claim,
    session: Session,
    patient: Patient,
) -> list[Leg]:
    expired, taken_id = (lambda _: ConfirmationExpired()), (lambda _: TryAgain())
    owner_key = keys.address_owner(registration.email_key)
    account_key = keys.account(account.account_id)
    claim_key = keys.claim(claim.account_id, claim.patient_id)
    return [
        Leg(
            "Delete",
            keys.registration(registration.email_key, registration.registration_id),
            condition="attribute_exists(PK)",
            refusal=expired,
        ),
        Leg("Put", owner_key, _IS_NEW, expired, item={"account_id": account.account_id}),
        _hold_leg(claim, patient),
        Leg("Put", account_key, _IS_NEW, taken_id, item=accounts.to_item(account)),
        Leg("Put", claim_key, _IS_NEW, taken_id, item=patients.claim_to_item(claim)),
        Leg("Put", keys.session(session.key), _IS_NEW, taken_id, item=sessions.to_item(session)),
    ]


def _holders_claim(registration: Registration, account: Account) -> Claim:
    return Claim(
        account.account_id,
        registration.patient_id,
        "self",
        registration.person,
        registration.policy_last4,
    )


def _hold_leg(claim: Claim, patient: Patient) -> Leg:
    """Make the account the policy's holder, and its guardian where the register agrees.

    One policy has one holder. A holder whose data the register does not confirm gives way to one
    whose data it does, so that nobody can keep a patient out by registering with their number.
    """
    matches = _matches(patient, claim)
    free = "attribute_not_exists(holder)"
    values: dict[str, object] = {":account": claim.account_id, ":accounts": {claim.account_id}}
    if matches and patient.holder is not None and patient.holder not in patient.guardians:
        free = "holder = :unconfirmed AND NOT contains(guardians, :unconfirmed)"
        values[":unconfirmed"] = patient.holder
    unchanged = "attribute_not_exists(person)"
    if patient.person is not None:
        unchanged = "person = :person"
        values[":person"] = persons.to_item(patient.person)
    return Leg(
        "Update",
        keys.patient(claim.patient_id),
        condition=f"{unchanged} AND {free}",
        refusal=lambda item: _why_not_held(claim.patient_id, item, patient),
        values=values,
        expression="SET holder = :account ADD claimants :accounts"
        + (", guardians :accounts" if matches else ""),
    )


def _why_not_held(patient_id: PatientId, item: Item | None, read: Patient) -> Refusal:
    stands = patients.from_item(patient_id, item or {})
    if stands.person != read.person or stands.holder != read.holder:
        return _PersonChanged()
    return PolicyAlreadyRegistered()


def _to_item(registration: Registration) -> Item:
    return {
        "email": registration.email,
        "password_hash": registration.password_hash,
        "patient_id": registration.patient_id,
        "person": persons.to_item(registration.person),
        "policy_last4": registration.policy_last4,
        "address_taken": registration.address_taken,
        "tries": CONFIRMATION_TRIES,
        "expires_at": moments.epoch(registration.expires_at),
    }


def from_item(item: Item) -> Registration:
    """Read a registration back."""
    email_key, registration_id = keys.registration_named(item["PK"], item["SK"])
    return Registration(
        registration_id=registration_id,
        email_key=email_key,
        email=item["email"],
        password_hash=item["password_hash"],
        patient_id=PatientId(item["patient_id"]),
        person=persons.from_item(item["person"]),
        policy_last4=item["policy_last4"],
        address_taken=item["address_taken"],
        expires_at=moments.from_epoch(item["expires_at"]),
    )

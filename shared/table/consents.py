"""Consents: recorded and withdrawn at the desk, and read whenever a document is to be mailed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime

from shared import keys
from shared.accounts import Account
from shared.consents import Consent, Paper, Signed, names, with_consent, without_consent
from shared.desk import Actor
from shared.errors import EmailDiffers, NotFound, Refusal, TryAgain
from shared.ids import AccountId, PatientId
from shared.keyring import email_key_of
from shared.patients import Patient
from shared.settings import settings
from shared.table import accounts, audit, moments, patients, profiles, sessions, store
from shared.table.accounts import AccountChanged
from shared.table.patients import IS_GUARDIAN, PatientChanged, guardian_values
from shared.table.store import ConditionFailed, Item, Leg, OutcomeUnknown

_IS_AS_READ = "consent_id = :read_consent"


class ConsentChanged(Refusal):
    """The consent in force is not the one that was read."""


def of_patient(patient_id: PatientId) -> Signed:
    """Return the papers that a patient has signed: one consistent query."""
    partition, in_force = keys.patient(patient_id).pk, keys.consent(patient_id).sk
    found = list(store.query(partition, keys.consents_of_patient(), consistent=True))
    return Signed(
        consent=next((from_item(item) for item in found if item["SK"] == in_force), None),
        papers=tuple(paper_from_item(item) for item in found if item["SK"] != in_force),
    )


def of_account(account: Account) -> list[Paper]:
    """Return the papers in force that name an account: one query for each patient."""
    signed = map(of_patient, sorted(account.consents))
    return [
        one.in_force
        for one in signed
        if one.in_force and one.consent and one.consent.account_id == account.account_id
    ]


def record(actor: Actor, paper: Paper, email: str, due_on: date, now: datetime) -> Account:
    """Record a paper that names an address, and return the address's account as that leaves it.

    A profile that begins to wait by that is to be confirmed by `due_on`.
    It takes the place of the consent in force. The same paper for the same address is recorded
    once. Raises SessionRequired, NotFound (no such patient), EmailDiffers where the address is of
    no account that may act for the patient, TryAgain.
    """
    patient_id = paper.patient_id
    for _ in store.pauses():
        patient = _patient(actor, patient_id, now)
        account = _account_of(email, patient, now)
        signed = of_patient(patient_id)
        if signed.consent and signed.consent.consent_id == paper.consent_id:
            return account  # It came through, and only the answer was lost.
        if _is_recorded(paper, signed, account):
            audit.note(actor, "record_consent", now, [patient_id], account.account_id)
            return account
        after = with_consent(account, patient_id, due_on)
        legs = audit.guard_legs(actor, "record_consent", now, [patient_id], account.account_id)
        legs += [*_paper_legs(paper, account, signed.consent), profiles.change_leg(account, after)]
        if signed.consent and signed.consent.account_id != account.account_id:
            legs += _loss_legs(signed.consent)
        if _are_done([*legs, _guardian_leg(patient_id, account, now)]):
            return after
    raise TryAgain


def _patient(actor: Actor, patient_id: PatientId, now: datetime) -> Patient:
    """Return a patient to the desk. Raises SessionRequired, NotFound."""
    key = keys.patient(patient_id)
    found = sessions.read_with(actor.session, [key], now, consistent=True)
    if key not in found:
        raise NotFound
    return patients.from_item(patient_id, found[key])


def _account_of(email: str, patient: Patient, now: datetime) -> Account:
    """Return the account of an address that may act for the patient. Raises EmailDiffers."""
    email_key = email_key_of(email)
    account = accounts.find_by_address(email_key)
    if account is None or email_key_of(account.email) != email_key:
        raise EmailDiffers
    if not patient.is_guarded_by(account.account_id, settings().day_of(now)):
        raise EmailDiffers
    return account


def _is_recorded(paper: Paper, signed: Signed, account: Account) -> bool:
    """Tell whether the paper is in force already, and the profile waits or is confirmed."""
    is_in_force = signed.in_force is not None and signed.in_force.is_same(paper)
    names_account = signed.consent is not None and names(signed.consent, account)
    return is_in_force and names_account and account.profile.status != "unconfirmed"


def _paper_legs(paper: Paper, account: Account, before: Consent | None) -> Iterator[Leg]:
    """Keep the paper, and put it in force if what it replaces is as it was read."""
    consent = Consent(paper.consent_id, paper.patient_id, account.account_id, account.email)
    yield Leg(
        "Put",
        keys.consent(paper.patient_id),
        condition=_IS_AS_READ if before else store.IS_NEW,
        refusal=lambda _: ConsentChanged(),
        values={":read_consent": before.consent_id} if before else None,
        item=to_item(consent),
    )
    yield Leg(
        "Put",
        keys.consent_paper(paper.patient_id, paper.consent_id),
        condition=store.IS_NEW,
        refusal=lambda _: TryAgain(),
        item=paper_to_item(paper),
    )


def _guardian_leg(patient_id: PatientId, account: Account, now: datetime) -> Leg:
    """Demand that the account may act for the patient. Refused with PatientChanged."""
    return Leg(
        "ConditionCheck",
        keys.patient(patient_id),
        condition=IS_GUARDIAN,
        refusal=lambda _: PatientChanged(),
        values=guardian_values(account.account_id, now),
    )


def _loss_legs(consent: Consent) -> list[Leg]:
    """Take the patient from the account that a consent names; an erased account has none."""
    account = accounts.find(consent.account_id)
    if account is None:
        return []
    others = account.consents - {consent.patient_id}
    found = store.get_many([keys.consent(other) for other in sorted(others)], consistent=True)
    is_last = not any(names(from_item(item), account) for item in found.values())
    after = without_consent(account, consent.patient_id, is_last=is_last)
    return [profiles.change_leg(account, after)]


def withdraw(actor: Actor, patient_id: PatientId, now: datetime) -> None:
    """End the consent in force; no document is mailed by it any more.

    One that was withdrawn stays so. Raises SessionRequired, NotFound where the patient never signed
    one, TryAgain.
    """
    sessions.require(actor.session, now)
    for _ in store.pauses():
        signed = of_patient(patient_id)
        consent = signed.consent
        if consent is None and not signed.papers:
            raise NotFound
        if consent is None:
            audit.note(actor, "withdraw_consent", now, [patient_id])
            return
        about = consent.account_id
        guard = audit.guard_legs(actor, "withdraw_consent", now, [patient_id], about)
        work = [*_end_legs(consent, settings().day_of(now)), *_loss_legs(consent)]
        with suppress(AccountChanged, ConsentChanged, OutcomeUnknown):
            audit.carry_out(guard, work)
            return
    raise TryAgain


def _end_legs(consent: Consent, today: date) -> Iterator[Leg]:
    """End the consent if it is still the one in force, and note the day on its paper."""
    yield end_leg(consent, ConsentChanged())
    yield Leg(
        "Update",
        keys.consent_paper(consent.patient_id, consent.consent_id),
        condition="attribute_exists(PK)",
        refusal=lambda _: ConsentChanged(),
        values={":today": str(today)},
        expression="SET withdrawn_on = :today",
    )


def end_leg(consent: Consent, refusal: Refusal) -> Leg:
    """End a consent, if it is still the one in force."""
    return Leg(
        "Delete",
        keys.consent(consent.patient_id),
        condition=_IS_AS_READ,
        refusal=lambda _: refusal,
        values={":read_consent": consent.consent_id},
    )


def forget(consent: Consent) -> None:
    """End a consent that may have been ended or replaced meanwhile."""
    leg = end_leg(consent, ConsentChanged())
    with suppress(ConditionFailed):
        store.delete(leg.key, leg.condition, leg.values)


def _are_done(legs: Sequence[Leg]) -> bool:
    """Do the legs; False where one must look again: things have changed, or nobody answered."""
    try:
        store.transact(legs)
    except (AccountChanged, ConsentChanged, PatientChanged, OutcomeUnknown):
        return False
    return True


def to_item(consent: Consent) -> Item:
    """Write the consent in force."""
    return {
        "consent_id": consent.consent_id,
        "account_id": consent.account_id,
        "email": consent.email,
    }


def from_item(item: Item) -> Consent:
    """Read the consent in force back."""
    return Consent(
        consent_id=item["consent_id"],
        patient_id=keys.patient_named(item["PK"]),
        account_id=AccountId(item["account_id"]),
        email=item["email"],
    )


def paper_to_item(paper: Paper) -> Item:
    """Write a paper."""
    return {
        "document_number": paper.document_number,
        "signed_on": str(paper.signed_on),
        "text_version": paper.text_version,
        "received_on": str(paper.received_on),
    }


def paper_from_item(item: Item) -> Paper:
    """Read a paper back."""
    withdrawn_on = item.get("withdrawn_on")
    return Paper(
        consent_id=keys.id_named(item["SK"]),
        patient_id=keys.patient_named(item["PK"]),
        document_number=item["document_number"],
        signed_on=date.fromisoformat(item["signed_on"]),
        text_version=item["text_version"],
        received_on=date.fromisoformat(item["received_on"]),
        withdrawn_on=moments.day(withdrawn_on),
    )

"""Erasure: an account and all that is personal in it goes, in one transaction.

What the clinic itself must keep stays without the account: the attachment register's row of each
patient, which tickets there were (323-FZ), and the papers of consents (156-FZ).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from shared import guardianship, keys
from shared.accounts import Account, Claim, SessionKey
from shared.errors import SessionRequired, TryAgain, WrongPassword
from shared.ids import AccountId
from shared.keyring import email_key_of
from shared.patients import Patient
from shared.settings import settings
from shared.table import accounts, consents, credentials, patients, pending, sessions, slots, store
from shared.table.accounts import AccountChanged, Partition
from shared.table.patients import PatientChanged
from shared.table.store import Item, Leg, OutcomeUnknown

MOST_CONSENTS = 20
"""Consents that one transaction ends; the few that may be beyond them are ended just before."""


def erase(verified: Account, session: SessionKey, now: datetime) -> None:
    """Erase an account whose password was verified, end its sessions and free its tickets.

    The upcoming ticket of a patient whom nobody else acts for goes back to the pool, also where the
    register has come to differ since the account took it; one that another guardian looks after
    stays. Consents that name the account end; their papers, which tell no address, are kept. At
    most 96 actions: 20 members, 12 other sessions, 20 consents. Raises SessionRequired,
    WrongPassword if the password was changed in the meantime, TryAgain.
    """
    for _ in store.pauses():
        partition = accounts.read_partition(verified.account_id)
        if partition is None:
            raise SessionRequired
        if partition.account.password_hash != verified.password_hash:
            raise WrongPassword
        try:
            store.transact(list(_legs(partition, session, now)))
        except (AccountChanged, PatientChanged):
            continue
        except OutcomeUnknown:
            if accounts.find(verified.account_id) is not None:
                raise
        return
    raise TryAgain


def _legs(partition: Partition, session: SessionKey, now: datetime) -> Iterator[Leg]:
    account = partition.account
    yield sessions.end_open_leg(session, now)
    yield accounts.delete_leg(account)
    yield Leg(
        "Delete",
        keys.address_owner(email_key_of(account.email)),
        condition="account_id = :account",
        refusal=lambda _: AccountChanged(),
        values={":account": account.account_id},
    )
    if account.address_change_id and account.asked_email:
        yield pending.drop_leg(email_key_of(account.asked_email), account.address_change_id)
    others = [one.key for one in accounts.open_sessions(partition, now) if one.key != session]
    yield from map(sessions.end_leg, credentials.end_surplus(others))
    typed = accounts.claims_of(partition)
    patient_keys = [keys.patient(claim.patient_id) for claim in typed]
    consent_keys = [keys.consent(patient_id) for patient_id in sorted(account.consents)]
    rows = store.get_many([*patient_keys, *consent_keys], consistent=True)
    yield from _end_consents(account, [rows[key] for key in consent_keys if key in rows])
    for claim in typed:
        row = rows.get(keys.patient(claim.patient_id), {})
        yield from _end_claim(claim, patients.from_item(claim.patient_id, row), now)


def _end_consents(account: Account, found: list[Item]) -> Iterator[Leg]:
    """End the consents that name the account."""
    ended = [
        consent
        for consent in map(consents.from_item, found)
        if consent.account_id == account.account_id
    ]
    for consent in ended[MOST_CONSENTS:]:
        consents.forget(consent)
    for consent in ended[:MOST_CONSENTS]:
        yield consents.end_leg(consent, AccountChanged())


def _end_claim(claim: Claim, patient: Patient, now: datetime) -> Iterator[Leg]:
    """End a claim, and free the patient's ticket where nobody else looks after it."""
    yield Leg(
        "Delete",
        keys.claim(claim.account_id, claim.patient_id),
        condition="attribute_exists(PK)",
        refusal=lambda _: AccountChanged(),
    )
    after = guardianship.left(patient, claim.account_id)
    ticket = patient.upcoming(now)
    took_it = ticket is not None and ticket.booked_by == claim.account_id
    has_say = took_it or _has_say(patient, claim.account_id, now)
    if not has_say or after.is_looked_after(settings().day_of(now)):
        yield patients.change_leg(patient, after)
        return
    if ticket is not None:
        after = replace(after, ticket=ticket.ended("cancelled"))
        yield slots.free_leg(ticket)
    yield patients.change_leg(patient, after, with_ticket=True)


def _has_say(patient: Patient, account_id: AccountId, now: datetime) -> bool:
    return patient.is_guarded_by(account_id, settings().day_of(now))

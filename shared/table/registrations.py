"""Registrations: with the address confirmed, an account in one transaction."""

from datetime import datetime

from shared import guardianship, keys
from shared.accounts import Account, Claim, Household, Member, Registration, SessionKey
from shared.errors import ConfirmationExpired, PolicyAlreadyRegistered, Refusal, TryAgain
from shared.settings import settings
from shared.table import accounts, claims, patients, pending, sessions, store
from shared.table.patients import PatientChanged
from shared.table.store import Leg, OutcomeUnknown


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
        pending.give_back_try(registration)
        raise


def _confirm(
    registration: Registration, account: Account, session: SessionKey, now: datetime
) -> Household:
    claim = _holders_claim(registration, account, now)
    for _ in store.pauses():
        before = patients.find(registration.patient_id)
        after = guardianship.held(before, claim)
        if after is None:
            raise PolicyAlreadyRegistered
        legs = _legs(registration, account, claim, patients.change_leg(before, after))
        try:
            store.transact([*legs, sessions.open_leg(session, now)])
        except PatientChanged:
            continue
        except OutcomeUnknown:
            if store.get(keys.session(session)) is None:
                raise
        return Household(account, (Member(claim, after, claim.claimed_on),))
    raise TryAgain


def _holders_claim(registration: Registration, account: Account, now: datetime) -> Claim:
    return Claim(
        account.account_id,
        registration.patient_id,
        "self",
        registration.person,
        registration.policy_last4,
        claimed_on=settings().day_of(now),
    )


def _legs(registration: Registration, account: Account, claim: Claim, held: Leg) -> list[Leg]:
    expired, taken_id = (lambda _: ConfirmationExpired()), (lambda _: TryAgain())
    owner_key = keys.address_owner(registration.email_key)
    claim_key = keys.claim(claim.account_id, claim.patient_id)
    account_key = keys.account(account.account_id)
    return [
        pending.end_leg(registration),
        Leg("Put", owner_key, store.IS_NEW, expired, item={"account_id": account.account_id}),
        held,
        Leg("Put", account_key, store.IS_NEW, taken_id, item=accounts.to_item(account)),
        Leg("Put", claim_key, store.IS_NEW, taken_id, item=claims.to_item(claim)),
    ]

"""Confirmations: what waited for its address comes true, a registration or a new address."""

from datetime import datetime

from shared import clock
from shared.accounts import Account, Household, Pending, Registration, SessionKey
from shared.errors import ConfirmationExpired
from shared.ids import AccountId
from shared.table import accounts, addresses, registrations


def account_of(waiting: Pending) -> Account:
    """Return the account whose password confirms: the one to be opened, or the one that asked.

    Raises ConfirmationExpired where that is gone.
    """
    if isinstance(waiting, Registration):
        return Account(
            account_id=AccountId(clock.new_id()),
            email=waiting.email,
            password_hash=waiting.password_hash,
            holder_id=waiting.patient_id,
        )
    account = accounts.find(waiting.account_id)
    if account is None:
        raise ConfirmationExpired
    return account


def confirm(waiting: Pending, verified: Account, session: SessionKey, now: datetime) -> Household:
    """Open the account or give it its address, with a new session, all or nothing.

    Raises ConfirmationExpired, PolicyAlreadyRegistered, WrongPassword, TryAgain.
    """
    if isinstance(waiting, Registration):
        return registrations.confirm(waiting, verified, session, now)
    return addresses.confirm(waiting, verified, session, now)

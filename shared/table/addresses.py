"""New addresses: asked for by an account, and its own once they are confirmed (R3)."""

from dataclasses import replace
from datetime import datetime

from shared import keys
from shared.accounts import Account, AddressChange, Household, Profile, SessionKey
from shared.errors import ConfirmationExpired, Refusal, TryAgain, WrongPassword
from shared.keyring import email_key_of
from shared.table import accounts, pending, sessions, store
from shared.table.accounts import AccountChanged
from shared.table.store import Leg, OutcomeUnknown


def request(session: SessionKey, verified: Account, change: AddressChange, now: datetime) -> None:
    """Write a new address that waits to be confirmed; it ends the one asked for before.

    Raises SessionRequired, WrongPassword if the password was changed in the meantime, TryAgain.
    """
    replaced = accounts.change_verified_leg(
        verified,
        WrongPassword(),
        ", address_change_id = :change, asked_email = :asked",
        {":change": change.change_id, ":asked": change.email},
    )
    store.transact([sessions.keep_open_leg(session, now), replaced, pending.start_leg(change)])


def confirm(
    change: AddressChange, verified: Account, session: SessionKey, now: datetime
) -> Household:
    """Give the account its new address and a new session, all or nothing.

    Nothing is read after that, so nothing can fail once it is done. The profile's confirmation
    lapses, because the consents name the old address (R11); they are still the account's, so that
    its erasure finds them. Raises ConfirmationExpired if the link was used or replaced or the
    address claimed in the meantime, WrongPassword if the password was changed, TryAgain.
    """
    try:
        return _confirm(change, verified, session, now)
    except Refusal:
        pending.give_back_try(change)
        raise


def _confirm(
    change: AddressChange, verified: Account, session: SessionKey, now: datetime
) -> Household:
    for _ in store.pauses():
        household = accounts.household_of(change.account_id, now)
        if household is None or not _may_still(household.account, change):
            raise ConfirmationExpired
        account = household.account
        if account.password_hash != verified.password_hash:
            raise WrongPassword
        try:
            store.transact([*_legs(change, account), sessions.open_leg(session, now)])
        except AccountChanged:
            continue
        except OutcomeUnknown:
            if store.get(keys.session(session)) is None:
                raise
        return replace(household, account=_changed(account, change))
    raise TryAgain


def _may_still(account: Account, change: AddressChange) -> bool:
    """Tell whether this is the change asked for last, and to another address than the account's."""
    is_newest = account.address_change_id == change.change_id
    return is_newest and email_key_of(account.email) != change.email_key


def _changed(account: Account, change: AddressChange) -> Account:
    """Return the account as the change leaves it."""
    return replace(account, email=change.email, profile=Profile(), unreachable_since=None)


def _legs(change: AddressChange, account: Account) -> list[Leg]:
    owner_key = keys.address_owner(change.email_key)
    old_owner_key = keys.address_owner(email_key_of(account.email))
    expired, changed = (lambda _: ConfirmationExpired()), (lambda _: AccountChanged())
    owner = {":account": account.account_id}
    return [
        pending.end_leg(change),
        Leg(
            "Put",
            owner_key,
            store.IS_NEW,
            expired,
            item={"account_id": account.account_id},
        ),
        Leg("Delete", old_owner_key, "account_id = :account", changed, values=owner),
        accounts.change_leg(
            account,
            ", email = :email, profile_status = :unconfirmed, profile_due_on = :never"
            " REMOVE address_change_id, asked_email, unreachable_since, due_list, due_on",
            {":email": change.email, ":unconfirmed": Profile().status, ":never": None},
        ),
    ]

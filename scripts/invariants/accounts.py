"""What holds of accounts: one address each, sessions of theirs only, and a profile by the rules."""

from collections.abc import Iterator

from scripts.invariants.found import Found
from shared import keys
from shared.consents import names
from shared.ids import AccountId, EmailKey
from shared.keyring import email_key_of
from shared.keys import Key


def account_owns_its_address(found: Found) -> Iterator[Key]:
    """The owner of an account's address is this account (R3)."""
    owners = _owners(found)
    for account in found.accounts.values():
        if owners.get(email_key_of(account.email)) != account.account_id:
            yield keys.account(account.account_id)


def address_owner_has_it(found: Found) -> Iterator[Key]:
    """The account that owns an address has this address."""
    for email_key, account_id in _owners(found).items():
        account = found.accounts.get(account_id)
        if account is None or email_key_of(account.email) != email_key:
            yield keys.address_owner(email_key)


def session_of_account(found: Found) -> Iterator[Key]:
    """An open session's account stands."""
    for key, _ in found.open_sessions("session"):
        if keys.account_named(key.pk) not in found.accounts:
            yield key


def desk_session_of_user(found: Found) -> Iterator[Key]:
    """An open session of the desk has its user."""
    users = {key.pk for key in found.read("desk user")}
    for key, _ in found.open_sessions("desk session"):
        if key.pk not in users:
            yield key


def new_address_is_whole(found: Found) -> Iterator[Key]:
    """An account that asked for a new address knows which, and by which link."""
    for account in found.accounts.values():
        if (account.address_change_id is None) != (account.asked_email is None):
            yield keys.account(account.account_id)


def profile_is_listed_while_it_waits(found: Found) -> Iterator[Key]:
    """A profile has a due day while it waits, and stands by it in DueIndex (R11)."""
    for account in found.accounts.values():
        item = found.items[keys.account(account.account_id)]
        waits = account.profile.status == "consent_received"
        due_on = str(account.profile.due_on) if account.profile.due_on else None
        listed = (keys.CONSENTS_DUE, due_on) if waits else (None, None)
        if waits != (due_on is not None) or listed != (item.get("due_list"), item.get("due_on")):
            yield keys.account(account.account_id)


def profile_has_consent(found: Found) -> Iterator[Key]:
    """A profile that waits or is confirmed has a consent in force that names its address (R11)."""
    for account in found.accounts.values():
        signed = [found.consents.get(one) for one in account.consents]
        has_consent = any(one and names(one, account) for one in signed)
        if account.profile.status != "unconfirmed" and not has_consent:
            yield keys.account(account.account_id)


RULES = (
    account_owns_its_address,
    address_owner_has_it,
    session_of_account,
    desk_session_of_user,
    new_address_is_whole,
    profile_is_listed_while_it_waits,
    profile_has_consent,
)


def _owners(found: Found) -> dict[EmailKey, AccountId]:
    owners = found.read("address owner")
    return {keys.address_named(key.pk): item["account_id"] for key, item in owners.items()}

"""The registry's desk in the tests: a clerk with an open session, and what the audit trail says."""

from dataclasses import dataclass

import pyotp

from shared import clock, keys
from shared.accounts import DeskSessionKey
from shared.desk import Actor, AuditEntry, DeskUser
from shared.desk_api import DESK_COOKIE, desk_session_key
from shared.ids import DeskLogin
from shared.keyring import totp_key_of
from shared.second_factor import step_of
from shared.settings import settings
from shared.table import audit, desk_users, moments, store
from tests.integration.answers import ADDRESS
from tests.integration.clinic import PASSWORD_HASH

ANNA_REGISTRY = DeskLogin("anna-registry")


@dataclass(frozen=True)
class Clerk:
    """One of the registry's staff, signed in."""

    actor: Actor
    cookie: str

    @property
    def session(self) -> DeskSessionKey:
        """Return the key of the open session."""
        return self.actor.session


def open_desk(login: str = ANNA_REGISTRY) -> Clerk:
    """Open a session of the desk, as `desk_sign_in` does; the trail knows nothing of it."""
    secret, now = clock.new_secret(), clock.now()
    key = desk_session_key(DeskLogin(login), secret)
    opened = {
        "expires_at": moments.epoch(now + key.LIFETIME),
        "idle_at": moments.epoch(now + key.IDLE),
    }
    store.put(keys.session(key), opened)
    return Clerk(Actor(key, ADDRESS), f"{DESK_COOKIE}={login}.{secret}")


def make_user(login: str = ANNA_REGISTRY, password_hash: str = PASSWORD_HASH) -> DeskUser:
    """Write a user of the desk, as the script does, and return them."""
    user = DeskUser(DeskLogin(login), password_hash, clock.new_id(), code_step=0)
    desk_users.put(user)
    return user


def code_of(user: DeskUser, ahead: int = 0) -> str:
    """Return what the user's authenticator shows now, or so many steps ahead."""
    totp = pyotp.TOTP(totp_key_of(user.login, user.totp_seed))
    return totp.generate_otp(step_of(clock.now()) + ahead)


def trail() -> list[AuditEntry]:
    """Return what the desk did today, in order."""
    return list(audit.entries_of(settings().day_of(clock.now())))

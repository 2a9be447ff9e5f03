"""The registry's desk on the running stack: a clerk of one's own, made with the portal's code."""

from dataclasses import dataclass

import httpx

from shared import clock, keys
from shared.accounts import DeskSessionKey
from shared.desk import Actor, DeskUser
from shared.desk_api import DESK_COOKIE, desk_session_key
from shared.ids import DeskLogin
from shared.table import desk_users, sessions, store
from tests.stack.running import RunningStack

_NO_HASH = "no password opens this user"


@dataclass(frozen=True)
class Clerk:
    """One of the registry's staff, with an open session."""

    login: DeskLogin
    session: DeskSessionKey
    cookie: str

    @property
    def actor(self) -> Actor:
        """Return who acts, for the portal's own code."""
        return Actor(self.session, "127.0.0.1")

    def ask(self, stack: RunningStack, request: str, body: object = None) -> httpx.Response:
        """Send a request such as `GET /api/desk/districts` in this clerk's name."""
        return stack.ask(request, body, self.cookie)


def new_clerk() -> Clerk:
    """Write a user of the desk whom no password opens, and sign them in."""
    login = DeskLogin(f"clerk-{clock.new_id()[:12]}")
    desk_users.put(DeskUser(login, _NO_HASH, clock.new_id(), code_step=0))
    session, cookie = new_session(login)
    return Clerk(login, session, cookie)


def new_session(login: DeskLogin) -> tuple[DeskSessionKey, str]:
    """Open one more session; the audit trail knows nothing of it."""
    secret = clock.new_secret()
    session = desk_session_key(login, secret)
    store.transact([sessions.open_leg(session, clock.now())])
    return session, f"{DESK_COOKIE}={login}.{secret}"


def sign_out(clerk: Clerk) -> None:
    """End a clerk's session past the API."""
    store.delete(keys.session(clerk.session))

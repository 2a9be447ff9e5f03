"""What the desk's HTTP functions share besides: their own cookie, and who acts from where."""

import re

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.shared.cookies import Cookie

from shared import api, clients
from shared.accounts import DeskSessionKey
from shared.desk import LOGIN, Actor
from shared.errors import SessionRequired
from shared.ids import DeskLogin

DESK_COOKIE = "__Host-desk"
_SESSION = re.compile(rf"({LOGIN})\.([A-Za-z0-9_-]{{43}})", re.ASCII)


def desk_session(app: APIGatewayHttpResolver) -> DeskSessionKey:
    """Return the desk's session that the cookie names; whether it is open, the table knows.

    Raises SessionRequired.
    """
    found = api.read_cookie(app, DESK_COOKIE, _SESSION)
    if found is None:
        raise SessionRequired
    return desk_session_key(DeskLogin(found[1]), found[2])


def actor(app: APIGatewayHttpResolver) -> Actor:
    """Return who acts, and from which address. Raises SessionRequired."""
    return Actor(desk_session(app), clients.address_of(app))


def desk_session_key(login: DeskLogin, secret: str) -> DeskSessionKey:
    """Return the key of a session; of its secret only the SHA-256 is kept."""
    return DeskSessionKey(login, api.digest_of(secret))


def desk_cookie(login: DeskLogin, secret: str) -> Cookie:
    """Return the cookie that carries a new session."""
    lifetime = int(DeskSessionKey.LIFETIME.total_seconds())
    return api.cookie(DESK_COOKIE, f"{login}.{secret}", max_age=lifetime)


def no_desk_cookie() -> Cookie:
    """Return the cookie that makes a browser forget its session."""
    return api.cookie(DESK_COOKIE, "", max_age=0)

"""The desk's cookie: what it looks like, where it is read, what is not one, and who acts."""

from hashlib import sha256
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from shared import api
from shared.accounts import DeskSessionKey
from shared.desk import Actor
from shared.desk_api import actor, desk_cookie, desk_session, desk_session_key, no_desk_cookie
from shared.errors import SessionRequired
from shared.ids import DeskLogin
from tests.unit.builders import ACCOUNT_ID, request

LOGIN = DeskLogin("anna-registry")
SECRET = "s" * 43
DIGEST = sha256(SECRET.encode()).hexdigest()
COOKIE = f"__Host-desk={LOGIN}.{SECRET}"
ATTRIBUTES = ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]


def _app(
    cookies: list[str] | None = None, header: str | None = None, viewer: str = "192.0.2.17"
) -> APIGatewayHttpResolver:
    event: dict[str, Any] = request("/api/desk/days/2026-11-30", method="GET")
    event["headers"]["cloudfront-viewer-address"] = f"{viewer}:46532"
    if header is not None:
        event["headers"]["cookie"] = header
    if cookies is not None:
        event["cookies"] = cookies
    app = APIGatewayHttpResolver()
    app.current_event = APIGatewayProxyEventV2(event)
    return app


@pytest.mark.parametrize(
    "cookies, header",
    [
        ([COOKIE], None),
        (["theme=dark", f"__Host-session={ACCOUNT_ID}.{SECRET}", COOKIE], None),
        (["__Host-desk=nonsense", COOKIE], None),
        (None, COOKIE),
        (None, f"theme=dark; {COOKIE};x=y"),
        ([], f"__Host-session={ACCOUNT_ID}.{SECRET};{COOKIE}"),
    ],
)
def test_the_cookie_is_read_from_the_list_and_from_the_header(
    cookies: list[str] | None, header: str | None
) -> None:
    assert desk_session(_app(cookies, header)) == DeskSessionKey(LOGIN, DIGEST)


@pytest.mark.parametrize("login", ["abc", "a-b", "7-b", "a" * 40, "f" * 32])
def test_every_login_that_a_user_can_have_is_read(login: str) -> None:
    found = desk_session(_app([f"__Host-desk={login}.{SECRET}"]))
    assert found == DeskSessionKey(DeskLogin(login), DIGEST)


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "__Host-desk",
        "__Host-desk=",
        f"desk={LOGIN}.{SECRET}",
        f"__host-desk={LOGIN}.{SECRET}",
        f"__Host-session={LOGIN}.{SECRET}",
        f"__Host-desk={LOGIN}",
        f"__Host-desk={LOGIN}.",
        f"__Host-desk=.{SECRET}",
        f"__Host-desk={LOGIN}.{SECRET}s",
        f"__Host-desk={LOGIN}.{SECRET[1:]}",
        f"__Host-desk={LOGIN}.{SECRET[1:]}!",
        f"__Host-desk={LOGIN}{SECRET}",
        f"__Host-desk={LOGIN}.{SECRET}.{SECRET}",
        f"__Host-desk=ab.{SECRET}",
        f"__Host-desk={'a' * 41}.{SECRET}",
        f"__Host-desk=-ab.{SECRET}",
        f"__Host-desk={LOGIN.upper()}.{SECRET}",
        f"__Host-desk=anna#SESSION.{SECRET}",
        f"__Host-desk=анна.{SECRET}",
        f'__Host-desk="{LOGIN}.{SECRET}"',
        f"__Host-desk={LOGIN}.{SECRET}\0",
    ],
)
def test_anything_else_is_no_session_of_the_desk(cookie: str) -> None:
    for app in (_app([cookie]), _app(header=cookie)):
        with pytest.raises(SessionRequired):
            desk_session(app)
        with pytest.raises(SessionRequired):
            actor(app)


def test_a_patients_cookie_does_not_stand_for_the_desks_nor_the_desks_for_a_patients() -> None:
    with pytest.raises(SessionRequired):
        desk_session(_app([f"__Host-session={ACCOUNT_ID}.{SECRET}"]))
    with pytest.raises(SessionRequired):
        api.session(_app([COOKIE]))


def test_of_the_secret_only_its_sha256_is_kept() -> None:
    assert desk_session_key(LOGIN, SECRET) == DeskSessionKey(LOGIN, DIGEST)


def test_who_acts_is_the_session_and_the_address_of_the_browser() -> None:
    acting = actor(_app([COOKIE], viewer="2001:db8::17"))
    assert acting == Actor(DeskSessionKey(LOGIN, DIGEST), "2001:db8::17")
    assert acting.login == LOGIN


def test_a_new_session_is_a_cookie_that_no_script_and_no_other_site_gets_for_eight_hours() -> None:
    told = str(desk_cookie(LOGIN, SECRET)).split("; ")
    assert (told[0], sorted(told[1:])) == (COOKIE, sorted([*ATTRIBUTES, "Max-Age=28800"]))


def test_the_end_of_a_session_makes_the_browser_forget_it() -> None:
    told = str(no_desk_cookie()).split("; ")
    assert (told[0], sorted(told[1:])) == ("__Host-desk=", sorted([*ATTRIBUTES, "Max-Age=0"]))

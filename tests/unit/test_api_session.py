"""The session cookie: what it looks like, where it is read, and what is not one."""

from hashlib import sha256
from typing import Any

import pytest

from shared.api import session_key
from shared.ids import AccountId
from tests.unit.builders import ACCOUNT_ID, request
from tests.unit.example_app import SECRET, call

COOKIE = f"__Host-session={ACCOUNT_ID}.{SECRET}"
DIGEST = sha256(SECRET.encode()).hexdigest()


def _sent(cookies: list[str] | None = None, header: str | None = None) -> dict[str, Any]:
    event = request("/api/session", method="GET", **({"cookie": header} if header else {}))
    return event if cookies is None else event | {"cookies": cookies}


@pytest.mark.parametrize(
    "event",
    [
        _sent(cookies=[COOKIE]),
        _sent(cookies=["theme=dark", COOKIE, "lang=ru"]),
        _sent(header=COOKIE),
        _sent(header=f"theme=dark; {COOKIE}; lang=ru"),
        _sent(header=f"theme=dark;{COOKIE}"),
        _sent(header=f"; ;=; {COOKIE};"),
        _sent(cookies=[], header=COOKIE),
        _sent(cookies=["__Host-session=nonsense", COOKIE]),
    ],
    ids=lambda event: f"{event.get('cookies')} {event['headers'].get('cookie')}",
)
def test_the_cookie_is_read_from_the_list_and_from_the_header(event: dict[str, Any]) -> None:
    answer = call(event)
    assert (answer["statusCode"], answer["body"]) == (200, f'{{"name": "{ACCOUNT_ID}/{DIGEST}"}}')


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "__Host-session",
        "__Host-session=",
        f"session={ACCOUNT_ID}.{SECRET}",
        f"__host-session={ACCOUNT_ID}.{SECRET}",
        f"__Host-desk={ACCOUNT_ID}.{SECRET}",
        f"x__Host-session={ACCOUNT_ID}.{SECRET}",
        f"__Host-session={ACCOUNT_ID}",
        f"__Host-session={ACCOUNT_ID}.",
        f"__Host-session={ACCOUNT_ID}.{SECRET}s",
        f"__Host-session={ACCOUNT_ID}.{SECRET[1:]}",
        f"__Host-session={ACCOUNT_ID}.{SECRET[1:]}!",
        f"__Host-session={ACCOUNT_ID[1:]}.{SECRET}",
        f"__Host-session={ACCOUNT_ID[1:]}#.{SECRET}",
        f"__Host-session={ACCOUNT_ID.upper()}.{SECRET}",
        f'__Host-session="{ACCOUNT_ID}.{SECRET}"',
        f"__Host-session={ACCOUNT_ID}.{SECRET}\0",
        f"__Host-session={ACCOUNT_ID}.{SECRET[1:]}ы",
        f"__Host-session={'٣' * 32}.{SECRET}",
    ],
)
def test_anything_else_is_no_session(cookie: str) -> None:
    for event in (_sent(cookies=[cookie]), _sent(header=cookie)):
        answer = call(event)
        assert answer["statusCode"] == 401
        assert '"session_required"' in answer["body"]


def test_of_the_secret_only_its_sha256_is_kept() -> None:
    key = session_key(AccountId("a"), SECRET)
    assert (key.account_id, key.digest) == ("a", DIGEST)


def _parts(answer: dict[str, Any]) -> list[str]:
    (cookie,) = answer["cookies"]
    return sorted(str(cookie).split("; "))


def test_a_new_session_is_a_cookie_that_no_script_and_no_other_site_gets() -> None:
    person = {
        "policy_number": "7856130840000017",
        "last_name": "Иванова",
        "first_name": "Анна",
        "birth_date": "1985-03-27",
    }
    attributes = ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict", "Secure"]
    assert _parts(call(request("/api/people", person))) == [*attributes, COOKIE]


def test_the_end_of_a_session_makes_the_browser_forget_it() -> None:
    attributes = ["HttpOnly", "Max-Age=0", "Path=/", "SameSite=Strict", "Secure"]
    answer = call(request("/api/session", method="DELETE"))
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert _parts(answer) == [*attributes, "__Host-session="]

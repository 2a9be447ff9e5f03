"""Nobody learns whether an address is known to the portal: not by answers, and not by work (R3).

What stands behind an address is looked up where mails are sent.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from shared import passwords
from tests.integration.answers import event, invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    PASSWORD_HASH,
    SignedIn,
    ask_for_address,
    ask_for_reset,
    attach,
    open_account,
    open_district,
    start_registration,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.test_register import FORM
from tests.integration.wire import Request, Wire

UNKNOWN = "x.unknown@example.com"
"""As long as the others, so that sizes can be compared."""

HASHER = passwords._HASHER
"""The portal's own, which most tests replace."""
Argon = list[tuple[str, str]]

OPERATIONS: dict[str, tuple[str, str, dict[str, str]]] = {
    "register": ("POST", "/api/registrations", FORM),
    "resend_confirmation": ("POST", "/api/registrations/resend", {}),
    "sign_in": ("POST", "/api/sessions", {"password": "не-тот-пароль"}),
    "request_reset": ("POST", "/api/password-resets", {}),
}
EACH = pytest.mark.parametrize("name", OPERATIONS)


def _boris() -> SignedIn:
    attach(BORIS)
    return open_account(BORIS)


def account() -> str:
    open_account(ANNA, email="x.account@example.com")
    return "x.account@example.com"


def attached() -> str:
    open_district()
    attach(ANNA)
    return account()


def pending() -> str:
    start_registration(ANNA, email="x.pending@example.com")
    return "x.pending@example.com"


def pending_and_taken() -> str:
    address = account()
    start_registration(BORIS, email=address)
    return address


def asked_for() -> str:
    ask_for_address(_boris(), "x.asked.4@example.com")
    return "x.asked.4@example.com"


def given_up() -> str:
    boris = _boris()
    confirm(token_of(ask_for_address(boris, "x.my.past@example.com")))
    confirm(token_of(ask_for_address(boris, "later@example.com")))
    return "x.my.past@example.com"


def reset_before() -> str:
    address = account()
    ask_for_reset(address)
    return address


pytestmark = pytest.mark.usefixtures("argon")

STANDINGS = pytest.mark.parametrize(
    "known",
    [account, attached, pending, pending_and_taken, asked_for, given_up, reset_before],
)


def send(name: str, address: str, **changes: object) -> dict[str, Any]:
    method, path, form = OPERATIONS[name]
    return invoke(name, event(method, path, form | {"email": address} | changes))


def shape(value: Any) -> Any:  # noqa: ANN401 - requests hold anything
    """Return what an onlooker can tell of a request: its form and its sizes, not its ids."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    if isinstance(value, str):
        return re.sub(r"[0-9a-f]{32}", "<id>", value) if "#" in value else len(value)
    return type(value)


def shapes(heard: list[Request]) -> list[tuple[str, Any]]:
    return [(request.operation, shape(request.body)) for request in heard]


@EACH
@STANDINGS
def test_a_known_and_an_unknown_address_are_answered_alike_byte_for_byte(
    name: str, known: Callable[[], str]
) -> None:
    address = known()
    assert len(address) == len(UNKNOWN)
    assert json.dumps(send(name, address)) == json.dumps(send(name, UNKNOWN))


@EACH
@STANDINGS
def test_a_known_and_an_unknown_address_cost_the_same_work(
    wire: Wire, argon: Argon, name: str, known: Callable[[], str]
) -> None:
    address = known()
    argon.clear()
    with wire.listening() as for_known:
        send(name, address)
    for_known_argon = [what for what, _ in argon]
    argon.clear()
    with wire.listening() as for_unknown:
        send(name, UNKNOWN)
    assert shapes(for_known) == shapes(for_unknown)
    assert for_known_argon == [what for what, _ in argon]


@EACH
@STANDINGS
def test_a_known_and_an_unknown_address_leave_as_much_behind(
    rows: Rows, name: str, known: Callable[[], str]
) -> None:
    address = known()
    left = [written(rows, name, asked) for asked in (address, UNKNOWN)]
    assert left[0] == left[1]


def written(rows: Rows, name: str, address: str) -> list[str]:
    """Return the forms of the keys of what is new or changed; the network's count is common."""
    before = rows.images()
    send(name, address)
    changed = [key for key, image in rows.images().items() if before.get(key) != image]
    return sorted(shape(f"{key.pk} {key.sk}") for key in changed if "-client#" not in key.pk)


@EACH
@pytest.mark.parametrize("known", [account, pending])
def test_a_known_and_an_unknown_address_are_too_many_at_the_same_time(
    clock: Clock, name: str, known: Callable[[], str]
) -> None:
    address = known()
    told = [[json.dumps(send(name, asked)) for _ in range(12)] for asked in (address, UNKNOWN)]
    assert told[0] == told[1]
    assert '"statusCode": 429' in told[0][-1]
    clock.move(hours=6)
    assert json.dumps(send(name, address)) == json.dumps(send(name, UNKNOWN)) == told[0][0]


@pytest.mark.parametrize(
    "known", [pending, asked_for, given_up], ids=["pending", "asked_for", "given_up"]
)
def test_the_right_password_of_an_address_that_opens_nothing_is_answered_as_any_wrong_one(
    wire: Wire, argon: Argon, known: Callable[[], str]
) -> None:
    address = known()
    argon.clear()
    with wire.listening() as for_right:
        right = send("sign_in", address, password=PASSWORD)
    with wire.listening() as for_wrong:
        wrong = send("sign_in", UNKNOWN)
    assert json.dumps(right) == json.dumps(wrong)
    assert shapes(for_right) == shapes(for_wrong)
    assert argon == [("verify", passwords._DECOY)] * 2


def test_a_wrong_password_is_compared_with_the_accounts_and_an_unknown_address_with_a_decoy(
    argon: Argon,
) -> None:
    address = account()
    send("sign_in", address)
    send("sign_in", UNKNOWN)
    assert argon == [("verify", PASSWORD_HASH), ("verify", passwords._DECOY)]


def test_the_decoy_costs_what_a_hash_of_ours_costs() -> None:
    cost = r"\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}"
    assert re.fullmatch(cost, HASHER.hash(PASSWORD))
    assert re.fullmatch(cost, passwords._DECOY)

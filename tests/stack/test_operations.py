"""What docs/operations.md tells a person to do, done on the running stack."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType

import httpx
import pytest

from scripts import bring_back, environment, erase_account
from shared import clock
from shared.table.store import Item
from tests.race.checks import violations_now
from tests.stack import portal
from tests.stack.desk import new_clerk
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack, refused, token_in

Script = Callable[..., int]

RESTORED = "patient-account-restored"
DERIVE_TOKENS = [
    *("AcceptInvitationFunction", "ConfirmEmailFunction"),
    *("ResetPasswordFunction", "SendMailFunction"),
]


@pytest.fixture
def restore(stack: RunningStack) -> Iterator[Callable[[], None]]:
    """Return what restores the table, as it is now, into one of its own."""
    client = stack.aws("dynamodb")
    yield lambda: client.restore_table_to_point_in_time(
        SourceTableName=stack.card.table_name,
        TargetTableName=RESTORED,
        UseLatestRestorableTime=True,
    )
    client.delete_table(TableName=RESTORED)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return what runs a script with arguments, and returns its exit code."""
    monkeypatch.setattr(environment, "enter", lambda _: None)  # conftest.py has done so already.

    def run(module: ModuleType, *arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", [module.__name__, *arguments])
        code: int = module.main()
        return code

    return run


@pytest.fixture
def bring(script: Script) -> Callable[[], int]:
    """Return what brings the table back to the restored one."""
    return partial(script, bring_back, RESTORED, "--apply")


def erase(stack: RunningStack, who: SignedIn) -> None:
    answer = stack.ask("DELETE /api/account", {"password": PASSWORD}, who.cookie)
    assert answer.status_code == 204


def cookie_of(signed_in: httpx.Response) -> str:
    return signed_in.headers["set-cookie"].partition(";")[0]


def test_an_erased_account_is_brought_back_with_its_ticket_and_no_mail_goes_twice(
    stack: RunningStack, restore: Callable[[], None], bring: Callable[[], int]
) -> None:
    district = portal.new_district()
    who = portal.new_signed_in(district)
    ticket_id = portal.take(stack, who, portal.last_day(district)[0])
    (taken,) = stack.mails(who.email, at_least=1)
    was_broken = violations_now(stack)
    restore()
    erase(stack, who)
    assert stack.mails(who.email, at_least=2)[0] == taken

    assert bring() == 0

    assert violations_now(stack) <= was_broken
    assert refused(stack.ask("GET /api/account", cookie=who.cookie)) == (401, "session_required")
    form = {"email": who.email, "password": PASSWORD}
    cookie = cookie_of(stack.ask("POST /api/sessions", form))
    (ticket,) = stack.ask("GET /api/tickets", cookie=cookie).json()["upcoming"]
    assert ticket["ticket_id"] == ticket_id
    assert stack.ask(f"DELETE /api/tickets/{ticket_id}", cookie=cookie).status_code == 204
    # The mail of the cancellation comes after whatever the stream made of what was brought back.
    assert stack.mails(who.email, at_least=3).count(taken) == 1


def test_what_the_desk_did_since_stays_in_the_trail(
    stack: RunningStack, restore: Callable[[], None], bring: Callable[[], int]
) -> None:
    before = trail(stack)
    restore()
    wanted = {"last_name": "Никогда", "birth_date": "1980-01-01"}
    found = new_clerk().ask(stack, "POST /api/desk/patients/search", wanted)
    assert found.json() == {"patients": []}
    assert bring() == 0
    assert len(trail(stack)) == len(before) + 1


def trail(stack: RunningStack) -> list[Item]:
    return [item for item in portal.lasting_items(stack) if item["PK"].startswith("AUDIT#")]


def test_whoever_asks_on_paper_is_erased_told_of_it_and_signs_in_no_more(
    stack: RunningStack, script: Script
) -> None:
    who = portal.new_signed_in(portal.demo_district())
    assert script(erase_account, who.email) == 0
    assert refused(stack.ask("GET /api/account", cookie=who.cookie)) == (401, "session_required")
    form = {"email": who.email, "password": PASSWORD}
    assert refused(stack.ask("POST /api/sessions", form)) == (401, "sign_in_failed")
    stack.mail(who.email, "Личный кабинет удалён")
    assert script(erase_account, who.email) == 1


def test_a_new_link_key_ends_every_open_link_and_new_ones_work(stack: RunningStack) -> None:
    district = portal.demo_district()
    early, late = portal.new_signed_in(district), portal.new_signed_in(district)
    old = reset_token(stack, early)

    variables = next(iter(stack.functions.values()))["Environment"]["Variables"]
    stack.aws("secretsmanager").put_secret_value(
        SecretId=variables["LINK_KEY_ARN"], SecretString=clock.new_secret()
    )
    for logical_id in DERIVE_TOKENS:
        begin_anew(stack, stack.function_name(logical_id))

    assert refused(set_password(stack, old)) == (410, "reset_expired")
    assert set_password(stack, reset_token(stack, late)).status_code == 204


def begin_anew(stack: RunningStack, name: str) -> None:
    """Give a function new processes: they end with a change of its configuration."""
    functions = stack.aws("lambda")
    timeout = functions.get_function_configuration(FunctionName=name)["Timeout"]
    for seconds in (timeout - 1, timeout):
        functions.update_function_configuration(FunctionName=name, Timeout=seconds)


def reset_token(stack: RunningStack, who: SignedIn) -> str:
    assert stack.ask("POST /api/password-resets", {"email": who.email}).status_code == 202
    return token_in(stack.mails(who.email, at_least=1)[0])


def set_password(stack: RunningStack, token: str) -> httpx.Response:
    form = {"token": token, "password": "новый верблюд, 8 вечера"}
    return stack.ask("PUT /api/password-resets", form)

"""What SES says of mails: an address that none reaches is marked, and its account says so."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.note_mail_events import app
from shared import keys
from shared.errors import TryAgain
from shared.keyring import email_key_of, token
from tests.integration.answers import call
from tests.integration.clinic import ANNA, BORIS, SignedIn, attach, open_account, start_registration
from tests.integration.conftest import Clock
from tests.integration.family_people import Meanwhile, account
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused

NEW = "anna.new@example.com"
SINCE = "2026-11-23T05:00:00Z"


@pytest.fixture(autouse=True)
def metrics_have_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the metrics go where the environment says, whoever imported the function first."""
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


def bounce(*addresses: str, kind: str = "Permanent") -> dict[str, Any]:
    """Return what SES tells of mails that came back."""
    recipients = [{"emailAddress": one, "status": "5.1.1"} for one in addresses]
    told = {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients}
    return {"eventType": "Bounce", "mail": {"messageId": "m-1"}, "bounce": told}


def complaint(*addresses: str) -> dict[str, Any]:
    """Return what SES tells of mails that were called unwanted."""
    recipients = [{"emailAddress": one} for one in addresses]
    told = {"complainedRecipients": recipients, "complaintFeedbackType": "abuse"}
    return {"eventType": "Complaint", "mail": {"messageId": "m-1"}, "complaint": told}


def note(detail: dict[str, Any]) -> None:
    """Hand an event to the function as EventBridge does."""
    event = {"source": "aws.ses", "detail-type": "Email Bounced", "detail": detail}
    app.lambda_handler(event, LambdaContext())


def is_unreachable(who: SignedIn) -> bool:
    return bool(account(who).body["address_unreachable"])


def since(rows: Rows, who: SignedIn) -> object:
    return rows.everything()[keys.account(who.account_id)].get("unreachable_since")


def change_address(rows: Rows, who: SignedIn, email: str) -> None:
    """Give an account another address, as a confirmed change leaves it."""
    old = email_key_of(rows.everything()[keys.account(who.account_id)]["email"])
    rows.remove(keys.address_owner(old))
    rows.put(keys.address_owner(email_key_of(email)), {"account_id": who.account_id})
    rows.change(keys.account(who.account_id), email=email)


def test_an_address_is_reachable_until_something_else_is_said(anna: SignedIn) -> None:
    assert not is_unreachable(anna)


@pytest.mark.parametrize("detail", [bounce(ANNA.email), complaint(ANNA.email)])
def test_a_bounce_for_good_and_a_complaint_mark_the_account_and_nothing_else(
    anna: SignedIn, rows: Rows, detail: dict[str, Any]
) -> None:
    before = rows.everything()
    note(detail)
    key = keys.account(anna.account_id)
    marked = before[key] | {"unreachable_since": SINCE}
    assert rows.everything() == before | {key: marked}
    assert is_unreachable(anna)


@pytest.mark.parametrize(
    "detail",
    [
        bounce(ANNA.email, kind="Transient"),
        bounce(ANNA.email, kind="Undetermined"),
        {"eventType": "Delivery", "delivery": {"recipients": [ANNA.email]}},
    ],
    ids=["full", "unclear", "delivered"],
)
def test_what_may_pass_marks_nobody(
    anna: SignedIn, rows: Rows, wire: Wire, detail: dict[str, Any]
) -> None:
    with rows.unchanged(), wire.listening() as heard:
        note(detail)
    assert operations(heard) == []
    assert not is_unreachable(anna)


@pytest.mark.parametrize(
    "address",
    [
        f"Анна Петровна <{ANNA.email}>",
        f'"Ivanova, Anna" <{ANNA.email}>',
        f"<{ANNA.email}>",
        ANNA.email.upper(),
    ],
)
def test_an_address_is_known_in_every_form(anna: SignedIn, address: str) -> None:
    note(bounce(address))
    assert is_unreachable(anna)


@pytest.mark.parametrize("address", ["nobody@example.com", "", "no address", "<>"])
def test_an_address_that_is_nobodys_marks_nobody(anna: SignedIn, rows: Rows, address: str) -> None:
    with rows.unchanged():
        note(bounce(address))
    assert not is_unreachable(anna)


def test_an_address_that_only_waits_to_be_confirmed_marks_nobody(
    anna: SignedIn, rows: Rows
) -> None:
    start_registration(BORIS)
    with rows.unchanged():
        note(bounce(BORIS.email))
    assert not is_unreachable(anna)


def test_of_many_recipients_each_is_marked(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    note(bounce("nobody@example.com", ANNA.email, BORIS.email))
    assert is_unreachable(anna)
    assert is_unreachable(boris)


def test_the_same_event_again_keeps_the_first_time(
    anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    note(bounce(ANNA.email))
    clock.move(minutes=5)
    with rows.unchanged():
        note(bounce(ANNA.email))
        note(complaint(ANNA.email))
    assert since(rows, anna) == SINCE


# --------------------------------------------------------------------- a new address


def test_a_new_address_that_was_confirmed_is_reachable_again(anna: SignedIn, wire: Wire) -> None:
    note(bounce(ANNA.email))
    body = {"email": NEW, "password": "верблюд-над-рекой"}
    path = "/api/account/email"
    with wire.listening() as heard:
        answer = call("change_email", "PUT", path, body, cookie=anna.cookie)
    assert answer.status == 202
    assert is_unreachable(anna)
    [told] = tokens_of(heard)
    confirmed = call(
        "confirm_email",
        "POST",
        "/api/email-confirmations",
        {"token": told, "password": "верблюд-над-рекой"},
    )
    assert (confirmed.status, confirmed.body["address_unreachable"]) == (201, False)
    assert not is_unreachable(anna)


def tokens_of(heard: list[Any]) -> list[str]:
    """Return the tokens of the links to the new addresses that were asked for."""
    found = []
    for request in heard:
        for action in request.body.get("TransactItems", []):
            key = action.get("Put", {}).get("Item", {}).get("SK", {}).get("S", "")
            if key.startswith("PENDING#"):
                found.append(token("confirm", email_key_of(NEW), key.removeprefix("PENDING#")))
    return found


def test_an_address_that_was_given_up_between_two_reads_marks_nobody(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    changed = Meanwhile(rows, lambda: change_address(rows, anna, NEW))
    wire.before("GetItem", None, changed)
    note(bounce(ANNA.email))
    assert rows.everything() == changed.table


def test_the_old_addresss_late_bounce_does_not_mark_the_new_one(anna: SignedIn, rows: Rows) -> None:
    change_address(rows, anna, NEW)
    with rows.unchanged():
        note(bounce(ANNA.email))
    assert not is_unreachable(anna)


def test_an_address_that_is_changed_in_between_is_not_marked(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    changed = Meanwhile(rows, lambda: change_address(rows, anna, NEW))
    wire.before("UpdateItem", changed)
    note(bounce(ANNA.email))
    assert rows.everything() == changed.table
    assert not is_unreachable(anna)


def test_an_account_that_is_gone_in_between_is_not_made_anew(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    gone = Meanwhile(rows, lambda: rows.remove(keys.account(anna.account_id)))
    wire.before("UpdateItem", gone)
    note(bounce(ANNA.email))
    assert rows.everything() == gone.table


# ------------------------------------------------------------------- faults and logs


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem"])
def test_a_busy_store_ends_with_an_error_so_that_the_event_comes_again(
    anna: SignedIn, rows: Rows, wire: Wire, operation: str
) -> None:
    wire.before(operation, refused("ThrottlingException"))
    with rows.unchanged(), pytest.raises(TryAgain):
        note(bounce(ANNA.email))
    note(bounce(ANNA.email))
    assert is_unreachable(anna)


def test_the_log_names_the_account_and_never_the_address(
    anna: SignedIn, log: list[dict[str, object]]
) -> None:
    note(bounce(ANNA.email, "nobody@example.com"))
    lines = [line for line in log if line["message"] == "address unreachable"]
    assert [line.get("account_id") for line in lines] == [anna.account_id, None]

"""The account over HTTP: mails sent again, passwords, addresses, its data, and its end."""

from datetime import date, datetime
from typing import Any

import pytest

from shared import keys
from shared.patients import Person
from shared.settings import settings
from shared.table import accounts, store
from tests.stack import portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack, refused, token_in

NEW_PASSWORD = "новый верблюд, 8 вечера"
SESSION_REQUIRED = (401, "session_required")
SIGN_IN_FAILED = (401, "sign_in_failed")


@pytest.fixture
def who() -> SignedIn:
    return portal.new_signed_in(portal.demo_district())


def sign_in(stack: RunningStack, email: str, password: str = PASSWORD) -> tuple[int, str]:
    """Try to sign in; return the status, and the account's id or the refusal's code."""
    answer = stack.ask("POST /api/sessions", {"email": email, "password": password})
    return refused(answer) if answer.is_error else (201, answer.json()["account_id"])


def account(stack: RunningStack, cookie: str) -> dict[str, Any]:
    answer = stack.ask("GET /api/account", cookie=cookie)
    assert answer.status_code == 200
    return dict(answer.json())


def assert_ended(stack: RunningStack, *cookies: str) -> None:
    for cookie in cookies:
        assert refused(stack.ask("GET /api/account", cookie=cookie)) == SESSION_REQUIRED


def registration(email: str) -> dict[str, str]:
    form = portal.form_of(portal.new_policy_number(), portal.SOMEBODY)
    return form | {"email": email, "password": PASSWORD}


def test_a_lost_confirmation_mail_is_sent_again_and_its_link_works(stack: RunningStack) -> None:
    form = registration(f"lost-{portal.new_policy_number()}@stack.example")
    email = form["email"]
    assert stack.ask("POST /api/registrations", form).status_code == 202
    (first,) = stack.mails(email, at_least=1)

    again = stack.ask("POST /api/registrations/resend", {"email": email})

    assert (again.status_code, again.json()) == (202, {"status": "confirmation_sent"})
    second = stack.mails(email, at_least=2)[1]
    assert second == first
    confirmation = {"token": token_in(second), "password": PASSWORD}
    confirmed = stack.ask("POST /api/email-confirmations", confirmation)
    assert (confirmed.status_code, confirmed.json()["email"]) == (201, email)


def test_asking_for_a_mail_tells_nothing_about_an_address(
    stack: RunningStack, who: SignedIn
) -> None:
    unknown = f"unknown-{portal.new_policy_number()}@stack.example"
    for path in ("/api/registrations/resend", "/api/password-resets"):
        answers = [stack.ask(f"POST {path}", {"email": email}) for email in (who.email, unknown)]
        assert answers[0].content == answers[1].content
        assert [answer.status_code for answer in answers] == [202, 202]
    told = stack.mail(who.email, "Этот адрес уже зарегистрирован")
    assert "#token=" not in told["text"] + told["html"]
    stack.mail(who.email, "Новый пароль")
    assert stack.mails(unknown) == []


def test_a_password_is_reset_by_the_mailed_link_once_and_every_session_ends(
    stack: RunningStack, who: SignedIn
) -> None:
    _, other = portal.new_session(who.account_id)
    asked = stack.ask("POST /api/password-resets", {"email": who.email})
    assert (asked.status_code, asked.json()) == (202, {"status": "reset_sent"})
    form = {"token": token_in(stack.mail(who.email, "Новый пароль")), "password": NEW_PASSWORD}

    done = stack.ask("PUT /api/password-resets", form, other)

    assert (done.status_code, done.content) == (204, b"")
    assert "__Host-session=; " in done.headers["set-cookie"]
    assert_ended(stack, who.cookie, other)
    assert refused(stack.ask("PUT /api/password-resets", form)) == (410, "reset_expired")
    assert sign_in(stack, who.email) == SIGN_IN_FAILED
    assert sign_in(stack, who.email, NEW_PASSWORD) == (201, who.account_id)
    stack.mail(who.email, "Пароль изменён")


def test_a_changed_password_ends_all_other_sessions(stack: RunningStack, who: SignedIn) -> None:
    _, other = portal.new_session(who.account_id)
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}

    done = stack.ask("PUT /api/account/password", form, who.cookie)

    assert (done.status_code, done.content) == (204, b"")
    assert account(stack, who.cookie)["account_id"] == who.account_id
    assert_ended(stack, other)
    assert sign_in(stack, who.email) == SIGN_IN_FAILED
    assert sign_in(stack, who.email, NEW_PASSWORD) == (201, who.account_id)
    stack.mail(who.email, "Пароль изменён")


def test_a_new_address_counts_once_confirmed_and_the_profiles_confirmation_lapses(
    stack: RunningStack, who: SignedIn
) -> None:
    _confirm_profile(who)
    new = f"new-{who.email}"
    form = {"email": new, "password": PASSWORD}
    asked = stack.ask("PUT /api/account/email", form, who.cookie)
    assert (asked.status_code, asked.json()) == (202, {"status": "confirmation_sent"})
    stack.mail(who.email, "Запрошена смена адреса")
    token = token_in(stack.mail(new, "Подтвердите новый адрес электронной почты"))
    before = account(stack, who.cookie)
    assert (before["email"], before["profile"]["status"]) == (who.email, "confirmed")

    confirmation = {"token": token, "password": PASSWORD}
    confirmed = stack.ask("POST /api/email-confirmations", confirmation)

    after = before | {"email": new, "profile": {"status": "unconfirmed", "due_on": None}}
    assert (confirmed.status_code, confirmed.json()) == (201, after)
    assert account(stack, who.cookie) == after
    again = stack.ask("POST /api/email-confirmations", confirmation)
    assert refused(again) == (410, "confirmation_expired")
    assert sign_in(stack, who.email) == SIGN_IN_FAILED
    assert sign_in(stack, new) == (201, who.account_id)
    stack.mail(who.email, "Адрес личного кабинета изменён")


def _confirm_profile(who: SignedIn) -> None:
    """Confirm the profile past the code, as the desk will."""
    store.update(
        keys.account(who.account_id),
        "SET profile_status = :confirmed",
        {":confirmed": "confirmed"},
        "attribute_exists(PK)",
    )


def test_an_export_holds_all_that_is_held_about_an_account(
    stack: RunningStack, who: SignedIn
) -> None:
    portal.new_session(who.account_id)
    unlisted, number = (
        Person("Образцов", "Невидим", None, date(1951, 1, 2)),
        portal.new_policy_number(),
    )
    stack.ask("POST /api/family", portal.form_of(number, unlisted), who.cookie)
    portal.take(stack, who, portal.last_day(portal.demo_district())[0])

    answer = stack.ask("GET /api/account/export", cookie=who.cookie)

    assert answer.status_code == 200
    export = answer.json()
    assert datetime.fromisoformat(export.pop("exported_at")).utcoffset() is not None
    assert [one.keys() for one in export.pop("sessions")] == [{"idle_at", "expires_at"}] * 2
    assert export == {
        "account": account(stack, who.cookie),
        "asked_email": None,
        "address_unreachable_since": None,
        "typed": [_typed(portal.SOMEBODY, "self", export), _typed(unlisted, "relative", export)],
        "tickets": stack.ask("GET /api/tickets", cookie=who.cookie).json(),
        "consents": [],
    }
    assert len(export["tickets"]["upcoming"]) == 1


def _typed(person: Person, relation: str, export: dict[str, Any]) -> dict[str, Any]:
    (shown,) = [one for one in export["typed"] if one["relation"] == relation]
    assert len(shown["policy_last4"]) == 4
    return {
        "patient_id": shown["patient_id"],
        "relation": relation,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
        "policy_last4": shown["policy_last4"],
        "typed_on": str(settings().day_of(datetime.now().astimezone())),
        "policy_valid_until": None,
    }


def test_a_deleted_account_frees_its_tickets_and_its_address(stack: RunningStack) -> None:
    district = portal.new_district_without_hours()
    who = portal.new_signed_in(district)
    _, other = portal.new_session(who.account_id)
    slot = portal.publish(district, 5, 1)[0]
    portal.take(stack, who, slot)

    gone = stack.ask("DELETE /api/account", {"password": PASSWORD}, who.cookie)

    assert (gone.status_code, gone.content) == (204, b"")
    assert "__Host-session=; " in gone.headers["set-cookie"]
    assert_ended(stack, who.cookie, other)
    assert portal.now_of(slot) == slot
    assert sign_in(stack, who.email) == SIGN_IN_FAILED
    stack.mail(who.email, "Личный кабинет удалён")
    assert accounts.read_partition(who.account_id) is None
    (left,) = [item for item in portal.lasting_items(stack) if who.patient_id in item["PK"]]
    assert left.keys().isdisjoint({"holder", "claimants", "guardians", "child_guardians"})
    _assert_free_to_register(stack, who.email)


def _assert_free_to_register(stack: RunningStack, email: str) -> None:
    assert stack.ask("POST /api/registrations", registration(email)).status_code == 202
    token = token_in(stack.mail(email, "Подтвердите адрес электронной почты"))
    confirmation = {"token": token, "password": PASSWORD}
    assert stack.ask("POST /api/email-confirmations", confirmation).status_code == 201
    assert sign_in(stack, email)[0] == 201


@pytest.mark.parametrize(
    "told, is_unreachable",
    [
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}, True),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Transient"}}, False),
        ({"eventType": "Complaint", "complaint": {}}, True),
        ({"eventType": "Delivery", "delivery": {}}, False),
    ],
    ids=["sent-back-for-good", "sent-back-for-now", "complaint", "delivered"],
)
def test_an_account_says_that_mail_does_not_reach_it(
    stack: RunningStack, who: SignedIn, told: dict[str, Any], *, is_unreachable: bool
) -> None:
    assert account(stack, who.cookie)["address_unreachable"] is False
    recipients = [{"emailAddress": who.email}]
    detail = {name: dict(part) if isinstance(part, dict) else part for name, part in told.items()}
    detail.get("bounce", {})["bouncedRecipients"] = recipients
    detail.get("complaint", {})["complainedRecipients"] = recipients
    event = {"source": "aws.ses", "detail-type": "Email event", "detail": detail}

    for _ in range(2):
        assert stack.invoke("NoteMailEventsFunction", event) is None

    assert account(stack, who.cookie)["address_unreachable"] is is_unreachable

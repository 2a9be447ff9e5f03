"""How each refusal of the operations on accounts and families comes about over HTTP."""

from collections.abc import Callable

import httpx

from shared import clock, keys, policies
from shared.accounts import MOST_MEMBERS, Claim
from shared.ids import PatientId
from shared.settings import settings
from shared.table import claims, store
from tests.stack import portal
from tests.stack.operations import ask, cookie_for, nobodys_cookie, operations, somebody
from tests.stack.portal import PASSWORD
from tests.stack.running import RunningStack, token_in

Way = Callable[[RunningStack], httpx.Response]

WAYS: dict[tuple[str, str], Way] = {}
"""By operation and code."""


def way(code: str, *names: str) -> Callable[[Way], Way]:
    """Keep how a refusal comes about, for some operations."""

    def keep(found: Way) -> Way:
        for name in names:
            assert (name, code) not in WAYS
            WAYS[name, code] = found
        return found

    return keep


def _without_a_session(name: str) -> Way:
    return lambda stack: ask(stack, name, nobodys_cookie(cookie_for(name)))


def _with_a_wrong_password(name: str, body: dict[str, str]) -> Way:
    return lambda stack: ask(stack, name, somebody().cookie, body)


for _name, _operation in operations().items():
    if _operation.needs_a_session:
        way("session_required", _name)(_without_a_session(_name))

for _name, _body in {
    "PUT /api/account/password": {"current_password": "wrong", "new_password": PASSWORD},
    "PUT /api/account/email": {"password": "wrong", "email": "other@stack.example"},
    "DELETE /api/account": {"password": "wrong"},
}.items():
    way("wrong_password", _name)(_with_a_wrong_password(_name, _body))


@way("confirmation_expired", "POST /api/email-confirmations")
def _a_confirmation_that_nobody_sent(stack: RunningStack) -> httpx.Response:
    return ask(stack, "POST /api/email-confirmations")


@way("reset_expired", "PUT /api/password-resets")
def _a_reset_that_nobody_sent(stack: RunningStack) -> httpx.Response:
    return ask(stack, "PUT /api/password-resets")


@way("invitation_expired", "POST /api/invitation-acceptances")
def _an_invitation_that_nobody_sent(stack: RunningStack) -> httpx.Response:
    return ask(stack, "POST /api/invitation-acceptances", somebody().cookie)


@way("sign_in_failed", "POST /api/sessions")
def _an_unknown_address(stack: RunningStack) -> httpx.Response:
    email = f"{portal.new_policy_number()}@stack.example"
    return ask(stack, "POST /api/sessions", body={"email": email, "password": PASSWORD})


def _register(stack: RunningStack, number: policies.PolicyNumber) -> str:
    """Register somebody with a policy, and return the mailed token."""
    email = f"{clock.new_id()}@stack.example"
    form = portal.form_of(number, portal.SOMEBODY) | {"email": email, "password": PASSWORD}
    assert stack.ask("POST /api/registrations", form).status_code == 202
    return token_in(stack.mails(email, at_least=1)[0])


@way("wrong_password", "POST /api/email-confirmations")
def _a_confirmation_with_a_wrong_password(stack: RunningStack) -> httpx.Response:
    token = _register(stack, portal.new_policy_number())
    body = {"token": token, "password": "wrong"}
    return ask(stack, "POST /api/email-confirmations", body=body)


@way("policy_already_registered", "POST /api/email-confirmations")
def _a_policy_whose_owner_has_an_account(stack: RunningStack) -> httpx.Response:
    number = portal.new_policy_number()
    portal.new_signed_in(portal.demo_district(), portal.SOMEBODY, number)
    body = {"token": _register(stack, number), "password": PASSWORD}
    return ask(stack, "POST /api/email-confirmations", body=body)


@way("family_full", "POST /api/family")
def _a_full_family(stack: RunningStack) -> httpx.Response:
    who, today = somebody(), settings().day_of(clock.now())
    for _ in range(MOST_MEMBERS - 1):
        other, person = PatientId(clock.new_id()), portal.SOMEBODY
        claim = Claim(who.account_id, other, "relative", person, "0000", claimed_on=today)
        store.put(keys.claim(who.account_id, other), claims.to_item(claim))
    return ask(stack, "POST /api/family", who.cookie)


@way("not_found", "DELETE /api/family/{patient_id}")
def _oneself_as_a_relative(stack: RunningStack) -> httpx.Response:
    who = somebody()
    name = "DELETE /api/family/{patient_id}"
    return ask(stack, name, who.cookie, patient_id=who.patient_id)


@way("not_found", "DELETE /api/guardians/{guardian_id}")
def _a_guardian_that_is_none(stack: RunningStack) -> httpx.Response:
    name, stranger = "DELETE /api/guardians/{guardian_id}", somebody().account_id
    return ask(stack, name, somebody().cookie, guardian_id=stranger)


@way("patient_unknown", "GET /api/slots")
def _slots_for_somebody_elses_patient(stack: RunningStack) -> httpx.Response:
    patient_id = somebody().patient_id
    return ask(stack, "GET /api/slots", somebody().cookie, patient_id=patient_id)

"""How each refusal of the desk's operations comes about over HTTP; added to refusals.WAYS."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import httpx

from shared import clock
from shared.consents import Paper
from shared.districts import District
from shared.ids import TicketId
from shared.settings import settings
from shared.table import accounts, consents, profiles
from shared.working_days import due_on
from tests.stack import portal
from tests.stack.desk import Clerk, new_clerk
from tests.stack.operations import any_clerk, ask, somebody
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.refusals import Way, way
from tests.stack.running import RunningStack, wait_for

SIGN_IN = "POST /api/desk/sessions"
DECLARE = "PUT /api/desk/districts/{district_id}/absences"
TAKE_BACK_ABSENCE = "DELETE /api/desk/districts/{district_id}/absences/{first_on}"
GIVE, TAKE_BACK = "POST /api/desk/tickets", "DELETE /api/desk/tickets/{ticket_id}"
NOTE = "POST /api/desk/tickets/{ticket_id}/outcome"
RECORD, WITHDRAW = "POST /api/desk/consents", "DELETE /api/desk/consents/{patient_id}"
CONFIRM = "POST /api/desk/profiles/{account_id}/confirm"
PREPARE, SEND = "POST /api/desk/documents", "POST /api/desk/documents/{document_id}/send"
_PDF = b"%PDF-1.7\n%%EOF\n"


@way("sign_in_failed", SIGN_IN)
def _a_user_who_is_not_there(stack: RunningStack) -> httpx.Response:
    body = {"login": f"clerk-{clock.new_id()[:8]}", "password": PASSWORD, "code": "000000"}
    return ask(stack, SIGN_IN, body=body)


def _of_nothing(name: str) -> Way:
    return lambda stack: ask(stack, name, any_clerk().cookie)


for _name in (
    *(DECLARE, TAKE_BACK_ABSENCE, GIVE, TAKE_BACK, NOTE),
    *(RECORD, WITHDRAW, CONFIRM, PREPARE, SEND),
):
    way("not_found", _name)(_of_nothing(_name))


# ----------------------------------------------------------------------------- tickets


@dataclass(frozen=True)
class _Scene:
    """A clerk, a district for which nothing is published, and two of its patients."""

    clerk: Clerk
    district: District
    patient: SignedIn
    other: SignedIn


def _scene() -> _Scene:
    district = portal.new_district_without_hours()
    patients = [portal.new_signed_in(district) for _ in range(2)]
    return _Scene(new_clerk(), district, *patients)


def _give(
    stack: RunningStack, scene: _Scene, who: SignedIn, *, at: str = "09:20", days_ahead: int = 5
) -> httpx.Response:
    day = settings().day_of(clock.now()) + timedelta(days=days_ahead)
    offset = clock.now().astimezone(settings().zone).isoformat()[-6:]
    body = {"patient_id": who.patient_id, "starts_at": f"{day}T{at}:00{offset}"}
    return ask(stack, GIVE, scene.clerk.cookie, body)


def _given(stack: RunningStack, scene: _Scene) -> str:
    answer = _give(stack, scene, scene.patient)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket_id"])


@way("not_attached", GIVE)
def _a_patient_who_has_left_the_clinic(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    portal.leave(scene.patient, scene.district)
    return _give(stack, scene, scene.patient)


@way("policy_expired", GIVE)
def _a_day_after_the_policys_last(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    portal.end_policy(scene.patient)
    return _give(stack, scene, scene.patient)


@way("ticket_limit_reached", GIVE)
def _a_second_ticket(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    _given(stack, scene)
    return _give(stack, scene, scene.patient, at="10:00")


@way("slot_taken", GIVE)
def _somebody_elses_time(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    _given(stack, scene)
    return _give(stack, scene, scene.other)


@way("slot_withdrawn", GIVE)
def _a_time_that_has_come(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    return _give(stack, scene, scene.patient, days_ahead=-1)


@way("too_late", TAKE_BACK)
def _a_ticket_that_has_begun(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    ticket_id = _given(stack, scene)
    portal.begin(TicketId(ticket_id))
    return ask(stack, TAKE_BACK, scene.clerk.cookie, ticket_id=ticket_id)


@way("too_late", NOTE)
def _the_outcome_of_a_cancelled_ticket(stack: RunningStack) -> httpx.Response:
    scene = _scene()
    ticket_id = _given(stack, scene)
    cancelled = ask(stack, TAKE_BACK, scene.clerk.cookie, ticket_id=ticket_id)
    assert cancelled.status_code == 204
    return ask(stack, NOTE, scene.clerk.cookie, ticket_id=ticket_id)


# -------------------------------------------------------------- consents and documents


def _consent(clerk: Clerk, who: SignedIn, *, confirmed: bool = True) -> None:
    """Record a paper for the account's own address, and confirm the profile."""
    now = clock.now()
    today, number = settings().day_of(now), clock.new_id()[:8]
    paper = Paper(clock.new_id(), who.patient_id, number, today, "2026-01", today)
    consents.record(clerk.actor, paper, who.email, due_on(paper.received_on), now)
    if confirmed:
        profiles.confirm(clerk.actor, who.account_id, now)


@way("email_differs", RECORD)
def _a_paper_with_somebody_elses_address(stack: RunningStack) -> httpx.Response:
    who, stranger = somebody(), somebody()
    body = {
        "patient_id": who.patient_id,
        "email": stranger.email,
        "signed_on": "2026-11-20",
        "document_number": "С-1",
        "text_version": "2026-01",
    }
    return ask(stack, RECORD, any_clerk().cookie, body)


@way("consent_missing", CONFIRM)
def _a_profile_without_a_consent(stack: RunningStack) -> httpx.Response:
    return ask(stack, CONFIRM, any_clerk().cookie, account_id=somebody().account_id)


def _promised(stack: RunningStack, clerk: Clerk, who: SignedIn, content: bytes = _PDF) -> str:
    body = {
        "patient_id": who.patient_id,
        "kind": "test_results",
        "file_name": "results.pdf",
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    told = ask(stack, PREPARE, clerk.cookie, body)
    assert told.status_code == 201, told.text
    return str(told.json()["document_id"])


def _send(stack: RunningStack, clerk: Clerk, document_id: str) -> httpx.Response:
    return ask(stack, SEND, clerk.cookie, document_id=document_id)


@way("profile_not_confirmed", SEND)
def _a_document_of_an_unconfirmed_profile(stack: RunningStack) -> httpx.Response:
    clerk, who = new_clerk(), somebody()
    _consent(clerk, who, confirmed=False)
    return _send(stack, clerk, _promised(stack, clerk, who))


@way("consent_missing", SEND)
def _a_document_behind_a_withdrawn_consent(stack: RunningStack) -> httpx.Response:
    clerk, who = new_clerk(), somebody()
    _consent(clerk, who)
    consents.withdraw(clerk.actor, who.patient_id, clock.now())
    return _send(stack, clerk, _promised(stack, clerk, who))


@way("address_unreachable", SEND)
def _a_document_to_an_address_that_no_mail_reaches(stack: RunningStack) -> httpx.Response:
    clerk, who = new_clerk(), somebody()
    _consent(clerk, who)
    accounts.mark_unreachable(who.email, clock.now())
    return _send(stack, clerk, _promised(stack, clerk, who))


@way("document_not_uploaded", SEND)
def _a_document_without_its_file(stack: RunningStack) -> httpx.Response:
    clerk, who = new_clerk(), somebody()
    _consent(clerk, who)
    return _send(stack, clerk, _promised(stack, clerk, who))


@way("document_rejected", SEND)
def _a_document_whose_file_is_no_pdf(stack: RunningStack) -> httpx.Response:
    clerk, who, content = new_clerk(), somebody(), b"<html></html>"
    _consent(clerk, who)
    document_id = _promised(stack, clerk, who, content)
    bucket = settings().document_bucket
    stack.aws("s3").put_object(Bucket=bucket, Key=document_id, Body=content)
    wait_for(lambda: _send(stack, clerk, document_id).json()["code"] == "document_rejected")
    return _send(stack, clerk, document_id)

"""What schedules, streams and SES make the portal do, and what that costs."""

from collections.abc import Mapping
from typing import Any

from shared import clock, keys
from shared.keyring import email_key_of
from shared.table import credentials, pending, tickets
from tests.contract.bill import Bill, billed
from tests.contract.costs import (
    OTHER_SLOT,
    Work,
    anna_asked_by_boris,
    anna_signed_in,
    anna_with_ticket,
)
from tests.contract.costs_of_documents import anna_confirmed, anna_waits
from tests.integration.answers import invoke
from tests.integration.clinic import (
    ANNA,
    SLOT,
    open_district,
    open_session,
    publish,
    start_registration,
    take,
)
from tests.integration.desk import open_desk
from tests.integration.desk_documents import arrived, promised, send, stored, upload
from tests.integration.desk_profiles import withdraw
from tests.integration.district_queue import messages
from tests.integration.rows import Rows
from tests.integration.stream import Stream


def run(function: str, given: Mapping[str, Any] | None = None) -> Bill:
    with billed() as bill:
        answer = invoke(function, given or {})
    assert not (answer or {}).get("batchItemFailures")
    return bill


# ------------------------------------------------------------------------- schedules


def _release_again(_: Rows) -> Bill:
    """Release where all slots stand."""
    run("release_slots")
    return run("release_slots")


def _release_a_slot(rows: Rows) -> Bill:
    open_district()
    nothing = _release_again(rows)
    rows.remove(next(key for key in rows.everything() if keys.kind(key.sk) == "SLOT"))
    return run("release_slots") - nothing


def _release_a_window(_: Rows) -> Bill:
    """Publish all slots of a new district."""
    nothing = run("release_slots")
    open_district()
    return run("release_slots") - nothing


def _release_a_district(rows: Rows) -> Bill:
    open_district()
    one = _release_again(rows)
    open_district("a2")
    return _release_again(rows) - one


def _release_handed_out(_: Rows) -> Bill:
    """Read the message about a district whose slots all stand."""
    open_district()
    _release_again(_)
    return run("release_district", {"Records": messages("a1")})


def _remind_a_district(_: Rows) -> Bill:
    open_district()
    one = run("send_reminders")
    open_district("a2")
    return run("send_reminders") - one


def _remind_of_a_ticket(_: Rows) -> Bill:
    open_district()
    nothing = run("send_reminders")
    anna_with_ticket()
    return run("send_reminders") - nothing


def _chase_a_profile(rows: Rows) -> Bill:
    nothing = run("chase_confirmations")
    _fall_due(rows)
    return run("chase_confirmations") - nothing


def _fall_due(rows: Rows) -> None:
    """Let a profile wait that is to be confirmed by tomorrow."""
    anna = anna_waits(open_desk())
    tomorrow = "2026-11-24"
    rows.change(keys.account(anna.account_id), profile_due_on=tomorrow, due_on=tomorrow)


# --------------------------------------------------------------------------- streams


def _hand_on(function: str, stream: Stream, kind: str) -> Bill:
    """Hand the one change of an item of this kind on."""
    changed = [
        record
        for record in stream.records()
        if keys.kind(record["dynamodb"]["Keys"]["SK"]["S"]) == kind
    ]
    (record,) = changed
    return run(function, {"Records": [record]})


def _mail_of_a_registration(rows: Rows) -> Bill:
    stream = Stream(rows)
    start_registration(ANNA)
    return _hand_on("send_mail", stream, "PENDING")


def _mail_again(rows: Rows) -> Bill:
    start_registration(ANNA)
    stream = Stream(rows)
    pending.request_resend(email_key_of(ANNA.email), clock.now())
    return _hand_on("send_mail", stream, "RESEND")


def _mail_of_a_reset(rows: Rows) -> Bill:
    anna_signed_in()
    stream = Stream(rows)
    credentials.request_reset(email_key_of(ANNA.email), clock.now())
    return _hand_on("send_mail", stream, "RESET")


def _mail_to_nobody(rows: Rows) -> Bill:
    stream = Stream(rows)
    credentials.request_reset(email_key_of(ANNA.email), clock.now())
    return _hand_on("send_mail", stream, "RESET")


def _mail_of_an_invitation(rows: Rows) -> Bill:
    stream = Stream(rows)
    _anna, boris = anna_asked_by_boris()
    claim_key = keys.claim(boris.account_id, ANNA.patient_id)
    asked = [record for record in stream.records() if _key_of(record) == claim_key]
    return run("send_mail", {"Records": asked})


def _key_of(record: Mapping[str, Any]) -> keys.Key:
    named = record["dynamodb"]["Keys"]
    return keys.Key(named["PK"]["S"], named["SK"]["S"])


def _mail_of_a_ticket(rows: Rows) -> Bill:
    anna = anna_signed_in()
    publish(SLOT)
    stream = Stream(rows)
    take(anna, SLOT)
    return _hand_on("send_mail", stream, "PATIENT")


def _mail_of_an_account(rows: Rows) -> Bill:
    """Hand on that an account was erased; a new password and a new address are told alike."""
    anna = anna_signed_in()
    stream = Stream(rows)
    rows.remove(keys.account(anna.account_id))
    return _hand_on("send_mail", stream, "ACCOUNT")


def _sign_in_is_no_mail(rows: Rows) -> Bill:
    anna = anna_signed_in()
    stream = Stream(rows)
    open_session(anna)
    return _hand_on("send_mail", stream, "ACCOUNT")


def _archive(rows: Rows) -> Bill:
    anna, ticket_id = anna_with_ticket()
    tickets.cancel(anna.session, ticket_id, clock.now())
    stream = Stream(rows)
    take(anna, OTHER_SLOT)
    return _hand_on("archive_tickets", stream, "PATIENT")


def _mail_to_the_registry(rows: Rows) -> Bill:
    _fall_due(rows)
    stream = Stream(rows)
    run("chase_confirmations")
    return _hand_on("send_mail", stream, "CHASE")


def _mail_of_a_document(rows: Rows) -> Bill:
    return _hand_on("send_mail", _sent_document(rows), "DISPATCH")


def _mail_held_back(rows: Rows) -> Bill:
    """Withdraw the consent between the desk's word and the mail."""
    stream = _sent_document(rows)
    assert withdraw(open_desk(), ANNA.patient_id).status == 204
    return _hand_on("send_mail", stream, "DISPATCH")


def _sent_document(rows: Rows) -> Stream:
    clerk = open_desk()
    anna = anna_confirmed(clerk)
    document_id = stored(clerk, anna.patient_id)
    stream = Stream(rows)
    assert send(clerk, document_id).status == 202
    return stream


def _look_at_a_file(_: Rows) -> Bill:
    clerk, anna = open_desk(), anna_signed_in()
    document_id = promised(clerk, anna.patient_id)
    upload(document_id)
    return run("check_document", arrived(document_id))


def _bounce(_: Rows) -> Bill:
    anna_signed_in()
    recipients = [{"emailAddress": ANNA.email}]
    detail = {"eventType": "Complaint", "complaint": {"complainedRecipients": recipients}}
    return run("note_mail_events", {"source": "aws.ses", "detail": detail})


COSTS_BESIDE: Mapping[str, Work] = {
    "release with nothing to do": _release_again,
    "release with nothing to do, for each district": _release_a_district,
    "release, for one slot that is missing": _release_a_slot,
    "release, the 20 slots of a new adult district": _release_a_window,
    "release of a district that was handed out, nothing to do": _release_handed_out,
    "remind, for each district": _remind_a_district,
    "remind, for each ticket": _remind_of_a_ticket,
    "warn of due profiles, none": lambda _: run("chase_confirmations"),
    "warn of due profiles, the first": _chase_a_profile,
    "look at a file that arrived": _look_at_a_file,
    "mail for a registration": _mail_of_a_registration,
    "mail for a registration, again": _mail_again,
    "mail for a new password": _mail_of_a_reset,
    "no mail, where nobody has the address": _mail_to_nobody,
    "mail with an invitation": _mail_of_an_invitation,
    "mail about a ticket": _mail_of_a_ticket,
    "mail about an account": _mail_of_an_account,
    "mail to the registry": _mail_to_the_registry,
    "mail with a document": _mail_of_a_document,
    "mail with a document, held back": _mail_held_back,
    "no mail, of a sign-in": _sign_in_is_no_mail,
    "keep a replaced ticket": _archive,
    "mark an unreachable address": _bounce,
}
"""What happens without a patient's request, by the document's words."""

"""What consents, profiles and documents cost."""

from collections.abc import Mapping

from tests.contract.bill import Bill
from tests.contract.costs import Work, anna_signed_in, ask, erase, export
from tests.contract.costs_of_desk import at_desk
from tests.integration.clinic import ANNA, SignedIn, open_account
from tests.integration.desk import Clerk
from tests.integration.desk_documents import confirm_profile, form, promised, send, stored, upload
from tests.integration.desk_profiles import PAPER, record


def _record(clerk: Clerk) -> Bill:
    body = {"patient_id": ANNA.patient_id, "email": ANNA.email, **PAPER}
    return ask("record_consent", "POST /api/desk/consents", body, clerk.cookie)


def _record_first(clerk: Clerk) -> Bill:
    anna_signed_in()
    return _record(clerk)


def _record_again(clerk: Clerk) -> Bill:
    _record_first(clerk)
    return _record(clerk)


def _withdraw(clerk: Clerk) -> Bill:
    _record_first(clerk)
    route = f"DELETE /api/desk/consents/{ANNA.patient_id}"
    return ask("withdraw_consent", route, cookie=clerk.cookie)


def anna_waits(clerk: Clerk) -> SignedIn:
    """Let the desk record Anna's paper."""
    anna = anna_signed_in()
    assert record(clerk, anna.patient_id).status == 201
    return anna


def _export(clerk: Clerk) -> Bill:
    alone = export(anna := anna_signed_in())
    assert record(clerk, anna.patient_id).status == 201
    return export(anna) - alone


def _erase(clerk: Clerk) -> Bill:
    with_a_consent = erase(anna_waits(clerk))
    return with_a_consent - erase(open_account(ANNA))


def _list(clerk: Clerk) -> Bill:
    route = "GET /api/desk/profiles?status=consent_received"
    return ask("list_profiles", route, cookie=clerk.cookie)


def _list_one(clerk: Clerk) -> Bill:
    none = _list(clerk)
    anna_waits(clerk)
    return _list(clerk) - none


def _confirm(clerk: Clerk) -> Bill:
    anna = anna_waits(clerk)
    route = f"POST /api/desk/profiles/{anna.account_id}/confirm"
    return ask("confirm_profile", route, cookie=clerk.cookie)


def _prepare(clerk: Clerk) -> Bill:
    anna = anna_signed_in()
    body = form(anna.patient_id)
    return ask("prepare_document", "POST /api/desk/documents", body, clerk.cookie)


def anna_confirmed(clerk: Clerk) -> SignedIn:
    """Let the desk confirm Anna's profile."""
    anna = anna_signed_in()
    confirm_profile(clerk, anna)
    return anna


def _send(clerk: Clerk, document_id: str) -> Bill:
    route = f"POST /api/desk/documents/{document_id}/send"
    return ask("send_document", route, cookie=clerk.cookie)


def _send_stored(clerk: Clerk) -> Bill:
    anna = anna_confirmed(clerk)
    return _send(clerk, stored(clerk, anna.patient_id))


def _send_at_once(clerk: Clerk) -> Bill:
    """Send a document whose file nobody has looked at yet."""
    anna = anna_confirmed(clerk)
    document_id = promised(clerk, anna.patient_id)
    upload(document_id)
    return _send(clerk, document_id)


def _send_again(clerk: Clerk) -> Bill:
    anna = anna_confirmed(clerk)
    document_id = stored(clerk, anna.patient_id)
    send(clerk, document_id)
    return _send(clerk, document_id)


COSTS_OF_DOCUMENTS: Mapping[str, Work] = {
    "record a consent": at_desk(_record_first),
    "record a consent, the same again": at_desk(_record_again),
    "withdraw a consent": at_desk(_withdraw),
    "take the data away, for each consent": at_desk(_export),
    "erase the account, for each consent": at_desk(_erase),
    "list the profiles that wait, none": at_desk(_list),
    "list the profiles that wait, the first": at_desk(_list_one),
    "confirm a profile": at_desk(_confirm),
    "prepare a document": at_desk(_prepare),
    "send a document": at_desk(_send_stored),
    "send a document that nobody has looked at": at_desk(_send_at_once),
    "send a document, the same again": at_desk(_send_again),
}
"""By the document's words."""

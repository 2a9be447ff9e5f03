"""What the desk asks about consents and profiles in the tests, and what stands in the table."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.chase_confirmations import app as chase_app
from shared import keys
from tests.integration.answers import Answer, call
from tests.integration.clinic import ANNA, SignedIn
from tests.integration.desk import Clerk
from tests.integration.family_people import NO_CONTENT
from tests.integration.rows import Item, Rows

DUE_ON = "2026-11-26"
"""The third working day after the tests' Monday."""
PAPER = {"signed_on": "2026-11-20", "document_number": "С-17/2026", "text_version": "2026-01"}
"""What stands on a paper, but for whose it is and the address."""
WITHDRAWN = NO_CONTENT


def record(
    clerk: Clerk | None, patient_id: str, email: str = ANNA.email, **changes: object
) -> Answer:
    """Record a paper; `changes` are of what stands on it."""
    body = {"patient_id": patient_id, "email": email, **PAPER, **changes}
    cookie = clerk.cookie if clerk else None
    return call("record_consent", "POST", "/api/desk/consents", body, cookie=cookie)


def withdraw(clerk: Clerk | None, patient_id: str) -> Answer:
    cookie = clerk.cookie if clerk else None
    return call("withdraw_consent", "DELETE", f"/api/desk/consents/{patient_id}", cookie=cookie)


def list_profiles(clerk: Clerk | None, status: str = "consent_received") -> Answer:
    cookie = clerk.cookie if clerk else None
    query = {"status": status}
    return call("list_profiles", "GET", "/api/desk/profiles", cookie=cookie, query=query)


def confirm(clerk: Clerk | None, account_id: str, body: object = None) -> Answer:
    cookie = clerk.cookie if clerk else None
    path = f"/api/desk/profiles/{account_id}/confirm"
    return call("confirm_profile", "POST", path, body, cookie=cookie)


def chase() -> Any:  # noqa: ANN401 - what Lambda is given back
    return chase_app.lambda_handler({}, LambdaContext())


def recorded(
    who: SignedIn,
    patient_id: str | None = None,
    status: str = "consent_received",
    due_on: str | None = DUE_ON,
) -> Answer:
    """Return the answer to a paper that names an account, whole."""
    body = {
        "due_on": due_on,
        "patient_id": patient_id or who.patient_id,
        "account_id": who.account_id,
        "profile": {"status": status, "due_on": due_on},
    }
    return Answer(201, body)


def profile_in(rows: Rows, who: SignedIn) -> Item:
    """Return what an account's row says of its profile and consents."""
    row = rows.everything()[keys.account(who.account_id)]
    names = {"profile_status", "profile_due_on", "consents", "due_list", "due_on"}
    return {name: value for name, value in row.items() if name in names}


def waits(*consents: str, due_on: str = DUE_ON) -> Item:
    """Return what the row of an account says whose profile waits."""
    return {
        "profile_status": "consent_received",
        "profile_due_on": due_on,
        "consents": set(consents),
        "due_list": "CONSENTS",
        "due_on": due_on,
    }


def is_confirmed(*consents: str) -> Item:
    """Return what the row of an account says whose profile is confirmed."""
    return {"profile_status": "confirmed", "profile_due_on": None, "consents": set(consents)}


def is_unconfirmed(*consents: str) -> Item:
    """Return what the row says of an account without a consent to its address."""
    old = {"consents": set(consents)} if consents else {}
    return {"profile_status": "unconfirmed", "profile_due_on": None, **old}


def consent_in(rows: Rows, patient_id: str) -> Item | None:
    """Return a patient's consent in force."""
    found = {key: row for key, row in rows.everything().items() if key.sk == "CONSENT"}
    return next((row for key, row in found.items() if key.pk == f"PATIENT#{patient_id}"), None)


def papers_in(rows: Rows, patient_id: str) -> list[Item]:
    """Return a patient's papers, in the order of their ids."""
    return [
        row
        for key, row in rows.everything().items()
        if key.pk == f"PATIENT#{patient_id}" and key.sk.startswith("CONSENT#")
    ]


def but_desk(rows: Rows) -> dict[keys.Key, Item]:
    """Return the table but for the audit trail and the desk's sessions."""
    kinds = {"AUDIT", "DESK"}
    return {key: row for key, row in rows.lasting().items() if keys.kind(key.pk) not in kinds}

"""One invented clinic, its district and a patient; a test replaces only what it is about."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError

from shared.accounts import Account, AddressChange, Claim, Member, Registration
from shared.districts import WEEKDAYS, District, Doctor
from shared.documents import Document, new_document_id
from shared.ids import AccountId, DistrictId, EmailKey, PatientId, TicketId
from shared.patients import Patient, Person
from shared.policies import PolicyNumber
from shared.tickets import Slot, SlotPlace, Ticket

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
"""A Sunday, 12:00 in Moscow: the clock of every unit test stands here."""
MONDAY = date(2026, 11, 30)

SITE = "https://clinic.example"
ORIGIN_KEY = "the secret of origin-key"
"""What only the distribution shows."""
POLICY = PolicyNumber("7856130840000017")
ACCOUNT_ID = AccountId("a" * 32)
STRANGER_ID = AccountId("b" * 32)
PATIENT_ID = PatientId("c" * 32)
EMAIL_KEY = EmailKey("d" * 32)
REGISTRATION_ID = "e" * 32
DOCTOR = Doctor("Смирнова Ольга Ивановна", "214")
PLACE = SlotPlace(DistrictId("a1"), MONDAY, 1, time(9, 20))
STARTS_AT = datetime(2026, 11, 30, 6, 20, tzinfo=UTC)
TICKET = Ticket(TicketId(f"{PATIENT_ID}.0123456789abcdef"), PLACE, STARTS_AT, "booked", ACCOUNT_ID)

ANNA = Person("Иванова", "Анна", "Сергеевна", date(1985, 3, 27))
BORIS = Person("Петров", "Борис", None, date(1959, 9, 3))
PATIENT = Patient(
    PATIENT_ID,
    person=ANNA,
    policy_last4="0017",
    district_id=DistrictId("a1"),
    holder=ACCOUNT_ID,
    claimants=frozenset({ACCOUNT_ID}),
    guardians=frozenset({ACCOUNT_ID}),
)
"""Attached; ACCOUNT_ID may book for her."""
CLAIM = Claim(ACCOUNT_ID, PATIENT_ID, "self", ANNA, "0017", claimed_on=date(2026, 11, 1))
MEMBER = Member(CLAIM, PATIENT, NOW.date())
RELATIVES_CLAIM = replace(CLAIM, account_id=STRANGER_ID, relation="relative")
"""Anna, as another account's user typed her."""
ACCOUNT = Account(ACCOUNT_ID, "anna@example.com", "a hash", PATIENT_ID)

_HOURS = [time(9, minute) for minute in (0, 10, 20, 30, 40, 50)]
DISTRICT = District(
    DistrictId("a1"), "adult", "Участок № 1", DOCTOR, dict.fromkeys(WEEKDAYS, _HOURS)
)
SLOT = Slot(PLACE, STARTS_AT, DOCTOR)
REGISTRATION = Registration(
    registration_id=REGISTRATION_ID,
    email_key=EMAIL_KEY,
    email="anna@example.com",
    password_hash="a hash",
    patient_id=PATIENT_ID,
    person=ANNA,
    policy_last4="0017",
    address_taken=False,
    expires_at=NOW,
)
CHANGE_ID = "f" * 32
ADDRESS_CHANGE = AddressChange(
    change_id=CHANGE_ID,
    email_key=EMAIL_KEY,
    email="new@example.com",
    account_id=ACCOUNT_ID,
    address_taken=False,
    expires_at=NOW,
)

FILE = b"%PDF-1.7 results"
DOCUMENT = Document(
    document_id=new_document_id(PATIENT_ID, "0123456789abcdef"),
    kind="test_results",
    file_name="Иванова кровь.pdf",
    size=len(FILE),
    sha256=sha256(FILE).hexdigest(),
    offered_at=NOW,
    kept_until=NOW + timedelta(days=30),
)
"""Promised; FILE is its file."""


def request(path: str, body: object = None, method: str = "POST", **headers: str) -> dict[str, Any]:
    """Build a request as the HTTP API hands it to a function; a text is the body as it stands."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-origin-key": ORIGIN_KEY} | headers,
        "requestContext": {
            "http": {"method": method, "path": path},
            "requestId": "request-1",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def secret_error(code: str) -> ClientError:
    """Return what is raised where Secrets Manager answers with an error of this code."""
    return ClientError({"Error": {"Code": code}}, "GetSecretValue")

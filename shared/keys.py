"""Every key of the table. No key is put together anywhere else.

Access patterns:

| Question | Key | Operation |
|---|---|---|
| all districts | PK=CLINIC | Query |
| one district | PK=CLINIC, SK=DISTRICT#<id> | PutItem |
| a district's slots of some days | PK=DISTRICT#<id>, SK between two days | Query |
| one slot | PK=DISTRICT#<id>, SK=SLOT#<day>#<n> | PutItem, BatchGetItem, in a transaction |
| one patient | PK=PATIENT#<id>, SK=PATIENT | GetItem, BatchGetItem, UpdateItem, in a transaction |
| a patient's earlier tickets | PK=PATIENT#<id>, SK between TICKET# and TICKET#~ | Query |
| one earlier ticket | PK=PATIENT#<id>, SK=TICKET#<ticket> | BatchGetItem, PutItem |
| an account with its claims and sessions | PK=ACCOUNT#<id> | Query |
| one account | PK=ACCOUNT#<id>, SK=ACCOUNT | GetItem, BatchGetItem, UpdateItem, in a transaction |
| one claim | PK=ACCOUNT#<id>, SK=MEMBER#<patient> | BatchGetItem, UpdateItem, in a transaction |
| an account's sessions | PK=ACCOUNT#<id>, SK between SESSION# and SESSION#~ | Query |
| one session | PK=ACCOUNT#<id>, SK=SESSION#<sha256> | any for one item, in a transaction |
| who owns an address | PK=EMAIL#<hmac>, SK=OWNER | GetItem, in a transaction |
| what waits for an address | PK=EMAIL#<hmac>, SK between PENDING# and PENDING#~ | Query |
| one that waits | PK=EMAIL#<hmac>, SK=PENDING#<id> | PutItem, UpdateItem, in a transaction |
| a call for another confirmation mail | PK=EMAIL#<hmac>, SK=RESEND#<id> | PutItem |
| a call for a new password | PK=EMAIL#<hmac>, SK=RESET | PutItem, in a transaction |
| how often one asked | PK=LIMIT#<what>#<who>, SK=WINDOW#<seconds>#<begin> | UpdateItem |
| whether a mail was sent | PK=MAIL#<mail>, SK=MAIL | PutItem, UpdateItem |
"""

from datetime import date, datetime
from typing import NamedTuple

from shared.accounts import SessionKey
from shared.ids import AccountId, DistrictId, EmailKey, PatientId, TicketId
from shared.limits import Limit, Window
from shared.tickets import SlotPlace, patient_of


class Key(NamedTuple):
    """A primary key: partition and sort key."""

    pk: str
    sk: str


CLINIC = "CLINIC"
"""The partition of the clinic's own few items."""


def district(district_id: DistrictId) -> Key:
    """`CLINIC` / `DISTRICT#a1`."""
    return Key(CLINIC, f"DISTRICT#{district_id}")


def slots_of(district_id: DistrictId) -> str:
    """Partition of a district's slots: `DISTRICT#a1`."""
    return f"DISTRICT#{district_id}"


def slot(place: SlotPlace) -> Key:
    """`DISTRICT#a1` / `SLOT#2026-11-30#1`."""
    return Key(slots_of(place.district_id), f"SLOT#{place.day}#{place.ordinal}")


def slot_named(pk: str, sk: str) -> tuple[DistrictId, date, int]:
    """Return the district, the day and the ordinal that a slot's key names."""
    _, day, ordinal = sk.split("#")
    return DistrictId(pk.removeprefix("DISTRICT#")), date.fromisoformat(day), int(ordinal)


def slots_between(first_on: date, last_on: date) -> tuple[str, str]:
    """Sort keys between which all slots of these days stand, both days included."""
    return f"SLOT#{first_on}#", f"SLOT#{last_on}#~"


def patient(patient_id: PatientId) -> Key:
    """`PATIENT#<hmac>` / `PATIENT`."""
    return Key(f"PATIENT#{patient_id}", "PATIENT")


def archived_ticket(ticket_id: TicketId) -> Key:
    """`PATIENT#<hmac>` / `TICKET#<ticket>`."""
    return Key(patient(patient_of(ticket_id)).pk, f"TICKET#{ticket_id}")


def archived_tickets() -> tuple[str, str]:
    """Sort keys between which all earlier tickets of a patient stand."""
    return "TICKET#", "TICKET#~"


def account_partition(account_id: AccountId) -> str:
    """Partition of all that belongs to one account: `ACCOUNT#<id>`."""
    return f"ACCOUNT#{account_id}"


def account(account_id: AccountId) -> Key:
    """`ACCOUNT#<id>` / `ACCOUNT`."""
    return Key(account_partition(account_id), "ACCOUNT")


def claim(account_id: AccountId, patient_id: PatientId) -> Key:
    """`ACCOUNT#<id>` / `MEMBER#<patient>`."""
    return Key(account_partition(account_id), f"MEMBER#{patient_id}")


def session(key: SessionKey) -> Key:
    """`ACCOUNT#<id>` / `SESSION#<sha256>`."""
    return Key(account_partition(key.account_id), f"SESSION#{key.digest}")


def sessions_of_account() -> tuple[str, str]:
    """Sort keys between which all sessions of an account stand."""
    return "SESSION#", "SESSION#~"


def account_named(pk: str) -> AccountId:
    """Return the account that the keys of its partition name."""
    return AccountId(pk.removeprefix("ACCOUNT#"))


def patient_named(pk: str) -> PatientId:
    """Return the patient that the keys of their partition name."""
    return PatientId(pk.removeprefix("PATIENT#"))


def session_named(account_id: AccountId, sk: str) -> SessionKey:
    """Return the session that a session's sort key names."""
    return SessionKey(account_id, sk.removeprefix("SESSION#"))


def address_owner(email_key: EmailKey) -> Key:
    """`EMAIL#<hmac>` / `OWNER`."""
    return Key(address_partition(email_key), "OWNER")


def address_partition(email_key: EmailKey) -> str:
    """Partition of all that belongs to one address: `EMAIL#<hmac>`."""
    return f"EMAIL#{email_key}"


def pending(email_key: EmailKey, pending_id: str) -> Key:
    """`EMAIL#<hmac>` / `PENDING#<id>`."""
    return Key(address_partition(email_key), f"PENDING#{pending_id}")


def all_pending() -> tuple[str, str]:
    """Sort keys between which all stand that wait for one address."""
    return "PENDING#", "PENDING#~"


def resend(email_key: EmailKey, resend_id: str) -> Key:
    """`EMAIL#<hmac>` / `RESEND#<id>`."""
    return Key(address_partition(email_key), f"RESEND#{resend_id}")


def reset(email_key: EmailKey) -> Key:
    """`EMAIL#<hmac>` / `RESET`."""
    return Key(address_partition(email_key), "RESET")


def limit(of: Limit, subject: str, window: Window, start: datetime) -> Key:
    """`LIMIT#sign-in#<address>.<network>` / `WINDOW#60#1763946000`."""
    seconds, began = int(window.period.total_seconds()), int(start.timestamp())
    return Key(f"LIMIT#{of.operation}#{subject}", f"WINDOW#{seconds}#{began}")


def claim_named(pk: str, sk: str) -> tuple[AccountId, PatientId]:
    """Return the account and the patient that a claim's key names."""
    return account_named(pk), PatientId(sk.removeprefix("MEMBER#"))


def address_named(pk: str) -> EmailKey:
    """Return the address that the keys of its partition name."""
    return EmailKey(pk.removeprefix("EMAIL#"))


def id_named(sk: str) -> str:
    """Return what stands behind the kind in a sort key such as `PENDING#<id>`."""
    return sk.partition("#")[2]


def mail_receipt(mail_key: str) -> Key:
    """`MAIL#ticket#taken#<ticket>#0` / `MAIL`."""
    return Key(f"MAIL#{mail_key}", "MAIL")


def kind(sk: str) -> str:
    """Return what an item is, from its sort key, such as `SLOT` or `PENDING`."""
    return sk.split("#", 1)[0]

"""Every key of the table. No key is put together anywhere else.

Access patterns:

| Question | Key | Operation |
|---|---|---|
| all districts | PK=CLINIC | Query |
| a district's slots of some days | PK=DISTRICT#<id>, SK between two days | Query |
| one slot | PK=DISTRICT#<id>, SK=SLOT#<day>#<n> | in a transaction, PutItem |
| one patient | PK=PATIENT#<id>, SK=PATIENT | GetItem, BatchGetItem, in a transaction |
| an account with its claims and sessions | PK=ACCOUNT#<id> | Query |
| one account | PK=ACCOUNT#<id>, SK=ACCOUNT | GetItem, BatchGetItem, in a transaction |
| one claim | PK=ACCOUNT#<id>, SK=MEMBER#<patient> | BatchGetItem, in a transaction |
| one session | PK=ACCOUNT#<id>, SK=SESSION#<sha256> | GetItem, BatchGetItem, in a transaction |
| who owns an address | PK=EMAIL#<hmac>, SK=OWNER | GetItem, in a transaction |
| one registration | PK=EMAIL#<hmac>, SK=PENDING#<id> | UpdateItem, PutItem, in a transaction |
| whether a mail was sent | PK=MAIL#<kind>#<id>, SK=MAIL | PutItem, UpdateItem |
"""

from datetime import date
from typing import NamedTuple

from shared.accounts import SessionKey
from shared.ids import AccountId, DistrictId, EmailKey, PatientId
from shared.tickets import SlotPlace


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


def address_owner(email_key: EmailKey) -> Key:
    """`EMAIL#<hmac>` / `OWNER`."""
    return Key(f"EMAIL#{email_key}", "OWNER")


def registration(email_key: EmailKey, registration_id: str) -> Key:
    """`EMAIL#<hmac>` / `PENDING#<id>`."""
    return Key(f"EMAIL#{email_key}", f"PENDING#{registration_id}")


def claim_named(pk: str, sk: str) -> tuple[AccountId, PatientId]:
    """Return the account and the patient that a claim's key names."""
    return AccountId(pk.removeprefix("ACCOUNT#")), PatientId(sk.removeprefix("MEMBER#"))


def registration_named(pk: str, sk: str) -> tuple[EmailKey, str]:
    """Return the address and the registration that a pending registration's key names."""
    return EmailKey(pk.removeprefix("EMAIL#")), sk.removeprefix("PENDING#")


def mail_receipt(mail_key: str) -> Key:
    """`MAIL#ticket#<ticket>` / `MAIL`."""
    return Key(f"MAIL#{mail_key}", "MAIL")


def kind(sk: str) -> str:
    """Return what an item is, from its sort key, such as `SLOT` or `PENDING`."""
    return sk.split("#", 1)[0]

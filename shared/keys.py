"""Every key of the table. No key is put together anywhere else.

Access patterns:

| Question | Key | Operation |
|---|---|---|
| all districts | PK=CLINIC, SK between DISTRICT# and DISTRICT#~ | Query |
| one district | PK=CLINIC, SK=DISTRICT#<id> | GetItem, PutItem, in a transaction |
| a district's slots | PK=DISTRICT#<id>, SK between two days, or from a day on | Query |
| one slot | PK=DISTRICT#<id>, SK=SLOT#<day>#<n> | BatchGetItem, in a transaction |
| a time that the desk gave | PK=DISTRICT#<id>, SK=SLOT#<day>#0#<HHMM> | as any slot |
| one patient | PK=PATIENT#<id>, SK=PATIENT | GetItem, BatchGetItem, UpdateItem, in a transaction |
| a patient's earlier tickets | PK=PATIENT#<id>, SK between TICKET# and TICKET#~ | Query |
| one earlier ticket | PK=PATIENT#<id>, SK=TICKET#<id> | BatchGetItem, PutItem, in a transaction |
| an account with its claims and sessions | PK=ACCOUNT#<id> | Query |
| one account | PK=ACCOUNT#<id>, SK=ACCOUNT | GetItem, BatchGetItem, UpdateItem, in a transaction |
| one claim | PK=ACCOUNT#<id>, SK=MEMBER#<patient> | BatchGetItem, UpdateItem, in a transaction |
| an account's sessions | PK=ACCOUNT#<id>, SK between SESSION# and SESSION#~ | Query |
| one session | PK=ACCOUNT#<id>, SK=SESSION#<sha256> | any on one item |
| who owns an address | PK=EMAIL#<hmac>, SK=OWNER | GetItem, in a transaction |
| what waits for an address | PK=EMAIL#<hmac>, SK between PENDING# and PENDING#~ | Query |
| one that waits | PK=EMAIL#<hmac>, SK=PENDING#<id> | PutItem, UpdateItem, in a transaction |
| a call for another confirmation mail | PK=EMAIL#<hmac>, SK=RESEND#<id> | PutItem |
| a call for a new password | PK=EMAIL#<hmac>, SK=RESET | PutItem, in a transaction |
| how often one asked | PK=LIMIT#<what>#<who>, SK=WINDOW#<seconds>#<begin> | UpdateItem |
| a user of the desk | PK=DESK#<login>, SK=USER | any on one item |
| a desk user's sessions | PK=DESK#<login>, SK between SESSION# and SESSION#~ | Query |
| one session of the desk | PK=DESK#<login>, SK=SESSION#<sha256> | any on one item |
| what the desk did on a day | PK=AUDIT#<day> | Query |
| one thing that the desk did | PK=AUDIT#<day>, SK=ENTRY#<moment>#<id> | GetItem, in a transaction |
| who has a last name and a birth date | NameIndex: name_key | Query |
| what falls due | DueIndex: due_list, due_on up to a day | Query |
| a patient's consent and papers | PK=PATIENT#<id>, SK between CONSENT and CONSENT#~ | Query |
| the consent in force | PK=PATIENT#<id>, SK=CONSENT | BatchGetItem, DeleteItem, in a transaction |
| one paper | PK=PATIENT#<id>, SK=CONSENT#<id> | in a transaction |
| a patient's documents | PK=PATIENT#<id>, SK between DOCUMENT# and DOCUMENT#~ | Query |
| one document | PK=PATIENT#<id>, SK=DOCUMENT#<id> | any on one item but PutItem |
| one sending of a document | PK=PATIENT#<id>, SK=DISPATCH#<id> | GetItem, in a transaction |
| whether the desk was warned on a day | PK=CLINIC, SK=CHASE#<day> | PutItem |
| whether a mail was sent | PK=MAIL#<mail>, SK=MAIL | PutItem, UpdateItem |
"""

from datetime import date, datetime
from typing import NamedTuple

from shared.accounts import AnySessionKey, DeskSessionKey, SessionKey
from shared.ids import AccountId, DeskLogin, DistrictId, DocumentId, EmailKey, PatientId, TicketId
from shared.limits import Limit, Window
from shared.patients import Person, compared_name
from shared.tickets import SlotPlace, patient_of


class Key(NamedTuple):
    """A primary key: partition and sort key."""

    pk: str
    sk: str


CLINIC = "CLINIC"
"""The partition of the clinic's own few items."""


def all_districts() -> tuple[str, str]:
    """Sort keys between which all districts stand."""
    return "DISTRICT#", "DISTRICT#~"


def district(district_id: DistrictId) -> Key:
    """`CLINIC` / `DISTRICT#a1`."""
    return Key(CLINIC, f"DISTRICT#{district_id}")


def slots_of(district_id: DistrictId) -> str:
    """Partition of a district's slots: `DISTRICT#a1`."""
    return f"DISTRICT#{district_id}"


def slot(place: SlotPlace) -> Key:
    """`DISTRICT#a1` / `SLOT#2026-11-30#1`; one that the desk gave `SLOT#2026-11-30#0#0920`."""
    of_day = f"SLOT#{place.day}#{place.ordinal}"
    at = f"#{place.time:%H%M}" if place.is_given_by_desk else ""
    return Key(slots_of(place.district_id), of_day + at)


def slots_from(first_on: date) -> tuple[str, str]:
    """Sort keys between which all slots of this day and of all later ones stand."""
    return f"SLOT#{first_on}#", "SLOT#~"


def slot_named(pk: str, sk: str) -> tuple[DistrictId, date, int]:
    """Return the district, the day and the ordinal that a slot's key names."""
    _, day, ordinal, *_ = sk.split("#")
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


def session(key: AnySessionKey) -> Key:
    """`ACCOUNT#<id>` / `SESSION#<sha256>`, of the desk `DESK#<login>` / `SESSION#<sha256>`."""
    if isinstance(key, DeskSessionKey):
        return Key(desk_partition(key.login), f"SESSION#{key.digest}")
    return Key(account_partition(key.account_id), f"SESSION#{key.digest}")


def desk_partition(login: DeskLogin) -> str:
    """Partition of all that belongs to one user of the desk: `DESK#<login>`."""
    return f"DESK#{login}"


def desk_user(login: DeskLogin) -> Key:
    """`DESK#<login>` / `USER`."""
    return Key(desk_partition(login), "USER")


def audit_entry(day: date, moment: str, entry_id: str) -> Key:
    """`AUDIT#2026-11-30` / `ENTRY#2026-11-30T06:20:00Z#<id>`."""
    return Key(audit_trail(day), f"ENTRY#{moment}#{entry_id}")


def audit_trail(day: date) -> str:
    """Partition of what the desk did on one of the clinic's days: `AUDIT#2026-11-30`."""
    return f"AUDIT#{day}"


def audited_at(sk: str) -> str:
    """Return the moment that an audit entry's sort key names."""
    return sk.split("#")[1]


def consent(patient_id: PatientId) -> Key:
    """`PATIENT#<hmac>` / `CONSENT`."""
    return Key(patient(patient_id).pk, "CONSENT")


def consent_paper(patient_id: PatientId, consent_id: str) -> Key:
    """`PATIENT#<hmac>` / `CONSENT#<id>`."""
    return Key(patient(patient_id).pk, f"CONSENT#{consent_id}")


def consents_of_patient() -> tuple[str, str]:
    """Sort keys between which the consent in force and all papers of a patient stand."""
    return "CONSENT", "CONSENT#~"


def document(patient_id: PatientId, document_id: DocumentId) -> Key:
    """`PATIENT#<hmac>` / `DOCUMENT#<document>`."""
    return Key(patient(patient_id).pk, f"DOCUMENT#{document_id}")


def documents_of_patient() -> tuple[str, str]:
    """Sort keys between which all documents of a patient stand."""
    return "DOCUMENT#", "DOCUMENT#~"


def dispatch(patient_id: PatientId, dispatch_id: str) -> Key:
    """`PATIENT#<hmac>` / `DISPATCH#<id>`."""
    return Key(patient(patient_id).pk, f"DISPATCH#{dispatch_id}")


def chase(day: date) -> Key:
    """`CLINIC` / `CHASE#2026-11-30`."""
    return Key(CLINIC, f"CHASE#{day}")


NAME_INDEX = "NameIndex"
DUE_INDEX = "DueIndex"


def name_key(person: Person) -> str:
    """Return where a person stands in `NameIndex`: `иванова#1985-03-27`."""
    return name_key_of(person.last_name, person.birth_date)


def name_key_of(last_name: str, birth_date: date) -> str:
    """Return where everybody of this last name and birth date stands in `NameIndex`."""
    return f"{compared_name(last_name)}#{birth_date}"


CONSENTS_DUE = "CONSENTS"
"""The list of `DueIndex` that holds the accounts whose profiles wait to be confirmed."""


def children_of(district_id: DistrictId) -> str:
    """Return the list of `DueIndex` that holds a child district's children: `CHILDREN#c1`."""
    return f"CHILDREN#{district_id}"


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

"""The people and the districts of the tests, made through shared.table as the portal makes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from argon2 import PasswordHasher

from shared import clock, keys, policies
from shared.accounts import (
    CONFIRMATION_LIFETIME,
    Account,
    AddressChange,
    Claim,
    Registration,
    SessionKey,
)
from shared.api import session_key
from shared.districts import Absence, District, Doctor, Kind, Weekday
from shared.errors import SignInFailed
from shared.ids import AccountId, DistrictId, PatientId, TicketId
from shared.keyring import email_key_of, patient_id_of, token
from shared.patients import Attachment, Person
from shared.policies import PolicyNumber, parse_policy_number
from shared.register import Line
from shared.settings import settings
from shared.table import (
    accounts,
    addresses,
    booking,
    credentials,
    districts,
    erasure,
    family,
    pending,
    register,
    registrations,
    slots,
    store,
)
from shared.tickets import Slot, SlotPlace

PASSWORD = "верблюд-над-рекой"
NEW_PASSWORD = "трамвай-без-рельсов"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Of the same kind as the portal's and a thousand times cheaper; the portal reads both."""
PASSWORD_HASH = CHEAP_HASHER.hash(PASSWORD)

DOCTOR = Doctor("Кузнецова Мария Ильинична", "214")
HOURS: Mapping[Weekday, Sequence[time]] = {
    day: tuple(time(9, minute) for minute in (0, 10, 20, 30, 40, 50))
    for day in ("mon", "tue", "wed", "thu", "fri")
}
SLOT = "a1.2026-11-24.1.0900"
"""Tomorrow at nine; the tests' today is Monday, 23 November 2026."""


@dataclass(frozen=True)
class Citizen:
    """Somebody with an address and a policy."""

    email: str
    number: PolicyNumber
    person: Person

    @property
    def patient_id(self) -> PatientId:
        """Return the id under which the clinic knows the person."""
        return patient_id_of(self.number)


def _number(digits: str) -> PolicyNumber:
    return parse_policy_number(f"{digits}{policies.check_digit(digits)}")


ANNA = Citizen(
    "anna.ivanova@example.com",
    parse_policy_number("7856130840000017"),
    Person("Иванова", "Анна", "Петровна", date(1991, 5, 22)),
)
BORIS = Citizen(
    "boris@example.com",
    _number("785613084000002"),
    Person("Соловьёв-Седой", "Борис", None, date(1980, 1, 31)),
)
VERA = Citizen(
    "vera@example.com",
    _number("785613084000003"),
    Person("Абрикосова", "Вера", "Львовна", date(2019, 9, 1)),
)
EVERYBODY = (ANNA, BORIS, VERA)


@dataclass(frozen=True)
class SignedIn:
    """An account with a session of one browser."""

    account_id: AccountId
    patient_id: PatientId
    session: SessionKey
    cookie: str


def open_district(
    district_id: str = "a1",
    kind: Kind = "adult",
    doctor: Doctor | None = DOCTOR,
    hours: Mapping[Weekday, Sequence[time]] = HOURS,
    absences: tuple[Absence, ...] = (),
) -> District:
    """Write a district; displays see it at once."""
    name = f"Участок {district_id}"
    district = District(DistrictId(district_id), kind, name, doctor, hours, absences)
    districts.put(district)
    districts.forget_shown_districts()
    return district


def attach(
    citizen: Citizen,
    district_id: str = "a1",
    *,
    valid_until: date | None = None,
    person: Person | None = None,
) -> PatientId:
    """Write the citizen, or other data under their number, in the attachment register."""
    data = person or citizen.person
    district = districts.find(DistrictId(district_id))
    kind = district.kind if district else "adult"
    line = Attachment(citizen.number, data, DistrictId(district_id), kind, valid_until)
    register.take_over(None, [Line(1, line)], clock.now())
    return citizen.patient_id


def start_registration(
    citizen: Citizen, person: Person | None = None, email: str | None = None
) -> Registration:
    """Write a registration that waits for its address, as `register` does."""
    address = email or citizen.email
    registration = Registration(
        registration_id=clock.new_id(),
        email_key=email_key_of(address),
        email=address,
        password_hash=PASSWORD_HASH,
        patient_id=citizen.patient_id,
        person=person or citizen.person,
        policy_last4=policies.last4(citizen.number),
        address_taken=accounts.owner_of(email_key_of(address)) is not None,
        expires_at=clock.now() + CONFIRMATION_LIFETIME,
    )
    pending.start(registration)
    return registration


def token_of(waiting: Registration | AddressChange) -> str:
    """Return the token of the link that the mail of what waits for its address carries."""
    return token("confirm", waiting.email_key, keys.id_named(pending.key_of(waiting).sk))


def open_account(
    citizen: Citizen, person: Person | None = None, email: str | None = None
) -> SignedIn:
    """Register, confirm and sign in, as `confirm_email` does."""
    registration = start_registration(citizen, person, email)
    account = Account(
        AccountId(clock.new_id()), registration.email, PASSWORD_HASH, registration.patient_id
    )
    secret = clock.new_secret()
    key = session_key(account.account_id, secret)
    registrations.confirm(registration, account, key, clock.now())
    return _signed_in(key, citizen.patient_id, secret)


def open_session(signed_in: SignedIn) -> SignedIn:
    """Sign the same account in from another browser."""
    secret = clock.new_secret()
    key = session_key(signed_in.account_id, secret)
    accounts.open_session(account_of(signed_in), key, clock.now(), SignInFailed())
    return _signed_in(key, signed_in.patient_id, secret)


def account_of(signed_in: SignedIn) -> Account:
    """Return the account as it stands."""
    account = accounts.find(signed_in.account_id)
    assert account is not None
    return account


def change_password(signed_in: SignedIn, password: str = NEW_PASSWORD) -> None:
    """Set another password, as `change_password` does."""
    new_hash = CHEAP_HASHER.hash(password)
    credentials.change(account_of(signed_in), signed_in.session, new_hash, clock.now())


def ask_for_reset(email: str) -> str:
    """Ask for a new password and return the token of the mailed link."""
    email_key = email_key_of(email)
    credentials.request_reset(email_key, clock.now())
    item = store.get(keys.reset(email_key))
    assert item is not None
    return token("reset", email_key, item["reset_id"])


def ask_for_address(signed_in: SignedIn, email: str) -> AddressChange:
    """Ask for another address of the account, as `change_email` does."""
    change = AddressChange(
        change_id=clock.new_id(),
        email_key=email_key_of(email),
        email=email,
        account_id=signed_in.account_id,
        address_taken=accounts.owner_of(email_key_of(email)) is not None,
        expires_at=clock.now() + CONFIRMATION_LIFETIME,
    )
    addresses.request(signed_in.session, account_of(signed_in), change, clock.now())
    return change


def erase(signed_in: SignedIn) -> None:
    """Give the account up, as `delete_account` does."""
    erasure.erase(account_of(signed_in), signed_in.session, clock.now())


def _signed_in(key: SessionKey, patient_id: PatientId, secret: str) -> SignedIn:
    cookie = f"__Host-session={key.account_id}.{secret}"
    return SignedIn(key.account_id, patient_id, key, cookie)


def add_relative(signed_in: SignedIn, citizen: Citizen, person: Person | None = None) -> PatientId:
    """Add a relative as `add_family_member` does; what is typed may differ from the register."""
    now = clock.now()
    typed = Claim(
        signed_in.account_id,
        citizen.patient_id,
        "relative",
        person or citizen.person,
        policies.last4(citizen.number),
        claimed_on=settings().day_of(now),
    )
    family.add(signed_in.session, typed, now)
    return citizen.patient_id


def publish(*slot_ids: str) -> None:
    """Publish slots."""
    for slot_id in slot_ids:
        place = SlotPlace.parse(slot_id)
        store.transact([slots.publish_leg(Slot(place, place.starts_at(settings().zone), DOCTOR))])


def take(signed_in: SignedIn, slot_id: str, patient_id: PatientId | None = None) -> TicketId:
    """Take a slot for the holder or another patient and return the ticket's id."""
    patient = patient_id or signed_in.patient_id
    ticket, _ = booking.book(signed_in.session, patient, SlotPlace.parse(slot_id), clock.now())
    return ticket.ticket_id


def slot_key(slot_id: str) -> keys.Key:
    """Return the key of a slot."""
    return keys.slot(SlotPlace.parse(slot_id))

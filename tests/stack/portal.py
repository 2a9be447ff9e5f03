"""The portal's own code, run by a test against the stack's table, and people to try it with."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar

from argon2 import PasswordHasher

from scripts.check_invariants import read_table
from shared import clock, keys, policies
from shared.accounts import Account, Claim, SessionKey
from shared.api import SESSION_COOKIE, session_key
from shared.districts import WEEKDAYS, District, Doctor, Kind
from shared.errors import SignInFailed
from shared.ids import AccountId, DistrictId, PatientId, SlotId, TicketId
from shared.keyring import email_key_of, patient_id_of
from shared.patients import Attachment, Person
from shared.policies import PolicyNumber
from shared.register import Line
from shared.settings import settings
from shared.table import (
    accounts,
    claims,
    districts,
    moments,
    patients,
    register,
    release,
    slots,
    store,
)
from shared.table.store import Item
from shared.tickets import Slot, SlotPlace, Ticket, patient_of
from tests.stack.running import RunningStack, wait_for

CONNECTIONS = 32
PASSWORD = "верблюд над рекой, 7 утра"
_PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Of the same kind as the portal's and a thousand times cheaper; the portal reads both."""
ADULT = date(1980, 1, 1)
CHILD = date(2020, 2, 29)
SOMEBODY = Person("Образцова", "Проба", None, ADULT)
DOCTOR = Doctor("Врачева Проба Тестовна", "7")

Outcome = tuple[int, str]
"""The status of an answer, and what it says, such as the code of a refusal."""
ArgumentT = TypeVar("ArgumentT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class SignedIn:
    """A confirmed account whose holder is attached, with an open session."""

    account_id: AccountId
    patient_id: PatientId
    session: SessionKey
    cookie: str

    @property
    def email(self) -> str:
        """The account's address, until it is changed."""
        return f"{self.account_id}@stack.example"


def new_policy_number() -> PolicyNumber:
    """Return a number that nobody has."""
    digits = f"99{random.randrange(10**13):013}"
    return PolicyNumber(f"{digits}{policies.check_digit(digits)}")


def new_district(kind: Kind = "adult", *, published: bool = True) -> District:
    """Write a district with a doctor and six times on each weekday, and publish its slots."""
    hours = tuple(time(23, minute) for minute in range(0, 60, 10))
    district = District(
        DistrictId(f"t{clock.new_id()[-12:]}"),
        kind,
        "Пробный участок",
        DOCTOR,
        dict.fromkeys(WEEKDAYS[:5], hours),
    )
    districts.put(district)
    if published:
        release.release_district(district, clock.now())
    return district


def new_district_without_hours() -> District:
    """Write a district for which nothing is ever published but what a test publishes itself."""
    district_id = DistrictId(f"t{clock.new_id()[-12:]}")
    district = District(district_id, "adult", "Пробный участок", DOCTOR, {})
    districts.put(district)
    return district


def demo_district(district_id: str = "a1") -> District:
    """Return a district of the demo."""
    item = store.get(keys.district(DistrictId(district_id)))
    assert item is not None
    return districts.from_item(item)


def new_signed_in(
    district: District | None, person: Person = SOMEBODY, number: PolicyNumber | None = None
) -> SignedIn:
    """Write an account as a confirmation leaves it, for a new patient.

    They are attached to the district; without one, they are not attached.
    """
    number, account_id = number or new_policy_number(), AccountId(clock.new_id())
    patient_id, email = patient_id_of(number), f"{account_id}@stack.example"
    account = Account(account_id, email, _PASSWORD_HASH, patient_id)
    today, last4 = settings().day_of(clock.now()), policies.last4(number)
    claim = Claim(account_id, patient_id, "self", person, last4, claimed_on=today)
    store.put(keys.account(account_id), accounts.to_item(account))
    store.put(keys.claim(account_id, patient_id), claims.to_item(claim))
    store.put(keys.address_owner(email_key_of(email)), {"account_id": account_id})
    row = {"claimants": {account_id}, "holder": account_id, "revision": "first"}
    store.put(keys.patient(patient_id), row)
    if district is not None:
        attach(number, person, district)
    session, cookie = new_session(account_id)
    return SignedIn(account_id, patient_id, session, cookie)


def new_session(account_id: AccountId) -> tuple[SessionKey, str]:
    """Sign an account in from one more browser; return the session and its cookie."""
    account, secret = accounts.find(account_id), clock.new_secret()
    assert account is not None
    session = session_key(account_id, secret)
    accounts.open_session(account, session, clock.now(), SignInFailed())
    return session, f"{SESSION_COOKIE}={account_id}.{secret}"


def attach(
    number: PolicyNumber, person: Person, district: District, valid_until: date | None = None
) -> PatientId:
    """Write a person in the attachment register, and return their id."""
    line = Attachment(number, person, district.district_id, district.kind, valid_until)
    register.take_over(None, [Line(1, line)], clock.now())
    return patient_id_of(number)


def leave(who: SignedIn, district: District) -> None:
    """Let a patient leave the clinic, past the code."""
    key, values = keys.patient(who.patient_id), {":district": district.district_id}
    store.update(key, "REMOVE district_id", values, "district_id = :district")


def end_policy(who: SignedIn) -> None:
    """Let a patient's policy end today, past the code."""
    key, today = keys.patient(who.patient_id), settings().day_of(clock.now())
    store.update(key, "SET valid_until = :today", {":today": str(today)}, "attribute_exists(PK)")


def form_of(number: PolicyNumber, person: Person) -> dict[str, str]:
    """Return what is typed about a person."""
    form = {
        "policy_number": number,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth_date": str(person.birth_date),
    }
    return form | ({"middle_name": person.middle_name} if person.middle_name else {})


def slots_of(district: District) -> list[Slot]:
    """Return all slots of a district, by day and ordinal."""
    return list(slots.slots_between(district.district_id, date.min, date.max))


def now_of(slot: Slot) -> Slot:
    """Return a slot as it stands now."""
    place = slot.place
    standing = slots.slots_between(place.district_id, place.day, place.day)
    return next(one for one in standing if one.place == place)


def last_day(district: District) -> list[Slot]:
    """Return the slots of the last published day, which is surely still to come."""
    published = slots_of(district)
    return [slot for slot in published if slot.place.day == published[-1].place.day]


def publish(district: District, days_ahead: int, ordinals: int) -> list[Slot]:
    """Publish slots of a day at 08:00, 08:01 and so on, whether the clinic works then or not."""
    day = settings().day_of(clock.now()) + timedelta(days=days_ahead)
    places = [
        SlotPlace(district.district_id, day, ordinal, time(8, ordinal - 1))
        for ordinal in range(1, ordinals + 1)
    ]
    published = [Slot(place, place.starts_at(settings().zone), DOCTOR) for place in places]
    for slot in published:
        store.transact([slots.publish_leg(slot)])
    return published


def book(
    stack: RunningStack, who: SignedIn, slot_id: SlotId, patient_id: PatientId | None = None
) -> tuple[int, str]:
    """Ask for a slot over HTTP; return the status, and the ticket's id or the refusal's code."""
    wanted = {"patient_id": patient_id or who.patient_id, "slot_id": slot_id}
    answer = stack.ask("POST /api/tickets", wanted, who.cookie)
    body = answer.json()
    return answer.status_code, body.get("ticket_id") or body["code"]


def take(
    stack: RunningStack, who: SignedIn, slot: Slot, patient_id: PatientId | None = None
) -> TicketId:
    """Take a slot over HTTP, which must succeed, and return the ticket's id."""
    status, said = book(stack, who, slot.place.slot_id, patient_id)
    assert status == 201, said
    return TicketId(said)


def begin(ticket_id: TicketId) -> None:
    """Let a ticket's time have come, past the code."""
    store.update(
        keys.patient(patient_of(ticket_id)),
        "SET ticket.starts_at = :past",
        {":past": moments.text(clock.now() - timedelta(minutes=1)), ":ticket": ticket_id},
        "ticket.ticket_id = :ticket",
    )


def wait_until_archived(ticket_id: TicketId) -> None:
    """Wait until a replaced ticket stands in the archive."""
    wait_for(lambda: store.get(keys.archived_ticket(ticket_id)))


def at_once(
    action: Callable[[ArgumentT], ResultT], arguments: Sequence[ArgumentT], threads: int
) -> list[ResultT]:
    """Do something for each argument from several threads, and return all results in order."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(action, arguments))


def persisted(action: Callable[[], Outcome]) -> Outcome:
    """Do something, and again for as long as one is told to try again, as a person would."""
    outcome = action()
    for _ in range(20):
        if outcome[1] != "try_again":
            break
        outcome = action()
    return outcome


def held_ticket(who: SignedIn) -> Ticket | None:
    """Return the ticket that the patient's row remembers."""
    return patients.find(who.patient_id).ticket


def run_release(stack: RunningStack) -> dict[str, int]:
    """Run the release as the schedule does, and return what it counted."""
    counted: dict[str, int] = stack.invoke("ReleaseSlotsFunction", {})
    return counted


def lasting_items(stack: RunningStack) -> list[Item]:
    """Return the items of the table that only an operation changes, in the order of their keys.

    Mail receipts are left out, as mails of what was done before may still be on their way; so are
    the counters of limits, which every try moves.
    """
    items = read_table(stack.aws("dynamodb"), stack.card.table_name)
    found = (item for item in items if not item["PK"].startswith(("MAIL#", "LIMIT#")))
    return sorted(found, key=lambda item: (item["PK"], item["SK"]))

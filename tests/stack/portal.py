"""The portal's own code, run by a test against the stack's table, and people to try it with."""

import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar

from botocore.config import Config

from shared import clock, keys, policies
from shared.accounts import Account, Claim, SessionKey
from shared.api import SESSION_COOKIE, session_key
from shared.districts import WEEKDAYS, District, Doctor, Kind
from shared.ids import AccountId, DistrictId, PatientId, SlotId
from shared.keyring import patient_id_of
from shared.patients import Attachment, HeldTicket, Person
from shared.policies import PolicyNumber
from shared.table import accounts, districts, patients, release, sessions, slots, store
from shared.tickets import Slot
from tests.stack.running import RunningStack

CONNECTIONS = 32

ArgumentT = TypeVar("ArgumentT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class SignedIn:
    """A confirmed account whose holder is attached, with an open session."""

    account_id: AccountId
    patient_id: PatientId
    session: SessionKey
    cookie: str


def new_policy_number() -> PolicyNumber:
    """Return a number that nobody has."""
    digits = f"99{random.randrange(10**13):013}"
    return PolicyNumber(f"{digits}{policies.check_digit(digits)}")


def new_district(kind: Kind = "adult", *, published: bool = True) -> District:
    """Write a district with a doctor and six times on each weekday, and publish its slots."""
    hours = tuple(time(23, minute) for minute in range(0, 60, 10))
    district = District(
        DistrictId(f"t{clock.new_id()[:12]}"),
        kind,
        "Пробный участок",
        Doctor("Врачева Проба Тестовна", "7"),
        dict.fromkeys(WEEKDAYS[:5], hours),
    )
    districts.put(district)
    if published:
        release.release_district(district, clock.now())
    return district


def new_signed_in(district: District) -> SignedIn:
    """Write an account as a confirmation leaves it, for a new patient of the district."""
    number, now = new_policy_number(), clock.now()
    person = Person("Образцова", "Проба", None, date(1980, 1, 1))
    account_id, secret = AccountId(clock.new_id()), clock.new_secret()
    claim = Claim(account_id, patient_id_of(number), "self", person, policies.last4(number))
    account = Account(account_id, f"{account_id}@stack.example", "no password", claim.patient_id)
    session = session_key(account_id, secret)
    store.put(keys.account(account_id), accounts.to_item(account))
    store.put(keys.claim(account_id, claim.patient_id), patients.claim_to_item(claim))
    store.put(keys.patient(claim.patient_id), {"claimants": {account_id}, "holder": account_id})
    patients.attach(Attachment(number, person, district.district_id, None))
    sessions.open_session(session, now)
    cookie = f"{SESSION_COOKIE}={account_id}.{secret}"
    return SignedIn(account_id, claim.patient_id, session, cookie)


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


def book(stack: RunningStack, who: SignedIn, slot_id: SlotId) -> tuple[int, str]:
    """Ask for a slot over HTTP; return the status, and the ticket's id or the refusal's code."""
    answer = stack.api.post(
        "/api/tickets",
        json={"patient_id": who.patient_id, "slot_id": slot_id},
        headers={"Cookie": who.cookie},
    )
    body = answer.json()
    return answer.status_code, body.get("ticket_id") or body["code"]


def at_once(
    action: Callable[[ArgumentT], ResultT], arguments: Sequence[ArgumentT], threads: int
) -> list[ResultT]:
    """Do something for each argument from several threads, and return all results in order."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(action, arguments))


def held_ticket(who: SignedIn) -> HeldTicket | None:
    """Return the ticket that the patient's row remembers."""
    return patients.find(who.patient_id).ticket


def run_release(stack: RunningStack) -> dict[str, int]:
    """Run the release as the schedule does, and return what it counted."""
    unhurried = Config(read_timeout=600, retries={"total_max_attempts": 1})
    answer = stack.aws("lambda", unhurried).invoke(
        FunctionName=stack.function_name("ReleaseSlotsFunction"), Payload=b"{}"
    )
    assert "FunctionError" not in answer
    counted: dict[str, int] = json.loads(answer["Payload"].read())
    return counted


def everything(stack: RunningStack) -> list[dict[str, Any]]:
    """Return all items of the table, in the order of their keys.

    Mail receipts are left out: mails of what was done before may still be on their way.
    """
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while True:
        answer = stack.table.scan(ConsistentRead=True, **page)
        found += [item for item in answer["Items"] if not item["PK"].startswith("MAIL#")]
        if "LastEvaluatedKey" not in answer:
            return sorted(found, key=lambda item: (item["PK"], item["SK"]))
        page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

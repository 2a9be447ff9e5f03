"""What there is in the model of the clinic: plain facts, which its rules change.

The model knows how ids are written, the production calendar, and nothing else of the portal's code.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.patients import Person
from shared.tickets import SlotPlace
from shared.working_days import is_working_day

ZONE = ZoneInfo("Europe/Moscow")
ENDED = {"cancelled", "withdrawn"}

Use = Literal["none", "read", "write"]
"""What a request does to its session's idle time."""


@dataclass(frozen=True)
class Outcome:
    """What a request has to be answered: a status, and of a refusal its code."""

    status: int
    code: str | None = None
    use: Use = "none"


@dataclass
class Session:
    """A signed-in browser."""

    idle: timedelta
    refresh: timedelta
    ends_at: datetime
    idle_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Tell whether it has ended neither in all nor idle."""
        return now < self.ends_at and now < self.idle_at

    def used(self, use: Use, now: datetime) -> None:
        """Put the idle end forward: with every write, and with a read only now and then."""
        if use == "write" or (use == "read" and self.idle_at - now < self.idle - self.refresh):
            self.idle_at = now + self.idle


@dataclass(eq=False)
class Ticket:
    """A ticket, whose id the portal draws."""

    patient_id: str
    place: SlotPlace
    status: str = "booked"
    ticket_id: str = ""
    reminded_of: SlotPlace | None = None

    def has_begun(self, now: datetime) -> bool:
        """Tell whether its time has come."""
        return self.place.starts_at(ZONE) <= now

    def is_upcoming(self, now: datetime) -> bool:
        """Tell whether the patient is still expected."""
        return self.status == "booked" and not self.has_begun(now)


@dataclass(eq=False)
class Slot:
    """One time of a doctor's day."""

    place: SlotPlace
    status: str = "free"
    ticket: Ticket | None = None
    is_kept: bool = True
    """The hours still have the time of a slot that is booked."""

    def has_begun(self, now: datetime) -> bool:
        """Tell whether its time has come."""
        return self.place.starts_at(ZONE) <= now


@dataclass
class District:
    """What the desk says of a district."""

    district_id: str
    kind: str
    name: str
    doctor: tuple[str, str] | None
    hours: tuple[time, ...]
    """Of every day of the week, so that days off are days off by the calendar alone."""
    absences: dict[date, date] = field(default_factory=dict)
    """The last day by the first."""

    @property
    def cap(self) -> int:
        """How many tickets a day go online (R8)."""
        return 5 if self.kind == "child" else 2

    def is_absent_on(self, day: date) -> bool:
        """Tell whether the doctor is away."""
        return any(first <= day <= last for first, last in self.absences.items())

    def works_on(self, day: date) -> bool:
        """Tell whether anything can be offered that day (R10)."""
        return self.doctor is not None and not self.is_absent_on(day) and is_working_day(day)


@dataclass
class Claim:
    """What an account has typed about a person."""

    relation: str
    person: Person
    claimed_on: date
    asked_until: datetime | None = None
    """None where nobody was asked, or the answer was given."""


@dataclass
class Patient:
    """A person, and what the register and the accounts say of them."""

    patient_id: str
    person: Person | None = None
    district_id: str | None = None
    valid_until: date | None = None
    holder: str | None = None
    claims: dict[str, Claim] = field(default_factory=dict)
    """By account."""
    guardians: set[str] = field(default_factory=set)
    child_guardians: set[str] = field(default_factory=set)
    ticket: Ticket | None = None
    """The newest."""

    def may_act(self, account_id: str, today: date) -> bool:
        """Tell whether an account has a say, a child's guardian only until the child is 18."""
        is_child = self.person is not None and age(self.person.birth_date, today) < 18
        return account_id in self.guardians or (is_child and account_id in self.child_guardians)

    def upcoming(self, now: datetime) -> Ticket | None:
        """Return the ticket that the patient is expected with."""
        return self.ticket if self.ticket and self.ticket.is_upcoming(now) else None


@dataclass
class Account:
    """A user: one address, one holder."""

    account_id: str
    email: str
    holder_id: str
    session: Session
    profile: str = "unconfirmed"
    due_on: date | None = None
    consents: set[str] = field(default_factory=set)


@dataclass
class Registration:
    """A form that waits for its address."""

    email: str
    patient_id: str
    person: Person
    token: str
    ends_at: datetime
    tries: int = 5
    is_used: bool = False


def age(born_on: date, today: date) -> int:
    """Return the full years; who was born on 29 February is older on 1 March."""
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (0 if had_birthday else 1)


def day_of(now: datetime) -> date:
    """Return the clinic's day."""
    return now.astimezone(ZONE).date()


def third_working_day_after(day: date) -> date:
    """Return the day by which a profile is confirmed (R11)."""
    ahead = (day + timedelta(days=number) for number in range(1, 60))
    return [one for one in ahead if is_working_day(one)][2]


def start_of_period(now: datetime, period: timedelta) -> datetime:
    """Return when the period of a limit began that holds this moment."""
    seconds = int(period.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)

"""A doctor's absence, declared and taken back at the desk while patients and releases are at it."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial

from shared import clock
from shared.districts import District
from shared.errors import TryAgain
from shared.publishing import publishes_on, window
from shared.settings import settings
from shared.table import audit, districts, patients, release
from shared.tickets import Slot, patient_of
from tests.stack import portal
from tests.stack.desk import Clerk, new_clerk
from tests.stack.portal import Outcome, SignedIn
from tests.stack.running import RunningStack

PATIENTS, WISHES, GIVEN = 20, 6, 3
LATE_RELEASES = 8
DISTRICTS = 4
"""A release that reads their list first needs a while until it comes to the last of them."""
NOTICE = "К сожалению, запись отменена"


@dataclass(frozen=True)
class Scene:
    """A child district in which many patients have tickets, some of them given by the desk."""

    stack: RunningStack
    clerk: Clerk
    district: District
    people: Sequence[SignedIn]

    @property
    def path(self) -> str:
        """Where the district's absences are declared."""
        return f"/api/desk/districts/{self.district.district_id}/absences"

    def slots(self) -> list[Slot]:
        """Return all slots of the district as they stand."""
        return portal.slots_of(self.district)

    def of(self, days: Iterable[date]) -> list[Slot]:
        """Return the slots of some days as they stand."""
        wanted = set(days)
        return [slot for slot in self.slots() if slot.place.day in wanted]


def open_scene(stack: RunningStack) -> Scene:
    """Publish the last of some districts, and let everybody have a ticket there."""
    made = [portal.new_district("child", published=False) for _ in range(DISTRICTS)]
    district = max(made, key=lambda one: one.district_id)
    release.release_district(district, clock.now())
    people = portal.at_once(lambda _: portal.new_signed_in(district), range(PATIENTS + GIVEN), 8)
    scene = Scene(stack, new_clerk(), district, people)
    free = [slot for slot in scene.slots() if slot.place.day > days_of(scene)[0]]
    for who, slot in zip(people[:PATIENTS], free, strict=False):
        portal.take(stack, who, slot)
    for who, day in zip(people[PATIENTS:], absent_days(scene), strict=False):
        wanted = {"patient_id": who.patient_id, "starts_at": f"{day}T12:00:00+03:00"}
        assert scene.clerk.ask(stack, "POST /api/desk/tickets", wanted).status_code == 201
    return scene


def days_of(scene: Scene) -> list[date]:
    """Return the days for which slots are published, in order."""
    return sorted({slot.place.day for slot in scene.slots()})


def absent_days(scene: Scene) -> list[date]:
    """Return the days on which the doctor will be absent: surely to come, and published.

    They are four, but at the turn of the year, when two weeks have three working days.
    """
    return days_of(scene)[2:6]


def wishes(scene: Scene) -> list[Callable[[], Outcome]]:
    """Return what patients ask for, in no order, most of them for the absence's days."""
    absent = scene.of(absent_days(scene))
    asked = [who for who in scene.people for _ in range(WISHES)]
    random.shuffle(asked)
    return [partial(wish, scene.stack, who, absent) for who in asked]


def wish(stack: RunningStack, who: SignedIn, slots: Sequence[Slot]) -> Outcome:
    """Book, or move or cancel what is held."""
    held = portal.held_ticket(who)
    slot_id = random.choice(slots).place.slot_id
    if held is None or held.status != "booked":
        body: object = {"patient_id": who.patient_id, "slot_id": slot_id}
        answer = stack.ask("POST /api/tickets", body, who.cookie)
    elif random.random() < 0.5:
        path = f"/api/tickets/{held.ticket_id}"
        answer = stack.ask(f"PUT {path}", {"slot_id": slot_id}, who.cookie)
    else:
        answer = stack.ask(f"DELETE /api/tickets/{held.ticket_id}", None, who.cookie)
    return answer.status_code, answer.json()["code"] if answer.is_error else ""


def declare(scene: Scene) -> Outcome:
    """Declare the absence."""
    days = absent_days(scene)
    body = {"from": str(days[0]), "to": str(days[-1]), "reason": "учёба"}
    return _said(scene.clerk.ask(scene.stack, f"PUT {scene.path}", body).status_code)


def take_back(scene: Scene, first_on: date) -> Outcome:
    """Take the absence back."""
    return _said(scene.clerk.ask(scene.stack, f"DELETE {scene.path}/{first_on}").status_code)


def _said(status: int) -> Outcome:
    return status, "try_again" if status == 503 else "desk"


def run_release(scene: Scene) -> Outcome:
    portal.run_release(scene.stack)
    return 200, "release"


def release_late(district: District) -> Outcome:
    """Come to a district as a release does that has read it long before."""
    with suppress(TryAgain):
        release.release_district(district, clock.now())
    return 200, "release"


def race(scene: Scene, desk: Callable[[], Outcome]) -> Counter[Outcome]:
    """Let the desk do something amid all wishes and some releases; return what was answered.

    Some of the releases have read the district before the desk changes it.
    """
    as_read = districts.find(scene.district.district_id)
    assert as_read is not None
    everything = wishes(scene)
    for index in random.sample(range(len(everything)), LATE_RELEASES):
        everything.insert(index, partial(release_late, as_read))
    everything.insert(len(everything) // 4, desk)
    for index in (0, 1, len(everything) // 3):
        everything.insert(index, partial(run_release, scene))
    everything.append(partial(release_late, as_read))
    return Counter(portal.at_once(portal.persisted, everything, portal.CONNECTIONS))


def assert_agree(scene: Scene) -> None:
    """Check that slots and patients agree both ways: each booked slot has one patient's ticket."""
    booked = [slot for slot in scene.slots() if slot.status == "booked"]
    told_by_slots = {slot.ticket_id: slot.place for slot in booked}
    held = [portal.held_ticket(who) for who in scene.people]
    standing = [ticket for ticket in held if ticket is not None and ticket.status == "booked"]
    assert told_by_slots == {ticket.ticket_id: ticket.place for ticket in standing}
    assert len(told_by_slots) == len(booked)


def assert_no_time_twice_and_no_cap_exceeded(scene: Scene) -> None:
    stands = [slot for slot in scene.slots() if slot.status != "withdrawn"]
    assert max(Counter(slot.starts_at for slot in stands).values()) == 1
    online = Counter(slot.place.day for slot in stands if not slot.place.is_given_by_desk)
    assert max(online.values()) <= settings().child_cap


def wait_for_the_mails(scene: Scene) -> None:
    """Wait until whatever was to be mailed has been: mails go in the order of the changes."""
    last = portal.new_signed_in(scene.district)
    free = next(slot for slot in reversed(scene.slots()) if slot.status == "free")
    portal.take(scene.stack, last, free)
    scene.stack.mail(last.email, "Запись подтверждена")


def test_after_an_absence_declared_amid_a_crowd_nobody_waits_and_everybody_affected_is_told_once(
    stack: RunningStack,
) -> None:
    scene = open_scene(stack)
    days = absent_days(scene)

    told = race(scene, partial(declare, scene))

    assert told.keys() <= {
        *((200, "desk"), (200, "release"), (200, ""), (201, ""), (204, "")),
        *((409, "slot_taken"), (409, "slot_withdrawn"), (409, "ticket_limit_reached")),
        *((409, "too_late"), (404, "slot_unknown")),
        # A ticket that was just replaced is in the row no more, and not yet in the archive.
        (404, "not_found"),
    }
    assert told[409, "slot_withdrawn"]
    standing = scene.of(days)
    assert {slot.status for slot in standing} == {"withdrawn"}
    assert_agree(scene)
    cancelled = [slot.ticket_id for slot in standing if slot.ticket_id is not None]
    affected: Counter[str] = Counter(map(patient_of, cancelled))
    assert affected.keys() >= {who.patient_id for who in scene.people[PATIENTS:] if _was_left(who)}
    assert_told(scene, affected)
    assert_written_down(scene, cancelled)
    answer = _declared_again(scene, days)
    assert answer == {
        "withdrawn_slots": len(standing),
        "notified_patients": len(affected),
        "to_be_called": [],
    }
    assert scene.of(days) == standing


def _was_left(who: SignedIn) -> bool:
    """Tell whether a patient's time was withdrawn, and they did nothing since."""
    ticket = patients.find(who.patient_id).ticket
    return ticket is not None and ticket.status == "withdrawn"


def assert_told(scene: Scene, affected: Counter[str]) -> None:
    """Check that there is one notice for each cancelled ticket, and none for anybody else."""
    wait_for_the_mails(scene)
    for who in scene.people:
        notices = [mail for mail in scene.stack.mails(who.email) if mail["subject"] == NOTICE]
        assert len(notices) == affected[who.patient_id]


def assert_written_down(scene: Scene, cancelled: Sequence[str]) -> None:
    """Check that the trail tells of no ticket twice; some were cancelled by a release."""
    about = scene.district.district_id
    today = audit.entries_of(settings().day_of(clock.now()))
    entries = [entry for entry in today if entry.operation == "declare_absence"]
    mine = [entry for entry in entries if entry.login == scene.clerk.login]
    assert any(entry.about == about for entry in mine)
    tickets = Counter(entry.about for entry in mine if entry.about != about)
    assert tickets.keys() <= set(cancelled)
    assert set(tickets.values()) <= {1}
    assert all(
        entry.patients == {patient_of(entry.about or "")} for entry in mine if entry.patients
    )


def _declared_again(scene: Scene, days: Sequence[date]) -> object:
    body = {"from": str(days[0]), "to": str(days[-1]), "reason": "учёба"}
    return scene.clerk.ask(scene.stack, f"PUT {scene.path}", body).json()


def test_after_an_absence_taken_back_amid_a_crowd_each_day_has_its_cap_and_no_time_twice(
    stack: RunningStack,
) -> None:
    scene = open_scene(stack)
    days = absent_days(scene)
    assert declare(scene) == (200, "desk")
    assert {slot.status for slot in scene.of(days)} == {"withdrawn"}

    told = race(scene, partial(take_back, scene, days[0]))

    assert told[204, "desk"] == 1
    assert told[201, ""]
    assert_agree(scene)
    assert_no_time_twice_and_no_cap_exceeded(scene)
    portal.run_release(stack)
    assert_no_time_twice_and_no_cap_exceeded(scene)
    assert_agree(scene)
    whole = Counter(
        slot.place.day
        for slot in scene.slots()
        if slot.status != "withdrawn" and not slot.place.is_given_by_desk
    )
    clinic = settings()
    published = list(window(clock.now(), clinic.horizon_days, clinic.zone))[1:-1]
    assert {day: whole[day] for day in published} == {
        day: clinic.child_cap if publishes_on(scene.district, day) else 0 for day in published
    }

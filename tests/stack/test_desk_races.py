"""Races over HTTP at the desk: many clerks, patients and publications, and no time twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

import pyotp

from scripts.create_desk_user import create
from shared import clock
from shared.districts import WEEKDAYS, District
from shared.errors import TryAgain
from shared.ids import DeskLogin
from shared.second_factor import step_of
from shared.settings import settings
from shared.table import audit, districts, release
from shared.tickets import Slot, patient_of
from shared.working_days import is_working_day
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import Outcome, SignedIn
from tests.stack.running import RunningStack

CLERKS = 8


def give(stack: RunningStack, clerk: Clerk, who: SignedIn, starts_at: datetime) -> Outcome:
    """Give a time; return the status, and the ticket's id or the refusal's code."""
    body = {"patient_id": who.patient_id, "starts_at": starts_at.isoformat()}
    answer = clerk.ask(stack, "POST /api/desk/tickets", body)
    told = answer.json()
    return answer.status_code, told.get("ticket_id") or told["code"]


def people_of(district: District, number: int) -> list[SignedIn]:
    return portal.at_once(lambda _: portal.new_signed_in(district), range(number), 8)


def clerks() -> list[Clerk]:
    return [desk.new_clerk() for _ in range(CLERKS)]


def working_day(ahead: int) -> datetime:
    """Return the beginning of the first working day that is at least so far ahead."""
    day = settings().day_of(clock.now()) + timedelta(days=ahead)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(), settings().zone)


def assert_whole(district: District, people: Sequence[SignedIn], won: set[str]) -> list[Slot]:
    """Check that no time stands twice, and that slots, patients and answers agree."""
    standing = [slot for slot in portal.slots_of(district) if slot.status != "withdrawn"]
    assert max(Counter(slot.starts_at for slot in standing).values(), default=1) == 1
    booked = {slot.ticket_id for slot in standing if slot.status == "booked"}
    assert booked == won
    held = {who.patient_id: portal.held_ticket(who) for who in people}
    assert {one.ticket_id for one in held.values() if one is not None} == won
    return standing


def race(
    actions: Sequence[Callable[[], Outcome]],
) -> tuple[Counter[int], set[str], set[str]]:
    """Do all at once; count the statuses, and return the tickets and the codes of refusals."""
    outcomes = portal.at_once(portal.persisted, actions, portal.CONNECTIONS)
    won = {said for status, said in outcomes if status in {200, 201}}
    codes = {said for status, said in outcomes if status >= 400}
    return Counter(status for status, _ in outcomes), won, codes


def test_forty_clerks_give_one_time_to_forty_patients_and_one_gets_it(
    stack: RunningStack,
) -> None:
    district = portal.new_district_without_hours()
    people, desks = people_of(district, 40), clerks()
    at = working_day(3) + timedelta(hours=18)
    actions = [
        partial(give, stack, desks[number % CLERKS], who, at) for number, who in enumerate(people)
    ]
    counted, won, codes = race(actions)
    assert (counted, codes) == ({201: 1, 409: 39}, {"slot_taken"})
    assert_whole(district, people, won)
    [winner] = [who for who in people if who.patient_id == patient_of(next(iter(won)))]
    told = [one.patients for one in audit.entries_of(settings().day_of(clock.now()))]
    assert told.count(frozenset({winner.patient_id})) == 1


def test_clerks_and_patients_race_for_a_published_time_and_one_gets_it(
    stack: RunningStack,
) -> None:
    district = portal.new_district()
    slot = portal.last_day(district)[0]
    people, desks = people_of(district, 40), clerks()
    actions: list[Callable[[], Outcome]] = []
    for number, who in enumerate(people):
        if number % 2:
            actions.append(partial(portal.book, stack, who, slot.place.slot_id))
        else:
            clerk = desks[number % CLERKS]
            actions.append(partial(give, stack, clerk, who, slot.starts_at))
    counted, won, codes = race(actions)
    assert (counted, codes) == ({201: 1, 409: 39}, {"slot_taken"})
    standing = assert_whole(district, people, won)
    assert portal.now_of(slot) in standing
    assert [one for one in standing if one.place.is_given_by_desk] == []


def test_one_patient_at_the_desk_and_online_at_once_gets_one_ticket(stack: RunningStack) -> None:
    district = portal.new_district()
    first, second = portal.last_day(district)
    [who], desks = people_of(district, 1), clerks()
    times = [first.starts_at + timedelta(hours=ahead) for ahead in range(-8, 0)]
    actions: list[Callable[[], Outcome]] = [
        partial(give, stack, clerk, who, at) for clerk, at in zip(desks, times, strict=True)
    ]
    for slot in (first, second):
        actions += [partial(portal.book, stack, who, slot.place.slot_id)] * 4
    counted, won, codes = race(actions)
    assert codes == {"ticket_limit_reached"}
    assert len(won) == 1
    assert counted[201] == 1
    assert_whole(district, [who], won)


def test_a_publication_and_clerks_who_give_the_same_times_never_double_one(
    stack: RunningStack,
) -> None:
    """The hours come while clerks give them: each is published or given, and the cap holds."""
    hours = tuple(time(9, minute) for minute in range(0, 60, 5))
    bare = portal.new_district_without_hours()
    people, desks = people_of(bare, 12), clerks()
    begin = working_day(5)
    timed = replace(bare, hours=dict.fromkeys(WEEKDAYS, hours))
    districts.put(timed)
    found = districts.find(bare.district_id)
    assert found is not None

    def publish() -> Outcome:
        try:
            release.release_district(found, clock.now())
        except TryAgain:
            return 503, "try_again"
        return 204, "published"

    actions: list[Callable[[], Outcome]] = [publish] * 3
    for number, (who, at) in enumerate(zip(people, hours, strict=True)):
        moment = begin + timedelta(hours=at.hour, minutes=at.minute)
        clerk = desks[number % CLERKS]
        actions.insert(number, partial(give, stack, clerk, who, moment))
    counted, won, codes = race(actions)
    assert (counted[201], codes) == (12, set())
    standing = assert_whole(bare, people, won)
    online = [one for one in standing if not one.place.is_given_by_desk]
    by_day = Counter(slot.place.day for slot in online)
    assert max(by_day.values()) <= settings().adult_cap


def test_one_code_that_many_use_at_once_opens_one_session(stack: RunningStack) -> None:
    login, password = f"clerk-{clock.new_id()[:8]}", "верблюд в регистратуре"
    key = create(login, password)
    form = {"login": login, "password": password}
    form |= {"code": pyotp.TOTP(key).generate_otp(step_of(clock.now()))}
    answers = portal.at_once(lambda _: stack.ask("POST /api/desk/sessions", form), range(5), 5)
    assert Counter(answer.status_code for answer in answers)[201] == 1
    today = settings().day_of(clock.now())
    assert [one.login for one in audit.entries_of(today)].count(DeskLogin(login)) == 1

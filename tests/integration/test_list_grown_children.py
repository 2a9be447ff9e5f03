"""GET /api/desk/patients/grown-children: who has come of age, and is still in a child district."""

from dataclasses import replace

import pytest

from shared import keys
from shared.table import search
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call
from tests.integration.clinic import BORIS, VERA, Citizen, attach, open_district
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.family_people import GALINA, LEV, ZOYA, set_clock
from tests.integration.rows import Item, Rows
from tests.integration.wire import Wire, answered, timed_out

PATH = "/api/desk/patients/grown-children"


@pytest.fixture
def clerk() -> Clerk:
    open_district("c1", "child")
    open_district("c2", "child")
    open_district("a1")
    return open_desk()


def listed(clerk: Clerk | None = None) -> Answer:
    cookie = clerk.cookie if clerk else None
    return call("list_grown_children", "GET", PATH, cookie=cookie)


def grown(*rows: Item, more: bool = False) -> Answer:
    return Answer(200, {"patients": list(rows), "more": more})


def row_of(citizen: Citizen, adult_on: str, district_id: str = "c1") -> Item:
    person = citizen.person
    return {
        "patient_id": citizen.patient_id,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
        "policy_last4": citizen.number[-4:],
        "district_id": district_id,
        "adult_on": adult_on,
    }


def seen() -> list[tuple[str, set[str]]]:
    """Return what the audit trail says: who was shown."""
    return [(entry.operation, set(entry.patients)) for entry in trail()]


def test_adults_of_child_districts_are_listed_the_eldest_first(clerk: Clerk) -> None:
    attach(ZOYA, "c2")
    attach(GALINA, "c1")
    attach(VERA, "c1")
    attach(BORIS, "a1")
    assert listed(clerk) == grown(
        row_of(GALINA, "1968-02-03"), row_of(ZOYA, "2026-03-01", district_id="c2")
    )
    assert seen() == [("list_grown_children", {GALINA.patient_id, ZOYA.patient_id})]


@pytest.mark.usefixtures("clerk")
def test_somebody_is_listed_from_the_18th_birthday_in_the_clinic_on(clock: Clock) -> None:
    attach(LEV, "c1")
    set_clock(clock, 2026, 11, 23, 20, 59)
    assert listed(open_desk()) == grown()
    set_clock(clock, 2026, 11, 23, 21)
    assert listed(open_desk()) == grown(row_of(LEV, "2026-11-24"))


def test_who_has_moved_to_an_adult_district_is_listed_no_more(clerk: Clerk) -> None:
    attach(GALINA, "c1")
    attach(GALINA, "a1")
    assert listed(clerk) == grown()
    assert seen() == [("list_grown_children", set())]


def test_nobody_is_listed_for_a_district_that_is_none_for_children_any_more(clerk: Clerk) -> None:
    attach(GALINA, "c1")
    open_district("c1", "adult")
    assert listed(clerk) == grown()


def test_what_the_index_says_is_read_again(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    for citizen in (GALINA, VERA, BORIS, ZOYA):
        attach(citizen, "a1" if citizen == BORIS else "c1")
    rows.remove(keys.patient(ZOYA.patient_id))
    rows.put(keys.patient(LEV.patient_id), {"claimants": {"somebody"}})
    everybody = [keys.patient(one.patient_id) for one in (GALINA, VERA, BORIS, ZOYA, LEV)]
    old = [{"PK": {"S": key.pk}, "SK": {"S": key.sk}} for key in everybody]
    wire.before("Query", None, answered({"Items": old, "Count": len(old)}))
    assert listed(clerk) == grown(row_of(GALINA, "1968-02-03"))


def test_of_too_many_some_are_listed_and_that_there_are_more(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(GALINA, "c1")
    attach(BORIS, "c2")
    monkeypatch.setattr(search, "MOST_GROWN", 1)
    assert listed(clerk) == grown(row_of(GALINA, "1968-02-03"), more=True)
    attach(GALINA, "a1")
    assert listed(clerk) == grown(row_of(BORIS, "1998-01-31", district_id="c2"))


def test_without_an_open_session_nobody_is_shown(clerk: Clerk, rows: Rows, clock: Clock) -> None:
    attach(GALINA, "c1")
    clock.move(minutes=15)
    with rows.unchanged():
        assert listed() == SESSION_REQUIRED
        assert listed(clerk) == SESSION_REQUIRED
        assert listed(replace(clerk, cookie=f"{clerk.cookie}x")) == SESSION_REQUIRED


def test_who_cannot_be_written_down_is_not_shown(clerk: Clerk, wire: Wire) -> None:
    attach(GALINA, "c1")
    wire.before("TransactWriteItems", timed_out)
    assert listed(clerk) == TRY_AGAIN
    assert seen() == []

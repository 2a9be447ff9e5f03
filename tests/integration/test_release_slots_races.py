"""The daily release while others are at work: patients, the desk, and another release."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from functions.release_slots import app
from shared import clock as shared_clock, keys
from shared.districts import Absence, District, Doctor
from shared.errors import SlotTaken
from shared.ids import DistrictId
from shared.table import desk_tickets, districts
from shared.table.release import release_district
from tests.integration.clinic import (
    ANNA,
    BORIS,
    DOCTOR,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import open_desk
from tests.integration.family_people import Meanwhile, cancel
from tests.integration.releases import HALF_PAST_EIGHT, another_release, release, standing
from tests.integration.rows import Rows
from tests.integration.wire import Wire, answered, meanwhile, operations

A1 = DistrictId("a1")
NINE = datetime(2026, 11, 24, 6, tzinfo=UTC)
"""Tomorrow's first hour, in UTC."""
AWAY = Absence(date(2026, 11, 24), date(2026, 11, 24), "учёба")


@pytest.fixture(autouse=True)
def three_days(parameters: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish the days from Monday to Wednesday."""
    parameters(HORIZON_DAYS="3")
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


@pytest.fixture(autouse=True)
def no_time_twice(rows: Rows) -> Iterator[None]:
    """Look after every test whether a doctor has two patients at one time, or could have."""
    yield
    stands = [
        (key.pk, item["starts_at"])
        for key, item in rows.everything().items()
        if keys.kind(key.sk) == "SLOT" and item["slot_status"] != "withdrawn"
    ]
    assert [moment for moment, times in Counter(stands).items() if times > 1] == []


def change(**changes: object) -> None:
    """Let the desk change the district."""
    district = districts.find(A1)
    assert district is not None
    districts.put(replace(district, **changes))  # type: ignore[arg-type]


# ------------------------------------------------------------- another release


def test_two_runs_at_once_publish_the_cap_and_no_more(rows: Rows, wire: Wire) -> None:
    open_district("c1", "child")
    open_district()
    others: list[int] = []

    def another_run() -> None:
        others.append(another_release())

    wire.before("TransactWriteItems", None, another_run)
    assert release() == {"published": 6}
    assert others == [15]
    assert len(rows.everything()) == 2 + 6 + 15
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_run_that_finds_its_work_done_meanwhile_counts_nothing(rows: Rows, wire: Wire) -> None:
    open_district()
    faster = Meanwhile(rows, another_release)
    wire.before("TransactWriteItems", faster)
    assert release() == {"published": 0}
    assert rows.everything() == faster.table


def test_an_old_read_writes_nothing_over_what_stands(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    release()
    take(anna, SLOT)
    wire.before("Query", None, answered({"Items": []}))
    with wire.listening() as heard, rows.unchanged():
        assert release() == {"published": 0}
    assert operations(heard) == ["Query", "Query", "TransactWriteItems", "Query"]


def test_two_runs_that_saw_different_days_do_not_offer_one_time_twice(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    change(hours={"tue": HALF_PAST_EIGHT})

    def freed_and_followed() -> None:
        assert cancel(anna, ticket_id).status == 204
        another_release()

    # This run has seen the first ordinal booked, and chooses the second for the one hour.
    wire.before("TransactWriteItems", freed_and_followed)
    assert release() == {"published": 0}
    assert standing(rows) == {"2026-11-24": ["1 05:30"]}


def test_the_later_of_two_such_runs_gives_way_as_well(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    change(hours={"tue": HALF_PAST_EIGHT})
    outer: list[int] = []

    def another_run() -> None:
        outer.append(another_release())

    def before_the_ticket_was_freed() -> None:
        rows.change(slot_key(SLOT), slot_status="booked", ticket_id=ticket_id)
        another_run()
        booked = rows.everything()[slot_key(SLOT)]
        del booked["ticket_id"]
        rows.put(slot_key(SLOT), booked | {"slot_status": "free"})

    # The other run saw the ticket, and published the hour as the second ordinal.
    assert cancel(anna, ticket_id).status == 204
    wire.before("TransactWriteItems", before_the_ticket_was_freed)
    assert release() == {"published": 0}
    assert outer == [1]
    assert standing(rows) == {"2026-11-24": ["1 06:00 withdrawn", "2 05:30"]}


def test_none_of_several_times_is_offered_that_another_run_has_given_to_a_freed_slot(
    anna: SignedIn, rows: Rows, wire: Wire, clock: Clock, parameters: Callable[..., None]
) -> None:
    parameters(ADULT_CAP="3", HORIZON_DAYS="3")
    publish("a1.2026-11-23.1.1200")
    ticket_id = take(anna, "a1.2026-11-23.1.1200")
    change(doctor=None)
    release()  # Were the ticket freed now, its slot would be withdrawn.
    change(doctor=DOCTOR, hours={"mon": [time(8, 30), time(9)]})
    clock.move(minutes=29, seconds=59)

    def freed_and_followed() -> None:
        assert cancel(anna, ticket_id).status == 204
        clock.move(seconds=1)
        another_release()
        assert standing(rows) == {"2026-11-23": ["1 06:00"]}

    # This run has seen the first ordinal booked, and chooses the second and the third for the two
    # hours; for the other run the first hour has begun, and the second is the freed slot's.
    wire.before("TransactWriteItems", freed_and_followed)
    assert release() == {"published": 1}
    assert standing(rows) == {"2026-11-23": ["1 06:00", "2 05:30"]}


# ------------------------------------------------------------------- patients


def test_a_slot_that_is_published_and_booked_in_between_stays_booked(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    def published_and_booked() -> None:
        another_release()
        take(anna, SLOT)

    wire.before("TransactWriteItems", published_and_booked)
    assert release() == {"published": 0}
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "booked"


def test_a_slot_that_is_booked_before_it_gets_another_time_stays_where_it_is(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    release()
    change(hours={"tue": [time(8, 30), time(8, 50)]})
    wire.before("TransactWriteItems", meanwhile(lambda: take(anna, SLOT)))
    assert release() == {"published": 1}
    assert standing(rows)["2026-11-24"] == ["1 06:00 booked", "2 05:30"]


def test_a_slot_that_is_booked_before_it_is_withdrawn_is_cancelled_by_an_absence(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    release()
    change(absences=(AWAY,))
    wire.before("TransactWriteItems", meanwhile(lambda: take(anna, SLOT)))
    assert release() == {"published": 0}
    assert standing(rows)["2026-11-24"] == ["1 06:00 withdrawn", "2 06:10 withdrawn"]
    assert rows.everything()[keys.patient(anna.patient_id)]["ticket"]["ticket_status"] == (
        "withdrawn"
    )


def test_a_ticket_that_is_cancelled_before_its_absence_stays_cancelled(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    release()
    ticket_id = take(anna, SLOT)
    change(absences=(AWAY,))
    # The first transaction withdraws what is free, the second cancels the ticket.
    wire.before("TransactWriteItems", None, meanwhile(lambda: cancel(anna, ticket_id)))
    assert release() == {"published": 0}
    assert standing(rows)["2026-11-24"] == ["1 06:00 withdrawn", "2 06:10 withdrawn"]
    assert "ticket_id" not in rows.everything()[slot_key(SLOT)]
    ticket = rows.everything()[keys.patient(anna.patient_id)]["ticket"]
    assert (ticket["ticket_status"], ticket["sequence"]) == ("cancelled", 1)


# --------------------------------------------------------- the desk's districts

CHANGES: dict[str, dict[str, object]] = {
    "without-a-doctor": {"doctor": None},
    "absent": {"absences": (AWAY,)},
    "other-hours": {"hours": {"tue": HALF_PAST_EIGHT}},
    "another-doctor": {"doctor": Doctor("Ильина Вера Павловна", "307")},
    "for-children": {"kind": "child"},
}
READS = {"the-list": 1, "the-slots": 2}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("reads", READS.values(), ids=READS)
def test_nothing_is_published_for_a_district_that_was_changed_after_it_was_read(
    rows: Rows, wire: Wire, changes: dict[str, object], reads: int
) -> None:
    """The change comes right after the list of districts was read, or right before the write."""
    open_district()
    change(**changes)
    release()
    wanted = {key: item for key, item in rows.everything().items() if key.pk != "CLINIC"}
    for key in wanted:
        rows.remove(key)
    open_district()
    if reads == 1:
        wire.after("Query", lambda: change(**changes))
    else:
        wire.before("TransactWriteItems", lambda: change(**changes))
    release()
    found = {key: item for key, item in rows.everything().items() if key.pk != "CLINIC"}
    assert found == wanted
    with rows.unchanged():
        assert release() == {"published": 0}


def test_what_was_published_before_the_district_changed_follows_it_too(
    rows: Rows, wire: Wire
) -> None:
    open_district("a1", "child")
    wire.before("TransactWriteItems", None, lambda: change(doctor=None))
    assert release() == {"published": 10}
    assert all("withdrawn" in one for of_day in standing(rows).values() for one in of_day)
    assert list(standing(rows)) == ["2026-11-23", "2026-11-24"]


def test_for_a_district_that_is_gone_nothing_is_published(rows: Rows, wire: Wire) -> None:
    open_district()
    wire.before("TransactWriteItems", lambda: rows.remove(keys.district(A1)))
    assert release() == {"published": 0}
    assert rows.everything() == {}


def test_a_ticket_is_not_cancelled_for_an_absence_that_is_taken_back_meanwhile(
    anna: SignedIn, rows: Rows, wire: Wire
) -> None:
    release()
    take(anna, SLOT)
    before = standing(rows)
    change(absences=(AWAY,))
    wire.before("TransactWriteItems", None, lambda: change(absences=()))
    release()
    assert standing(rows) == before


# -------------------------------------------------------- the desk's own times


@pytest.fixture
def boris() -> SignedIn:
    """Attach Boris to an adult district that nothing is published for yet."""
    open_district()
    attach(BORIS)
    return open_account(BORIS)


def give(who: SignedIn, at: datetime) -> str:
    """Give a patient a time at the desk, and return the slot's id."""
    ticket, _ = desk_tickets.give(open_desk().actor, who.patient_id, at, shared_clock.now())
    return ticket.slot_id


def test_a_time_that_the_desk_gave_is_not_published(boris: SignedIn, rows: Rows) -> None:
    assert give(boris, NINE) == "a1.2026-11-24.0.0900"
    assert release() == {"published": 6}
    assert standing(rows)["2026-11-24"] == ["0#0900 06:00 booked", "1 06:10", "2 06:20"]


def test_a_time_that_the_desk_gives_while_it_is_published_is_not_published(
    boris: SignedIn, rows: Rows, wire: Wire
) -> None:
    given: list[str] = []
    wire.before("TransactWriteItems", lambda: given.append(give(boris, NINE)))
    assert release() == {"published": 6}
    assert given == ["a1.2026-11-24.0.0900"]
    assert standing(rows)["2026-11-24"] == ["0#0900 06:00 booked", "1 06:10", "2 06:20"]


def test_a_time_that_is_published_while_the_desk_gives_it_is_taken_as_it_is(
    boris: SignedIn, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(another_release))
    assert give(boris, NINE) == SLOT
    assert standing(rows)["2026-11-24"] == ["1 06:00 booked", "2 06:10"]


def test_a_time_that_is_published_and_booked_while_the_desk_gives_it_is_taken(
    boris: SignedIn, rows: Rows, wire: Wire
) -> None:
    attach(ANNA)
    anna = open_account(ANNA)

    def published_and_booked() -> None:
        another_release()
        take(anna, SLOT)

    faster = Meanwhile(rows, published_and_booked)
    clerk = open_desk()
    wire.before("TransactWriteItems", faster)
    with pytest.raises(SlotTaken):
        desk_tickets.give(clerk.actor, boris.patient_id, NINE, shared_clock.now())
    assert rows.everything() == faster.table


@pytest.mark.parametrize("status", ["free", "withdrawn"])
def test_a_slot_that_would_come_to_stand_at_a_given_time_comes_to_stand_at_another(
    boris: SignedIn, rows: Rows, wire: Wire, status: str
) -> None:
    publish("a1.2026-11-24.1.1500", "a1.2026-11-24.2.0910")
    rows.change(slot_key("a1.2026-11-24.1.1500"), slot_status=status)
    wire.before("TransactWriteItems", meanwhile(lambda: give(boris, NINE)))
    release()
    assert standing(rows)["2026-11-24"] == ["0#0900 06:00 booked", "1 06:20", "2 06:10"]


def test_a_withdrawn_slot_is_not_offered_again_at_a_time_that_the_desk_has_given_since(
    boris: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    rows.change(slot_key(SLOT), slot_status="withdrawn")
    assert give(boris, NINE) == "a1.2026-11-24.0.0900"
    release()
    assert standing(rows)["2026-11-24"] == ["0#0900 06:00 booked", "1 06:10", "2 06:20"]


def test_a_given_time_that_is_freed_is_published_again(boris: SignedIn, rows: Rows) -> None:
    give(boris, NINE)
    release()
    ticket = rows.everything()[keys.patient(boris.patient_id)]["ticket"]
    assert cancel(boris, ticket["ticket_id"]).status == 204
    assert release() == {"published": 1}
    assert standing(rows)["2026-11-24"] == ["1 06:10", "2 06:00"]


def test_a_given_ticket_of_a_doctor_who_left_stays(boris: SignedIn, rows: Rows) -> None:
    give(boris, NINE)
    change(doctor=None)
    with rows.unchanged():
        assert release() == {"published": 0}


def test_the_release_of_one_district_looks_at_no_other(rows: Rows) -> None:
    first = open_district()
    open_district("a2")
    assert release_district(_as_it_stands(first), shared_clock.now()).offered == 6
    assert {key.pk for key in rows.everything()} == {"CLINIC", "DISTRICT#a1"}


def _as_it_stands(district: District) -> District:
    found = districts.find(district.district_id)
    assert found is not None
    return found

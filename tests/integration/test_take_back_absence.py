"""DELETE /api/desk/districts/{district_id}/absences/{from}: the days are offered again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.desk import AuditEntry
from shared.districts import Absence, Doctor
from shared.ids import DeskLogin, DistrictId
from shared.table import desk_tickets, sessions
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, TRY_AGAIN, call, problem
from tests.integration.clinic import (
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    attach,
    open_account,
    open_district,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_districts import (
    change_district,
    declare,
    list_districts,
    of_the_clinic,
    take_back,
)
from tests.integration.family_people import NO_CONTENT, Meanwhile, book, slots, ticket_in
from tests.integration.releases import another_release, release, standing
from tests.integration.rows import Rows
from tests.integration.wire import CutOff, Wire, cut_off, meanwhile, operations, refused, timed_out

A1 = DistrictId("a1")
NOON = datetime(2026, 11, 24, 9, tzinfo=UTC)
FREE = ["1 06:00", "2 06:10"]
WITHDRAWN = ["1 06:00 withdrawn", "2 06:10 withdrawn"]
PATH = "/api/desk/districts/a1/absences/2026-11-24"


@pytest.fixture
def clerk(anna: SignedIn, parameters: Callable[..., None]) -> Clerk:
    """Publish three days of Anna's district, and open the desk."""
    assert anna.patient_id
    parameters(HORIZON_DAYS="3")
    release()
    return open_desk()


def absences_of(rows: Rows) -> object:
    return rows.everything()[keys.district(A1)]["absences"]


# --------------------------------------------------------------- what comes of it


def test_the_days_are_offered_as_they_were(clerk: Clerk, rows: Rows) -> None:
    before = of_the_clinic(rows)
    declare(clerk)
    assert take_back(clerk) == NO_CONTENT
    assert of_the_clinic(rows) == before
    assert absences_of(rows) == []
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_cancelled_ticket_stays_cancelled_and_its_time_is_anybodys(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(BORIS)
    take(anna, SLOT)
    declare(clerk)
    ticket = ticket_in(rows, anna.patient_id)
    assert take_back(clerk) == NO_CONTENT
    assert ticket_in(rows, anna.patient_id) == ticket
    assert "ticket_id" not in rows.everything()[slot_key(SLOT)]
    assert book(open_account(BORIS), SLOT).status == 201
    [tuesday] = [day for day in slots(anna, anna.patient_id).body["days"] if "24" in day["date"]]
    assert [slot["free"] for slot in tuesday["slots"]] == [False, True]


def test_the_patient_may_take_the_same_time_again(anna: SignedIn, clerk: Clerk) -> None:
    first = take(anna, SLOT)
    declare(clerk)
    take_back(clerk)
    answer = book(anna, SLOT)
    assert answer.status == 201
    assert answer.body["ticket_id"] != first


def test_a_time_that_the_desk_gave_stays_withdrawn_and_may_be_given_or_published_again(
    clerk: Clerk, rows: Rows
) -> None:
    attach(VERA)
    now = shared_clock.now()
    given, _ = desk_tickets.give(clerk.actor, VERA.patient_id, NOON, now)
    declare(clerk)
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == ["0#1200 09:00 withdrawn", *FREE]
    kept = rows.everything()[slot_key("a1.2026-11-24.0.1200")]
    assert kept["ticket_id"] == given.ticket_id
    again, is_new = desk_tickets.give(clerk.actor, VERA.patient_id, NOON, now)
    assert (is_new, again.slot_id, again.ticket_id != given.ticket_id) == (
        True,
        given.slot_id,
        True,
    )
    assert standing(rows)["2026-11-24"] == ["0#1200 09:00 booked", *FREE]


def test_no_day_is_offered_beyond_its_cap_whatever_became_of_the_hours(
    clerk: Clerk, rows: Rows
) -> None:
    declare(clerk)
    change_district(clerk, hours={"tue": ["08:00", "09:10", "15:00"]})
    assert standing(rows)["2026-11-24"] == WITHDRAWN
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == ["1 05:00", "2 06:10"]


def test_what_nobody_can_be_offered_stays_withdrawn(clerk: Clerk, rows: Rows) -> None:
    declare(clerk)
    change_district(clerk, doctor=None)
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == WITHDRAWN


def test_another_absence_still_covers_its_own_days(clerk: Clerk, rows: Rows) -> None:
    declare(clerk, to="2026-11-25")
    declare(clerk, **{"from": "2026-11-25", "to": "2026-11-25"})
    assert take_back(clerk) == NO_CONTENT
    assert (standing(rows)["2026-11-24"], standing(rows)["2026-11-25"]) == (FREE, WITHDRAWN)
    assert absences_of(rows) == [{"from": "2026-11-25", "to": "2026-11-25", "reason": "учёба"}]


def test_times_that_have_come_since_are_not_offered_again(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    declare(clerk, **{"from": "2026-11-23", "to": "2026-11-23"})
    clock.move(hours=1)
    clerk = open_desk()
    assert take_back(clerk, "2026-11-23") == NO_CONTENT
    assert standing(rows)["2026-11-23"] == ["1 06:00 withdrawn", "2 06:10"]


def test_days_that_were_never_published_are_published_now(clerk: Clerk, rows: Rows) -> None:
    away = Absence(date(2026, 11, 24), date(2026, 11, 24), "учёба")
    for slot_id in (SLOT, "a1.2026-11-24.2.0910"):
        rows.remove(slot_key(slot_id))
    open_district(absences=(away,))
    assert "2026-11-24" not in standing(rows)
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == FREE


def test_who_came_to_the_district_meanwhile_is_named(clerk: Clerk, rows: Rows) -> None:
    declare(clerk)
    change_district(clerk, doctor={"name": "Ильина Вера Павловна", "room": "307"})
    take_back(clerk)
    doctor = Doctor("Ильина Вера Павловна", "307")
    slot = rows.everything()[slot_key(SLOT)]
    assert (slot["doctor"], slot["room"], slot["slot_status"]) == (doctor.name, "307", "free")


# ----------------------------------------------------------------- the same again


def test_an_absence_that_is_not_there_is_no_mistake_and_touches_no_slot(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declare(clerk)
    take_back(clerk)
    before = of_the_clinic(rows)
    with wire.listening() as heard:
        assert take_back(clerk) == NO_CONTENT
        assert take_back(clerk, "2026-12-01") == NO_CONTENT
    assert of_the_clinic(rows) == before
    assert operations(heard) == ["GetItem", "TransactWriteItems", "Query"] * 2


def test_the_trail_tells_of_each_request(clerk: Clerk, clock: Clock) -> None:
    take_back(clerk)
    take_back(clerk)
    login = DeskLogin("anna-registry")
    told = AuditEntry(clock.now, login, "take_back_absence", ADDRESS, frozenset(), "a1")
    assert trail() == [told, told]


def test_absences_that_are_over_go_with_it(clerk: Clerk, rows: Rows) -> None:
    over = Absence(date(2026, 11, 16), date(2026, 11, 22), "отпуск")
    running = Absence(date(2026, 11, 20), date(2026, 11, 23), "учёба")
    open_district(absences=(over, running))
    take_back(clerk)
    assert absences_of(rows) == [{"from": "2026-11-20", "to": "2026-11-23", "reason": "учёба"}]
    take_back(clerk, "2026-11-20")
    assert list_districts(clerk).body["districts"][0]["absences"] == []


# ------------------------------------------------------------------- who may not


@pytest.mark.parametrize("district_id", ["a1", "a9"])
def test_without_a_session_nothing_is_done_and_nothing_told(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock, district_id: str
) -> None:
    declare(clerk)
    path = f"/api/desk/districts/{district_id}/absences/2026-11-24"
    clock.move(minutes=15)
    with rows.unchanged():
        assert take_back(clerk, district_id=district_id) == SESSION_REQUIRED
        assert call("take_back_absence", "DELETE", path) == SESSION_REQUIRED
        as_patient = call("take_back_absence", "DELETE", path, cookie=anna.cookie)
        assert as_patient == SESSION_REQUIRED


def test_a_session_that_ends_in_between_writes_nothing(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declare(clerk)
    ended = Meanwhile(rows, lambda: sessions.end(clerk.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert take_back(clerk) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_an_unknown_district_is_not_found_and_nothing_is_written(clerk: Clerk, rows: Rows) -> None:
    with rows.unchanged():
        assert take_back(clerk, district_id="a9") == problem(404, "not_found")


@pytest.mark.parametrize(
    "path, fault",
    [
        (
            "/api/desk/districts/A1/absences/2026-11-24",
            ("/district_id", "string_pattern_mismatch", "Проверьте это значение."),
        ),
        (
            "/api/desk/districts/a1/absences/24-11-2026",
            ("/first_on", "date_format", "Дата пишется так: 1985-03-27."),
        ),
        (
            "/api/desk/districts/a1/absences/2026-11-31",
            ("/first_on", "date_unknown", "Такой даты нет."),
        ),
    ],
)
def test_a_path_that_names_no_day_or_no_district_is_refused(
    clerk: Clerk, rows: Rows, path: str, fault: tuple[str, str, str]
) -> None:
    with rows.unchanged():
        answer = call("take_back_absence", "DELETE", path, cookie=clerk.cookie)
    assert answer == problem(422, "invalid_request", [fault])


# ------------------------------------------------------------------------ others


def test_a_slot_that_a_release_offers_meanwhile_and_somebody_takes_stays_taken(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declare(clerk)

    def released_and_booked() -> None:
        another_release()
        take(anna, SLOT)

    wire.before("TransactWriteItems", None, released_and_booked)
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == ["1 06:00 booked", "2 06:10"]


def test_a_time_that_the_desk_gives_meanwhile_is_not_offered(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declare(clerk)
    attach(VERA)
    nine, now = datetime(2026, 11, 24, 6, tzinfo=UTC), shared_clock.now()
    given = meanwhile(lambda: desk_tickets.give(clerk.actor, VERA.patient_id, nine, now))
    wire.before("TransactWriteItems", None, given)
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == ["0#0900 06:00 booked", "1 06:20", "2 06:10"]


def test_an_absence_that_is_declared_anew_meanwhile_stands(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declare(clerk)
    other = open_desk("boris-registry")
    again = meanwhile(lambda: declare(other, reason="отпуск"))
    wire.before("TransactWriteItems", None, again)
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == WITHDRAWN
    assert absences_of(rows) == [{"from": "2026-11-24", "to": "2026-11-24", "reason": "отпуск"}]


# ------------------------------------------------------------------------ faults


@pytest.mark.parametrize("answered", [0, 1])
@pytest.mark.parametrize("planted", [timed_out, refused("InternalServerError", 500)])
def test_a_lost_answer_changes_nothing(
    clerk: Clerk, rows: Rows, wire: Wire, answered: int, planted: Callable[[], Any]
) -> None:
    before = of_the_clinic(rows)
    declare(clerk)
    wire.after("TransactWriteItems", *[None] * answered, planted)
    assert take_back(clerk) == NO_CONTENT
    assert of_the_clinic(rows) == before
    assert [entry.operation for entry in trail()] == ["declare_absence", "take_back_absence"]


def test_a_lost_request_says_try_again_and_has_done_nothing(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    declare(clerk)
    wire.before("TransactWriteItems", timed_out)
    with rows.unchanged():
        assert take_back(clerk) == TRY_AGAIN


@pytest.mark.parametrize("heal", ["the-same-request", "the-next-release"])
def test_one_that_was_cut_off_is_brought_to_its_end(
    clerk: Clerk, rows: Rows, wire: Wire, heal: str
) -> None:
    before = of_the_clinic(rows)
    declare(clerk)
    wire.before("TransactWriteItems", None, cut_off)
    with pytest.raises(CutOff):
        take_back(clerk)
    assert standing(rows)["2026-11-24"] == WITHDRAWN
    if heal == "the-next-release":
        assert release() == {"published": 2}
    else:
        assert take_back(clerk) == NO_CONTENT
    assert of_the_clinic(rows) == before


def test_hours_of_the_clinic_are_what_is_offered_whatever_the_cap_was(
    clerk: Clerk, rows: Rows, parameters: Callable[..., None]
) -> None:
    declare(clerk)
    open_district(
        hours={"tue": [time(9), time(9, 10)]},
        absences=(Absence(date(2026, 11, 24), date(2026, 11, 24), "учёба"),),
    )
    parameters(ADULT_CAP="1")
    assert take_back(clerk) == NO_CONTENT
    assert standing(rows)["2026-11-24"] == ["1 06:00", "2 06:10 withdrawn"]

"""PUT /api/desk/districts/{district_id}/absences: nobody waits for a doctor who is not there."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from shared import clock as shared_clock, keys
from shared.desk import AuditEntry, DeskOperation
from shared.ids import DeskLogin, DistrictId, PatientId, TicketId
from shared.table import accounts, desk_tickets, sessions
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_districts import (
    TOMORROW,
    declare,
    list_districts,
    of_the_clinic,
    person_view,
)
from tests.integration.family_people import book, slots, ticket_in
from tests.integration.releases import release, standing
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

A1 = DistrictId("a1")
WITHDRAWN = ["1 06:00 withdrawn", "2 06:10 withdrawn"]
FREE = ["1 06:00", "2 06:10"]
PATH = "/api/desk/districts/a1/absences"


@pytest.fixture
def clerk(anna: SignedIn) -> Clerk:
    """Publish Anna's district, and open the desk."""
    assert anna.patient_id
    release()
    return open_desk()


def done(withdrawn: int, notified: int = 0, to_be_called: Sequence[Citizen] = ()) -> Answer:
    """Return the whole answer."""
    body = {
        "withdrawn_slots": withdrawn,
        "notified_patients": notified,
        "to_be_called": [person_view(citizen) for citizen in to_be_called],
    }
    return Answer(200, body)


def entry(
    clock: Clock,
    about: str = "a1",
    patients: Sequence[str] = (),
    operation: DeskOperation = "declare_absence",
) -> AuditEntry:
    """Return one thing that the trail tells of."""
    seen = frozenset(map(PatientId, patients))
    return AuditEntry(clock.now, DeskLogin("anna-registry"), operation, ADDRESS, seen, about)


def give(citizen: Citizen, hour: int, minute: int = 0, day: int = 24) -> TicketId:
    """Attach somebody without an account, and give them a time of the clinic at the desk."""
    attach(citizen)
    at = datetime(2026, 11, day, hour - 3, minute, tzinfo=UTC)
    now, actor = shared_clock.now(), open_desk("galina-registry").actor
    return desk_tickets.give(actor, citizen.patient_id, at, now)[0].ticket_id


def declared_of(rows: Rows) -> object:
    return rows.everything()[keys.district(A1)]["absences"]


# --------------------------------------------------------------- what comes of it


def test_free_slots_of_the_days_are_withdrawn_and_no_others(clerk: Clerk, rows: Rows) -> None:
    before = standing(rows)
    assert declare(clerk, to="2026-11-26") == done(6)
    away = dict.fromkeys(("2026-11-24", "2026-11-25", "2026-11-26"), WITHDRAWN)
    assert standing(rows) == before | away
    assert declared_of(rows) == [{"from": "2026-11-24", "to": "2026-11-26", "reason": "учёба"}]


def test_a_booked_ticket_is_cancelled_in_its_slot_and_with_its_patient(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    assert declare(clerk) == done(2, notified=1)
    slot = rows.everything()[slot_key(SLOT)]
    assert (slot["slot_status"], slot["ticket_id"]) == ("withdrawn", ticket_id)
    assert ticket_in(rows, anna.patient_id) == {
        "ticket_id": ticket_id,
        "slot_id": SLOT,
        "starts_at": "2026-11-24T06:00:00Z",
        "ticket_status": "withdrawn",
        "sequence": 1,
        "booked_by": anna.account_id,
    }


def test_a_relatives_ticket_counts_for_the_relative(anna: SignedIn, clerk: Clerk) -> None:
    attach(VERA)
    take(anna, SLOT)
    take(anna, "a1.2026-11-24.2.0910", add_relative(anna, VERA))
    assert declare(clerk) == done(2, notified=2)


def test_a_ticket_that_the_desk_gave_is_cancelled_too_and_who_has_no_account_is_to_be_called(
    clerk: Clerk, rows: Rows
) -> None:
    beyond, published = give(BORIS, 12), give(VERA, 9)
    assert declare(clerk) == done(3, to_be_called=[VERA, BORIS])
    given = rows.everything()[slot_key("a1.2026-11-24.0.1200")]
    assert (given["slot_status"], given["ticket_id"]) == ("withdrawn", beyond)
    assert rows.everything()[slot_key(SLOT)]["ticket_id"] == published
    for citizen in (BORIS, VERA):
        ticket = ticket_in(rows, citizen.patient_id)
        assert ticket is not None
        assert ticket["ticket_status"] == "withdrawn"


def test_a_ticket_that_the_desk_gave_to_somebody_with_an_account_is_told_by_mail(
    anna: SignedIn, clerk: Clerk
) -> None:
    assert give(ANNA, 12).startswith(anna.patient_id)
    assert declare(clerk) == done(3, notified=1)


def test_a_patient_with_two_such_tickets_one_after_the_other_is_one_patient(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    first = take(anna, SLOT)
    declare(clerk)
    row = ticket_in(rows, anna.patient_id)
    assert row is not None
    take(anna, "a1.2026-11-25.1.0900")
    # What `archive_tickets` keeps of the ticket that was replaced.
    kept = {name: row[name] for name in row if name != "booked_by"}
    rows.put(keys.archived_ticket(first), kept)
    assert declare(clerk, to="2026-11-25") == done(4, notified=1)


def test_days_on_which_nothing_is_published_yet_are_kept_free_of_it(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    assert declare(clerk, **{"from": "2026-12-07", "to": "2026-12-07"}) == done(0)
    clock.move(days=1)
    assert release() == {"published": 0}
    assert "2026-12-07" not in standing(rows)


def test_a_ticket_beyond_the_published_days_is_cancelled_too(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    far = "a1.2027-01-12.1.0900"
    publish(far, "a1.2027-01-13.1.0900")
    take(anna, far)
    assert declare(clerk, **{"from": "2027-01-12", "to": "2027-01-12"}) == done(1, notified=1)
    assert standing(rows)["2027-01-13"] == ["1 06:00"]


def test_what_has_begun_is_left_alone(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    attach(BORIS)
    take(anna, "a1.2026-11-23.1.0900")
    take(open_account(BORIS), "a1.2026-11-23.2.0910")
    begun = {"starts_at": "2026-11-23T05:00:00Z"}
    rows.change(slot_key("a1.2026-11-23.1.0900"), **begun)
    assert declare(clerk, **{"from": "2026-11-23"}) == done(3, notified=1)
    assert standing(rows)["2026-11-23"] == ["1 05:00 booked", "2 06:10 withdrawn"]
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert ticket["ticket_status"] == "booked"


def test_an_outcome_that_was_noted_before_the_time_came_saves_no_ticket(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    ticket_id = take(anna, SLOT)
    desk_tickets.note_outcome(clerk.actor, ticket_id, "arrived", shared_clock.now())
    assert declare(clerk) == done(2, 1)
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    assert (ticket["ticket_status"], ticket["sequence"]) == ("withdrawn", 1)


def test_the_next_ticket_of_a_patient_whose_outcome_was_noted_too_early_stands(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    first = take(anna, SLOT)
    desk_tickets.note_outcome(clerk.actor, first, "arrived", shared_clock.now())
    take(anna, "a1.2026-11-25.1.0900")
    standing_ticket = ticket_in(rows, anna.patient_id)
    assert declare(clerk).body["withdrawn_slots"] == 2
    slot = rows.everything()[slot_key(SLOT)]
    assert (slot["slot_status"], slot["ticket_id"]) == ("withdrawn", first)
    assert ticket_in(rows, anna.patient_id) == standing_ticket
    kept = rows.everything()[slot_key("a1.2026-11-25.1.0900")]
    assert kept["slot_status"] == "booked"


@pytest.mark.parametrize("status", ["cancelled", "withdrawn"])
def test_a_slot_that_an_ended_ticket_still_holds_is_withdrawn_and_the_ticket_stays_as_it_ended(
    anna: SignedIn, clerk: Clerk, rows: Rows, status: str
) -> None:
    take(anna, SLOT)
    ticket = ticket_in(rows, anna.patient_id)
    assert ticket is not None
    ended = ticket | {"ticket_status": status, "sequence": 1}
    rows.change(keys.patient(anna.patient_id), ticket=ended)
    assert declare(clerk).body["withdrawn_slots"] == 2
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "withdrawn"
    assert ticket_in(rows, anna.patient_id) == ended


def test_a_patient_whose_address_no_mail_reaches_is_to_be_called(
    anna: SignedIn, clerk: Clerk
) -> None:
    take(anna, SLOT)
    accounts.mark_unreachable(ANNA.email, shared_clock.now())
    answer = declare(clerk)
    assert (answer.body["withdrawn_slots"], answer.body["notified_patients"]) == (2, 0)
    assert [one["patient_id"] for one in answer.body["to_be_called"]] == [anna.patient_id]


def test_an_absence_that_began_long_ago_counts_from_now_on(clerk: Clerk, rows: Rows) -> None:
    publish("a1.2026-11-20.1.0900")
    answer = declare(clerk, **{"from": "2026-11-02", "reason": " отпуск "})
    assert answer == done(4)
    assert standing(rows)["2026-11-20"] == ["1 06:00"]
    assert declared_of(rows) == [{"from": "2026-11-02", "to": "2026-11-24", "reason": "отпуск"}]


def test_an_absence_that_begins_on_the_same_day_is_replaced_and_what_it_spares_comes_back(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    take(anna, "a1.2026-11-25.1.0900")
    assert declare(clerk, to="2026-11-25") == done(4, notified=1)
    assert declare(clerk, reason="отпуск") == done(2)
    assert declared_of(rows) == [{"from": "2026-11-24", "to": "2026-11-24", "reason": "отпуск"}]
    assert standing(rows)["2026-11-24"] == WITHDRAWN
    assert standing(rows)["2026-11-25"] == FREE


def test_several_absences_stand_beside_each_other_until_they_are_over(
    clerk: Clerk, clock: Clock
) -> None:
    declare(clerk, **{"from": "2026-12-01", "to": "2026-12-02"})
    declare(clerk)
    [district] = list_districts(clerk).body["districts"]
    later = {"from": "2026-12-01", "to": "2026-12-02", "reason": "учёба"}
    assert district["absences"] == [TOMORROW, later]
    clock.move(days=2)
    clerk = open_desk()
    declare(clerk, **{"from": "2026-12-03", "to": "2026-12-03"})
    [district] = list_districts(clerk).body["districts"]
    last = {"from": "2026-12-03", "to": "2026-12-03", "reason": "учёба"}
    assert district["absences"] == [later, last]


# ------------------------------------------------------------ what patients see


def test_an_absent_day_is_shown_to_nobody_and_all_of_them_as_the_doctors_absence(
    anna: SignedIn, clerk: Clerk
) -> None:
    attach(BORIS)
    take(open_account(BORIS), SLOT)
    declare(clerk)
    shown = slots(anna, anna.patient_id).body
    assert (shown["online"], shown["reason"]) == (True, None)
    assert [day["date"] for day in shown["days"]][:2] == ["2026-11-23", "2026-11-25"]
    declare(clerk, **{"from": "2026-11-23", "to": "2026-12-06"})
    # The list of districts is shown from memory for a while; the slots are not.
    assert slots(anna, anna.patient_id).body["days"] == []


@pytest.mark.usefixtures("clerk")
def test_a_time_that_the_desk_gave_is_not_shown_to_patients(anna: SignedIn) -> None:
    before = slots(anna, anna.patient_id)
    give(BORIS, 12)
    assert slots(anna, anna.patient_id) == before


def test_a_time_of_an_absent_day_can_no_longer_be_taken_and_another_one_can(
    anna: SignedIn, clerk: Clerk
) -> None:
    take(anna, SLOT)
    declare(clerk)
    assert book(anna, SLOT) == problem(409, "slot_withdrawn")
    assert book(anna, "a1.2026-11-24.2.0910") == problem(409, "slot_withdrawn")
    assert book(anna, "a1.2026-11-25.1.0900").status == 201


# ----------------------------------------------------------------- the same again


def test_the_same_request_again_has_the_same_answer_and_touches_nothing(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    take(anna, SLOT)
    give(BORIS, 12)
    first = declare(clerk)
    assert first == done(3, notified=1, to_be_called=[BORIS])
    clinic, tickets = of_the_clinic(rows), ticket_in(rows, anna.patient_id)
    assert declare(clerk) == first
    assert of_the_clinic(rows) == clinic
    assert ticket_in(rows, anna.patient_id) == tickets


def test_a_declaration_that_finds_nothing_to_do_is_four_requests(clerk: Clerk, wire: Wire) -> None:
    declare(clerk)
    with wire.listening() as heard:
        declare(clerk)
    assert operations(heard) == ["GetItem", "TransactWriteItems", "Query", "Query"]


# -------------------------------------------------------------- the audit trail


def test_the_trail_tells_of_the_declaration_and_of_each_ticket_with_its_patient(
    anna: SignedIn, clerk: Clerk, clock: Clock
) -> None:
    taken, given = take(anna, SLOT), give(BORIS, 12)
    before = len(trail())
    declare(clerk)
    told = trail()[before:]
    # Tickets go in the order of their slots' keys: what the desk gave comes first.
    assert told == [
        entry(clock),
        entry(clock, given, [BORIS.patient_id]),
        entry(clock, taken, [anna.patient_id]),
    ]


def test_whom_a_repeated_declaration_shows_is_written_down_again(
    anna: SignedIn, clerk: Clerk, clock: Clock
) -> None:
    take(anna, SLOT)
    give(BORIS, 12)
    declare(clerk)
    before = len(trail())
    assert declare(clerk) == done(3, notified=1, to_be_called=[BORIS])
    assert trail()[before:] == [entry(clock), entry(clock, patients=[BORIS.patient_id])]


# ------------------------------------------------------------------- who may not


@pytest.mark.parametrize("district_id", ["a1", "a9"])
def test_without_a_session_nothing_is_done_and_nothing_told(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock, district_id: str
) -> None:
    path = f"/api/desk/districts/{district_id}/absences"
    clock.move(minutes=15)
    with rows.unchanged():
        assert declare(clerk, district_id=district_id) == SESSION_REQUIRED
        assert call("declare_absence", "PUT", path, TOMORROW) == SESSION_REQUIRED
        as_patient = call("declare_absence", "PUT", path, TOMORROW, cookie=anna.cookie)
        assert as_patient == SESSION_REQUIRED


def test_a_session_that_was_ended_declares_nothing(clerk: Clerk, rows: Rows) -> None:
    sessions.end(clerk.session, shared_clock.now())
    with rows.unchanged():
        assert declare(clerk) == SESSION_REQUIRED
        assert declare(clerk, district_id="a9") == SESSION_REQUIRED


def test_an_unknown_district_is_not_found_and_nothing_is_written(clerk: Clerk, rows: Rows) -> None:
    with rows.unchanged():
        assert declare(clerk, district_id="a9") == problem(404, "not_found")


# -------------------------------------------------------------- what is refused

PERIOD = ("/to", "period_range", "Проверьте первый и последний день.")
MISSING = ("missing", "Заполните это поле.")
FORMAT = ("date_format", "Дата пишется так: 1985-03-27.")


@pytest.mark.parametrize(
    "changes, faults",
    [
        ({"from": "2026-11-25"}, [PERIOD]),
        ({"from": "2026-11-01", "to": "2026-11-22"}, [PERIOD]),
        ({"to": "2027-11-26"}, [PERIOD]),
        ({"from": "24.11.2026"}, [("/from", *FORMAT)]),
        ({"to": 20261124}, [("/to", *FORMAT)]),
        ({"from": "2026-02-30"}, [("/from", "date_unknown", "Такой даты нет.")]),
        ({"reason": "  "}, [("/reason", *MISSING)]),
        ({"reason": "x" * 201}, [("/reason", "string_too_long", "Слишком длинное значение.")]),
        (
            {"reason": "учёба\x00"},
            [("/reason", "name_characters", "Здесь есть недопустимые знаки.")],
        ),
        ({"first_on": "2026-11-24"}, [("/first_on", "extra_forbidden", "Такого поля здесь нет.")]),
    ],
)
def test_a_form_is_refused_field_by_field_and_nothing_is_written(
    clerk: Clerk, rows: Rows, changes: dict[str, object], faults: list[tuple[str, str, str]]
) -> None:
    with rows.unchanged():
        assert declare(clerk, **changes) == problem(422, "invalid_request", faults)


def test_every_field_has_to_be_there(clerk: Clerk, rows: Rows) -> None:
    faults = [(f"/{name}", *MISSING) for name in ("from", "to", "reason")]
    with rows.unchanged():
        assert declare(clerk, []) == problem(
            422, "invalid_request", [("", "object_expected", "Здесь ожидается объект.")]
        )
        answer = call("declare_absence", "PUT", PATH, {}, cookie=clerk.cookie)
        assert answer == problem(422, "invalid_request", faults)


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "2026-11-23", "to": "2026-11-23"},
        {"from": "2026-11-23", "to": "2027-11-24"},
        {"from": "2025-11-23", "to": "2026-11-23"},
    ],
)
def test_a_period_may_be_today_only_and_may_last_a_year(
    clerk: Clerk, changes: dict[str, str]
) -> None:
    assert declare(clerk, **changes).status == 200

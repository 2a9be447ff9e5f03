"""POST /api/desk/tickets while patients book, slots are published, doctors leave, others give."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.districts import Absence, District, Doctor
from shared.ids import DistrictId
from shared.table import absences, districts, release, schedule
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    HOURS,
    SLOT,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.family_people import Meanwhile
from tests.integration.rows import Rows
from tests.integration.test_book_ticket import book
from tests.integration.test_give_ticket import GIVEN, give
from tests.integration.wire import (
    Wire,
    cancelled,
    meanwhile,
    operations,
)

AT_NINE = "2026-11-24T09:00:00+03:00"
GIVEN_AT_NINE = "a1.2026-11-24.0.0900"
CONFLICT = cancelled("None", "None", "TransactionConflict", "None", "None", "None", "None")
TAKEN = problem(409, "slot_taken")
LIMIT_REACHED = problem(409, "ticket_limit_reached")
WITHDRAWN = problem(409, "slot_withdrawn")
TOMORROW = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    attach(BORIS)
    return open_desk()


def district() -> District:
    found = districts.find(DistrictId("a1"))
    assert found is not None
    return found


def held(rows: Rows) -> Any:  # noqa: ANN401 - as it stands in the table
    """Return the ticket in Anna's row, if there is one."""
    return rows.everything()[keys.patient(ANNA.patient_id)].get("ticket")


# -------------------------------------------------------------- against patients online


def test_a_time_that_somebody_takes_online_in_between_is_taken(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    boris = open_account(BORIS)
    faster = Meanwhile(rows, lambda: take(boris, SLOT))
    wire.before("TransactWriteItems", faster)
    assert give(clerk, AT_NINE) == TAKEN
    assert rows.everything() == faster.table
    assert trail() == []


def test_a_time_that_the_desk_takes_in_between_is_taken_online_too(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    boris = open_account(BORIS)
    faster = Meanwhile(rows, lambda: give(clerk, AT_NINE))
    wire.before("TransactWriteItems", faster)
    assert book(boris) == TAKEN
    assert rows.everything() == faster.table


def test_a_patient_who_books_another_time_online_in_between_has_that_ticket(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    anna = open_account(ANNA)
    faster = Meanwhile(rows, lambda: take(anna, SLOT))
    wire.before("TransactWriteItems", faster)
    assert give(clerk) == LIMIT_REACHED
    assert rows.everything() == faster.table


def test_a_patient_who_books_this_time_online_in_between_has_it(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    anna = open_account(ANNA)
    faster = Meanwhile(rows, lambda: take(anna, SLOT))
    wire.before("TransactWriteItems", faster)
    answer = give(clerk, AT_NINE)
    assert (answer.status, answer.body["ticket_id"]) == (200, faster.answer)
    assert [entry.about for entry in trail()] == [faster.answer]


def test_a_patient_who_is_given_a_ticket_in_between_books_none_online(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    anna = open_account(ANNA)
    faster = Meanwhile(rows, lambda: give(clerk))
    wire.before("TransactWriteItems", faster)
    assert book(anna) == LIMIT_REACHED
    assert rows.everything() == faster.table


# ---------------------------------------------------------------- against a publication


def test_a_time_that_is_published_in_between_is_taken_where_it_was_published(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.before("TransactWriteItems", meanwhile(lambda: publish(SLOT)))
    answer = give(clerk, AT_NINE)
    assert (answer.status, answer.body["slot_id"]) == (201, SLOT)
    assert [sk for pk, sk in rows.everything() if pk == "DISTRICT#a1"] == ["SLOT#2026-11-24#1"]


def test_a_time_that_is_published_and_taken_in_between_is_taken(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    boris = open_account(BORIS)

    def publish_and_take() -> None:
        publish(SLOT)
        take(boris, SLOT)

    faster = Meanwhile(rows, publish_and_take)
    wire.before("TransactWriteItems", faster)
    assert give(clerk, AT_NINE) == TAKEN
    assert rows.everything() == faster.table


@pytest.mark.parametrize("ordinal", [1, 2])
def test_every_ordinal_of_the_cap_is_looked_at(clerk: Clerk, wire: Wire, ordinal: int) -> None:
    published = f"a1.2026-11-24.{ordinal}.0900"
    wire.before("TransactWriteItems", meanwhile(lambda: publish(published)))
    assert give(clerk, AT_NINE).body["slot_id"] == published


def test_a_publication_leaves_out_the_time_that_the_desk_gives_in_between(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    given = Meanwhile(rows, lambda: give(clerk, AT_NINE))
    wire.before("TransactWriteItems", given)
    release.release_district(district(), shared_clock.now())
    assert given.answer.body["slot_id"] == GIVEN_AT_NINE
    times = {
        key.sk: item["starts_at"][11:16]
        for key, item in rows.everything().items()
        if key.sk.startswith("SLOT#2026-11-24#")
    }
    assert times == {
        "SLOT#2026-11-24#0#0900": "06:00",
        "SLOT#2026-11-24#1": "06:10",
        "SLOT#2026-11-24#2": "06:20",
    }


def test_a_free_time_that_becomes_another_one_in_between_is_given_beyond_the_cap(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    moved = {"starts_at": "2026-11-24T07:00:00Z"}
    wire.before("TransactWriteItems", lambda: rows.change(slot_key(SLOT), **moved))
    assert give(clerk, AT_NINE).body["slot_id"] == GIVEN_AT_NINE
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"


# ---------------------------------------------------------------- against another clerk


def test_of_two_desks_at_one_time_the_second_is_told_that_it_is_taken(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    other = open_desk("boris-registry")
    faster = Meanwhile(rows, lambda: give(other, patient_id=BORIS.patient_id))
    wire.before("TransactWriteItems", faster)
    assert give(clerk) == TAKEN
    assert rows.everything() == faster.table
    assert [entry.login for entry in trail()] == ["boris-registry"]


def test_of_two_desks_with_one_patient_and_time_the_second_finds_the_ticket_of_the_first(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    other = open_desk("boris-registry")
    faster = Meanwhile(rows, lambda: give(other))
    wire.before("TransactWriteItems", faster)
    answer = give(clerk)
    assert answer == Answer(200, faster.answer.body)
    assert [entry.login for entry in trail()] == ["boris-registry", "anna-registry"]


def test_of_two_desks_with_one_patient_and_two_times_the_second_is_refused(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    other = open_desk("boris-registry")
    faster = Meanwhile(rows, lambda: give(other, AT_NINE))
    wire.before("TransactWriteItems", faster)
    assert give(clerk) == LIMIT_REACHED
    assert rows.everything() == faster.table


# ------------------------------------------------- against what the desk says of the district


@pytest.mark.parametrize("published", [True, False])
def test_an_absence_that_is_declared_in_between_leaves_nothing_to_give(
    clerk: Clerk, rows: Rows, wire: Wire, *, published: bool
) -> None:
    if published:
        publish(SLOT)
    away = Absence(TOMORROW, TOMORROW, "болезнь")
    now = shared_clock.now()
    declared = Meanwhile(rows, lambda: absences.declare(clerk.actor, DistrictId("a1"), away, now))
    wire.before("TransactWriteItems", declared)
    assert give(clerk, AT_NINE) == WITHDRAWN
    assert rows.everything() == declared.table
    assert held(rows) is None


def test_a_published_time_taken_behind_an_absence_is_cancelled_by_it(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    publish(SLOT)
    away = (Absence(TOMORROW, TOMORROW, "болезнь"),)
    wire.before("TransactWriteItems", meanwhile(lambda: open_district(absences=away)))
    assert give(clerk, AT_NINE).status == 201
    schedule.agree(district(), shared_clock.now(), clerk.actor)
    assert held(rows)["ticket_status"] == "withdrawn"
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "withdrawn"


@pytest.mark.parametrize(
    "change",
    [
        lambda: open_district(doctor=None),
        lambda: open_district(doctor=Doctor("Новикова Ольга", "7")),
        lambda: open_district(hours={**HOURS, "tue": (time(18, 40),)}),
        lambda: open_district(kind="child"),
    ],
)
def test_a_district_that_changes_in_between_is_looked_at_again(
    clerk: Clerk, rows: Rows, wire: Wire, change: Callable[[], District]
) -> None:
    wire.before("TransactWriteItems", meanwhile(change))
    with wire.listening() as heard:
        assert give(clerk).status == 201
    assert operations(heard).count("TransactWriteItems") == 2
    doctor, given = district().doctor, rows.everything()[slot_key(GIVEN)]
    assert given["doctor"] == (doctor.name if doctor else None)
    assert len(trail()) == 1


def test_a_patient_who_is_moved_to_another_district_in_between_gets_its_doctors_time(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    open_district("a2")
    wire.before("TransactWriteItems", meanwhile(lambda: attach(ANNA, "a2")))
    assert give(clerk).body["slot_id"] == "a2.2026-11-24.0.1840"
    assert slot_key(GIVEN) not in rows.everything()


def test_a_policy_that_ends_in_between_gets_no_ticket(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    ended = Meanwhile(rows, lambda: attach(ANNA, valid_until=date(2026, 11, 23)))
    wire.before("TransactWriteItems", ended)
    assert give(clerk) == problem(409, "policy_expired")
    assert rows.everything() == ended.table


def test_a_session_that_ends_in_between_gives_nothing(clerk: Clerk, rows: Rows, wire: Wire) -> None:
    ended = Meanwhile(rows, lambda: rows.remove(keys.session(clerk.session)))
    wire.before("TransactWriteItems", ended)
    assert give(clerk) == SESSION_REQUIRED
    assert rows.everything() == ended.table


def test_what_changes_again_and_again_ends_as_try_again(
    clerk: Clerk, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[meanwhile(open_district)] * 8)
    assert give(clerk) == TRY_AGAIN
    assert len(pauses) == 7
    assert held(rows) is None
    assert trail() == []

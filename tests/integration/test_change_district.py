"""PUT /api/desk/districts/{district_id}: the desk's word, and the slots that follow it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.desk import AuditEntry
from shared.districts import Absence
from shared.ids import DistrictId
from shared.table import districts, sessions
from tests.integration.answers import ADDRESS, SESSION_REQUIRED, TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
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
    FORM,
    VIEW,
    change_district,
    declare,
    list_districts,
    of_the_clinic,
)
from tests.integration.family_people import Meanwhile
from tests.integration.releases import WORKING_DAYS, release, standing
from tests.integration.rows import Rows
from tests.integration.wire import (
    CutOff,
    Wire,
    cancelled,
    cut_off,
    meanwhile,
    operations,
    refused,
    timed_out,
)

A1 = DistrictId("a1")
PATH = "/api/desk/districts/a1"
AWAY = Absence(date(2026, 11, 24), date(2026, 11, 24), "учёба")
AFTERNOONS = {"tue": ["15:10", "15:00", "15:10"], "fri": []}


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


def entry(clock: Clock, about: str = "a1", login: str = "anna-registry") -> AuditEntry:
    """Return what the trail says of one change."""
    return AuditEntry(
        at=clock.now,
        login=login,  # type: ignore[arg-type]
        operation="change_district",
        address=ADDRESS,
        patients=frozenset(),
        about=about,
    )


# ------------------------------------------------------------- what is written


def test_a_new_district_is_written_whole_and_its_slots_are_published_at_once(
    clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    assert change_district(clerk) == Answer(200, VIEW)
    row = rows.everything()[keys.district(A1)]
    assert row.pop("revision") != "new"
    assert row == {"district_id": "a1", **FORM, "absences": []}
    assert standing(rows) == {day: ["1 06:00", "2 06:10"] for day in WORKING_DAYS}
    assert trail() == [entry(clock)]
    assert list_districts(clerk).body == {"districts": [VIEW]}


def test_a_district_is_changed_in_all_that_is_said_of_it(clerk: Clerk) -> None:
    open_district("a1", absences=(AWAY,))
    changed = {
        "name": "  Участок № 7 ",
        "kind": "child",
        "doctor": {"name": "Ильина Вера Павловна", "room": " 307а "},
        "hours": AFTERNOONS,
    }
    assert change_district(clerk, **changed) == Answer(
        200,
        {
            "district_id": "a1",
            "name": "Участок № 7",
            "kind": "child",
            "doctor": {"name": "Ильина Вера Павловна", "room": "307а"},
            "hours": {"tue": ["15:00", "15:10"]},
            "absences": [{"from": "2026-11-24", "to": "2026-11-24", "reason": "учёба"}],
        },
    )


def test_the_hours_are_replaced_and_the_absences_kept(clerk: Clerk, rows: Rows) -> None:
    open_district(absences=(AWAY,))
    answer = change_district(clerk, hours=AFTERNOONS)
    assert answer.body["hours"] == {"tue": ["15:00", "15:10"]}
    row = rows.everything()[keys.district(A1)]
    assert row["hours"] == {"tue": ["15:00", "15:10"]}
    assert row["absences"] == [{"from": "2026-11-24", "to": "2026-11-24", "reason": "учёба"}]
    assert standing(rows) == {"2026-12-01": ["1 12:00", "2 12:10"]}


def test_free_slots_follow_the_hours_and_booked_ones_stay(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    release()
    take(anna, SLOT)
    assert change_district(clerk, hours=AFTERNOONS).status == 200
    assert standing(rows)["2026-11-24"] == ["1 06:00 booked", "2 12:00"]
    assert standing(rows)["2026-11-25"] == ["1 06:00 withdrawn", "2 06:10 withdrawn"]
    with rows.unchanged():
        assert release() == {"published": 0}


def test_a_doctor_who_leaves_takes_all_free_times_along_and_one_who_comes_brings_them(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    release()
    take(anna, SLOT)
    before = of_the_clinic(rows)
    answer = change_district(clerk, doctor=None)
    assert (answer.status, answer.body["doctor"]) == (200, None)
    assert standing(rows)["2026-11-24"] == ["1 06:00 booked", "2 06:10 withdrawn"]
    assert change_district(clerk).body == VIEW
    assert of_the_clinic(rows) == before


def test_a_district_that_becomes_an_adult_one_keeps_no_more_free_times_than_its_cap(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    change_district(clerk, kind="child")
    take(anna, "a1.2026-11-24.4.0930")
    change_district(clerk)
    beyond = ["3 06:20 withdrawn", "4 06:30 withdrawn", "5 06:40 withdrawn"]
    assert standing(rows)["2026-11-25"] == ["1 06:00", "2 06:10", *beyond]
    still = ["2 06:10 withdrawn", "3 06:20 withdrawn", "4 06:30 booked", "5 06:40 withdrawn"]
    assert standing(rows)["2026-11-24"] == ["1 06:00", *still]


def test_the_same_request_again_has_the_same_answer_and_touches_no_slot(
    clerk: Clerk, rows: Rows, wire: Wire, clock: Clock
) -> None:
    first = change_district(clerk)
    before = of_the_clinic(rows)
    with wire.listening() as heard:
        assert change_district(clerk) == first
    assert of_the_clinic(rows) == before
    assert operations(heard) == ["GetItem", "TransactWriteItems", "Query"]
    assert trail() == [entry(clock)] * 2


# ------------------------------------------------------------------- who may not


@pytest.mark.parametrize("district_id", ["a1", "a9"])
def test_without_a_session_nothing_is_written(rows: Rows, district_id: str, clock: Clock) -> None:
    open_district()
    attach(ANNA)
    patient, late = open_account(ANNA), open_desk()
    clock.move(minutes=15)
    path = f"/api/desk/districts/{district_id}"
    with rows.unchanged():
        assert change_district(late, district_id) == SESSION_REQUIRED
        assert call("change_district", "PUT", path, FORM) == SESSION_REQUIRED
        as_patient = call("change_district", "PUT", path, FORM, cookie=patient.cookie)
        assert as_patient == SESSION_REQUIRED


def test_a_session_that_ends_in_between_writes_nothing(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    open_district()
    ended = Meanwhile(rows, lambda: sessions.end(clerk.session, shared_clock.now()))
    wire.before("TransactWriteItems", ended)
    assert change_district(clerk, doctor=None) == SESSION_REQUIRED
    assert rows.everything() == ended.table


# -------------------------------------------------------------- what is refused

MISSING = ("missing", "Заполните это поле.")
TIME = ("time_format", "Время пишется так: 09:20.")


@pytest.mark.parametrize(
    "changes, faults",
    [
        ({"name": " "}, [("/name", *MISSING)]),
        ({"name": "x" * 201}, [("/name", "string_too_long", "Слишком длинное значение.")]),
        ({"name": 7}, [("/name", "string_type", "Здесь ожидается текст.")]),
        ({"kind": "old"}, [("/kind", "literal_error", "Проверьте это значение.")]),
        ({"doctor": 5}, [("/doctor", "object_expected", "Здесь ожидается объект.")]),
        ({"doctor": {}}, [("/doctor/name", *MISSING), ("/doctor/room", *MISSING)]),
        (
            {"doctor": {"name": "И\nИ", "room": "214\u202e"}},
            [
                (f"/doctor/{name}", "name_characters", "Здесь есть недопустимые знаки.")
                for name in ("name", "room")
            ],
        ),
        ({"hours": None}, [("/hours", "object_expected", "Здесь ожидается объект.")]),
        (
            {"hours": {"mon": ["9:00", "24:00", "09:60", "09:00:00", 540, "09:00"]}},
            [(f"/hours/mon/{number}", *TIME) for number in range(5)],
        ),
        ({"hours": {"mo": []}}, [("/hours/mo", "extra_forbidden", "Такого поля здесь нет.")]),
        (
            {"hours": {"sun": ["09:00"] * 101}},
            [("/hours/sun", "too_long", "Проверьте это значение.")],
        ),
        ({"absences": []}, [("/absences", "extra_forbidden", "Такого поля здесь нет.")]),
    ],
)
def test_a_form_is_refused_field_by_field_and_nothing_is_written(
    clerk: Clerk, rows: Rows, changes: dict[str, Any], faults: list[tuple[str, str, str]]
) -> None:
    open_district()
    with rows.unchanged():
        assert change_district(clerk, **changes) == problem(422, "invalid_request", faults)


@pytest.mark.parametrize("name", FORM)
def test_every_field_has_to_be_there_that_of_the_doctor_too(
    clerk: Clerk, rows: Rows, name: str
) -> None:
    body = {field: value for field, value in FORM.items() if field != name}
    with rows.unchanged():
        answer = call("change_district", "PUT", PATH, body, cookie=clerk.cookie)
    assert answer == problem(422, "invalid_request", [(f"/{name}", *MISSING)])


@pytest.mark.parametrize("district_id", ["A1", "участок", "a" * 21, "a_1"])
def test_a_district_is_called_by_a_short_plain_word(
    clerk: Clerk, rows: Rows, district_id: str
) -> None:
    fault = ("/district_id", "string_pattern_mismatch", "Проверьте это значение.")
    with rows.unchanged():
        assert change_district(clerk, district_id) == problem(422, "invalid_request", [fault])


# ------------------------------------------------------------------------ others


def test_an_absence_that_is_declared_in_between_is_kept(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    release()
    take(anna, SLOT)
    other = open_desk("boris-registry")
    wire.before("TransactWriteItems", meanwhile(lambda: declare(other)))
    answer = change_district(clerk, hours=AFTERNOONS)
    away = [{"from": "2026-11-24", "to": "2026-11-24", "reason": "учёба"}]
    assert (answer.status, answer.body["absences"]) == (200, away)
    assert standing(rows)["2026-11-24"] == ["1 06:00 withdrawn", "2 06:10 withdrawn"]
    assert standing(rows)["2026-12-01"] == ["1 12:00", "2 12:10"]


def test_of_two_changes_at_once_the_slots_follow_the_later_one(
    clerk: Clerk, rows: Rows, wire: Wire, clock: Clock
) -> None:
    """The other change comes after this one is written, before its slots are."""
    other = open_desk("boris-registry")
    wire.before(
        "TransactWriteItems", None, meanwhile(lambda: change_district(other, hours=AFTERNOONS))
    )
    assert change_district(clerk) == Answer(200, VIEW)
    tuesdays = ["1 12:00", "2 12:10"]
    assert standing(rows) == {"2026-11-24": tuesdays, "2026-12-01": tuesdays}
    assert trail() == [entry(clock), entry(clock, login="boris-registry")]


def test_a_district_that_always_changes_says_try_again(
    clerk: Clerk, rows: Rows, wire: Wire, pauses: list[float]
) -> None:
    district = open_district()
    others = [lambda: districts.put(district)] * 8
    wire.before("TransactWriteItems", *others)
    assert change_district(clerk, doctor=None) == TRY_AGAIN
    assert rows.everything()[keys.district(A1)]["doctor"] is not None
    assert len(pauses) == 7
    assert trail() == []


# ------------------------------------------------------------------------ faults


@pytest.mark.parametrize("planted", [timed_out, refused("InternalServerError", 500)])
def test_a_lost_answer_is_no_reason_to_write_the_district_again(
    clerk: Clerk, rows: Rows, wire: Wire, clock: Clock, planted: Callable[[], Any]
) -> None:
    wire.after("TransactWriteItems", planted)
    assert change_district(clerk) == Answer(200, VIEW)
    assert standing(rows) == {day: ["1 06:00", "2 06:10"] for day in WORKING_DAYS}
    assert trail() == [entry(clock)]


@pytest.mark.parametrize(
    "planted",
    [timed_out, refused("InternalServerError", 500), refused("ThrottlingException")],
)
def test_a_lost_request_says_try_again_and_has_done_nothing(
    clerk: Clerk, rows: Rows, wire: Wire, planted: Callable[[], Any]
) -> None:
    open_district()
    wire.before("TransactWriteItems", planted)
    with rows.unchanged():
        assert change_district(clerk, doctor=None) == TRY_AGAIN


def test_a_conflict_is_tried_again_and_is_no_refusal(
    clerk: Clerk, wire: Wire, pauses: list[float]
) -> None:
    wire.before("TransactWriteItems", *[cancelled("None", "None", "TransactionConflict")] * 2)
    assert change_district(clerk) == Answer(200, VIEW)
    assert len(pauses) == 2


@pytest.mark.parametrize("heal", [lambda: change_district(open_desk()), release])
@pytest.mark.parametrize("written", [1, 2])
def test_a_change_that_was_cut_off_is_brought_to_its_end(
    clerk: Clerk, rows: Rows, wire: Wire, heal: Callable[[], object], written: int
) -> None:
    change_district(clerk)
    clean = of_the_clinic(rows)
    for key in rows.everything():
        if key.pk.startswith(("CLINIC", "DISTRICT")):
            rows.remove(key)
    wire.before("TransactWriteItems", *[None] * written, cut_off)
    with pytest.raises(CutOff):
        change_district(clerk)
    assert of_the_clinic(rows) != clean
    heal()
    assert of_the_clinic(rows) == clean


def test_a_ticket_that_the_new_hours_leave_aside_can_be_moved_and_its_time_is_gone(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(BORIS)
    release()
    ticket_id = take(anna, SLOT)
    change_district(clerk, hours=AFTERNOONS)
    path, wanted = f"/api/tickets/{ticket_id}", {"slot_id": "a1.2026-12-01.1.1500"}
    assert call("move_ticket", "PUT", path, wanted, cookie=anna.cookie).status == 200
    assert standing(rows)["2026-11-24"] == ["1 06:00 withdrawn", "2 12:00"]
    release()
    assert standing(rows)["2026-11-24"] == ["1 12:10", "2 12:00"]
    assert rows.everything()[slot_key("a1.2026-12-01.1.1500")]["ticket_id"] == ticket_id

"""GET /api/desk/districts: all that the desk says of the districts, as it stands now."""

from datetime import date, time

import pytest

from shared import clock as shared_clock, keys
from shared.districts import Absence
from shared.table import sessions
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call
from tests.integration.clinic import ANNA, attach, open_account, open_district
from tests.integration.conftest import Clock
from tests.integration.desk import open_desk, trail
from tests.integration.desk_districts import FORM, VIEW, list_districts
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused

PATH = "/api/desk/districts"


def test_every_district_is_shown_with_its_doctor_its_hours_and_its_absences() -> None:
    absences = (
        Absence(date(2026, 11, 24), date(2026, 11, 26), "учёба"),
        Absence(date(2027, 1, 11), date(2027, 1, 11), "отпуск"),
    )
    open_district("c1", "child", hours={"sat": [time(8, 5)], "mon": []}, absences=absences)
    open_district("a2", doctor=None, hours={})
    open_district()
    assert list_districts(open_desk()) == Answer(
        200,
        {
            "districts": [
                VIEW,
                {
                    "district_id": "a2",
                    "name": "Участок a2",
                    "kind": "adult",
                    "doctor": None,
                    "hours": {},
                    "absences": [],
                },
                {
                    "district_id": "c1",
                    "name": "Участок c1",
                    "kind": "child",
                    "doctor": FORM["doctor"],
                    "hours": {"sat": ["08:05"], "mon": []},
                    "absences": [
                        {"from": "2026-11-24", "to": "2026-11-26", "reason": "учёба"},
                        {"from": "2027-01-11", "to": "2027-01-11", "reason": "отпуск"},
                    ],
                },
            ]
        },
    )


def test_without_districts_the_list_is_empty() -> None:
    assert list_districts(open_desk()) == Answer(200, {"districts": []})


def test_the_list_is_read_consistently_from_page_to_page_and_writes_nothing(
    rows: Rows, wire: Wire
) -> None:
    for number in range(5):
        open_district(f"a{number}")
    clerk = open_desk()
    wire.pages_of(2)
    with wire.listening() as heard, rows.unchanged():
        shown = list_districts(clerk).body["districts"]
    assert [one["district_id"] for one in shown] == [f"a{number}" for number in range(5)]
    assert operations(heard) == ["BatchGetItem", *["Query"] * 3]
    assert all(request.body["ConsistentRead"] for request in heard[1:])
    assert trail() == []


def test_nobody_else_sees_them(clock: Clock) -> None:
    open_district()
    attach(ANNA)
    patient, clerk = open_account(ANNA), open_desk()
    assert call("list_districts", "GET", PATH) == SESSION_REQUIRED
    assert call("list_districts", "GET", PATH, cookie=patient.cookie) == SESSION_REQUIRED
    clock.move(minutes=15)
    assert list_districts(clerk) == SESSION_REQUIRED


def test_a_session_that_was_ended_sees_nothing() -> None:
    clerk = open_desk()
    sessions.end(clerk.session, shared_clock.now())
    assert list_districts(clerk) == SESSION_REQUIRED


def test_looking_keeps_the_session_open(rows: Rows, clock: Clock) -> None:
    clerk = open_desk()
    clock.move(minutes=10)
    assert list_districts(clerk).status == 200
    assert rows.everything()[keys.session(clerk.session)]["idle_at"] == int(
        clock.now.timestamp() + 15 * 60
    )


@pytest.mark.parametrize("operation", ["BatchGetItem", "Query"])
def test_a_busy_store_says_try_again(wire: Wire, operation: str) -> None:
    clerk = open_desk()
    wire.before(operation, refused("ThrottlingException"))
    assert list_districts(clerk) == TRY_AGAIN

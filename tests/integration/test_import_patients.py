"""PUT /api/desk/patients: the register is taken over line by line, and each line once."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from shared import keys
from shared.register import COLUMNS
from tests.integration.answers import SESSION_REQUIRED, Answer, call, event, invoke, problem, read
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    Citizen,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
    slot_key,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import ANNA_REGISTRY, Clerk, open_desk, trail
from tests.integration.family_people import GALINA, LEV, TWINS, renamed, set_clock
from tests.integration.rows import Rows
from tests.integration.sent_mails import deliver
from tests.integration.stream import Stream
from tests.integration.wire import Wire, operations

CSV = {"content-type": "text/csv; charset=utf-8"}
HEADER = ",".join(COLUMNS)
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "rejected": []}
NOTHING |= {"grown_children": [], "freed_tickets": []}
UNREADABLE = problem(400, "malformed_request")


def line_of(citizen: Citizen, district_id: str = "a1", valid_until: str = "") -> str:
    person = citizen.person
    names = (person.last_name, person.first_name, person.middle_name or "")
    cells = (citizen.number, "", *names, str(person.birth_date), district_id, valid_until)
    return ",".join(cells)


def put(clerk: Clerk, *lines: str) -> Answer:
    body = "\n".join([HEADER, *lines])
    return call(
        "import_patients", "PUT", "/api/desk/patients", body, cookie=clerk.cookie, headers=CSV
    )


def counted(**numbers: object) -> Answer:
    return Answer(200, NOTHING | numbers)


def seen() -> list[tuple[str, set[str]]]:
    """Return what the audit trail says was done, and to whom."""
    return [(entry.operation, set(entry.patients)) for entry in trail()]


@pytest.fixture
def clerk() -> Clerk:
    open_district()
    open_district("c1", "child")
    return open_desk()


# -------------------------------------------------------------------- what it does


def test_a_file_becomes_rows_with_their_places_in_the_indexes(clerk: Clerk, rows: Rows) -> None:
    answer = put(clerk, line_of(GALINA), line_of(VERA, "c1", "2027-01-31"))
    assert answer == counted(created=2)
    row = rows.everything()[keys.patient(VERA.patient_id)]
    assert row.pop("revision")
    assert row == {
        "person": {
            "last_name": "Абрикосова",
            "first_name": "Вера",
            "middle_name": "Львовна",
            "birth_date": "2019-09-01",
        },
        "policy_last4": VERA.number[-4:],
        "district_id": "c1",
        "valid_until": "2027-01-31",
        "name_key": "абрикосова#2019-09-01",
        "due_list": "CHILDREN#c1",
        "due_on": "2037-09-01",
    }
    assert (
        rows.everything()[keys.patient(GALINA.patient_id)].keys().isdisjoint({"due_list", "due_on"})
    )


def test_no_policy_number_is_kept_and_no_series(clerk: Clerk, rows: Rows) -> None:
    put(clerk, line_of(GALINA).replace(",,", ",СЕРИЯ 77,", 1))
    assert GALINA.number not in str(rows.images())
    assert "СЕРИЯ" not in str(rows.images())


def test_the_audit_trail_knows_whom_the_clerk_changed(clerk: Clerk) -> None:
    put(clerk, line_of(GALINA), line_of(VERA))
    put(clerk, line_of(GALINA), line_of(VERA, "c1"))
    assert seen() == [
        ("import_patients", {GALINA.patient_id, VERA.patient_id}),
        ("import_patients", {VERA.patient_id}),
    ]
    assert {entry.login for entry in trail()} == {ANNA_REGISTRY}


def test_the_same_file_again_writes_nothing_and_leaves_no_entry(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    lines = [line_of(one) for one in (GALINA, *TWINS)]
    assert put(clerk, *lines) == counted(created=26)
    before = trail()
    with rows.unchanged(), wire.listening() as heard:
        assert put(clerk, *lines) == counted(unchanged=26)
    assert trail() == before
    assert set(operations(heard)) == {"BatchGetItem", "Query"}


def test_many_lines_are_written_twenty_at_once(clerk: Clerk, wire: Wire) -> None:
    lines = [line_of(one) for one in TWINS]
    with wire.listening() as heard:
        assert put(clerk, *lines) == counted(created=25)
    sizes = [
        len(request.body["TransactItems"])
        for request in heard
        if request.operation == "TransactWriteItems"
    ]
    assert sizes == [22, 7]
    assert [len(entry.patients) for entry in trail()] == [20, 5]


@pytest.mark.parametrize(
    "changed",
    [
        line_of(VERA, "c1", "2027-01-31"),
        line_of(VERA, "a1"),
        line_of(replace(VERA, person=renamed(VERA)), "c1"),
    ],
    ids=["policy", "district", "name"],
)
def test_a_line_that_says_something_else_is_an_update(clerk: Clerk, changed: str) -> None:
    assert put(clerk, line_of(VERA, "c1")) == counted(created=1)
    assert put(clerk, changed) == counted(updated=1)
    assert put(clerk, changed) == counted(unchanged=1)


def test_a_district_that_has_become_one_for_children_is_an_update(clerk: Clerk, rows: Rows) -> None:
    put(clerk, line_of(VERA, "a1"))
    open_district("a1", "child")
    assert put(clerk, line_of(VERA, "a1")) == counted(updated=1)
    row = rows.everything()[keys.patient(VERA.patient_id)]
    assert (row["due_list"], row["due_on"]) == ("CHILDREN#a1", "2037-09-01")
    open_district("a1", "adult")
    assert put(clerk, line_of(VERA, "a1")) == counted(updated=1)
    assert "due_list" not in rows.everything()[keys.patient(VERA.patient_id)]


def test_somebody_whom_only_accounts_knew_is_created(anna: SignedIn, clerk: Clerk) -> None:
    open_account(BORIS)
    assert put(clerk, line_of(BORIS), line_of(ANNA)) == counted(created=1, unchanged=1)
    assert anna.patient_id == ANNA.patient_id


def test_a_row_that_an_older_release_wrote_gets_its_place_in_the_index(
    clerk: Clerk, rows: Rows
) -> None:
    put(clerk, line_of(GALINA))
    key = keys.patient(GALINA.patient_id)
    row = rows.everything()[key]
    rows.put(key, {name: value for name, value in row.items() if name != "name_key"})
    assert put(clerk, line_of(GALINA)) == counted(updated=1)
    assert rows.everything()[key]["name_key"] == "примерова#1950-02-03"


# ------------------------------------------------------------- what the desk is told


def test_bad_lines_are_named_by_number_and_code_and_stop_no_other(clerk: Clerk) -> None:
    bad = line_of(BORIS).replace("1980-01-31", "31.01.1980")
    lines = [line_of(GALINA), "", bad, line_of(VERA, "z9"), '"', line_of(GALINA), line_of(LEV)]
    rejected = [(4, "date_format"), (5, "district_unknown"), (6, "line_unreadable")]
    rejected.append((7, "policy_repeated"))
    told = [{"line": number, "code": code} for number, code in rejected]
    answer = put(clerk, *lines)
    assert answer == counted(created=2, rejected=told)
    assert "1980" not in str(answer.body)


def test_adults_in_a_child_district_are_pointed_out(clerk: Clerk, clock: Clock) -> None:
    lines = [line_of(VERA, "c1"), line_of(LEV, "c1"), line_of(GALINA, "c1"), line_of(BORIS)]
    galina = {"line": 4, "patient_id": GALINA.patient_id}
    assert put(clerk, *lines) == counted(created=4, grown_children=[galina])
    set_clock(clock, 2026, 11, 23, 21)
    lev = {"line": 3, "patient_id": LEV.patient_id}
    assert put(open_desk(), *lines) == counted(unchanged=4, grown_children=[lev, galina])


def test_a_ticket_that_is_lost_with_the_district_is_told_to_both_sides(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    open_district("b1")
    publish(SLOT)
    take(anna, SLOT)
    stream = Stream(rows)
    moved = {"line": 2, "patient_id": ANNA.patient_id}
    assert put(clerk, line_of(ANNA, "b1")) == counted(updated=1, freed_tickets=[moved])
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "free"
    [mail] = deliver(wire, *stream.records())
    assert (mail.to, mail.subject) == (ANNA.email, "К сожалению, запись отменена")
    assert "Пациент теперь прикреплён к другому участку" in mail.text
    assert put(clerk, line_of(ANNA, "b1")) == counted(unchanged=1, freed_tickets=[moved])
    assert [entry.patients for entry in trail()] == [{ANNA.patient_id}, {ANNA.patient_id}]
    assert deliver(wire, *stream.records()) == []


def test_who_stays_in_the_district_keeps_the_ticket(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    publish(SLOT)
    take(anna, SLOT)
    assert put(clerk, line_of(ANNA, "a1", "2027-01-31")) == counted(updated=1)
    assert rows.everything()[slot_key(SLOT)]["slot_status"] == "booked"


def test_a_file_with_nothing_but_a_header_is_taken(clerk: Clerk, rows: Rows) -> None:
    with rows.unchanged():
        assert put(clerk) == counted()


# --------------------------------------------------------------- what is not taken at all


def test_without_an_open_session_nothing_is_done(
    clerk: Clerk, anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    ended = replace(clerk, cookie=clerk.cookie[:-1] + "x")
    patient = replace(clerk, cookie=anna.cookie)
    with rows.unchanged():
        for nobody in (ended, patient, replace(clerk, cookie="")):
            assert put(nobody, line_of(GALINA)) == SESSION_REQUIRED
    put(clerk, line_of(GALINA))
    clock.move(minutes=15)
    with rows.unchanged():
        assert put(clerk, line_of(GALINA)) == SESSION_REQUIRED


def test_another_header_is_refused_whole(clerk: Clerk, rows: Rows) -> None:
    body = f"{HEADER},comment\n{line_of(GALINA)},x"
    detail = f"Первая строка файла называет столбцы: {', '.join(COLUMNS)}."
    with rows.unchanged():
        answer = call(
            "import_patients", "PUT", "/api/desk/patients", body, cookie=clerk.cookie, headers=CSV
        )
    assert answer == problem(422, "invalid_request", [("", "columns_expected", detail)])


@pytest.mark.parametrize(
    "lines",
    [["x"] * 1001, ["я" * 1024 * 512]],
    ids=["1,001 lines", "more than a mebibyte"],
)
def test_too_much_at_once_is_refused_whole(clerk: Clerk, rows: Rows, lines: Sequence[str]) -> None:
    with rows.unchanged():
        assert put(clerk, line_of(GALINA), *lines) == problem(413, "too_large")


def test_json_is_no_file(clerk: Clerk, rows: Rows) -> None:
    with rows.unchanged():
        answer = call("import_patients", "PUT", "/api/desk/patients", {}, cookie=clerk.cookie)
    assert answer == UNREADABLE


@pytest.mark.parametrize("encoding, taken", [("utf-8-sig", True), ("cp1251", False)])
def test_a_file_in_another_encoding_is_refused_whole(
    clerk: Clerk, encoding: str, *, taken: bool
) -> None:
    sent = event("PUT", "/api/desk/patients", "", cookie=clerk.cookie, headers=CSV)
    text = f"{HEADER}\r\n{line_of(GALINA)}\r\n"
    sent |= {"body": b64encode(text.encode(encoding)).decode(), "isBase64Encoded": True}
    assert read(invoke("import_patients", sent)) == (counted(created=1) if taken else UNREADABLE)


def test_the_register_says_what_attach_says(clerk: Clerk, rows: Rows) -> None:
    put(clerk, line_of(GALINA, "a1", "2027-01-31"))
    with rows.unchanged():
        attach(GALINA, valid_until=date(2027, 1, 31))

"""The attachment register's file: its header, its lines, and why a line is not taken over."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, strategies as st

from shared.errors import InvalidRequest, TooLarge
from shared.ids import DistrictId
from shared.patients import Attachment
from shared.policies import check_digit
from shared.register import COLUMNS, MOST_LINES, Line, Rejected, Sheet, read_sheet
from tests.unit.builders import ANNA, DISTRICT, NOW, POLICY

CHILDREN = replace(DISTRICT, district_id=DistrictId("c1"), kind="child")
DISTRICTS = {district.district_id: district for district in (DISTRICT, CHILDREN)}
TODAY = NOW.date()
HEADER = ",".join(COLUMNS)
CELLS = {
    "policy_number": "7856130840000017",
    "policy_series": "АБ 12",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Сергеевна",
    "birth_date": "1985-03-27",
    "district_id": "a1",
    "policy_valid_until": "2027-06-30",
}
ATTACHMENT = Attachment(POLICY, ANNA, DistrictId("a1"), "adult", date(2027, 6, 30))


def line(delimiter: str = ",", **changes: str) -> str:
    return delimiter.join((CELLS | changes).values())


def policy_number(of: int) -> str:
    """Return one of many policies."""
    digits = f"78561308{of:07}"
    return f"{digits}{check_digit(digits)}"


def read(*lines: str, header: str = HEADER, end: str = "\n") -> Sheet:
    return read_sheet(end.join([header, *lines]), DISTRICTS, TODAY)


def code_of(**changes: str) -> str:
    """Return why a line with these cells is rejected."""
    sheet = read(line(**changes))
    assert sheet.lines == ()
    [rejected] = sheet.rejected
    assert rejected.number == 2
    return rejected.code


# ------------------------------------------------------------------------- the header


def test_a_file_is_read() -> None:
    assert read(line()) == Sheet((Line(2, ATTACHMENT),), ())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_files_of_every_system_are_read(delimiter: str, mark: str, end: str) -> None:
    header = mark + delimiter.join(COLUMNS)
    sheet = read(line(delimiter), "", line(delimiter, district_id="x"), header=header, end=end)
    assert sheet == Sheet((Line(2, ATTACHMENT),), (Rejected(4, "district_unknown"),))


def test_the_columns_may_come_in_any_order_and_quoted() -> None:
    names = sorted(COLUMNS, reverse=True)
    header = ",".join(f'"{name}"' for name in names)
    cells = ",".join(f'"{CELLS[name]}"' for name in names)
    assert read(cells, header=header).lines == (Line(2, ATTACHMENT),)


def test_the_series_that_is_not_kept_may_be_no_column_at_all() -> None:
    names = [name for name in COLUMNS if name != "policy_series"]
    sheet = read(",".join(CELLS[name] for name in names), header=",".join(names))
    assert sheet.lines == (Line(2, ATTACHMENT),)


@pytest.mark.parametrize("name", ["middle_name", "policy_valid_until"])
def test_a_column_that_is_forgotten_empties_nobodys_cell(name: str) -> None:
    names = [one for one in COLUMNS if one != name]
    with pytest.raises(InvalidRequest):
        read(",".join(CELLS[one] for one in names), header=",".join(names))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "policy_number",
        HEADER.replace("birth_date", "born"),
        HEADER + ",comment",
        HEADER.replace("policy_series", "policy_number"),
        HEADER.replace(",birth_date", ""),
        HEADER.replace(",", "\t"),
        HEADER.upper(),
        '"' + HEADER,
        line(),
    ],
)
def test_another_header_is_refused_and_the_expected_one_is_named(header: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(line(), header=header)
    [fault] = caught.value.faults
    assert (fault.pointer, fault.code) == ("", "columns_expected")
    assert HEADER.replace(",", ", ") in fault.detail
    assert "comment" not in fault.detail


def test_a_file_may_hold_no_line_but_its_header() -> None:
    assert read() == read("", "  ") == Sheet((), ())


# -------------------------------------------------------------------------- the lines


def test_blank_lines_are_passed_over_and_counted() -> None:
    sheet = read("", line(), "  \t", line(policy_number="1"), "")
    assert sheet == Sheet((Line(3, ATTACHMENT),), (Rejected(5, "policy_length"),))


def test_blanks_round_a_cell_make_no_difference() -> None:
    padded = ",".join(f" {cell} " for cell in CELLS.values())
    assert read(padded).lines == (Line(2, ATTACHMENT),)


def test_a_cell_may_be_quoted_and_hold_the_delimiter_and_quotes() -> None:
    sheet = read(line(last_name='"Иванова, ""Петрова"""'))
    assert sheet.lines[0].attachment.person.last_name == 'Иванова, "Петрова"'


def test_a_stray_quote_spoils_its_own_line_only() -> None:
    other = policy_number(2)
    sheet = read(line(last_name='"Иванова'), line(policy_number=other), line())
    assert sheet.rejected == (Rejected(2, "line_unreadable"),)
    assert [one.number for one in sheet.lines] == [3, 4]


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_what_ends_lines_in_files_ends_a_line(separator: str) -> None:
    sheet = read(line(last_name=f"Ива{separator}нова"), line())
    assert sheet.rejected == (Rejected(2, "name_characters"),)
    assert [one.number for one in sheet.lines] == [3]


def test_a_line_may_lack_the_series_the_patronymic_and_the_policys_last_day() -> None:
    sheet = read(line(policy_series="", middle_name=" ", policy_valid_until=""))
    person = replace(ANNA, middle_name=None)
    assert sheet.lines == (Line(2, replace(ATTACHMENT, person=person, valid_until=None)),)


def test_a_policy_that_has_ended_is_no_fault_of_the_line() -> None:
    sheet = read(line(policy_valid_until="2019-12-31"))
    assert sheet.lines[0].attachment.valid_until == date(2019, 12, 31)


def test_the_kind_of_the_district_goes_with_the_line() -> None:
    assert read(line(district_id="c1")).lines[0].attachment.kind == "child"


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"policy_number": ""}, "missing"),
        ({"last_name": " "}, "missing"),
        ({"first_name": ""}, "missing"),
        ({"birth_date": ""}, "missing"),
        ({"district_id": ""}, "missing"),
        ({"policy_number": "7856130840000018"}, "policy_check_digit"),
        ({"policy_number": "123456789"}, "policy_temporary_certificate"),
        ({"policy_number": "12345678901"}, "policy_form_number"),
        ({"policy_number": "1234567890"}, "policy_length"),
        ({"policy_number": "7.85613E+15"}, "policy_not_digits"),
        ({"last_name": "12345"}, "name_letters"),
        ({"first_name": "Ан\0на"}, "name_characters"),
        ({"middle_name": "Ан\tна"}, "name_characters"),
        ({"last_name": "Ж" * 101}, "name_length"),
        ({"birth_date": "27.03.1985"}, "date_format"),
        ({"birth_date": "1985-02-29"}, "date_unknown"),
        ({"birth_date": "1899-12-31"}, "birth_date_range"),
        ({"birth_date": "2026-11-30"}, "birth_date_range"),
        ({"policy_valid_until": "30.06.2027"}, "date_format"),
        ({"policy_valid_until": "2027-13-01"}, "date_unknown"),
        ({"district_id": "A1"}, "district_unknown"),
        ({"district_id": "a2"}, "district_unknown"),
        ({"policy_series": "АБ,12"}, "line_columns"),
        ({"last_name": '"Иванова'}, "line_unreadable"),
        ({"last_name": '"Иванова"-Петрова'}, "line_unreadable"),
        ({"last_name": "Ж" * 200_000}, "line_unreadable"),
    ],
)
def test_a_bad_line_is_rejected_for_a_reason(changes: dict[str, str], code: str) -> None:
    assert code_of(**changes) == code


def test_a_line_with_too_few_cells_is_rejected() -> None:
    assert read("7856130840000017,,Иванова").rejected == (Rejected(2, "line_columns"),)


def test_of_lines_with_one_policy_the_first_good_one_counts() -> None:
    spaced = line(policy_number="7856 1308-4000 0017", first_name="Яна")
    sheet = read(line(birth_date="1985-02-30"), line(), spaced)
    assert sheet.lines == (Line(3, ATTACHMENT),)
    assert sheet.rejected == (Rejected(2, "date_unknown"), Rejected(4, "policy_repeated"))


def test_a_thousand_lines_are_read_and_one_more_is_too_many() -> None:
    lines = [line(policy_number=policy_number(at)) for at in range(MOST_LINES)]
    assert len(read(*lines, "").lines) == MOST_LINES
    with pytest.raises(TooLarge):
        read(*lines, "x")


@given(st.lists(st.text(max_size=60), max_size=8))
def test_whatever_else_a_file_holds_the_good_line_is_taken_over(others: list[str]) -> None:
    sheet = read(*others, line())
    assert [one.attachment for one in sheet.lines].count(ATTACHMENT) == 1
    numbers = [one.number for one in sheet.lines] + [one.number for one in sheet.rejected]
    assert len(numbers) == len(set(numbers))

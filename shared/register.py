"""The attachment register as it comes: a CSV file, whose bad lines stop no good one.

A line is refused for a reason that is a code; what stood in it is never told again.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.districts import District
from shared.errors import Fault, InvalidRequest, TooLarge
from shared.ids import DistrictId, PatientId
from shared.names import NameRefused, read_name
from shared.patients import Attachment, Person, may_be_born_on
from shared.policies import PolicyNumber, PolicyNumberRefused, parse_policy_number
from shared.tickets import Ticket

MEDIA_TYPE = "text/csv"
LARGEST_FILE = 1024 * 1024
"""Bytes of one call."""
MOST_LINES = 1000
"""Lines of one call, the header and blank lines apart."""
COLUMNS = (
    "policy_number",
    "policy_series",
    "last_name",
    "first_name",
    "middle_name",
    "birth_date",
    "district_id",
    "policy_valid_until",
)
"""In any order; the series is read and not kept (R2)."""

_MAY_BE_EMPTY = {"policy_series", "middle_name", "policy_valid_until"}
_MAY_BE_ABSENT = {"policy_series"}
"""What is not kept: any other column that is forgotten would empty everybody's cell."""
_END_OF_LINE = re.compile(r"\r\n|\n|\r")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BYTE_ORDER_MARK = "\ufeff"

Verdict = Literal["created", "updated", "unchanged"]

Districts = Mapping[DistrictId, District]


class LineRefused(ValueError):
    """A line says nothing that the register can say; `code` is why, never what stood there."""

    def __init__(self, code: str) -> None:
        """Keep the machine-readable reason."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Line:
    """A line that can be taken over."""

    number: int
    """Of the physical line in the file; the header's is 1."""
    attachment: Attachment


@dataclass(frozen=True)
class Rejected:
    """A line that cannot."""

    number: int
    code: str


@dataclass(frozen=True)
class Sheet:
    """What one file says."""

    lines: tuple[Line, ...]
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True)
class TakenOver:
    """What became of a line."""

    number: int
    patient_id: PatientId
    verdict: Verdict
    """`created` where the register knew nobody by this policy before."""
    is_grown: bool
    """An adult stands in a child district."""
    freed: Ticket | None
    """The ticket to come that was lost with the old district, now or in a call that broke off."""


def read_sheet(text: str, districts: Districts, today: date) -> Sheet:
    """Read a file line by line, each by itself, so that a stray quote spoils its own line only.

    Of lines with the same policy the first that is good counts. Raises InvalidRequest for its
    header, TooLarge.
    """
    header, filled = physical_lines(text)
    delimiter, columns = _read_header(header)
    if len(filled) > MOST_LINES:
        raise TooLarge
    lines: list[Line] = []
    rejected: list[Rejected] = []
    seen: set[PolicyNumber] = set()
    for at, line in filled:
        try:
            attachment = read_line(_cells(line, delimiter, columns), districts, today)
            _note_once(attachment.policy_number, seen)
        except LineRefused as refused:
            rejected.append(Rejected(at, refused.code))
        else:
            lines.append(Line(at, attachment))
    return Sheet(tuple(lines), tuple(rejected))


def physical_lines(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the header, and each further line that is not blank with its number."""
    header, *others = _END_OF_LINE.split(text.removeprefix(_BYTE_ORDER_MARK))
    return header, [(at, line) for at, line in enumerate(others, start=2) if line.strip()]


def _read_header(line: str) -> tuple[str, list[str]]:
    """Return the delimiter and the columns. Raises InvalidRequest, which says what they are."""
    delimiter = ";" if ";" in line else ","
    try:
        columns = _split(line, delimiter)
    except csv.Error:
        columns = []
    needed = set(COLUMNS) - _MAY_BE_ABSENT
    if len(set(columns)) < len(columns) or not needed <= set(columns) <= set(COLUMNS):
        detail = f"Первая строка файла называет столбцы: {', '.join(COLUMNS)}."
        raise InvalidRequest(Fault(pointer="", detail=detail, code="columns_expected"))
    return delimiter, columns


def _note_once(number: PolicyNumber, seen: set[PolicyNumber]) -> None:
    if number in seen:
        raise LineRefused("policy_repeated")
    seen.add(number)


def _cells(line: str, delimiter: str, columns: list[str]) -> dict[str, str]:
    """Return a line's cells by column. Raises LineRefused."""
    try:
        cells = _split(line, delimiter)
    except csv.Error as exc:
        raise LineRefused("line_unreadable") from exc
    if len(cells) != len(columns):
        raise LineRefused("line_columns")
    return dict(zip(columns, cells, strict=True))


def _split(line: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    return [cell.strip() for cell in cells]


def read_line(cells: Mapping[str, str], districts: Districts, today: date) -> Attachment:
    """Read one line of the register, keyed by its columns. Raises LineRefused.

    A policy that has ended is no fault: the register says so.
    """
    if any(not cells.get(name) for name in COLUMNS if name not in _MAY_BE_EMPTY):
        raise LineRefused("missing")
    number = _policy_number(cells["policy_number"])
    person = _person(cells, today)
    valid_until = cells.get("policy_valid_until")
    last_day = _day(valid_until) if valid_until else None
    district = districts.get(DistrictId(cells["district_id"]))
    if district is None:
        raise LineRefused("district_unknown")
    return Attachment(number, person, district.district_id, district.kind, last_day)


def _policy_number(text: str) -> PolicyNumber:
    try:
        return parse_policy_number(text)
    except PolicyNumberRefused as refused:
        raise LineRefused(refused.reason) from refused


def _person(cells: Mapping[str, str], today: date) -> Person:
    middle_name = cells.get("middle_name")
    try:
        last_name, first_name = read_name(cells["last_name"]), read_name(cells["first_name"])
        patronymic = read_name(middle_name) if middle_name else None
    except NameRefused as refused:
        raise LineRefused(refused.reason) from refused
    birth_date = _day(cells["birth_date"])
    if not may_be_born_on(birth_date, today):
        raise LineRefused("birth_date_range")
    return Person(last_name, first_name, patronymic, birth_date)


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise LineRefused("date_format")
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise LineRefused("date_unknown") from exc

"""The script that sends a whole register: its parts, its patience, and what it tells."""

import io
import json
import sys
from collections.abc import Sequence
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request

import pytest

from scripts import import_patients
from scripts.import_patients import Unfinished, parts_of
from shared.register import LARGEST_FILE, MOST_LINES
from tests.unhurried import Unhurried

SITE = "https://portal.example"
HEADER = "policy_number,last_name"
NOTHING = {"created": 0, "updated": 0, "unchanged": 0, "rejected": []}
NOTHING |= {"grown_children": [], "freed_tickets": []}
SIGNED_IN = "__Host-desk=anna.secret; Path=/; Secure"


def answer(body: object = None, **headers: str) -> Any:  # noqa: ANN401 - as urllib's is
    """Return an answer as urllib gives it."""
    said = io.BytesIO(json.dumps(body).encode())
    said.headers = Message()  # type: ignore[attr-defined]
    for name, value in headers.items():
        said.headers[name.replace("_", "-")] = value  # type: ignore[attr-defined]
    return said


def refusal(status: int, body: object = None, **headers: str) -> HTTPError:
    said = answer(body, **headers)
    return HTTPError(SITE, status, "", said.headers, said)


class Site:
    """The portal, which answers what it is told to."""

    def __init__(self, file: Path) -> None:
        """Begin with nothing asked, and with a session for whoever signs in."""
        self.file = file
        self.asked: list[Request] = []
        self.answers: list[Any] = [answer(Set_Cookie=SIGNED_IN)]

    def open(self, request: Request, timeout: float) -> Any:  # noqa: ANN401
        assert timeout
        self.asked.append(request)
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def bodies(self) -> list[str]:
        """Return the files that were sent."""
        sent = [request.data for request in self.asked if request.get_method() == "PUT"]
        return [body.decode() for body in sent if isinstance(body, bytes)]

    def send(self, *lines: str, more: Sequence[str] = (), encoding: str = "utf-8") -> int:
        """Let the script send a file of these lines, and return its exit code."""
        self.file.write_bytes("\n".join([HEADER, *lines]).encode(encoding))
        sys.argv = ["import_patients", str(self.file), "--site", SITE, *more]
        return import_patients.main()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(import_patients, "time", Unhurried(slept.append))
    return slept


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Site:
    found = Site(tmp_path / "register.csv")
    monkeypatch.setattr(import_patients, "urlopen", found.open)
    monkeypatch.setattr(sys, "argv", sys.argv)
    for name, value in {"LOGIN": "anna", "PASSWORD": "верблюд", "CODE": "123456"}.items():
        monkeypatch.setenv(f"DESK_{name}", value)
    return found


# -------------------------------------------------------------------------------- parts


def test_a_file_is_cut_into_parts_with_a_header_each_and_no_line_is_lost() -> None:
    lines = [f"{at},Иванова" for at in range(2 * MOST_LINES + 1)]
    parts = list(parts_of("\n".join([HEADER, *lines])))
    assert [len(part.numbers) for part in parts] == [MOST_LINES, MOST_LINES, 1]
    sent = [part.body.decode().splitlines() for part in parts]
    assert [one[0] for one in sent] == [HEADER] * 3
    assert [line for one in sent for line in one[1:]] == lines
    assert parts[1].number_of(2) == MOST_LINES + 2


def test_a_line_is_told_by_its_number_in_the_whole_file_whatever_is_blank() -> None:
    [part] = parts_of(f"\ufeff{HEADER}\r\n\r\na\r\n \r\nb\r\n")
    assert part.body.decode() == f"{HEADER}\na\nb\n"
    assert [part.number_of(line) for line in (2, 3)] == [3, 5]


def test_no_part_is_larger_than_a_call_takes() -> None:
    long = "я" * (LARGEST_FILE // 8)
    parts = list(parts_of("\n".join([HEADER, *[long] * 10])))
    assert [len(part.numbers) for part in parts] == [3, 3, 3, 1]
    assert max(len(part.body) for part in parts) <= LARGEST_FILE


def test_a_file_without_lines_is_sent_for_its_header() -> None:
    [part] = parts_of(HEADER)
    assert (part.numbers, part.body.decode()) == ((), f"{HEADER}\n")


# ------------------------------------------------------------------------ what it does


def test_a_register_is_sent_and_all_is_told(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "rejected.csv"
    bad = {"line": 3, "code": "policy_length"}
    grown, freed = {"line": 2, "patient_id": "p"}, {"line": 4, "patient_id": "q"}
    first = {"created": 999, "rejected": [bad], "grown_children": [grown], "freed_tickets": [freed]}
    last = {"rejected": [{"line": 2, "code": "missing"}]}
    site.answers += [answer(NOTHING | first), answer(NOTHING | last), answer()]
    assert site.send("", *["x"] * 1001, more=["--rejected", str(listed)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Lines 3-1002: 999 created, 0 updated, 0 unchanged, 1 rejected",
        "  line 4: policy_length",
        "  adults in a child district: lines 3",
        "  tickets lost with the old district: lines 5",
        "Lines 1003-1003: 0 created, 0 updated, 0 unchanged, 1 rejected",
        "  line 1003: missing",
        "All in all: 999 created, 0 updated, 0 unchanged, 2 rejected",
    ]
    assert listed.read_text("utf-8").split() == ["line,code", "4,policy_length", "1003,missing"]
    asked = [f"{one.get_method()} {one.full_url.removeprefix(SITE)}" for one in site.asked]
    assert asked == [
        "POST /api/desk/sessions",
        *["PUT /api/desk/patients"] * 2,
        "DELETE /api/desk/sessions/current",
    ]
    assert {one.get_header("Cookie") for one in site.asked[1:]} == {"__Host-desk=anna.secret"}
    assert site.asked[1].get_header("Content-type") == "text/csv"
    form = json.loads(site.asked[0].data or b"")  # type: ignore[arg-type]
    assert form == {"login": "anna", "password": "верблюд", "code": "123456"}


@pytest.mark.parametrize("fault", [refusal(503), refusal(401), TimeoutError()])
def test_a_register_that_is_in_is_told_whatever_becomes_of_the_session(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: Exception
) -> None:
    listed = tmp_path / "rejected.csv"
    site.answers += [answer(NOTHING | {"rejected": [{"line": 2, "code": "missing"}]}), fault]
    assert site.send("x", more=["--rejected", str(listed)]) == 1
    assert listed.read_text("utf-8").split() == ["line,code", "2,missing"]
    assert capsys.readouterr().err == ""


def test_a_list_that_cannot_be_written_is_told_and_no_session_is_left_open(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.answers += [answer(NOTHING | {"rejected": [{"line": 2, "code": "missing"}]}), answer()]
    assert site.send("x", more=["--rejected", str(tmp_path / "no folder" / "list.csv")]) == 2
    told = capsys.readouterr()
    assert "  line 2: missing" in told.out
    assert told.err.startswith("Not finished. ")
    assert site.asked[-1].get_method() == "DELETE"


@pytest.mark.parametrize(
    "fault, pause",
    [
        (refusal(503, {"code": "try_again"}, Retry_After="7"), 7.0),
        (refusal(429, {"code": "too_many_requests"}, Retry_After="30"), 30.0),
        (refusal(504), 2.0),
        (URLError("refused"), 2.0),
        (TimeoutError(), 2.0),
        (ConnectionResetError(), 2.0),
    ],
    ids=["try again", "too many", "gateway", "refused", "silent", "reset"],
)
def test_what_comes_to_pass_is_sat_out_and_the_same_part_is_sent_again(
    site: Site, pauses: list[float], fault: Exception, pause: float
) -> None:
    site.answers += [fault, answer(NOTHING | {"unchanged": 1}), answer()]
    assert site.send("x") == 0
    assert pauses == [pause]
    assert site.bodies() == [f"{HEADER}\nx\n"] * 2


@pytest.mark.parametrize(
    "answers, said",
    [
        (
            [refusal(401, {"code": "sign_in_failed", "title": "Неверный адрес или пароль"})],
            "Not finished. sign_in_failed: Неверный адрес или пароль.\n",
        ),
        (
            [
                answer(Set_Cookie=SIGNED_IN),
                refusal(422, {"code": "c", "title": "t", "errors": [{"detail": "Столбцы: a, b."}]}),
            ],
            "Not finished. c: t. Столбцы: a, b.\n",
        ),
        ([refusal(500, "no problem document")], "Not finished. The site answers 500.\n"),
        (
            [answer(Set_Cookie=SIGNED_IN), *[TimeoutError()] * 8],
            "Not finished. The site does not answer.\n",
        ),
    ],
    ids=["password", "header", "failure", "silence"],
)
@pytest.mark.usefixtures("pauses")
def test_what_does_not_pass_ends_it_and_says_why(
    site: Site, capsys: pytest.CaptureFixture[str], answers: list[Any], said: str
) -> None:
    site.answers = answers
    assert site.send("x") == 2
    assert capsys.readouterr().err == said


def test_a_file_of_an_old_spreadsheet_is_read_in_its_encoding(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.send("Иванова", encoding="cp1251") == 2
    told = capsys.readouterr().err
    assert "--encoding cp1251" in told
    assert "Иванова" not in told
    site.answers += [answer(NOTHING), answer()]
    assert site.send("Иванова", more=["--encoding", "cp1251"], encoding="cp1251") == 0
    assert site.bodies() == [f"{HEADER}\nИванова\n"]


def test_a_file_that_cannot_be_read_is_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.file.mkdir()
    sys.argv = ["import_patients", str(site.file), "--site", SITE]
    assert import_patients.main() == 2
    assert capsys.readouterr().err.startswith("Not finished. ")


def test_no_password_goes_out_in_clear() -> None:
    with pytest.raises(Unfinished):
        import_patients.Desk("http://portal.example")
    import_patients.Desk("http://127.0.0.1:8000")

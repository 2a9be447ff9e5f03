"""A whole register over HTTP: in parts, within a call's time, again, and after it was cut off.

`IMPORT_PEOPLE=20000` tries a big clinic, in some minutes; every day 3,000 people are enough.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from scripts import create_desk_user
from scripts.import_patients import Part, parts_of
from shared import clock, keys
from shared.keyring import patient_id_of
from shared.policies import check_digit, parse_policy_number
from shared.register import COLUMNS, MEDIA_TYPE
from tests.contract.template import ROOT, template
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.running import RunningStack

PEOPLE = int(os.environ.get("IMPORT_PEOPLE", "3000"))
PASSWORD = "верблюд в регистратуре"
SECONDS_OF_A_CALL = template()["Globals"]["Function"]["Timeout"]
_FIRST_DAY, _LAST_DAY = date(1930, 1, 1), date(2024, 12, 31)
_SPOILT = {
    "policy_number": ("policy_number", "7856130840000018", "policy_check_digit"),
    "length": ("policy_number", "123456", "policy_length"),
    "name": ("last_name", "", "missing"),
    "birth_date": ("birth_date", "31.12.1980", "date_format"),
    "district": ("district_id", "nowhere", "district_unknown"),
    "quote": ("first_name", '"Проба', "line_unreadable"),
    "delimiter": ("middle_name", "a,b", "line_columns"),
}
"""How a line is spoilt: the column, what stands there, and why the line is rejected."""


@dataclass(frozen=True)
class Register:
    """A register with a spoilt line in every hundred."""

    lines: tuple[str, ...]
    patients: tuple[str, ...]
    """Ids of those whose lines are good."""
    rejected: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join([",".join(COLUMNS), *self.lines])

    @property
    def parts(self) -> list[Part]:
        return list(parts_of(self.text))


def policy_number(born: date, serial: int) -> str:
    """Return a number as the insurers make it: a woman's, with her birth date in it."""
    month = born.month + (20 if born.year <= 1950 else 40 if born.year <= 2000 else 0)
    told = f"{month:02}{str(born.year)[::-1]}{born.day:02}"
    digits = f"99{''.join(str(9 - int(digit)) for digit in told)}{serial:05}"
    return f"{digits}{check_digit(digits)}"


def new_register(people: int) -> Register:
    """Invent people of an adult and a child district of their own."""
    adult, child = portal.new_district(published=False), portal.new_district("child")
    draw = random.Random(people)
    lines, patients, rejected = [], [], []
    for at in range(people):
        born = _FIRST_DAY + timedelta(draw.randrange((_LAST_DAY - _FIRST_DAY).days))
        cells = {
            "policy_number": policy_number(born, draw.randrange(100_000)),
            "policy_series": "",
            "last_name": f"Образцова-{'абвгдежзик'[at % 10]}",
            "first_name": "Проба",
            "middle_name": "Тестовна" if at % 7 else "",
            "birth_date": str(born),
            "district_id": child.district_id if born.year > 2008 else adult.district_id,
            "policy_valid_until": "2030-12-31" if at % 3 else "",
        }
        if at % 100 == 50:
            column, value, code = draw.choice(list(_SPOILT.values()))
            cells |= {column: value}
            rejected.append((at + 2, code))
        else:
            patients.append(patient_id_of(parse_policy_number(cells["policy_number"])))
        lines.append(",".join(cells.values()))
    assert len(set(patients)) == len(patients)
    return Register(tuple(lines), tuple(patients), tuple(rejected))


def put(stack: RunningStack, clerk: Clerk, part: Part, patience: float = 60) -> Any:  # noqa: ANN401
    """Send a part, which must be taken within the time of a call, and return what became of it."""
    headers = {"Cookie": clerk.cookie, "Content-Type": MEDIA_TYPE}
    began = time.monotonic()
    answer = stack.api.put(
        "/api/desk/patients", content=part.body, headers=headers, timeout=patience
    )
    took = time.monotonic() - began
    assert answer.status_code == 200, answer.text
    assert took < SECONDS_OF_A_CALL
    return answer.json()


def put_all(stack: RunningStack, clerk: Clerk, register: Register) -> dict[str, Any]:
    """Send a whole register, and return its numbers and the rejected lines as the file counts."""
    found: dict[str, Any] = {"created": 0, "updated": 0, "unchanged": 0, "rejected": []}
    for part in register.parts:
        told = put(stack, clerk, part)
        for name in ("created", "updated", "unchanged"):
            found[name] += told[name]
        found["rejected"] += [
            (part.number_of(one["line"]), one["code"]) for one in told["rejected"]
        ]
    return found


def rows_of(stack: RunningStack, register: Register) -> dict[str, Any]:
    """Return the rows of a register's people."""
    wanted = {keys.patient(one).pk for one in register.patients}  # type: ignore[arg-type]
    found = {item["PK"]: item for item in portal.lasting_items(stack) if item["PK"] in wanted}
    assert found.keys() == wanted
    return found


def without_revision(rows: dict[str, Any]) -> dict[str, Any]:
    return {
        pk: {name: value for name, value in row.items() if name != "revision"}
        for pk, row in rows.items()
    }


def forget(stack: RunningStack, rows: Iterable[str]) -> None:
    """Remove rows past the code, also that other tests need not read them all."""
    with stack.table.batch_writer() as writer:
        for pk in rows:
            writer.delete_item(Key={"PK": pk, "SK": "PATIENT"})


def test_a_register_is_taken_over_in_parts_and_sent_again_it_changes_nothing(
    stack: RunningStack,
) -> None:
    register, clerk = new_register(PEOPLE), desk.new_clerk()
    good, rejected = len(register.patients), list(register.rejected)
    first = put_all(stack, clerk, register)
    assert first == {"created": good, "updated": 0, "unchanged": 0, "rejected": rejected}
    assert len(rejected) == PEOPLE // 100
    rows = rows_of(stack, register)
    again = put_all(stack, clerk, register)
    assert again == {"created": 0, "updated": 0, "unchanged": good, "rejected": rejected}
    assert rows_of(stack, register) == rows
    forget(stack, rows)


def test_a_register_that_was_cut_off_ends_as_one_that_was_not(
    stack: RunningStack, tmp_path: Path
) -> None:
    register, clerk = new_register(PEOPLE // 2), desk.new_clerk()
    head, *_, tail = register.parts
    began = time.monotonic()
    put(stack, clerk, head)
    took = time.monotonic() - began
    with pytest.raises(httpx.ReadTimeout):  # The client hangs up long before; the function goes on.
        put(stack, clerk, tail, patience=took / 20)
    said = run_script(stack, register, tmp_path)
    after = rows_of(stack, register)
    rejected = [f"line {number}: {code}" for number, code in register.rejected]
    assert [line.strip() for line in said if line.startswith("  line ")] == rejected
    assert said[-1].endswith(f"{len(rejected)} rejected")
    listed = (tmp_path / "rejected.csv").read_text("utf-8").split()
    assert listed == ["line,code", *(f"{number},{code}" for number, code in register.rejected)]

    forget(stack, after)
    put_all(stack, clerk, register)
    assert without_revision(rows_of(stack, register)) == without_revision(after)
    forget(stack, after)


def run_script(stack: RunningStack, register: Register, folder: Path) -> Sequence[str]:
    """Send a register as the registry does, with a user of its own, and return what was said."""
    login, file = f"importer-{clock.new_id()[:8]}", folder / "register.csv"
    key = create_desk_user.create(login, PASSWORD)
    file.write_text(register.text, "utf-8")
    command = [sys.executable, "-m", "scripts.import_patients", str(file), "--site", stack.url]
    command += ["--rejected", str(folder / "rejected.csv")]
    signing_in = {"DESK_LOGIN": login, "DESK_PASSWORD": PASSWORD}
    done = subprocess.run(  # noqa: S603 - every word of the command is ours
        command,
        cwd=ROOT,
        env={**os.environ, **signing_in, "DESK_CODE": pyotp.TOTP(key).now()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout.splitlines()

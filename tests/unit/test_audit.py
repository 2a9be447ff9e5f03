"""The audit of packages: a fault, no answer, and half an answer are three things."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from scripts import audit

FAULTY = {
    "name": "idna",
    "version": "3.20",
    "vulns": [{"id": "PYSEC-2024-60", "fix_versions": ["99.7"], "aliases": [], "description": ""}],
}
SOUND: dict[str, Any] = {"name": "six", "version": "1.17.0", "vulns": []}
UNKNOWN = {"name": "six", "skip_reason": "Dependency not found on PyPI: six (1.17.0)"}

Ended = subprocess.CompletedProcess[str]
Play = Callable[..., list[str]]


def report(*packages: dict[str, Any]) -> Ended:
    """Return what pip-audit ends with when it could ask for all."""
    found = any(package.get("vulns") for package in packages)
    told = json.dumps({"dependencies": packages, "fixes": []})
    return Ended([], int(found), told, "Found 1 known vulnerability in 1 package" * found)


def failure(last_line: str) -> Ended:
    return Ended([], 1, "", f"Traceback (most recent call last):\n{last_line}\n")


NO_WAY = failure("requests.exceptions.ConnectionError: Failed to resolve 'index.example'")


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Answer for pip-audit, list by list, and return the names of the lists as they are asked.

    Lists beyond those that are answered for are sound.
    """

    def answers(*ends: Ended, required: bool = False) -> list[str]:
        left, asked = list(ends), []

        def ask(name: str) -> Ended:
            asked.append(name)
            return left.pop(0) if left else report(SOUND)

        monkeypatch.setattr(audit, "_asked", ask)
        monkeypatch.setattr(sys, "argv", ["audit", *(["--required"] if required else [])])
        return asked

    return answers


def test_packages_without_a_fault_pass(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    asked = play(report(SOUND), report(SOUND, SOUND), required=True)
    assert audit.main() == 0
    assert asked == list(audit.LISTS)
    assert "dev.txt: 2 packages audited, 0 findings" in capsys.readouterr().out


@pytest.mark.parametrize("is_required", [True, False])
def test_a_known_fault_fails_and_is_told_with_its_remedy(
    play: Play, capsys: pytest.CaptureFixture[str], *, is_required: bool
) -> None:
    play(report(FAULTY, SOUND), report(SOUND), required=is_required)
    assert audit.main() == 1
    assert "idna 3.20: PYSEC-2024-60, mended in 99.7" in capsys.readouterr().out


def test_a_fault_is_not_forgotten_when_the_service_is_lost_after_it(play: Play) -> None:
    play(report(FAULTY), NO_WAY)
    assert audit.main() == 1


NO_ANSWERS = {
    "no way to it": NO_WAY,
    "down": failure("pip_audit._service.interface.ServiceError"),
    "blocked": failure(
        "ERROR:pip_audit._cli:Tip: your network may be blocking this service. Try another"
    ),
    "knows no package": report(UNKNOWN, UNKNOWN),
}


@pytest.mark.parametrize("ended", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_service_without_an_answer_is_told_and_is_an_error_only_if_one_is_required(
    play: Play, capsys: pytest.CaptureFixture[str], ended: Ended
) -> None:
    asked = play(ended)
    assert audit.main() == 0
    play(ended, required=True)
    assert audit.main() == 1
    assert asked == [audit.LISTS[0]]
    assert capsys.readouterr().out.count("NOTHING WAS AUDITED") == 2


def test_a_package_that_the_service_does_not_know_beside_others_fails(
    play: Play, capsys: pytest.CaptureFixture[str]
) -> None:
    play(report(SOUND, UNKNOWN), report(SOUND))
    assert audit.main() == 1
    assert "six: Dependency not found on PyPI" in capsys.readouterr().out


def test_an_audit_that_breaks_for_another_reason_fails(play: Play) -> None:
    play(failure("ERROR:pip_audit._cli:requirement file contains invalid specifier at line 1"))
    assert audit.main() == 1


def test_pip_audit_itself_ends_so_where_no_service_listens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", "http://127.0.0.1:9/")
    monkeypatch.setattr(sys, "argv", ["audit", "--required"])
    assert audit.main() == 1
    assert "NOTHING WAS AUDITED, there is no answer: requests." in capsys.readouterr().out

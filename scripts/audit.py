"""Asks PyPI whether the pinned packages have known faults (ASVS 15.2.1).

    python -m scripts.audit [--required]

pip-audit asks, package by package. A fault ends it with an error, and so does a package that PyPI
does not know beside others that it knows. Where PyPI cannot be reached, a line says that nothing
was audited; that is an error only if an answer is required, as it is before a deployment.
`PIP_AUDIT_VULNERABILITY_SERVICE` and `PIP_AUDIT_OSV_URL`, which pip-audit reads, name another
service.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("requirements/runtime.txt", "requirements/dev.txt", "requirements/checkov.txt")
"""What is deployed is asked for first: where there is no answer, the longer list can wait."""

_SECONDS = 5
"""How long one answer of the service may take."""
_UNREACHED = (
    "requests.exceptions.",
    "pip_audit._service.interface.",
    "ERROR:pip_audit._cli:Tip: your network may be blocking this service.",
)
"""How the last line of pip-audit begins when the service is down, busy or out of reach."""


class NothingAudited(Exception):
    """The service told nothing of any package."""


class AuditFailed(Exception):
    """pip-audit itself ended with an error."""


@dataclass(frozen=True)
class Report:
    """What the service told of a list: how many packages it knows, and what is wrong."""

    known: int
    findings: list[str]


def main() -> int:
    """Audit the lists and tell what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--required", action="store_true", help="fail where nothing was audited")
    is_required = parser.parse_args().required
    found = 0
    for name in LISTS:
        try:
            report = report_of(_asked(name))
        except NothingAudited as cause:
            print(f"{name}: NOTHING WAS AUDITED, there is no answer: {shorten(str(cause), 120)}")
            return 1 if is_required else min(found, 1)
        except AuditFailed as cause:
            print(f"{name}: pip-audit failed: {cause}")
            return 1
        found += len(report.findings)
        print(f"{name}: {report.known} packages audited, {len(report.findings)} findings")
        print("".join(f"  {finding}\n" for finding in report.findings), end="")
    return min(found, 1)


def report_of(ended: "subprocess.CompletedProcess[str]") -> Report:
    """Read what pip-audit found; its exit code is 1 for a fault and for a service that is down.

    Raise NothingAudited if no package was looked up, AuditFailed if pip-audit gave up.
    """
    try:
        told: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    except ValueError:
        raise _without_report(ended) from None
    unknown = [f"{one['name']}: {one['skip_reason']}" for one in told if "skip_reason" in one]
    if len(unknown) == len(told):
        raise NothingAudited(unknown[0] if unknown else "no package was named")
    faults = [_told(one, fault) for one in told for fault in one.get("vulns", ())]
    return Report(len(told) - len(unknown), faults + unknown)


def _without_report(ended: "subprocess.CompletedProcess[str]") -> Exception:
    last = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
    return NothingAudited(last) if last.startswith(_UNREACHED) else AuditFailed(last)


def _told(package: dict[str, Any], fault: dict[str, Any]) -> str:
    mended = ", ".join(fault["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}"


def _asked(name: str) -> "subprocess.CompletedProcess[str]":
    """Let pip-audit ask for each package of a list; nothing is installed or resolved for that."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", name, "--require-hashes"),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off"),
        *("--timeout", str(_SECONDS)),
    ]
    return subprocess.run(  # noqa: S603 - every word of the command is ours
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())

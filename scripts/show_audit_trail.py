"""Shows what the desk did: who saw or changed which patient, when, and from where.

    python -m scripts.show_audit_trail FROM [TO] [--patient ID] [--login LOGIN] [--local]

Days are the clinic's, such as 2026-11-30; one line of JSON for each entry, in order.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from scripts import environment
from shared.desk import AuditEntry
from shared.table import audit

_NOBODY_READS = 128 + signal.SIGPIPE
"""The exit code with which other programs end a pipe that nobody reads any more."""


def main() -> int:
    """Read the command line and print the entries."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("first_on", metavar="FROM", type=date.fromisoformat)
    parser.add_argument("last_on", metavar="TO", type=date.fromisoformat, nargs="?")
    parser.add_argument("--patient", metavar="ID", help="only what this patient was in")
    parser.add_argument("--login", help="only what this user did")
    environment.add_arguments(parser)
    wanted = parser.parse_args()
    environment.enter(wanted)
    try:
        _show(wanted)
    except BrokenPipeError:
        # Whoever reads has seen enough, `head` for one. Nothing is left to be written at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    return 0


def _show(wanted: argparse.Namespace) -> None:
    for entry in _entries(wanted.first_on, wanted.last_on or wanted.first_on):
        is_of_patient = wanted.patient is None or wanted.patient in entry.patients
        if is_of_patient and wanted.login in {None, entry.login}:
            print(_told(entry))
    sys.stdout.flush()


def _entries(first_on: date, last_on: date) -> Iterator[AuditEntry]:
    for ahead in range((last_on - first_on).days + 1):
        yield from audit.entries_of(first_on + timedelta(days=ahead))


def _told(entry: AuditEntry) -> str:
    told = {
        "at": entry.at.isoformat(),
        "login": entry.login,
        "address": entry.address,
        "operation": entry.operation,
        "about": entry.about,
        "patients": sorted(entry.patients),
    }
    return json.dumps(told, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())

"""Fills a new stack with the demo clinic; run as a program, in the environment of a function.

What it writes, it writes with the portal's own code. A table that has districts is left as it is:
what users and the desk did since then stays.
"""

import json
from datetime import date, time
from typing import Any

from local.clinic import DATA, attachment_lines
from shared.districts import Absence, District, Doctor
from shared.ids import DistrictId
from shared.patients import read_attachment_line
from shared.table import districts, patients


def main() -> None:
    """Write the demo districts and the attachment list, once."""
    if any(districts.all_districts()):
        return
    for line in attachment_lines():
        patients.attach(read_attachment_line(line))
    # The districts come last: they are the mark of a complete seed.
    for entry in json.loads((DATA / "districts.json").read_text("utf-8")):
        districts.put(_district(entry))


def _district(entry: dict[str, Any]) -> District:
    doctor = entry["doctor"]
    return District(
        district_id=DistrictId(entry["district_id"]),
        kind=entry["kind"],
        name=entry["name"],
        doctor=Doctor(doctor["name"], doctor["room"]) if doctor else None,
        hours={
            day: tuple(time.fromisoformat(at) for at in hours)
            for day, hours in entry["hours"].items()
        },
        absences=tuple(
            Absence(
                date.fromisoformat(away["from"]), date.fromisoformat(away["to"]), away["reason"]
            )
            for away in entry["absences"]
        ),
    )


if __name__ == "__main__":
    main()

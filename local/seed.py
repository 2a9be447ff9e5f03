"""Fills a new stack with the demo clinic; run as a program, in the environment of a function.

What it writes, it writes with the portal's own code. A table that has districts is left as it is:
what users and the desk did since then stays.
"""

import json

from local.clinic import DATA
from shared import clock
from shared.register import read_sheet
from shared.settings import settings
from shared.table import districts, register


def main() -> None:
    """Write the demo districts and the attachment register, once."""
    if any(districts.all_districts()):
        return
    now = clock.now()
    entries = json.loads((DATA / "districts.json").read_text("utf-8"))
    known = {one.district_id: one for one in map(districts.from_item, entries)}
    sheet = read_sheet((DATA / "patients.csv").read_text("utf-8"), known, settings().day_of(now))
    if sheet.rejected:
        raise ValueError(sheet.rejected)
    register.take_over(None, sheet.lines, now)
    # The districts come last: they are the mark of a complete seed.
    for district in known.values():
        districts.put(district)


if __name__ == "__main__":
    main()

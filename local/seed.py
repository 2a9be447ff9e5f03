"""Fills a new stack with the demo clinic; run as a program, in the environment of a function.

What it writes, it writes with the portal's own code. A table that has districts is left as it is:
what users and the desk did since then stays.
"""

import json

from local.clinic import DATA, attachment_lines
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
        districts.put(districts.from_item(entry))


if __name__ == "__main__":
    main()

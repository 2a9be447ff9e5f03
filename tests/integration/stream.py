"""The table's stream: the records that DynamoDB would hand on for what changed in the table."""

from typing import Any

from local.filters import passes, read_patterns
from shared.keys import Key
from tests.integration import template
from tests.integration.rows import Item, Rows

Record = dict[str, Any]


class Stream:
    """What happened to the table since the last look."""

    def __init__(self, rows: Rows) -> None:
        """Begin with the table as it stands."""
        self._rows = rows
        self._seen = rows.images()
        self._number = 0

    def records(self) -> list[Record]:
        """Return a record for every item that is new, changed or gone, in the order of keys."""
        before, after = self._seen, self._rows.images()
        self._seen = after
        changed = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
        return [self.record(key, before.get(key), after.get(key)) for key in changed]

    def record(self, key: Key, before: Item | None, after: Item | None) -> Record:
        """Return one record; an image that does not exist is left out, as DynamoDB does it."""
        self._number += 1
        images = {"OldImage": before, "NewImage": after}
        return {
            "eventID": f"{self._number:032x}",
            "eventName": "INSERT" if not before else "MODIFY" if after else "REMOVE",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1795410000,
                "Keys": {"PK": {"S": key.pk}, "SK": {"S": key.sk}},
                "SequenceNumber": str(self._number),
                "SizeBytes": 100,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            }
            | {name: image for name, image in images.items() if image is not None},
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/portal-table/stream/1",
        }


def passing(function: str, records: list[Record]) -> list[Record]:
    """Return those records that the template's filters hand to a stream function."""
    events = template.function(function)["Events"]
    return [
        record
        for record in records
        if passes(record, read_patterns(events["Changes"]["Properties"]["FilterCriteria"]))
    ]

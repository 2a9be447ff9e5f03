"""The only module that talks to SQS: the districts of a large release are handed out one by one.

A message is a district's id and nothing else. What has to be published is looked at when the
message is read, so it may come twice, late, in any order, or beside another release.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from shared.aws import create_client
from shared.ids import DistrictId
from shared.settings import settings
from shared.table.store import pauses

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MOST_AT_ONCE = 10
"""Messages of one SendMessageBatch."""

logger = Logger()


@cache
def client() -> "SQSClient":
    """Return this process's client: it asks up to three times, as a message may come twice."""
    made: SQSClient = create_client("sqs", tries=3, connect_timeout=1, read_timeout=5)
    return made


def hand_out(district_ids: Sequence[DistrictId]) -> list[DistrictId]:
    """Call for the release of each district, and return those whose message the queue refused.

    A queue that does not answer ends the run with botocore's own error: each further request would
    wait as long, and the run that comes again sends every message again.
    """
    refused: list[DistrictId] = []
    for first in range(0, len(district_ids), _MOST_AT_ONCE):
        refused += _send(district_ids[first : first + _MOST_AT_ONCE])
    return refused


def _send(district_ids: Sequence[DistrictId]) -> list[DistrictId]:
    """Send some messages at once, those that are refused again, and return what is left."""
    left = list(district_ids)
    for _ in pauses():
        entries: Any = [{"Id": str(place), "MessageBody": one} for place, one in enumerate(left)]
        answer = client().send_message_batch(QueueUrl=settings().release_queue_url, Entries=entries)
        failed = answer.get("Failed", [])
        left = [left[int(one["Id"])] for one in failed]
        if not left:
            break
        logger.warning("messages refused", errors=sorted({one["Code"] for one in failed}))
    return left

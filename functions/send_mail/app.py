"""Stream of the table: every mail is the consequence of a committed change."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock, document_delivery, postbox
from shared.changes import DocumentChange
from shared.mails import mails_for
from shared.table.stream import read_change

logger = Logger()
processor = BatchProcessor(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def send_mails(record: DynamoDBRecord) -> None:
    """Send the mails that one change of the table calls for, each once."""
    images = record.dynamodb
    change = read_change(images.old_image, images.new_image) if images else None
    now = clock.now()
    if isinstance(change, DocumentChange):
        document_delivery.deliver(change, now)
        return
    for mail in mails_for(change, now) if change else []:
        postbox.send_once(mail, now)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401
    """Process a batch of changes; those that failed are reported and come again."""
    answer = process_partial_response(event, send_mails, processor, context)
    for kind, *_ in processor.exceptions:
        logger.error("change not processed", error=kind.__name__ if kind else "unknown")
    return answer

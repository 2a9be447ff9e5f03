"""Stream of the table: a ticket that a newer one replaces is kept as one of the past."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.table import archive

logger = Logger()
processor = BatchProcessor(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)


def archive_ticket(record: DynamoDBRecord) -> None:
    """Keep the ticket that one change of a patient's row has replaced, if it has; once."""
    images = record.dynamodb
    replaced = archive.replaced_ticket(images.old_image, images.new_image) if images else None
    if replaced is not None:
        archive.keep(replaced)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401
    """Process a batch of changes; those that failed are reported and come again."""
    answer = process_partial_response(event, archive_ticket, processor, context)
    for kind, *_ in processor.exceptions:
        logger.error("change not processed", error=kind.__name__ if kind else "unknown")
    return answer

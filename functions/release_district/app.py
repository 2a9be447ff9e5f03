"""Queue of districts: publish the missing slots of each, where a release has handed them out."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock
from shared.ids import DistrictId
from shared.table import districts, release

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


class DistrictUnknown(Exception):
    """A message names no district; the queue gives it up after a few tries."""


def release_district(record: SQSRecord) -> None:
    """Publish the slots that one district lacks now, and count them."""
    district = districts.find(DistrictId(record.body))
    if district is None:
        raise DistrictUnknown
    done = release.release_district(district, clock.now())
    metrics.add_metric("SlotsPublished", MetricUnit.Count, done.offered)
    metrics.add_metric("SlotsStanding", MetricUnit.Count, done.standing)
    logger.info("released", district_id=district.district_id, published=done.offered)


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401
    """Process a batch of districts; those that failed are reported and come again."""
    answer = process_partial_response(event, release_district, processor, context)
    failures = zip(answer["batchItemFailures"], processor.exceptions, strict=True)
    for failure, (kind, *_) in failures:
        error = kind.__name__ if kind else "unknown"
        logger.error("district not released", message_id=failure["itemIdentifier"], error=error)
    return answer

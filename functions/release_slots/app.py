"""Every day at ReleaseHour: publish the slots that are missing, never beyond the caps."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock
from shared.table.release import release_all

logger = Logger()
metrics = Metrics()


class ReleaseUnfinished(Exception):
    """Some districts could not be published; Lambda runs the release again, twice."""


@metrics.log_metrics
def lambda_handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Publish every district's missing slots and tell how many were written."""
    release = release_all(clock.now())
    metrics.add_metric("SlotsPublished", MetricUnit.Count, release.published)
    metrics.add_metric("SlotsStanding", MetricUnit.Count, release.standing)
    logger.info("released", published=release.published, unfinished=release.unfinished)
    if release.unfinished:
        raise ReleaseUnfinished(len(release.unfinished))
    return {"published": release.published}

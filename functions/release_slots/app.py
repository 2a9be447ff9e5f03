"""Every day at ReleaseHour: publish the slots that are missing, never beyond the caps."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock, release_queue
from shared.districts import District
from shared.settings import settings
from shared.table.districts import all_districts
from shared.table.release import release_all

logger = Logger()
metrics = Metrics()


class ReleaseUnfinished(Exception):
    """Some districts could not be published or handed out; Lambda runs the release again, twice."""


@metrics.log_metrics
def lambda_handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Publish every district's missing slots, or hand the districts out where they are many."""
    districts = list(all_districts())
    if len(districts) > settings().fan_out_above:
        return hand_out(districts)
    return publish(districts)


def publish(districts: Sequence[District]) -> dict[str, int]:
    """Publish the slots that are missing, and tell how many were written."""
    release = release_all(districts, clock.now())
    metrics.add_metric("SlotsPublished", MetricUnit.Count, release.published)
    metrics.add_metric("SlotsStanding", MetricUnit.Count, release.standing)
    logger.info("released", published=release.published, unfinished=release.unfinished)
    if release.unfinished:
        raise ReleaseUnfinished(len(release.unfinished))
    return {"published": release.published}


def hand_out(districts: Sequence[District]) -> dict[str, int]:
    """Call for the release of each district, and tell of how many; the queue's readers publish."""
    unfinished = release_queue.hand_out([district.district_id for district in districts])
    handed_out = len(districts) - len(unfinished)
    metrics.add_metric("DistrictsHandedOut", MetricUnit.Count, handed_out)
    logger.info("handed out", handed_out=handed_out, unfinished=unfinished)
    if unfinished:
        raise ReleaseUnfinished(len(unfinished))
    return {"handed_out": handed_out}

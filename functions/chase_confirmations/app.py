"""Every working day at ChaseHour: warn the registry of the profiles that fall due (R11)."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock
from shared.settings import settings
from shared.table import profiles
from shared.working_days import is_working_day, next_working_day

logger = Logger()
metrics = Metrics()


def lambda_handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count what is due by the next working day; on a day off nobody is there to be warned."""
    now = clock.now()
    today = settings().day_of(now)
    if not is_working_day(today):
        logger.info("day off")
        return {}
    chase = profiles.chase(next_working_day(today), now)
    metrics.add_metric("ConfirmationsDue", MetricUnit.Count, chase.due)
    metrics.add_metric("ConfirmationsOverdue", MetricUnit.Count, chase.overdue)
    metrics.flush_metrics()
    logger.info("chased", due=chase.due, overdue=chase.overdue)
    return {"due": chase.due, "overdue": chase.overdue}

"""Every evening at ReminderHour: call for the reminders of tomorrow's tickets."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock
from shared.table.reminders import remind_all

logger = Logger()
metrics = Metrics()


class RemindersUnfinished(Exception):
    """Some districts' patients could not be reminded; Lambda runs the round again, twice."""


@metrics.log_metrics
def lambda_handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Mark each ticket once, and tell how many were marked; the mails are called for by that."""
    done = remind_all(clock.now())
    metrics.add_metric("RemindersCalledFor", MetricUnit.Count, done.called_for)
    logger.info("reminded", called_for=done.called_for, unfinished=done.unfinished)
    if done.unfinished:
        raise RemindersUnfinished(len(done.unfinished))
    return {"called_for": done.called_for}

"""Events of SES: an address that mail does not reach is marked, and its account says so."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import clock
from shared.mail_events import unreachable_addresses
from shared.table import accounts

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """Mark the accounts whose addresses an event names; the event may come twice."""
    addresses = unreachable_addresses(event["detail"])
    metrics.add_metric("AddressesUnreachable", MetricUnit.Count, len(addresses))
    for address in addresses:
        account_id = accounts.mark_unreachable(address, clock.now())
        logger.info("address unreachable", account_id=account_id)

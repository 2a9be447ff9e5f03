"""Events of S3: a file that has arrived is looked at, and deleted if it was not promised (R11)."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import document_files


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """Look at one file; the event may come twice, and late."""
    document_files.receive(event["detail"]["object"]["key"])

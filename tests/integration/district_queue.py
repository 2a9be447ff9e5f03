"""The queue of districts in the tests: what lies in it, and how Lambda hands that on."""

from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.release_district import app
from shared.settings import settings

Message = dict[str, Any]

DONE: dict[str, list[object]] = {"batchItemFailures": []}
_MOST_AT_ONCE = 10


def message(body: str, number: int = 1) -> Message:
    """Return a message as a function gets it."""
    moment = "1795410000000"
    return {
        "messageId": f"{number:08x}-0000-4000-8000-000000000000",
        "receiptHandle": f"handle {number}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": moment,
            "SenderId": "AIDAEXAMPLE",
            "ApproximateFirstReceiveTimestamp": moment,
        },
        "messageAttributes": {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:portal-districts",
        "awsRegion": "eu-central-1",
    }


def messages(*bodies: str) -> list[Message]:
    """Return messages that are told from one another."""
    return [message(body, number) for number, body in enumerate(bodies)]


def take_all() -> list[str]:
    """Take all messages out of the queue, and return what they say."""
    sqs, url = boto3.client("sqs"), settings().release_queue_url
    found: list[str] = []
    while taken := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for one in taken:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            found.append(one["Body"])
    return found


def read(*read_now: Message) -> Any:  # noqa: ANN401 - what Lambda is given back
    """Hand one batch of messages to the function."""
    return app.lambda_handler({"Records": list(read_now)}, LambdaContext())


def read_all(*bodies: str) -> None:
    """Hand messages on in batches as large as the template's; all must be done."""
    for first in range(0, len(bodies), _MOST_AT_ONCE):
        assert read(*messages(*bodies[first : first + _MOST_AT_ONCE])) == DONE


def failed(*some: Message) -> object:
    """Return what the function answers when these messages failed."""
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in some]}

"""The stack's queues, seen from outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.stack.running import RunningStack


class Queue:
    """A queue of the stack, seen from outside."""

    def __init__(self, stack: RunningStack, url: str) -> None:
        """Take the address that the template's functions know."""
        self._sqs, self._url = stack.aws("sqs"), url

    def attributes(self) -> dict[str, str]:
        """Return how the queue is set, and how much lies in it."""
        told: dict[str, str] = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["All"]
        )["Attributes"]
        return told

    def is_empty(self) -> bool:
        """Tell whether nothing waits, and nothing is under way."""
        told = self.attributes()
        counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return not any(int(told[name]) for name in counts)

    def send(self, *bodies: str) -> None:
        """Put messages into the queue, in one request."""
        entries = [{"Id": str(place), "MessageBody": one} for place, one in enumerate(bodies)]
        self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)

    def take(self) -> list[str]:
        """Take what waits out of the queue."""
        found: list[dict[str, Any]] = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10
        ).get("Messages", [])
        for one in found:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=one["ReceiptHandle"])
        return [one["Body"] for one in found]

    @contextmanager
    def giving_up_soon(self) -> Iterator[None]:
        """Let a message be a dead letter after one try, five seconds later."""
        told = self.attributes()
        redrive = json.loads(told["RedrivePolicy"]) | {"maxReceiveCount": 1}
        kept = {name: told[name] for name in ("VisibilityTimeout", "RedrivePolicy")}
        self._set(VisibilityTimeout="5", RedrivePolicy=json.dumps(redrive))
        try:
            yield
        finally:
            self._set(**kept)

    def _set(self, **attributes: str) -> None:
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes=attributes)

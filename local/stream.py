"""Hands the table's changes to the stream functions the way Lambda does.

The emulator has event source mappings, but takes a batch for done whatever its function answers,
never fills the dead-letter queue, and skips the first changes after a restart. So its mappings are
switched off, and this pump does what their settings say: filters, partial batch failures,
bisection, retries, the records' age and the on-failure queue. What is not delivered when the stack
stops is kept for the next start.
"""

import base64
import json
import logging
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.deploy import Stack
from local.failure import BrokenStart
from local.filters import passes, read_patterns

_IDLE_SECONDS = 0.15
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
_STOP_SECONDS = 5.0
"""How long changes are still delivered when the stack stops; the rest is kept."""

Record = dict[str, Any]

_NO_CHANGE: Record = {
    "eventName": "REMOVE",
    "eventSource": "aws:dynamodb",
    "dynamodb": {"Keys": {"PK": {"S": "NOTHING"}, "SK": {"S": "NOTHING"}}, "SequenceNumber": "0"},
}
_log = logging.getLogger(__name__)


def pumps(stack: Stack, folder: Path) -> list["Pump"]:
    """Return a pump for each stream of the template, with the emulator's own one switched off.

    A queue, which has no position to start at, the emulator hands on as Lambda does.
    """
    client = boto3.client("lambda")
    found = []
    for uuid, told in stack.resources("AWS::Lambda::EventSourceMapping"):
        if "StartingPosition" not in told:
            continue
        mapping: Any = client.update_event_source_mapping(UUID=uuid, Enabled=False)
        found.append(Pump(mapping, folder / f"undelivered-{uuid}.json"))
    return found


def stop(pumps: list["Pump"]) -> None:
    """Deliver what can be delivered at once, and keep the rest for the next start.

    What one function writes at the very last is another one's change: it is kept once all are done.
    """
    for pump in pumps:
        pump.hurry()
    for pump in pumps:
        pump.join(2 * _STOP_SECONDS)
    for pump in pumps:
        pump.keep()


class Pump(threading.Thread):
    """Delivers one stream to one function, in order, in batches."""

    def __init__(self, mapping: dict[str, Any], undelivered: Path) -> None:
        """Take the settings of an event source mapping and the file of what an earlier run left."""
        super().__init__(name="stream", daemon=True)
        self._mapping = mapping
        self._patterns = read_patterns(mapping.get("FilterCriteria", {}))
        self._undelivered = undelivered
        self._left: list[Record] = []
        self._last: str | None = None
        self._next: str | None = None
        self._stopping = threading.Event()
        self._deadline = float("inf")
        # A function may take its whole time, and a second call would be a second delivery.
        unhurried = Config(read_timeout=900, retries={"total_max_attempts": 1})
        self._lambda = boto3.client("lambda", config=unhurried)
        self._streams: Any = boto3.client("dynamodbstreams")
        self._sqs: Any = boto3.client("sqs")

    @property
    def function(self) -> str:
        """The name of the function that the changes are for."""
        return str(self._mapping["FunctionArn"]).rpartition(":")[2]

    def check(self) -> None:
        """Call the function for a change that means nothing. Raises BrokenStart when it fails."""
        answer = self._lambda.invoke(
            FunctionName=self._mapping["FunctionArn"],
            Payload=json.dumps({"Records": [_NO_CHANGE]}).encode(),
        )
        text = answer["Payload"].read().decode()
        if "FunctionError" in answer or not _done([_NO_CHANGE], json.loads(text) or {}):
            message = f"{self._mapping['FunctionArn']} fails: {text[:300]}"
            raise BrokenStart(message)

    def hurry(self) -> None:
        """End as soon as nothing is left to read, and deliver nothing more after a while."""
        self._deadline = time.monotonic() + _STOP_SECONDS
        self._stopping.set()

    def run(self) -> None:
        """Deliver until the stack stops and nothing is left to read."""
        if self._undelivered.exists():
            self._deliver(json.loads(self._undelivered.read_text("utf-8")))
        while True:
            records = self._read()
            if records:
                self._deliver(self._wanted(records))
            elif self._stopping.wait(_IDLE_SECONDS):
                break

    def keep(self) -> None:
        """Write down what was not delivered, and what came after the end."""
        while records := self._read():
            self._left.extend(self._wanted(records))
        self._undelivered.unlink(missing_ok=True)
        if self._left:
            self._undelivered.write_text(json.dumps(self._left), "utf-8")

    def _wanted(self, records: list[Record]) -> list[Record]:
        return [record for record in records if passes(record, self._patterns)]

    def _read(self) -> list[Record]:
        """Read the next batch behind the last record that was read."""
        arn = self._mapping["EventSourceArn"]
        try:
            answer = self._streams.get_records(
                ShardIterator=self._next or self._place(arn), Limit=self._mapping["BatchSize"]
            )
        except (BotoCoreError, ClientError):
            _log.exception("The stream cannot be read.")
            self._next = None
            return []
        self._next = answer["NextShardIterator"]
        found = answer["Records"]
        if found:
            self._last = found[-1]["dynamodb"]["SequenceNumber"]
        return [_event_record(record, arn) for record in found]

    def _place(self, arn: str) -> str:
        """Find the place behind the last record that was read, or the stream's beginning."""
        shards = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        place = {"ShardIteratorType": "TRIM_HORIZON"}
        if self._last:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        shard_id = shards[0]["ShardId"]
        found = self._streams.get_shard_iterator(StreamArn=arn, ShardId=shard_id, **place)
        return str(found["ShardIterator"])

    def _deliver(self, records: list[Record]) -> None:
        """Deliver a batch, retrying from its first failed record, until it is done or given up."""
        attempts = 0
        while records:
            if time.monotonic() >= self._deadline:
                self._left.extend(records)
                return
            done = self._invoke(records)
            attempts = 1 if done else attempts + 1
            records = records[done:]
            if not records:
                return
            if self._is_over(records, attempts):
                self._give_up(records, attempts)
                return
            time.sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempts - 1)))
            if self._mapping.get("BisectBatchOnFunctionError") and len(records) > 1:
                middle = len(records) // 2
                self._deliver(records[:middle])
                self._deliver(records[middle:])
                return

    def _invoke(self, records: list[Record]) -> int:
        """Call the function, and return how many records at the batch's beginning are done."""
        try:
            answer = self._lambda.invoke(
                FunctionName=self._mapping["FunctionArn"],
                Payload=json.dumps({"Records": records}).encode(),
            )
            payload = json.loads(answer["Payload"].read() or b"null")
        except (BotoCoreError, ClientError, ValueError):
            _log.exception("The stream's function cannot be called.")
            return 0
        if "FunctionError" in answer:
            return 0
        if "ReportBatchItemFailures" not in self._mapping.get("FunctionResponseTypes", []):
            return len(records)
        return _done(records, payload or {})

    def _is_over(self, records: list[Record], attempts: int) -> bool:
        most: int = self._mapping.get("MaximumRetryAttempts", -1)
        longest: int = self._mapping.get("MaximumRecordAgeInSeconds", -1)
        age = time.time() - float(records[0]["dynamodb"]["ApproximateCreationDateTime"])
        return attempts > most >= 0 or age > longest >= 0

    def _give_up(self, records: list[Record], attempts: int) -> None:
        """Send the place of the records, without their data, to the on-failure queue."""
        _log.error("Gave up %d records after %d attempts.", len(records), attempts)
        destination = self._mapping.get("DestinationConfig", {}).get("OnFailure", {})
        if not destination:
            return
        name = destination["Destination"].rpartition(":")[2]
        letter = json.dumps(self._letter(records, attempts))
        try:
            url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
            self._sqs.send_message(QueueUrl=url, MessageBody=letter)
        except (BotoCoreError, ClientError):
            _log.exception("The on-failure queue cannot be reached.")

    def _letter(self, records: list[Record], attempts: int) -> dict[str, Any]:
        """Write the letter that Lambda writes."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        return {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "requestContext": {
                "functionArn": self._mapping["FunctionArn"],
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": attempts,
            },
            "DDBStreamBatchInfo": {
                "streamArn": self._mapping["EventSourceArn"],
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "batchSize": len(records),
            },
        }


def _event_record(record: Record, arn: str) -> Record:
    """Write a record of the stream as a function gets it: plain JSON that names its source."""
    plain: Record = json.loads(json.dumps(record, default=_plain))
    return plain | {"eventSourceARN": arn}


def _plain(value: object) -> str | int:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value))


def _done(records: list[Record], answer: dict[str, Any]) -> int:
    """Return the place of the first record that the function reports as failed."""
    failed = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    if not failed:
        return len(records)
    if not failed <= set(numbers):
        return 0  # Lambda takes a name it does not know for the failure of the whole batch.
    return min(numbers.index(name) for name in failed)

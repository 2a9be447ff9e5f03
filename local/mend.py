"""Mends what the emulator drops from the template without a word, through AWS's own interfaces.

Known of ministack 1.5.33: a table's TTL and point-in-time recovery, a schedule's time zone (all are
set here), an API's routes (`routes`), and what a stream does about failures (`stream`). Not mended,
because nothing local depends on it: the throttles, what is reserved for a function, the access log,
the encryption keys of table, logs and topic, and which characters a generated secret may have. An
alarm on a sum of metrics is not even taken (`deploy` leaves it out), and no other ever rings. A
schedule keeps its time zone, and still fires by UTC; SES tells EventBridge of nothing, and nobody
else may send events in its name.
"""

from collections.abc import Iterator
from typing import Any

import boto3

from local.deploy import Properties, Stack
from local.failure import BrokenStart


def mend(stack: Stack) -> None:
    """Set what was dropped. Raises BrokenStart when the emulator does not keep it."""
    for name, properties in stack.resources("AWS::DynamoDB::Table"):
        _mend_table(name, properties)
    for name, properties in stack.resources("AWS::Scheduler::Schedule"):
        _mend_schedule(name, stack, properties)


def _mend_table(name: str, properties: Properties) -> None:
    client = boto3.client("dynamodb")
    expiry: Any = properties.get("TimeToLiveSpecification")
    if expiry:
        told = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        if told["TimeToLiveStatus"] != "ENABLED":
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
        told = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        _expect(f"TTL of {name}", told.get("AttributeName"), expiry["AttributeName"])
    recovery: Any = properties.get("PointInTimeRecoverySpecification")
    if recovery:
        client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)


def _mend_schedule(name: str, stack: Stack, properties: Properties) -> None:
    client: Any = boto3.client("scheduler")
    schedule = client.get_schedule(Name=name)
    zone = stack.value(properties.get("ScheduleExpressionTimezone", "UTC"))
    kept = dict(_settings(schedule)) | {"ScheduleExpressionTimezone": zone}
    client.update_schedule(Name=name, **kept)
    told = client.get_schedule(Name=name)
    _expect(f"Time zone of {name}", told["ScheduleExpressionTimezone"], zone)


def _settings(schedule: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what has to be said again, for an update replaces a schedule whole."""
    for name in ("Description", "FlexibleTimeWindow", "ScheduleExpression", "State", "Target"):
        if name in schedule:
            yield name, schedule[name]


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        message = f"{what} is {found} in the emulator, and {wanted} in template.yaml."
        raise BrokenStart(message)

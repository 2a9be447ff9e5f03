"""template.yaml: what raises an alarm; docs/operations.md says what to do."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import documents
from tests.contract.source import modules
from tests.contract.template import folders, properties, resources, template

_OPERATIONS = "docs/operations.md"


def _alarms() -> set[str]:
    return {name for name, one in resources().items() if one["Type"] == "AWS::CloudWatch::Alarm"}


def _at_once(alarm: dict[str, Any]) -> bool:
    compared = alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]
    return compared == ("GreaterThanThreshold", 0, 1)


@pytest.mark.parametrize(
    "alarm, queue",
    [
        ("UnsentMailAlarm", "UnsentMailQueue"),
        ("UnarchivedTicketAlarm", "UnarchivedTicketQueue"),
        ("UnreleasedDistrictAlarm", "UnreleasedDistrictQueue"),
    ],
)
def test_dead_letters_raise_an_alarm(alarm: str, queue: str) -> None:
    told = properties(alarm)
    assert told["Dimensions"] == [{"Name": "QueueName", "Value": {"GetAtt": f"{queue}.QueueName"}}]
    assert told["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert _at_once(told)


@pytest.mark.parametrize(
    "alarm, function",
    [
        ("ReleaseAlarm", "ReleaseSlotsFunction"),
        ("ReminderAlarm", "SendRemindersFunction"),
        ("ChaseAlarm", "ChaseConfirmationsFunction"),
    ],
)
def test_a_schedule_that_fails_raises_an_alarm(alarm: str, function: str) -> None:
    told = properties(alarm)
    assert told["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    assert told["MetricName"] == "Errors"
    assert _at_once(told)


def _metrics_of(folder: str) -> Iterator[str]:
    """Yield the names of the metrics that a function counts."""
    for node in ast.walk(modules()[f"functions.{folder}.app"].tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "add_metric":
            assert isinstance(node, ast.Call)
            yield str(ast.literal_eval(node.args[0]))


def test_profiles_that_fall_due_raise_an_alarm() -> None:
    told = properties("ConfirmationsDueAlarm")
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    service = {"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}
    assert told["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert told["Dimensions"] == [service]
    assert told["MetricName"] == "ConfirmationsDue"
    assert told["MetricName"] in set(_metrics_of("chase_confirmations"))
    assert _at_once(told)


def test_every_alarm_is_told_of_with_what_to_do_and_no_other() -> None:
    rows = documents.table(_OPERATIONS, "Deploying")
    assert {documents.code(row["Alarm"])[0] for row in rows} == _alarms()
    assert len(rows) == len(_alarms())
    assert all(row["What to do"] for row in rows)


def test_every_metric_is_told_of() -> None:
    told = documents.text(_OPERATIONS)
    counted = [metric for folder in folders() for metric in _metrics_of(folder)]
    assert [metric for metric in counted if f"`{metric}`" not in told] == []

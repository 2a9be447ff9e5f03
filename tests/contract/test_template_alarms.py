"""template.yaml: what raises an alarm, which docs/operations.md tells of, and what is shown."""

import ast
import json
import re
from typing import Any

import pytest

from tests.contract import documents
from tests.contract.metrics import counted, filtered, filters, metrics_of
from tests.contract.source import modules
from tests.contract.template import (
    Properties,
    functions,
    properties,
    resources,
    said,
    template,
)

_OPERATIONS = "docs/operations.md"
_NOT_HTTP = {
    name
    for name, told in functions().items()
    if any(event["Type"] != "HttpApi" for event in told["Events"].values())
}
_OWN = template()["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]


def _of_type(kind: str) -> dict[str, Properties]:
    return {name: one["Properties"] for name, one in resources().items() if one["Type"] == kind}


ALARMS = _of_type("AWS::CloudWatch::Alarm")
FILTERS = filters()
each_alarm = pytest.mark.parametrize("alarm", ALARMS)


def _alarms_of(metric: str) -> dict[str, Properties]:
    """Return the alarms of a metric by what they look at, such as a function's or a queue's id."""
    return {
        said(told["Dimensions"][0]["Value"]) if "Dimensions" in told else "all": told
        for told in ALARMS.values()
        if told.get("MetricName") == metric
    }


def _at_once(alarm: dict[str, Any]) -> bool:
    compared = alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]
    return compared == ("GreaterThanThreshold", 0, 1)


@each_alarm
def test_every_alarm_reaches_the_one_topic(alarm: str) -> None:
    assert ALARMS[alarm]["AlarmActions"] == [{"Ref": "AlarmTopic"}]


@each_alarm
def test_an_alarm_is_quiet_where_nothing_is_counted_but_for_releases(alarm: str) -> None:
    quiet = "breaching" if alarm == "NothingPublishedAlarm" else "notBreaching"
    assert ALARMS[alarm]["TreatMissingData"] == quiet


def test_the_topic_is_encrypted_and_mails_whoever_is_named() -> None:
    assert properties("AlarmTopic")["KmsMasterKeyId"] == {"Ref": "DataKey"}
    (name,) = _of_type("AWS::SNS::Subscription")
    assert resources()[name]["Condition"] == "HasAlarmEmail"
    assert template()["Conditions"]["HasAlarmEmail"] == {
        "Not": [{"Equals": [{"Ref": "AlarmEmail"}, ""]}]
    }
    assert properties(name) == {
        "TopicArn": {"Ref": "AlarmTopic"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmEmail"},
    }


def _dead_letters() -> set[str]:
    """Return the queues that take what others gave up."""
    streams = (
        event["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]["GetAtt"]
        for name in _NOT_HTTP
        for event in functions()[name]["Events"].values()
        if event["Type"] == "DynamoDB"
    )
    redriven = (
        told["RedrivePolicy"]["deadLetterTargetArn"]["GetAtt"]
        for told in _of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in told
    )
    return {arn.removesuffix(".Arn") for arn in (*streams, *redriven)}


def test_dead_letters_raise_an_alarm() -> None:
    found = _alarms_of("ApproximateNumberOfMessagesVisible")
    assert set(found) == {f"!GetAtt {queue}.QueueName" for queue in _dead_letters()}
    assert all(map(_at_once, found.values()))


def test_whatever_is_not_called_over_http_raises_an_alarm_when_it_fails() -> None:
    found = _alarms_of("Errors")
    assert set(found) == {f"!Ref {function}" for function in _NOT_HTTP}
    assert all(map(_at_once, found.values()))
    assert {told["Namespace"] for told in found.values()} == {"AWS/Lambda"}


def test_requests_that_fail_raise_an_alarm() -> None:
    assert FILTERS["RequestsFailed"]["FilterPattern"] == "{ $.status = 500 }"
    assert _at_once(ALARMS["RequestsFailedAlarm"])
    api = [{"Name": "ApiId", "Value": {"Ref": "PortalApi"}}]
    errors, latency = ALARMS["ApiErrorsAlarm"], ALARMS["LatencyAlarm"]
    assert (errors["MetricName"], errors["Dimensions"], errors["Threshold"]) == ("5xx", api, 9)
    assert (latency["MetricName"], latency["Dimensions"]) == ("Latency", api)
    assert (latency["ExtendedStatistic"], latency["Threshold"]) == ("p95", 3000)


def test_throttles_of_functions_and_table_raise_an_alarm() -> None:
    account = ALARMS["ThrottleAlarm"]
    assert (account["Namespace"], account["MetricName"]) == ("AWS/Lambda", "Throttles")
    assert "Dimensions" not in account
    assert _at_once(account)
    table = ALARMS["TableThrottleAlarm"]
    total, *parts = table["Metrics"]
    assert [part["MetricStat"]["Metric"]["MetricName"] for part in parts] == [
        *("ReadThrottleEvents", "WriteThrottleEvents"),
    ]
    assert total["Expression"] == " + ".join(f"FILL({part['Id']}, 0)" for part in parts)
    of_the_table = [{"Name": "TableName", "Value": {"Ref": "PortalTable"}}]
    assert [part["MetricStat"]["Metric"]["Dimensions"] for part in parts] == [of_the_table] * 2
    assert _at_once(table)


def test_mail_that_waits_comes_back_or_is_refused_raises_an_alarm() -> None:
    delay = ALARMS["MailDelayAlarm"]
    assert (delay["MetricName"], delay["Threshold"]) == ("IteratorAge", 15 * 60 * 1000)
    assert delay["Dimensions"][0]["Value"] == {"Ref": "SendMailFunction"}
    assert _at_once(ALARMS["MailsRefusedAlarm"])
    rates = {name: ALARMS[name] for name in ("BounceRateAlarm", "ComplaintRateAlarm")}
    assert [(told["MetricName"], told["Threshold"]) for told in rates.values()] == [
        *(("Reputation.BounceRate", 0.05), ("Reputation.ComplaintRate", 0.001)),
    ]
    bounces = ALARMS["BouncesAlarm"]
    assert bounces["MetricName"] in set(metrics_of("note_mail_events"))
    assert (bounces["Statistic"], bounces["Period"], bounces["Threshold"]) == ("Sum", 86400, 10)


def test_a_mail_that_is_refused_is_counted_by_the_line_that_the_postbox_logs() -> None:
    told = FILTERS["MailsRefused"]
    assert told["LogGroupName"] == {"Ref": "SendMailLogGroup"}
    logged = {
        str(ast.literal_eval(node.args[0]))
        for statement in modules()["shared.postbox"].defined["_give_up"]
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "error"
    }
    assert {told["FilterPattern"]} == {f'{{ $.message = "{line}" }}' for line in logged}


def test_profiles_that_fall_due_or_are_overdue_raise_an_alarm() -> None:
    for name in ("ConfirmationsDue", "ConfirmationsOverdue"):
        told = ALARMS[f"{name}Alarm"]
        assert told["MetricName"] == name
        assert name in set(metrics_of("chase_confirmations"))
        assert _at_once(told)


def test_a_day_without_a_release_and_one_that_left_nothing_raise_the_same_alarm() -> None:
    told = ALARMS["NothingPublishedAlarm"]
    assert told["MetricName"] in set(metrics_of("release_slots"))
    assert (told["ComparisonOperator"], told["Threshold"]) == ("LessThanThreshold", 1)
    seconds = told["Period"] * told["EvaluationPeriods"]
    assert 25 * 3600 < seconds < 7 * 86400, "CloudWatch looks back a week at most."


# ------------------------------------------------------------------------ metrics


def test_what_a_log_is_counted_for_is_called_like_its_filter() -> None:
    assert filtered() == set(FILTERS)
    assert {
        transformation["MetricNamespace"]
        for told in FILTERS.values()
        for transformation in told["MetricTransformations"]
    } == {_OWN}


@each_alarm
def test_an_alarm_of_our_own_looks_at_a_metric_that_somebody_counts(alarm: str) -> None:
    told = ALARMS[alarm]
    if told.get("Namespace") != _OWN:
        return
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    service = [{"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}]
    is_filtered = told["MetricName"] in filtered()
    assert is_filtered or told["MetricName"] in counted()
    assert told.get("Dimensions", []) == ([] if is_filtered else service)


def test_every_alarm_is_told_of_with_what_to_do_and_no_other() -> None:
    rows = documents.table(_OPERATIONS, "Alarms")
    assert [documents.code(row["Alarm"])[0] for row in rows] == list(ALARMS)
    assert all(row["What to do"] for row in rows)


def test_every_metric_is_told_of() -> None:
    told = documents.text(_OPERATIONS)
    assert [one for one in counted() | filtered() if f"`{one}`" not in told] == []


# ---------------------------------------------------------------------- dashboard


def _widgets() -> list[dict[str, Any]]:
    """Return the one dashboard's widgets, with words in the place of what is known later."""
    body, names = properties("Dashboard")["DashboardBody"]["Sub"]
    for name, value in names.items():
        body = body.replace(f"${{{name}}}", value["Sub"])
    found: list[dict[str, Any]] = json.loads(re.sub(r"\$\{([\w:]+)\}", r"\1", body))["widgets"]
    return found


def test_one_dashboard_shows_what_a_person_asks_first() -> None:
    assert list(_of_type("AWS::CloudWatch::Dashboard")) == ["Dashboard"]
    shown = json.dumps([one["properties"]["metrics"] for one in _widgets()])
    for metric in (
        *("TicketsTaken", "RequestsRefused", "SlotsPublished", "Send", "Errors", "Latency"),
        *("ConsumedWriteCapacityUnits", "ApproximateNumberOfMessagesVisible"),
    ):
        assert metric in shown


def test_the_dashboard_shows_every_metric_of_our_own() -> None:
    shown = json.dumps(_widgets())
    assert [one for one in counted() | filtered() if f'"{one}"' not in shown] == []


def test_every_widget_has_a_title_and_all_are_of_one_size() -> None:
    assert all(one["properties"]["title"] for one in _widgets())
    assert {(one["type"], one["width"]) for one in _widgets()} == {("metric", 12)}

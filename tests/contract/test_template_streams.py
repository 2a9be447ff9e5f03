"""template.yaml: which changes of the table reach which function, and what SES and S3 tell."""

import json
from typing import Any

import pytest

from local.filters import passes, read_patterns
from shared import keys
from shared.table import stream
from tests.contract.template import events, properties, said

_MOST_PATTERNS = 5
"""https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"""

_QUEUES = {
    "SendMailFunction": "UnsentMailQueue",
    "ArchiveTicketsFunction": "UnarchivedTicketQueue",
}
each_stream = pytest.mark.parametrize("owner", sorted(_QUEUES))

Record = dict[str, Any]


def _stream(owner: str) -> dict[str, Any]:
    (told,) = [told for name, told in events("DynamoDB") if name == owner]
    return told


def test_the_tables_stream_has_two_readers_and_no_third() -> None:
    """DynamoDB advises against more than two, who would be throttled."""
    assert sorted(owner for owner, _ in events("DynamoDB")) == sorted(_QUEUES)


@each_stream
def test_a_change_that_fails_holds_up_no_other_and_is_not_lost(owner: str) -> None:
    told = _stream(owner)
    assert said(told["Stream"]) == "!GetAtt PortalTable.StreamArn"
    assert told["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert told["BisectBatchOnFunctionError"] is True
    assert told["StartingPosition"] == "TRIM_HORIZON"
    assert (told["MaximumRetryAttempts"], told["MaximumRecordAgeInSeconds"]) == (300, 21600)
    queue = {"GetAtt": f"{_QUEUES[owner]}.Arn"}
    assert told["DestinationConfig"]["OnFailure"] == {"Type": "SQS", "Destination": queue}


@each_stream
def test_a_stream_has_as_many_patterns_as_lambda_takes(owner: str) -> None:
    filters = _stream(owner)["FilterCriteria"]["Filters"]
    assert 1 <= len(filters) <= _MOST_PATTERNS
    assert all(json.loads(one["Pattern"]) for one in filters)


def _record(event: str, sk: str, **attributes: object) -> Record:
    images = {
        "INSERT": {"NewImage": attributes},
        "MODIFY": {"NewImage": attributes, "OldImage": attributes},
        "REMOVE": {"OldImage": attributes},
    }
    keys_of_item = {"PK": {"S": "any"}, "SK": {"S": sk}}
    return {"eventName": event, "dynamodb": {"Keys": keys_of_item} | images[event]}


_TICKET = {"ticket": {"M": {"ticket_id": {"S": "1"}}}}
_INVITATION = {"invitation_id": {"S": "1"}}
_MAILED = [
    _record("INSERT", "PENDING#1"),
    _record("INSERT", "RESEND#1"),
    _record("INSERT", "CHASE#1"),
    _record("INSERT", "DISPATCH#1"),
    _record("INSERT", "RESET"),
    _record("MODIFY", "RESET"),
    _record("INSERT", "MEMBER#1", **_INVITATION),
    _record("MODIFY", "MEMBER#1", **_INVITATION),
    _record("MODIFY", "ACCOUNT"),
    _record("REMOVE", "ACCOUNT"),
    _record("MODIFY", "PATIENT", **_TICKET),
]
_NOT_MAILED = [
    _record("MODIFY", "PENDING#1"),
    _record("REMOVE", "PENDING#1"),
    _record("REMOVE", "RESEND#1"),
    _record("REMOVE", "RESET"),
    _record("INSERT", "MEMBER#1"),
    _record("REMOVE", "MEMBER#1", **_INVITATION),
    _record("INSERT", "ACCOUNT"),
    _record("INSERT", "PATIENT"),
    _record("MODIFY", "PATIENT"),
    _record("REMOVE", "PATIENT", **_TICKET),
    *(_record(event, sk) for event in ("MODIFY", "REMOVE") for sk in ("CHASE#1", "DISPATCH#1")),
    *(
        _record(event, sk)
        for event in ("INSERT", "MODIFY", "REMOVE")
        for sk in (
            *("SLOT#1", "SESSION#1", "TICKET#1", "OWNER", "WINDOW#1", "MAIL", "DISTRICT#1"),
            *("USER", "ENTRY#1", "CONSENT", "CONSENT#1", "DOCUMENT#1"),
        )
    ),
]


def _name(record: Record) -> str:
    return f"{record['eventName']} {record['dynamodb']['Keys']['SK']['S']}"


@pytest.mark.parametrize("record", _MAILED, ids=_name)
def test_a_change_that_a_mail_can_be_about_reaches_the_mail_function(record: Record) -> None:
    assert passes(record, read_patterns(_stream("SendMailFunction")["FilterCriteria"]))


@pytest.mark.parametrize("record", _NOT_MAILED, ids=_name)
def test_a_change_that_no_mail_is_about_wakes_nobody(record: Record) -> None:
    assert not passes(record, read_patterns(_stream("SendMailFunction")["FilterCriteria"]))


def test_a_mail_can_be_about_every_kind_of_item_that_is_read_from_the_stream() -> None:
    handed_on = {keys.kind(record["dynamodb"]["Keys"]["SK"]["S"]) for record in _MAILED}
    assert handed_on == set(stream._READERS)


def test_only_rows_that_held_a_ticket_reach_the_archive() -> None:
    patterns = read_patterns(_stream("ArchiveTicketsFunction")["FilterCriteria"])
    assert passes(_record("MODIFY", "PATIENT", **_TICKET), patterns)
    others = [_record("MODIFY", "PATIENT"), _record("MODIFY", "SLOT#1", **_TICKET)]
    removed = _record("REMOVE", "PATIENT", **_TICKET)
    assert [one for one in [*others, removed] if passes(one, patterns)] == []


_OF_SES, _OF_S3 = "NoteMailEventsFunction", "CheckDocumentFunction"


def test_two_services_tell_of_what_happened_and_one_function_listens_to_each() -> None:
    assert sorted(owner for owner, _ in events("EventBridgeRule")) == [_OF_S3, _OF_SES]


def test_s3_tells_of_each_file_that_arrived_in_the_bucket_and_one_function_listens() -> None:
    (rule,) = [rule for owner, rule in events("EventBridgeRule") if owner == _OF_S3]
    assert rule["Pattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "DocumentBucket"}]}},
    }
    told = properties("DocumentBucket")["NotificationConfiguration"]
    assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_ses_tells_of_bounces_and_complaints_and_one_function_listens() -> None:
    (rule,) = [rule for owner, rule in events("EventBridgeRule") if owner == _OF_SES]
    assert rule["Pattern"] == {
        "source": ["aws.ses"],
        "detail": {
            "eventType": ["Bounce", "Complaint"],
            "mail": {"tags": {"ses:configuration-set": [{"Ref": "MailConfiguration"}]}},
        },
    }
    told = properties("MailEvents")
    assert told["ConfigurationSetName"] == {"Ref": "MailConfiguration"}
    destination = told["EventDestination"]
    assert destination["Enabled"] is True
    assert destination["MatchingEventTypes"] == ["BOUNCE", "COMPLAINT"]
    bus = destination["EventBridgeDestination"]["EventBusArn"]
    assert said(bus).endswith(":event-bus/default")

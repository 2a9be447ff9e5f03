"""The stream's mails where SES is down for a while, and beside a record that cannot be read.

The stack's own pump delivers what the emulator's stream tells, by the template's settings.
"""

import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from local.stream import Pump
from shared.keys import Key
from shared.settings import settings
from tests.contract.template import properties
from tests.faults.cloud import Cloud
from tests.faults.faults import Name, Request, fault_of
from tests.integration.answers import invoke
from tests.integration.clinic import ANNA, BORIS, EVERYBODY, VERA, start_registration
from tests.unhurried import Unhurried

_CHANGES = properties("SendMailFunction")["Events"]["Changes"]["Properties"]
_HERE = "eu-central-1:000000000000"
_QUEUE = "UnsentMailQueue"
_ONCE_EACH = Counter(citizen.email for citizen in EVERYBODY)
_SES = Request("sesv2", "SendEmail", b"")
_POISON = Key("EMAIL#x", "PENDING#x")


class _Lambda:
    """Calls the function right here."""

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, io.BytesIO]:  # noqa: N803
        assert FunctionName.endswith("SendMailFunction")
        answer = invoke("send_mail", json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def pump(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pump]:
    """Deliver what the table's stream tells until nothing is left."""
    unhurried = Unhurried(lambda seconds: cloud.clock.move(seconds=seconds))
    monkeypatch.setattr("local.stream.time", unhurried)
    place = {
        "FunctionArn": f"arn:aws:lambda:{_HERE}:function:SendMailFunction",
        "DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:sqs:{_HERE}:{_QUEUE}"}},
    }
    with cloud.empty():
        place["EventSourceArn"] = _begin_stream()
        queue = boto3.client("sqs").create_queue(QueueName=_QUEUE)["QueueUrl"]
        found = Pump({**_CHANGES, **place}, tmp_path / "undelivered.json")
        monkeypatch.setattr(found, "_lambda", _Lambda())
        found._stopping.set()
        yield found
        boto3.client("sqs").delete_queue(QueueUrl=queue)


def _begin_stream() -> str:
    wanted: Any = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    table = boto3.client("dynamodb").update_table(
        TableName=settings().table_name, StreamSpecification=wanted
    )
    return table["TableDescription"]["LatestStreamArn"]


def _letters() -> list[dict[str, Any]]:
    """Return what lies in the dead-letter queue."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=_QUEUE)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(one["Body"]) for one in found]


def _addressees(cloud: Cloud) -> Counter[str]:
    return Counter(mail["Destination"]["ToAddresses"][0] for mail in cloud.layer.mails)


@pytest.mark.parametrize("fault, times", [("throttle", 25), ("error", 25), ("request lost", 2)])
def test_while_ses_is_down_mails_wait_and_then_each_goes_once(
    cloud: Cloud, pump: Pump, monkeypatch: pytest.MonkeyPatch, fault: Name, times: int
) -> None:
    failing = iter([fault] * times)

    def send(request: AWSPreparedRequest) -> AWSResponse:
        is_mail = request.url.endswith("/outbound-emails")
        name = next(failing, None) if is_mail else None
        play = fault_of(name, _SES) if name else None
        return play(request, aws) if play else aws(request)

    aws = cloud.layer._send
    monkeypatch.setattr(cloud.layer, "_send", send)
    for citizen in EVERYBODY:
        start_registration(citizen)

    pump.run()

    assert _addressees(cloud) == _ONCE_EACH
    assert next(failing, None) is None
    assert _letters() == []


def test_a_record_that_cannot_be_read_is_laid_aside_and_holds_up_no_other(
    cloud: Cloud, pump: Pump
) -> None:
    start_registration(ANNA)
    cloud.rows.put(_POISON, {"email": "x"})
    for citizen in (BORIS, VERA):
        start_registration(citizen)

    pump.run()

    assert _addressees(cloud) == _ONCE_EACH
    (letter,) = _letters()
    place = letter["DDBStreamBatchInfo"]
    assert place["batchSize"] == 1
    assert (
        letter["requestContext"]["approximateInvokeCount"] == 1 + _CHANGES["MaximumRetryAttempts"]
    )

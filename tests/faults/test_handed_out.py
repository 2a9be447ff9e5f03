"""A release that is handed out to a queue which takes a part of a batch: no district is left out.

What else may befall it stands in docs/faults.md.
"""

from collections.abc import Iterator

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.release_district import app
from shared import release_queue
from tests.faults.cloud import Cloud
from tests.faults.layer import Span, Strike
from tests.faults.operations import last_step
from tests.faults.trials import Broken, Trial

_LAST = "a10"
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


@pytest.fixture
def trial(cloud: Cloud) -> Iterator[Trial]:
    """Hand eleven districts out with nothing wrong, in a batch of ten and one of one."""
    with cloud.empty():
        yield Trial(last_step("release of eleven districts, each handed out", cloud), cloud)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("span, seen", [("once", "✓"), ("on", "↻+")])
def test_what_the_queue_refuses_of_a_batch_is_handed_out_again(
    trial: Trial, number: int, span: Span, seen: str
) -> None:
    assert trial.requests[number].operation == "SendMessageBatch"
    assert trial.mark(Strike(number, "in part", span)) == seen


def test_a_district_that_is_refused_and_yet_acknowledged_is_noticed(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = release_queue._send
    monkeypatch.setattr(release_queue, "_send", lambda some: send(some) and [])
    with pytest.raises(Broken, match=_LAST):
        trial.mark(Strike(2, "in part", "on"))


def test_a_message_that_publishes_nothing_is_noticed(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pass_over(record: SQSRecord) -> None:
        if record.body != _LAST:
            publish(record)

    publish = app.release_district
    monkeypatch.setattr(app, "release_district", pass_over)
    with pytest.raises(Broken, match=f"DISTRICT#{_LAST}"):
        trial.mark(Strike(2, "throttle"))

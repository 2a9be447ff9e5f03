"""The release of many districts: handed out by a queue, it ends like the release of a few."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.settings import settings
from tests.stack import portal
from tests.stack.running import RunningStack, wait_for
from tests.stack.test_release import assert_each_cap_exactly

DISTRICTS = 4


@contextmanager
def handing_out(stack: RunningStack) -> Iterator[None]:
    """Let one district be too many for a single function meanwhile."""
    client, name = stack.aws("lambda"), stack.function_name("ReleaseSlotsFunction")
    variables = stack.functions[name]["Environment"]["Variables"]
    few = {"Variables": variables | {"FAN_OUT_ABOVE": "0"}}
    client.update_function_configuration(FunctionName=name, Environment=few)
    yield
    client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


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
        """Let a message be a dead letter after one try, two seconds later."""
        told = self.attributes()
        redrive = json.loads(told["RedrivePolicy"]) | {"maxReceiveCount": 1}
        self._set(VisibilityTimeout="2", RedrivePolicy=json.dumps(redrive))
        yield
        kept = ("VisibilityTimeout", "RedrivePolicy")
        self._set(**{name: told[name] for name in kept})

    def _set(self, **attributes: str) -> None:
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes=attributes)


@pytest.fixture
def queue(stack: RunningStack) -> Queue:
    return Queue(stack, settings().release_queue_url)


@pytest.fixture
def letters(stack: RunningStack, queue: Queue) -> Queue:
    name = json.loads(queue.attributes()["RedrivePolicy"])["deadLetterTargetArn"].split(":")[-1]
    return Queue(stack, stack.aws("sqs").get_queue_url(QueueName=name)["QueueUrl"])


def test_a_large_release_whose_messages_come_twice_ends_like_a_small_one_and_touches_no_ticket(
    stack: RunningStack, queue: Queue
) -> None:
    kinds = ["adult", "child"] * (DISTRICTS // 2)
    made = [portal.new_district(kind, published=False) for kind in kinds]  # type: ignore[arg-type]
    early = portal.new_district()
    ticket_id = portal.take(stack, portal.new_signed_in(early), portal.last_day(early)[0])

    with handing_out(stack):
        queue.send(*(district.district_id for district in made))
        assert portal.run_release(stack)["handed_out"] > DISTRICTS
        wait_for(queue.is_empty)

    for district in made:
        assert_each_cap_exactly(district)
    booked = [one for one in portal.slots_of(early) if one.status == "booked"]
    assert [one.ticket_id for one in booked] == [ticket_id]

    before = portal.everything(stack)
    assert portal.run_release(stack) == {"published": 0}
    assert portal.everything(stack) == before


def test_a_message_that_names_no_district_ends_among_the_dead_letters_and_stops_no_other(
    queue: Queue, letters: Queue
) -> None:
    district = portal.new_district(published=False)
    with queue.giving_up_soon():
        queue.send("nowhere", district.district_id)
        wait_for(lambda: "nowhere" in letters.take())
        wait_for(queue.is_empty)

    assert_each_cap_exactly(district)

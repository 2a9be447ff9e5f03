"""The release of many districts: handed out by a queue, it ends like the release of a few."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.settings import settings
from tests.stack import portal
from tests.stack.queues import Queue
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
    try:
        yield
    finally:
        as_before = {"Variables": variables}
        client.update_function_configuration(FunctionName=name, Environment=as_before)


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

    before = portal.lasting_items(stack)
    assert portal.run_release(stack) == {"published": 0}
    assert portal.lasting_items(stack) == before


def test_a_message_that_names_no_district_ends_among_the_dead_letters_and_stops_no_other(
    queue: Queue, letters: Queue
) -> None:
    district = portal.new_district(published=False)
    with queue.giving_up_soon():
        queue.send("nowhere", district.district_id)
        wait_for(lambda: "nowhere" in letters.take())
        wait_for(queue.is_empty)

    assert_each_cap_exactly(district)

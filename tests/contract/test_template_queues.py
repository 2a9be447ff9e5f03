"""template.yaml: what lies in queues, for how long, and what becomes of what nobody can do."""

import pytest

from tests.contract.template import events, functions, properties, resources

_WORK = "ReleaseQueue"
_TWO_WEEKS = 14 * 86400
"""The longest that SQS keeps anything; it counts from the day on which a message was first sent."""
_FOUR_DAYS = 4 * 86400
"""What SQS keeps a message for where nothing else is said."""

_queues = sorted(name for name, one in resources().items() if one["Type"] == "AWS::SQS::Queue")
_dead_letters = [name for name in _queues if name != _WORK]


def test_one_queue_holds_work_and_each_of_the_others_dead_letters() -> None:
    assert _dead_letters == [
        *("UnarchivedTicketQueue", "UnreleasedDistrictQueue", "UnsentMailQueue"),
    ]


@pytest.mark.parametrize("queue", _dead_letters)
def test_a_queue_of_dead_letters_keeps_them_for_two_weeks_encrypted(queue: str) -> None:
    kept = {"MessageRetentionPeriod": _TWO_WEEKS, "SqsManagedSseEnabled": True}
    assert properties(queue) == kept


def test_one_function_reads_the_districts_of_a_large_release_and_nothing_else_does() -> None:
    assert [owner for owner, _ in events("SQS")] == ["ReleaseDistrictFunction"]


def test_a_district_that_fails_holds_up_no_other_and_too_many_are_not_done_at_once() -> None:
    ((_, told),) = events("SQS")
    assert told == {
        "Queue": {"GetAtt": f"{_WORK}.Arn"},
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 5},
    }


def test_a_district_is_tried_five_times_each_when_no_other_try_can_be_under_way() -> None:
    """Six times is what Lambda asks for (its guide: services-sqs-configure)."""
    told = properties(_WORK)
    assert told["VisibilityTimeout"] == 6 * functions()["ReleaseDistrictFunction"]["Timeout"]
    assert told["RedrivePolicy"] == {
        "deadLetterTargetArn": {"GetAtt": "UnreleasedDistrictQueue.Arn"},
        "maxReceiveCount": 5,
    }
    assert told["SqsManagedSseEnabled"] is True


def test_a_dead_letter_outlives_the_time_that_it_waited_as_work() -> None:
    assert "MessageRetentionPeriod" not in properties(_WORK)
    assert properties("UnreleasedDistrictQueue")["MessageRetentionPeriod"] > _FOUR_DAYS

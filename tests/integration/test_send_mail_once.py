"""The stream function: each mail goes once, whatever fails and whatever comes twice."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from shared.keys import Key
from shared.table import receipts
from tests.integration import template
from tests.integration.answers import invoke
from tests.integration.clinic import ANNA, BORIS, VERA, start_registration, token_of
from tests.integration.conftest import Clock
from tests.integration.rows import Item, Rows
from tests.integration.stream import Record, Stream
from tests.integration.wire import Wire, operations, refused, timed_out

NOW = 1795410000
LEASE, KEPT = 120, 30 * 24 * 3600


@pytest.fixture
def stream(rows: Rows) -> Stream:
    return Stream(rows)


@pytest.fixture
def record(stream: Stream) -> Record:
    """Return the record of Boris's registration, whose mail is to go."""
    start_registration(BORIS)
    [record] = stream.records()
    return record


def send(*records: Record) -> object:
    return invoke("send_mail", {"Records": list(records)})


def failed(*records: Record) -> object:
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


DONE = failed()


def receipt_key(record: Record) -> Key:
    registration_id = record["dynamodb"]["Keys"]["SK"]["S"].removeprefix("PENDING#")
    return Key(f"MAIL#confirmation#{registration_id}", "MAIL")


def receipt(rows: Rows, record: Record) -> Item | None:
    return rows.everything().get(receipt_key(record))


def claim(record: Record, clock: Clock) -> None:
    """Let another runner claim the mail."""
    mail_key = receipt_key(record).pk.removeprefix("MAIL#")
    assert receipts.claim(mail_key, clock.now) == "claimed"


# ------------------------------------------------------------------------- once


def test_a_mail_is_claimed_then_sent_then_noted(record: Record, wire: Wire, rows: Rows) -> None:
    with wire.listening() as heard:
        assert send(record) == DONE
    assert operations(heard) == ["PutItem", "SendEmail", "UpdateItem"]
    noted = {"leased_until": NOW + LEASE, "sent_at": NOW, "expires_at": NOW + KEPT}
    assert receipt(rows, record) == noted


def test_the_same_event_again_sends_nothing(
    record: Record, wire: Wire, rows: Rows, clock: Clock
) -> None:
    send(record)
    clock.move(days=29)
    with wire.listening() as heard, rows.unchanged():
        assert send(record, record) == DONE
    assert operations(heard) == ["PutItem", "PutItem"]


def test_the_same_event_twice_in_one_batch_sends_one_mail(record: Record, wire: Wire) -> None:
    with wire.listening() as heard:
        assert send(record, record) == DONE
    assert operations(heard).count("SendEmail") == 1


# ---------------------------------------------------------------- SES is in trouble


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="https://aws.example")


TROUBLE = pytest.mark.parametrize(
    "planted",
    [
        refused("TooManyRequestsException", 429),
        refused("InternalFailure", 500),
        refused("SendingPausedException"),
        unreachable,
    ],
    ids=["throttled", "broken", "paused", "unreachable"],
)


@TROUBLE
def test_a_mail_that_ses_did_not_take_is_reported_and_goes_with_the_next_attempt(
    record: Record, wire: Wire, rows: Rows, planted: Callable[[], Any]
) -> None:
    wire.before("SendEmail", planted)
    with wire.listening() as heard:
        assert send(record) == failed(record)
    assert operations(heard) == ["PutItem", "SendEmail", "UpdateItem"]
    assert receipt(rows, record) == {"leased_until": 0, "expires_at": NOW + KEPT}
    with wire.listening() as heard:
        assert send(record) == DONE
    assert operations(heard).count("SendEmail") == 1


def test_a_mail_whose_fate_is_unknown_waits_for_the_end_of_its_lease(
    record: Record, wire: Wire, rows: Rows, clock: Clock
) -> None:
    wire.before("SendEmail", timed_out)
    with wire.listening() as heard:
        assert send(record) == failed(record)
        assert send(record) == failed(record)
    assert operations(heard).count("SendEmail") == 1
    assert receipt(rows, record) == {"leased_until": NOW + LEASE, "expires_at": NOW + KEPT}
    clock.move(seconds=LEASE + 1)
    assert send(record) == DONE


@pytest.mark.parametrize("code", ["BadRequestException", "MessageRejected"])
def test_a_mail_that_ses_will_never_take_is_given_up_and_holds_up_no_other(
    record: Record, wire: Wire, rows: Rows, code: str
) -> None:
    wire.before("SendEmail", refused(code))
    with wire.listening() as heard:
        assert send(record) == DONE
        assert send(record) == DONE
    assert operations(heard).count("SendEmail") == 1
    noted = {"leased_until": NOW + LEASE, "expires_at": NOW + KEPT, "refused_at": NOW}
    assert receipt(rows, record) == noted


def test_the_mails_of_a_batch_that_ses_took_are_not_sent_again_with_the_failed_one(
    stream: Stream, wire: Wire
) -> None:
    for citizen in (ANNA, BORIS, VERA):
        start_registration(citizen)
    records = stream.records()
    wire.before("SendEmail", None, refused("TooManyRequestsException", 429))
    assert send(*records) == failed(records[1])
    with wire.listening() as heard:
        assert send(*records[1:]) == DONE
    sent = [request for request in heard if request.operation == "SendEmail"]
    assert len(sent) == 1
    assert receipt_key(records[1]).pk.rpartition("#")[2] in str(sent[0].body)


def test_a_batch_of_which_all_fail_is_reported_record_by_record(stream: Stream, wire: Wire) -> None:
    for citizen in (ANNA, BORIS):
        start_registration(citizen)
    records = stream.records()
    wire.before("SendEmail", *[refused("TooManyRequestsException", 429)] * 2)
    assert send(*records) == failed(*records)


# ------------------------------------------------------------------ other runners


def test_a_mail_that_another_runner_is_sending_is_reported_and_not_sent_twice(
    record: Record, wire: Wire, rows: Rows, clock: Clock
) -> None:
    claim(record, clock)
    with wire.listening() as heard, rows.unchanged():
        assert send(record) == failed(record)
    assert operations(heard) == ["PutItem"]


def test_a_runner_that_died_while_sending_holds_the_mail_for_two_minutes(
    record: Record, wire: Wire, rows: Rows, clock: Clock
) -> None:
    claim(record, clock)
    clock.move(seconds=LEASE)
    with rows.unchanged():
        assert send(record) == failed(record)
    clock.move(seconds=1)
    with wire.listening() as heard:
        assert send(record) == DONE
    assert operations(heard).count("SendEmail") == 1


def test_a_mail_that_another_runner_sent_in_the_end_is_done(
    record: Record, wire: Wire, rows: Rows, clock: Clock
) -> None:
    claim(record, clock)
    rows.change(receipt_key(record), sent_at=NOW)
    clock.move(days=1)
    with wire.listening() as heard, rows.unchanged():
        assert send(record) == DONE
    assert operations(heard) == ["PutItem"]


def test_a_mail_that_another_runner_sent_meanwhile_is_not_given_back(
    record: Record, wire: Wire, rows: Rows
) -> None:
    def sent_by_another() -> None:
        rows.change(receipt_key(record), sent_at=NOW)
        timed_out()

    wire.before("SendEmail", sent_by_another)
    assert send(record) == failed(record)
    assert receipt(rows, record) == {
        "leased_until": NOW + LEASE,
        "sent_at": NOW,
        "expires_at": NOW + KEPT,
    }
    with wire.listening() as heard:
        assert send(record) == DONE
    assert operations(heard) == ["PutItem"]


# ------------------------------------------------------------ the store is in trouble


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
@pytest.mark.parametrize("planted", [refused("ThrottlingException"), timed_out, unreachable])
def test_a_store_in_trouble_is_reported(
    record: Record, wire: Wire, operation: str, planted: Callable[[], Any]
) -> None:
    wire.before(operation, planted)
    assert send(record) == failed(record)


def test_a_mail_that_could_not_be_claimed_is_not_sent(record: Record, wire: Wire) -> None:
    wire.before("PutItem", refused("ThrottlingException"))
    with wire.listening() as heard:
        send(record)
    assert operations(heard) == ["PutItem"]
    assert send(record) == DONE


def test_a_mail_that_could_not_be_noted_as_sent_is_held_by_its_claim(
    record: Record, wire: Wire, clock: Clock
) -> None:
    wire.before("UpdateItem", refused("ThrottlingException"))
    assert send(record) == failed(record)
    clock.move(seconds=LEASE)
    with wire.listening() as heard:
        assert send(record) == failed(record)
    assert operations(heard) == ["PutItem"]


def test_a_receipt_that_vanished_is_not_made_anew_without_its_end(
    record: Record, wire: Wire, rows: Rows
) -> None:
    wire.before("UpdateItem", lambda: rows.remove(receipt_key(record)))
    assert send(record) == failed(record)
    assert receipt(rows, record) is None


# ----------------------------------------------------------------- poison and logs


@pytest.mark.parametrize(
    "image",
    [
        {"PK": {"S": "EMAIL#x"}},
        {"PK": {"S": "EMAIL#x"}, "SK": {"S": "PENDING#x"}},
        {"PK": {"S": "PATIENT#x"}, "SK": {"S": "PATIENT"}, "ticket": {"S": "x"}},
        {"PK": {"S": "EMAIL#x"}, "SK": {"N": "5"}},
        {"PK": {"S": "EMAIL#x"}, "SK": {"??": "PENDING#x"}},
        {"PK": "EMAIL#x"},
    ],
)
def test_a_record_that_cannot_be_read_is_reported_while_the_others_are_sent(
    record: Record, stream: Stream, wire: Wire, log: list[dict[str, object]], image: Item
) -> None:
    poison = stream.record(Key("x", "x"), None, image)
    with wire.listening() as heard:
        assert send(poison, record) == failed(poison)
    assert operations(heard).count("SendEmail") == 1
    assert [line["level"] for line in log if line["message"] == "change not processed"] == ["ERROR"]


def test_the_log_names_a_mail_by_its_key_and_never_by_its_addressee(
    record: Record, wire: Wire, log: list[dict[str, object]]
) -> None:
    wire.before("SendEmail", refused("TooManyRequestsException", 429))
    send(record)
    send(record)
    key = receipt_key(record).pk.removeprefix("MAIL#")
    told = [(line["level"], line["message"], line.get("mail")) for line in log]
    assert told == [
        ("WARNING", "mail not sent", key),
        ("ERROR", "change not processed", None),
        ("INFO", "mail sent", key),
    ]


def test_no_log_line_tells_the_token(
    stream: Stream, wire: Wire, log: list[dict[str, object]]
) -> None:
    token = token_of(start_registration(BORIS))
    wire.before("SendEmail", refused("TooManyRequestsException", 429), timed_out)
    records = stream.records()
    for _ in range(3):
        send(*records)
    logged = json.dumps(log)
    assert token.rpartition(".")[2] not in logged
    assert token.partition(".")[0] not in logged


def test_a_claim_outlives_the_function_that_made_it() -> None:
    assert template.function("SendMailFunction")["Timeout"] < LEASE

"""The stream function that keeps the past: a ticket that a newer one replaces, once."""

import pytest

from shared import keys
from shared.ids import PatientId, TicketId
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    SignedIn,
    attach,
    open_account,
    open_session,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import LATER_SLOT, NEXT_SLOT, archive, cancel, move
from tests.integration.rows import Item, Rows
from tests.integration.stream import Record, Stream, passing
from tests.integration.wire import Wire, operations, refused, timed_out

DONE: dict[str, list[object]] = {"batchItemFailures": []}


@pytest.fixture
def stream(anna: SignedIn, rows: Rows) -> Stream:  # noqa: ARG001 - the stream begins behind her
    publish(SLOT, NEXT_SLOT, LATER_SLOT)
    return Stream(rows)


def failed(*records: Record) -> object:
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def kept(rows: Rows) -> dict[str, Item]:
    """Return the archive: every kept ticket by its id."""
    return {
        key.sk.removeprefix("TICKET#"): item
        for key, item in rows.everything().items()
        if key.sk.startswith("TICKET#")
    }


def replaced(who: SignedIn, stream: Stream) -> tuple[TicketId, Record]:
    """Cancel a ticket and take the next; return the first one's id and the last change."""
    first = take(who, SLOT)
    cancel(who, first)
    stream.records()
    take(who, LATER_SLOT)
    [record] = passing("ArchiveTicketsFunction", stream.records())
    return first, record


def test_a_replaced_ticket_is_kept_as_it_was_without_the_account_that_took_it(
    anna: SignedIn, stream: Stream, rows: Rows, wire: Wire
) -> None:
    first, record = replaced(anna, stream)
    before = rows.everything()
    with wire.listening() as heard:
        assert archive(record) == DONE
    assert operations(heard) == ["PutItem"]
    item = {
        "ticket_id": first,
        "slot_id": SLOT,
        "starts_at": "2026-11-24T06:00:00Z",
        "ticket_status": "cancelled",
        "sequence": 1,
    }
    archived = keys.Key(f"PATIENT#{anna.patient_id}", f"TICKET#{first}")
    assert rows.everything() == before | {archived: item}


def test_a_visit_that_is_over_is_kept_as_it_ended(
    anna: SignedIn, stream: Stream, rows: Rows, clock: Clock
) -> None:
    first = take(anna, SLOT)
    patient = keys.patient(anna.patient_id)
    ticket = rows.everything()[patient]["ticket"]
    rows.change(patient, ticket=ticket | {"ticket_status": "arrived", "reminded_of": SLOT})
    clock.move(hours=26)
    stream.records()
    take(open_session(anna), LATER_SLOT)
    archive(*stream.records())
    [(ticket_id, item)] = kept(rows).items()
    assert (ticket_id, item["ticket_status"]) == (first, "arrived")
    assert item.keys().isdisjoint({"booked_by", "reminded_of"})


def test_the_same_event_again_changes_nothing(anna: SignedIn, stream: Stream, rows: Rows) -> None:
    _, record = replaced(anna, stream)
    archive(record)
    with rows.unchanged():
        assert archive(record, record) == DONE


def test_what_was_kept_first_is_not_written_over(
    anna: SignedIn, stream: Stream, rows: Rows
) -> None:
    first, record = replaced(anna, stream)
    rows.put(keys.archived_ticket(first), {"ticket_status": "no_show"})
    with rows.unchanged():
        assert archive(record) == DONE


def test_events_out_of_their_order_keep_the_same(
    anna: SignedIn, stream: Stream, rows: Rows
) -> None:
    records, taken = [], []
    for slot_id in (SLOT, NEXT_SLOT, LATER_SLOT):
        taken.append(take(anna, slot_id))
        records += stream.records()
        cancel(anna, taken[-1])
        records += stream.records()
    assert archive(*reversed(passing("ArchiveTicketsFunction", records))) == DONE
    backwards = kept(rows)
    assert set(backwards) == set(taken[:2])
    assert {item["ticket_status"] for item in backwards.values()} == {"cancelled"}
    with rows.unchanged():
        archive(*records)


def test_changes_that_replace_no_ticket_keep_nothing(
    anna: SignedIn, stream: Stream, rows: Rows, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    records = stream.records()
    move(anna, ticket_id, LATER_SLOT)
    records += stream.records()
    cancel(anna, ticket_id)
    records += stream.records()
    attach(ANNA, "a2")
    attach(BORIS)
    open_account(BORIS)
    records += stream.records()
    for key in rows.everything():
        rows.remove(key)
    records += stream.records()
    assert {record["eventName"] for record in records} == {"INSERT", "MODIFY", "REMOVE"}
    with wire.listening() as heard, rows.unchanged():
        assert archive(*records) == DONE
    assert operations(heard) == []


def test_of_all_changes_only_patients_who_had_a_ticket_are_handed_on(
    anna: SignedIn, stream: Stream
) -> None:
    take(anna, SLOT)
    attach(BORIS)
    assert passing("ArchiveTicketsFunction", stream.records()) == []
    attach(ANNA, "a2")
    [record] = passing("ArchiveTicketsFunction", stream.records())
    assert record["dynamodb"]["Keys"]["PK"]["S"] == f"PATIENT#{anna.patient_id}"


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("planted", [refused("ThrottlingException"), timed_out])
def test_a_ticket_that_could_not_be_kept_is_reported_and_kept_with_the_next_attempt(
    anna: SignedIn, stream: Stream, rows: Rows, wire: Wire, planted: object
) -> None:
    first, record = replaced(anna, stream)
    wire.before("PutItem", planted)  # type: ignore[arg-type]
    assert archive(record) == failed(record)
    assert kept(rows) == {}
    assert archive(record) == DONE
    assert list(kept(rows)) == [first]


def test_a_record_that_cannot_be_read_is_reported_while_the_others_are_kept(
    anna: SignedIn, stream: Stream, rows: Rows, log: list[dict[str, object]]
) -> None:
    first, record = replaced(anna, stream)
    key = keys.patient(PatientId("x"))
    broken = {"PK": {"S": "PATIENT#x"}, "SK": {"S": "PATIENT"}, "ticket": {"S": "x"}}
    poison = stream.record(key, broken, broken | {"revision": {"S": "y"}})
    assert archive(poison, record) == failed(poison)
    assert list(kept(rows)) == [first]
    assert [line["level"] for line in log if line["message"] == "change not processed"] == ["ERROR"]

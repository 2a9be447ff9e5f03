"""Calendar files in mails about tickets: one entry that follows the ticket, at the right hour."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared import clock as shared_clock, keys
from shared.table.reminders import remind_all
from tests.integration.clinic import SLOT, SignedIn, publish, take
from tests.integration.family_people import LATER_SLOT, cancel, move
from tests.integration.rows import Rows
from tests.integration.sent_mails import Entry, Sent, deliver, entry, offset_by_vtimezone
from tests.integration.stream import Stream
from tests.integration.wire import Wire


@pytest.fixture
def stream(anna: SignedIn, rows: Rows) -> Stream:  # noqa: ARG001 - the stream begins behind her
    publish(SLOT, LATER_SLOT)
    return Stream(rows)


def test_the_files_follow_the_ticket_under_one_name_with_growing_sequences(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    ticket_id = take(anna, SLOT)
    mails = deliver(wire, *stream.records())
    remind_all(shared_clock.now())
    mails += deliver(wire, *stream.records())
    move(anna, ticket_id, LATER_SLOT)
    mails += deliver(wire, *stream.records())
    cancel(anna, ticket_id)
    mails += deliver(wire, *stream.records())
    found = [entry(mail.calendar) for mail in mails]
    uid, zone = f"{ticket_id}@portal.example", "Europe/Moscow"
    tuesday = found[0].starts_at
    wednesday = tuesday + timedelta(days=1)
    assert found == [
        Entry("PUBLISH", uid, 0, "CONFIRMED", tuesday, zone),
        Entry("PUBLISH", uid, 0, "CONFIRMED", tuesday, zone),
        Entry("PUBLISH", uid, 1, "CONFIRMED", wednesday, zone),
        Entry("CANCEL", uid, 2, "CANCELLED", wednesday, zone),
    ]
    assert f"{tuesday:%Y-%m-%dT%H:%M%z}" == "2026-11-24T09:00+0300"
    assert {offset_by_vtimezone(mail.calendar) for mail in mails} == {180}


def test_a_withdrawn_ticket_is_struck_out_of_the_calendar(
    anna: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    take(anna, SLOT)
    stream.records()
    key = keys.patient(anna.patient_id)
    withdrawn = {"ticket_status": "withdrawn", "sequence": 1}
    rows.change(key, ticket=rows.everything()[key]["ticket"] | withdrawn)
    [mail] = deliver(wire, *stream.records())
    found = entry(mail.calendar)
    assert (found.method, found.status, found.sequence) == ("CANCEL", "CANCELLED", 1)


@pytest.fixture
def mailed_at(
    anna: SignedIn, wire: Wire, rows: Rows, parameters: Callable[..., None]
) -> Callable[[str, str], Sent]:
    """Return what takes a slot in a clinic of some zone and returns the mail about it."""

    def taken(zone: str, slot_id: str) -> Sent:
        parameters(CLINIC_TIME_ZONE=zone)
        publish(slot_id)
        stream = Stream(rows)
        take(anna, slot_id)
        [mail] = deliver(wire, *stream.records())
        return mail

    return taken


@pytest.mark.parametrize(
    "zone, slot_id, said, minutes",
    [
        ("Europe/Berlin", "a1.2026-11-25.2.0900", "09:00 (UTC+01:00)", 60),
        ("Europe/Berlin", "a1.2027-03-29.1.0900", "09:00 (UTC+02:00)", 120),
        ("America/St_Johns", "a1.2026-11-25.2.0900", "09:00 (UTC-03:30)", -210),
        ("America/St_Johns", "a1.2027-06-01.1.0900", "09:00 (UTC-02:30)", -150),
    ],
)
def test_the_hour_is_the_clinics_in_the_mail_and_in_the_file(
    mailed_at: Callable[[str, str], Sent], zone: str, slot_id: str, said: str, minutes: int
) -> None:
    mail = mailed_at(zone, slot_id)
    assert f" года, {said}.\n" in mail.text
    found = entry(mail.calendar)
    assert (f"{found.starts_at:%H:%M}", found.zone) == ("09:00", zone)
    assert offset_by_vtimezone(mail.calendar) == minutes

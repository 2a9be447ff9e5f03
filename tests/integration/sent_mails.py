"""What went out: the mails that SES was asked to send, and the calendar files in them."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar

from tests.integration.answers import invoke
from tests.integration.stream import Record, passing
from tests.integration.wire import Request, Wire

DONE: dict[str, list[object]] = {"batchItemFailures": []}


@dataclass(frozen=True)
class Sent:
    """One mail as SES was given it."""

    to: str
    subject: str
    text: str
    html: str
    calendar: str | None
    """The calendar file, as text."""
    document: bytes | None = None
    """The PDF."""


def deliver(wire: Wire, *records: Record) -> list[Sent]:
    """Hand those records that the template's filters let through to the mail function."""
    handed_on = passing("SendMailFunction", list(records))
    return send(wire, *handed_on) if handed_on else []


def send(wire: Wire, *records: Record) -> list[Sent]:
    """Hand records to the mail function, which must be done with all; return what it sent."""
    with wire.listening() as heard:
        assert invoke("send_mail", {"Records": list(records)}) == DONE
    return sent_in(heard)


def sent_in(heard: Sequence[Request]) -> list[Sent]:
    """Return the mails among requests, once their form is seen."""
    return [_read(request.body) for request in heard if request.operation == "SendEmail"]


def _read(body: dict[str, Any]) -> Sent:
    simple = body["Content"]["Simple"]
    parts = [simple["Subject"], simple["Body"]["Text"], simple["Body"]["Html"]]
    subject, text, html = [part["Data"] for part in parts]
    assert {part["Charset"] for part in parts} == {"UTF-8"}
    assert body["FromEmailAddress"] == "no-reply@portal.example"
    assert body["ConfigurationSetName"] == "portal-mail"
    [to] = body["Destination"]["ToAddresses"]
    files = dict(_file(attachment) for attachment in simple.get("Attachments", []))
    assert len(files) <= 1
    calendar, document = files.get("text/calendar"), files.get("application/pdf")
    return Sent(to, subject, text, html, calendar.decode() if calendar else None, document)


_FILES = {"text/calendar": "ticket.ics", "application/pdf": "document.pdf"}


def _file(attachment: dict[str, Any]) -> tuple[str, bytes]:
    """Return a file by its media type, once its form is seen."""
    kind = attachment["ContentType"]
    expected = {
        "FileName": _FILES[kind],
        "ContentType": kind,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
    }
    assert {name: attachment[name] for name in attachment if name != "RawContent"} == expected
    return kind, b64decode(attachment["RawContent"])


@dataclass(frozen=True)
class Entry:
    """What a calendar program reads in a file."""

    method: str
    uid: str
    sequence: int
    status: str
    starts_at: datetime
    zone: str | None
    """The zone that the beginning is written in; None for UTC."""


def entry(file: str | None) -> Entry:
    """Read a calendar file as another program would, by its own VTIMEZONE."""
    assert file is not None
    calendar: Any = Calendar.from_ical(file)
    [event] = calendar.walk("VEVENT")
    starts = event["DTSTART"]
    return Entry(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        status=str(event["STATUS"]),
        starts_at=starts.dt,
        zone=starts.params.get("TZID"),
    )


def offset_by_vtimezone(file: str | None) -> int:
    """Return the offset in minutes that the file's own VTIMEZONE gives its event."""
    assert file is not None
    calendar: Any = Calendar.from_ical(file)
    [zone] = calendar.walk("VTIMEZONE")
    [event] = calendar.walk("VEVENT")
    local = event["DTSTART"].dt.replace(tzinfo=None)
    onsets = [
        (onset, part["TZOFFSETTO"].td)
        for part in zone.subcomponents
        for onset in [part["DTSTART"].dt, *_more(part)]
        if onset <= local
    ]
    return int(max(onsets)[1].total_seconds() // 60)


def _more(part: Any) -> list[datetime]:  # noqa: ANN401 - a part of a calendar file
    listed = part.get("RDATE", [])
    blocks = listed if isinstance(listed, list) else [listed]
    return [one.dt for block in blocks for one in block.dts]

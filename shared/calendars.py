"""Calendar files of tickets (RFC 5545), with the clinic's own zone written out."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from shared.districts import Doctor
from shared.settings import settings
from shared.tickets import Ticket

MEDIA_TYPE = "text/calendar"
FILE_NAME = "ticket.ics"

_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no calendar may hold (RFC 5545, 3.1); ends of lines are escaped by the library."""


def calendar_of(ticket: Ticket, doctor: Doctor | None, now: datetime) -> str:
    """Return the calendar file of a ticket as it stands; `now` is when it is written.

    A calendar that knows the ticket under its UID takes the file with the higher SEQUENCE over it,
    and a ticket that no longer stands is struck out (RFC 5546, CANCEL). The patient is not named:
    calendars are shown to others. How long an appointment takes is not known, so it has no end.
    """
    stands = not ticket.has_ended
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings().clinic_name}//patient account//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if stands else "CANCEL")
    calendar.add_component(_event(ticket, doctor, now, stands=stands))
    day = ticket.starts_at.date()
    around = timedelta(days=366)
    calendar.add_missing_timezones(first_date=day - around, last_date=day + around)
    return _CONTROLS.sub("", str(calendar.to_ical(), "utf-8"))


def content_type_of(file: str) -> str:
    """Return the content type of a calendar file, which names its METHOD too (RFC 5545, 3.7.2)."""
    (method,) = _METHOD.findall(file)
    return f"{MEDIA_TYPE}; charset=utf-8; method={method}"


def _event(ticket: Ticket, doctor: Doctor | None, now: datetime, *, stands: bool) -> Event:
    clinic = settings()
    event = Event()
    event.add("uid", f"{ticket.ticket_id}@{urlsplit(clinic.site_address).hostname}")
    event.add("sequence", ticket.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", ticket.starts_at.astimezone(clinic.zone))
    event.add("status", "CONFIRMED" if stands else "CANCELLED")
    event.add("summary", clinic.clinic_name)
    told = [f"Врач: {doctor.name}." if doctor else "", f"Регистратура: {clinic.registry_phone}"]
    event.add("description", "\n".join(filter(None, told)))
    if doctor is not None:
        event.add("location", f"Кабинет {doctor.room}")
    organizer = vCalAddress(f"mailto:{clinic.sender}")
    organizer.params["cn"] = vText(clinic.clinic_name)
    event["organizer"] = organizer
    return event

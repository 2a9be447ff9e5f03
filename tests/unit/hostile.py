"""Texts that try to become a header, markup or a calendar's line, and what a mail is made of."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared import calendars, fields
from shared.mail import Mail
from shared.settings import settings
from tests.unit.letters import Shown, calendar_in, read_html

_BREAKS = [
    *("\r\n", "\r", "\n", "\n ", "\t", "\0", "\x0b", "\x0c", "\x1b", "\x1c", "\x7f", "\x85"),
    *("\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\U000e0041"),
    *("\r\nBcc: eve@example.com", "\r\n\r\n", "\nBcc: eve@example.com", "\r\nBEGIN:VEVENT"),
    *("\r\nATTENDEE:mailto:eve@example.com", "\nEND:VEVENT\nBEGIN:VALARM", "\r\nMETHOD:REQUEST"),
]
_MARKS = [
    *("<b>", "</p>", "<script>alert(1)</script>", "<!--", "-->", "<![CDATA[", "]]>", "<?x ?>"),
    *("<img src=x onerror=y>", '" onclick="x', "' x='", "<", ">", "&", '"', "'", "`", "</title>"),
    *("&lt;b&gt;", "&#60;", "&#x0a;", "&amp;", "&nbsp", "&NewLine;", "javascript:x", "<!DOCTYPE"),
    *("=?utf-8?q?", "?=", "=0D=0A", "=?utf-8?b?DQpCY2M6?=", "Bcc: eve@example.com", "Subject:"),
    *("BEGIN:VEVENT", "END:VCALENDAR", "ATTENDEE:mailto:eve@example.com", ";CN=", ';X="y', ":"),
    *(",", ";", "\\", "\\n", "\\N", "\\,", "^n", "^'", "^^", "{name}", "%s", "%(x)d", "$x", "--"),
    *("https://evil.example/", "//evil.example", "@", " ", "\u00a0", "\u0301", "Ж", "ё", "a", "7"),
]
hostile = st.text(max_size=20) | st.lists(st.sampled_from(_BREAKS + _MARKS), max_size=6).map(
    "".join
)
"""What somebody of the clinic may have written, on purpose or not."""

_NAME = TypeAdapter(fields.Name)


def _is_accepted(text: str) -> bool:
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True


_letters = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
_marks = st.lists(st.sampled_from(_MARKS), min_size=1, max_size=6).map("".join)
typed = (_marks | _letters | hostile).filter(_is_accepted)
"""What a patient may type as a name: the form takes it."""

Headers = list[list[tuple[str, str]]]
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""CONTROL of RFC 5545, 3.1: what no line of a calendar holds."""
_ORGANIZER = re.compile(r'ORGANIZER;CN=(?:"[^"]*"|[^";:,]*):(.*)')
"""A property with one parameter, which is quoted where it must be (RFC 5545, 3.2)."""


@dataclass(frozen=True)
class Outline:
    """All of a mail but what it says: no value that is told may change it."""

    to: str
    subject: str
    elements: list[tuple[str, list[tuple[str, str | None]]]]
    properties: list[str]
    """Of the calendar, line by line."""
    organizers: list[str]
    """Whoever a calendar would write to."""


def outline(mail: Mail) -> tuple[Outline, Shown]:
    """Return what a mail is made of, and what its HTML shows."""
    shown = read_html(mail.html)
    lines = _lines(calendar_in(mail) or "")
    return Outline(
        to=mail.to,
        subject=mail.subject,
        elements=shown.elements,
        properties=[re.split("[:;]", line)[0] for line in lines],
        organizers=[found[1] for line in lines if (found := _ORGANIZER.fullmatch(line))],
    ), shown


def _lines(calendar: str) -> list[str]:
    """Return the unfolded lines of a calendar, having seen that each is one."""
    lines = calendar.replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if _UNPRINTABLE.search(line)] == []
    return lines[:-1]


def headers_of(mail: Mail) -> Headers:
    """Return the headers of a mail as it arrives, and of each of its parts.

    SES makes the message; this is the same by the standard library.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = settings().sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message.set_content(mail.text, cte="base64")
    message.add_alternative(mail.html, subtype="html", cte="base64")
    calendar = calendar_in(mail)
    if calendar is not None:
        name = calendars.FILE_NAME
        file = calendar.encode()
        message.add_attachment(file, maintype="text", subtype="calendar", filename=name)
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"={part.get_content_subtype()}=")
    return [part.items() for part in message_from_bytes(bytes(message)).walk()]

"""A mail and its one look, as text and as HTML with every value escaped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from shared.documents import Document
from shared.settings import settings

_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_WEEKDAYS = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"]


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes | Document
    """The file itself, or the document whose file the postbox fetches once the mail is to go."""


@dataclass(frozen=True)
class Mail:
    """One mail to one address."""

    key: str
    """Names the mail for ever: whatever calls for it again finds that it was sent."""
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Link:
    """What the reader can open, always on the portal's own site."""

    label: str
    address: str


def portal() -> Link:
    """Return the link to the portal."""
    return Link("Открыть личный кабинет", f"{settings().site_address}/")


def compose(
    key: str,
    to: str,
    subject: str,
    paragraphs: Iterable[str],
    link: Link | None = None,
) -> Mail:
    """Give a mail the look of all mails; without a link of its own it leads to the portal."""
    said = ["Здравствуйте!", *paragraphs]
    signature = [settings().clinic_name, f"Регистратура: {settings().registry_phone}"]
    link = link or portal()
    text = "\n\n".join([*said, f"{link.label}:\n{link.address}", "\n".join(signature)]) + "\n"
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in said)
    html = (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="font-family:sans-serif;font-size:18px;line-height:1.5;max-width:36em">'
        f'{body}<p><a href="{escape(link.address)}">{escape(link.label)}</a></p>'
        f"<p>{'<br>'.join(escape(line) for line in signature)}</p></body></html>"
    )
    return Mail(key, to, subject, text, html)


def spoken_time(moment: datetime) -> str:
    """Say a moment in the clinic's time: `понедельник, 30 ноября 2026 года, 09:20 (UTC+03:00)`."""
    local = moment.astimezone(settings().zone)
    offset = f"{local:%z}"
    return (
        f"{_WEEKDAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year} года, "
        f"{local:%H:%M} (UTC{offset[:3]}:{offset[3:]})"
    )

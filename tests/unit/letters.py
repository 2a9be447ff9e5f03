"""Every change that a mail is about, and mails as the tests expect and read them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from typing import get_args

from shared import document_mails
from shared.accounts import Profile
from shared.changes import (
    AccountDeleted,
    AddressAskedAgain,
    AddressChanged,
    AddressChangeStarted,
    ConfirmationResent,
    ConfirmationsDue,
    DocumentDispatched,
    MailChange,
    PasswordChanged,
    ProfileChanged,
    RegistrationStarted,
    RelativeInvited,
    ResetRequested,
    TicketChanged,
    TicketEvent,
)
from shared.consents import Chase
from shared.districts import Doctor
from shared.mail import Mail
from shared.mails import mails_for
from shared.patients import Person
from shared.tickets import TicketStatus
from tests.unit.builders import (
    ACCOUNT_ID,
    ADDRESS_CHANGE,
    ANNA,
    BORIS,
    DOCTOR,
    DOCUMENT,
    EMAIL_KEY,
    NOW,
    PATIENT_ID,
    REGISTRATION,
    SITE,
    STRANGER_ID,
    TICKET,
)

EMAIL = "anna@example.com"
RESEND_ID, RESET_ID, INVITATION_ID = "1" * 32, "2" * 32, "3" * 32
EVENTS: tuple[TicketEvent, ...] = get_args(TicketEvent)
SIGNATURE = "Поликлиника № 1\nРегистратура: +7 495 000-00-00\n"
PORTAL = ("Открыть личный кабинет", f"{SITE}/")

REGISTERED = RegistrationStarted(REGISTRATION)
REGISTERED_TAKEN = RegistrationStarted(replace(REGISTRATION, address_taken=True))
RESENT = ConfirmationResent(REGISTRATION, RESEND_ID)
ASKED_AGAIN = AddressAskedAgain(EMAIL, RESEND_ID)
CHANGE_STARTED = AddressChangeStarted(ADDRESS_CHANGE, EMAIL)
CHANGE_STARTED_TAKEN = AddressChangeStarted(replace(ADDRESS_CHANGE, address_taken=True), EMAIL)
ADDRESS_CHANGED = AddressChanged(ACCOUNT_ID, EMAIL, "revision-1")
RESET_REQUESTED = ResetRequested(EMAIL_KEY, RESET_ID, EMAIL)
PASSWORD_CHANGED = PasswordChanged(ACCOUNT_ID, EMAIL, "revision-1")
DELETED = AccountDeleted(ACCOUNT_ID, EMAIL)
PROFILES = (
    Profile("consent_received", date(2026, 12, 2)),
    Profile("confirmed"),
    Profile("unconfirmed"),
)
CHASE = Chase(date(2026, 11, 30), due=3, overdue=1, first_due_on=date(2026, 11, 27))
CHASED = ConfirmationsDue(CHASE)
SENDING = replace(DOCUMENT, status="sending", dispatch_id="4" * 32)
DISPATCHED = DocumentDispatched(SENDING, EMAIL)


def invited(asking: Person | None = BORIS) -> RelativeInvited:
    """Return the change of an invitation by somebody."""
    return RelativeInvited(STRANGER_ID, PATIENT_ID, INVITATION_ID, EMAIL, asking)


def profile_changed(profile: Profile) -> ProfileChanged:
    """Return the change of a profile that leaves it so."""
    return ProfileChanged(ACCOUNT_ID, EMAIL, profile, "revision-1")


def ticket_changed(
    event: TicketEvent, person: Person = ANNA, doctor: Doctor = DOCTOR
) -> TicketChanged:
    """Return the change of a ticket as each event leaves it."""
    status: TicketStatus = "booked"
    if event in {"cancelled", "withdrawn"}:
        status = "cancelled" if event == "cancelled" else "withdrawn"
    ticket = replace(TICKET, status=status, sequence=0 if event == "taken" else 1)
    return TicketChanged(event, ticket, doctor, EMAIL, person)


Mailed = MailChange | DocumentDispatched
"""A change that calls for a mail."""

EVERY_CHANGE: list[Mailed] = [
    *(REGISTERED, REGISTERED_TAKEN, RESENT, ASKED_AGAIN, CHANGE_STARTED, CHANGE_STARTED_TAKEN),
    *(ADDRESS_CHANGED, RESET_REQUESTED, PASSWORD_CHANGED, DELETED, invited(), invited(None)),
    *map(profile_changed, PROFILES),
    *(CHASED, DISPATCHED),
    *map(ticket_changed, EVENTS),
]


def mails_of(change: Mailed) -> list[Mail]:
    """Return the mails that a change calls for: about an account, a ticket, or with a document."""
    if isinstance(change, DocumentDispatched):
        return [document_mails.mail_of(change)]
    return mails_for(change, NOW)


def calendar_in(mail: Mail) -> str | None:
    """Return the calendar file that goes with a mail, if one does."""
    files = [one.content for one in mail.attachments if one.media_type == "text/calendar"]
    return "".join(file.decode() for file in files if isinstance(file, bytes)) if files else None


def text_of(paragraphs: Sequence[str], link: tuple[str, str] = PORTAL) -> str:
    """Return the whole text of a mail that says this."""
    label, address = link
    return "\n\n".join(["Здравствуйте!", *paragraphs, f"{label}:\n{address}", SIGNATURE])


def html_of(subject: str, paragraphs: Sequence[str], link: tuple[str, str] = PORTAL) -> str:
    """Return the whole HTML of a mail that says this, in which nothing needs to be escaped."""
    label, address = link
    said = "</p><p>".join(["Здравствуйте!", *paragraphs])
    return (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">'
        f"<title>{subject}</title></head>"
        '<body style="font-family:sans-serif;font-size:18px;line-height:1.5;max-width:36em">'
        f'<p>{said}</p><p><a href="{address}">{label}</a></p>'
        "<p>Поликлиника № 1<br>Регистратура: +7 495 000-00-00</p></body></html>"
    )


@dataclass
class Shown:
    """What a browser makes of a document: its elements with their attributes, and its text."""

    elements: list[tuple[str, list[tuple[str, str | None]]]] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = Shown()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shown.elements.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.shown.elements.append((f"/{tag}", []))

    def handle_comment(self, data: str) -> None:
        self.shown.elements.append(("comment", [(data, None)]))

    def handle_decl(self, decl: str) -> None:
        self.shown.elements.append(("declaration", [(decl, None)]))

    def handle_pi(self, data: str) -> None:
        self.shown.elements.append(("instruction", [(data, None)]))

    def unknown_decl(self, data: str) -> None:
        self.shown.elements.append(("declaration", [(data, None)]))

    def handle_data(self, data: str) -> None:
        self.shown.text += data


def read_html(html: str) -> Shown:
    """Read a document the way a browser does."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.shown

"""The portal's mails: which change calls for which mail, and what it says.

Subjects are neutral: the very fact of a visit is a medical secret (323-FZ, article 13).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from shared.accounts import Registration
from shared.keyring import confirmation_token
from shared.patients import Person
from shared.settings import settings
from shared.tickets import Slot

_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_WEEKDAYS = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"]


@dataclass(frozen=True)
class Mail:
    """One mail to one address."""

    key: str
    """Names the mail for ever: whatever calls for it again finds that it was sent."""
    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class RegistrationStarted:
    """Somebody asked for an account with this address."""

    registration: Registration


@dataclass(frozen=True)
class TicketTaken:
    """A slot was booked; `email` is the booking account's, `person` the patient as typed there."""

    slot: Slot
    email: str
    person: Person


Change = RegistrationStarted | TicketTaken


def mails_for(change: Change) -> list[Mail]:
    """Return the mails that a committed change calls for."""
    if isinstance(change, RegistrationStarted):
        if change.registration.address_taken:
            return [_already_registered(change.registration)]
        return [_confirmation(change.registration)]
    return [_ticket(change)]


def _confirmation(registration: Registration) -> Mail:
    token = confirmation_token(registration.email_key, registration.registration_id)
    return _compose(
        key=f"confirmation#{registration.registration_id}",
        to=registration.email,
        subject="Подтвердите адрес электронной почты",
        paragraphs=[
            "Здравствуйте!",
            (
                "На этот адрес регистрируют личный кабинет. Чтобы подтвердить адрес, откройте "
                "ссылку и введите пароль, который Вы придумали при регистрации. "
                "Ссылка действует 24 часа."
            ),
            "Если Вы не регистрировались, ничего делать не нужно: без пароля ссылка бесполезна.",
        ],
        link=("Подтвердить адрес", f"{settings().site_address}/confirm.html#token={token}"),
    )


def _already_registered(registration: Registration) -> Mail:
    return _compose(
        key=f"already-registered#{registration.registration_id}",
        to=registration.email,
        subject="Этот адрес уже зарегистрирован",
        paragraphs=[
            "Здравствуйте!",
            (
                "Кто-то попытался зарегистрировать личный кабинет на этот адрес, но он уже занят "
                "кабинетом. Если это были Вы, войдите с прежним паролем; если Вы его не помните, "
                "позвоните в регистратуру."
            ),
            "Если это были не Вы, ничего делать не нужно: в Вашем кабинете ничего не изменилось.",
        ],
        link=("Открыть личный кабинет", f"{settings().site_address}/"),
    )


def _ticket(change: TicketTaken) -> Mail:
    slot, person = change.slot, change.person
    name = " ".join(filter(None, [person.last_name, person.first_name, person.middle_name]))
    return _compose(
        key=f"ticket#{slot.ticket_id}",
        to=change.email,
        subject="Запись подтверждена",
        paragraphs=[
            "Здравствуйте!",
            "Талон к участковому врачу взят.",
            f"Пациент: {name}.",
            f"Когда: {spoken_time(slot.starts_at)}.",
            f"Врач: {slot.doctor.name}, кабинет {slot.doctor.room}.",
            "Если планы изменились, позвоните в регистратуру: талон достанется другому.",
        ],
        link=("Открыть личный кабинет", f"{settings().site_address}/"),
    )


def spoken_time(moment: datetime) -> str:
    """Say a moment in the clinic's time: `понедельник, 30 ноября 2026 года, 09:20 (UTC+03:00)`."""
    local = moment.astimezone(settings().zone)
    offset = f"{local:%z}"
    return (
        f"{_WEEKDAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year} года, "
        f"{local:%H:%M} (UTC{offset[:3]}:{offset[3:]})"
    )


def _compose(
    key: str, to: str, subject: str, paragraphs: Iterable[str], link: tuple[str, str]
) -> Mail:
    """Give a mail the one look of all mails, as text and as HTML with every value escaped."""
    said = [*paragraphs]
    signature = [settings().clinic_name, f"Регистратура: {settings().registry_phone}"]
    label, address = link
    text = "\n\n".join([*said, f"{label}:\n{address}", "\n".join(signature)]) + "\n"
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in said)
    html = (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="font-family:sans-serif;font-size:18px;line-height:1.5;max-width:36em">'
        f'{body}<p><a href="{escape(address)}">{escape(label)}</a></p>'
        f"<p>{'<br>'.join(escape(line) for line in signature)}</p></body></html>"
    )
    return Mail(key, to, subject, text, html)

"""Mails about tickets: each says which ticket, and brings its calendar file up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.changes import TicketChanged, TicketEvent
from shared.mail import Attachment, Mail, compose, spoken_time

_IF_PLANS_CHANGE = (
    "Если планы изменились, отмените или перенесите талон в личном кабинете: время достанется "
    "другому."
)
_ANOTHER = "Взять другой талон можно в личном кабинете."
_SORRY = (
    "Просим прощения. Возьмите другой талон в личном кабинете или позвоните в регистратуру, "
    "её телефон в конце письма."
)
_TRANSFERRED = "Пациент теперь прикреплён к другому участку, и этот талон больше не действует."
_TAKE_ANOTHER = (
    "Возьмите талон к новому участковому врачу в личном кабинете или позвоните в регистратуру, её "
    "телефон в конце письма."
)
_ASK_AT_THE_REGISTRY = "Врача и кабинет скажут в регистратуре."


@dataclass(frozen=True)
class _Wording:
    subject: str
    first: str
    last: str


_WORDINGS: Mapping[TicketEvent, _Wording] = {
    "taken": _Wording("Запись подтверждена", "Талон к участковому врачу взят.", _IF_PLANS_CHANGE),
    "moved": _Wording("Запись перенесена", "Талон перенесён на другое время.", _IF_PLANS_CHANGE),
    "cancelled": _Wording("Запись отменена", "Талон отменён.", _ANOTHER),
    "withdrawn": _Wording(
        "К сожалению, запись отменена", "К сожалению, приём не состоится.", _SORRY
    ),
    "transferred": _Wording("К сожалению, запись отменена", _TRANSFERRED, _TAKE_ANOTHER),
    "tomorrow": _Wording("Напоминание о записи", "Напоминаем: завтра приём.", _IF_PLANS_CHANGE),
}


def mail_of(change: TicketChanged, now: datetime) -> Mail:
    """Return the one mail that a ticket's change calls for; `now` is when it is written."""
    ticket, person, doctor = change.ticket, change.person, change.doctor
    wording = _WORDINGS[change.event]
    name = " ".join(filter(None, [person.last_name, person.first_name, person.middle_name]))
    mail = compose(
        key=f"ticket#{change.event}#{ticket.ticket_id}#{ticket.sequence}",
        to=change.email,
        subject=wording.subject,
        paragraphs=[
            wording.first,
            f"Пациент: {name}.",
            f"Когда: {spoken_time(ticket.starts_at)}.",
            f"Врач: {doctor.name}, кабинет {doctor.room}." if doctor else _ASK_AT_THE_REGISTRY,
            wording.last,
        ],
    )
    from shared import calendars  # noqa: PLC0415 - a tenth of the start, and not every mail's

    file = calendars.calendar_of(ticket, doctor, now).encode()
    calendar = Attachment(calendars.FILE_NAME, calendars.MEDIA_TYPE, file)
    return replace(mail, attachments=(calendar,))

"""Mails about tickets: each says which ticket, and brings its calendar file up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.calendars import calendar_of
from shared.changes import TicketChanged, TicketEvent
from shared.mail import Mail, compose, spoken_time

_IF_PLANS_CHANGE = (
    "Если планы изменились, отмените или перенесите талон в личном кабинете: время достанется "
    "другому."
)
_ANOTHER = "Взять другой талон можно в личном кабинете."
_SORRY = (
    "Просим прощения. Возьмите другой талон в личном кабинете или позвоните в регистратуру, "
    "её телефон в конце письма."
)


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
            f"Врач: {doctor.name}, кабинет {doctor.room}.",
            wording.last,
        ],
    )
    return replace(mail, calendar=calendar_of(ticket, doctor, now))

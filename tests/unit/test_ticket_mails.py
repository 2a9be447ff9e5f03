"""The mails about tickets, word for word, each with the calendar file as it stands."""

from dataclasses import replace

import pytest

from shared.calendars import calendar_of
from shared.changes import TicketEvent
from shared.mail import Attachment
from shared.mails import mails_for
from tests.unit.builders import ANNA, DOCTOR, NOW, TICKET
from tests.unit.letters import EVENTS, html_of, text_of, ticket_changed

_WHAT = [
    "Пациент: Иванова Анна Сергеевна.",
    "Когда: понедельник, 30 ноября 2026 года, 09:20 (UTC+03:00).",
    "Врач: Смирнова Ольга Ивановна, кабинет 214.",
]
_IF_PLANS_CHANGE = (
    "Если планы изменились, отмените или перенесите талон в личном кабинете: время достанется "
    "другому."
)
_ANOTHER = "Взять другой талон можно в личном кабинете."
_SORRY = (
    "Просим прощения. Возьмите другой талон в личном кабинете или позвоните в регистратуру, её "
    "телефон в конце письма."
)
_TRANSFERRED = "Пациент теперь прикреплён к другому участку, и этот талон больше не действует."
_TAKE_ANOTHER = (
    "Возьмите талон к новому участковому врачу в личном кабинете или позвоните в регистратуру, её "
    "телефон в конце письма."
)


@pytest.mark.parametrize(
    "event, sequence, subject, first, last",
    [
        (
            *("taken", 0, "Запись подтверждена"),
            *("Талон к участковому врачу взят.", _IF_PLANS_CHANGE),
        ),
        (
            *("moved", 1, "Запись перенесена"),
            *("Талон перенесён на другое время.", _IF_PLANS_CHANGE),
        ),
        ("cancelled", 1, "Запись отменена", "Талон отменён.", _ANOTHER),
        (
            *("withdrawn", 1, "К сожалению, запись отменена"),
            *("К сожалению, приём не состоится.", _SORRY),
        ),
        ("transferred", 1, "К сожалению, запись отменена", _TRANSFERRED, _TAKE_ANOTHER),
        (
            *("tomorrow", 1, "Напоминание о записи"),
            *("Напоминаем: завтра приём.", _IF_PLANS_CHANGE),
        ),
    ],
)
def test_what_happened_to_a_ticket_is_told_whole(
    event: TicketEvent, sequence: int, subject: str, first: str, last: str
) -> None:
    change = ticket_changed(event)
    (mail,) = mails_for(change, NOW)
    assert mail.key == f"ticket#{event}#{TICKET.ticket_id}#{sequence}"
    assert (mail.to, mail.subject) == ("anna@example.com", subject)
    assert mail.text == text_of([first, *_WHAT, last])
    assert mail.html == html_of(subject, [first, *_WHAT, last])
    calendar = calendar_of(change.ticket, DOCTOR, NOW).encode()
    assert mail.attachments == (Attachment("ticket.ics", "text/calendar", calendar),)


def test_a_person_without_a_patronymic_is_named_without_a_gap() -> None:
    (mail,) = mails_for(ticket_changed("taken", replace(ANNA, middle_name=None)), NOW)
    assert "Талон к участковому врачу взят.\n\nПациент: Иванова Анна.\n" in mail.text


def test_each_change_of_a_ticket_has_a_mail_of_its_own() -> None:
    changes = [ticket_changed(event) for event in EVENTS]
    moved_again = replace(TICKET, sequence=2)
    changes.append(replace(ticket_changed("moved"), ticket=moved_again))
    sent = {mail.key for change in changes for mail in mails_for(change, NOW)}
    assert len(sent) == len(changes) == 7

"""Mails of what the desk does: to patients about their profiles, and to the desk about its queue.

Subjects are neutral, and no mail to the desk's own mailbox names a patient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared import changes
from shared.accounts import ProfileStatus
from shared.mail import Link, Mail, compose
from shared.settings import settings

_CALL_US = "Если Вы этого не ожидали, позвоните в регистратуру."


@dataclass(frozen=True)
class _Wording:
    subject: str
    first: str


_WORDINGS: Mapping[ProfileStatus, _Wording] = {
    "consent_received": _Wording(
        "Получено Ваше согласие",
        "Мы получили согласие на отправку документов на этот адрес.",
    ),
    "confirmed": _Wording(
        "Профиль подтверждён",
        "Ваш профиль подтверждён: документы, о которых Вы попросите, будут приходить сюда.",
    ),
    "unconfirmed": _Wording(
        "Профиль больше не подтверждён",
        "Согласие на отправку документов на этот адрес больше не действует, и документы сюда "
        "приходить не будут. Чтобы снова получать их, принесите в регистратуру новое согласие.",
    ),
}


def profile_changed(change: changes.ProfileChanged) -> list[Mail]:
    """Tell the patient what the desk did, and by which day it is to do the rest."""
    profile = change.profile
    wording = _WORDINGS[profile.status]
    due = profile.due_on
    until = [f"Профиль подтвердят не позднее {_spoken_day(due)}."] if due else []
    mail = compose(
        key=f"profile#{profile.status}#{change.account_id}#{change.revision}",
        to=change.email,
        subject=wording.subject,
        paragraphs=[wording.first, *until, _CALL_US],
    )
    return [mail]


def confirmations_due(change: changes.ConfirmationsDue) -> list[Mail]:
    """Warn the registry of the profiles that fall due, without a name."""
    chase = change.chase
    first = [f"Самый ранний срок: {_spoken_day(chase.first_due_on)}."] if chase.first_due_on else []
    mail = compose(
        key=f"chase#{chase.day}",
        to=settings().desk_email,
        subject="Профили ждут подтверждения",
        paragraphs=[
            f"До конца следующего рабочего дня нужно подтвердить профилей: {chase.due}.",
            f"Из них уже просрочено: {chase.overdue}.",
            *first,
        ],
        link=Link("Открыть портал", f"{settings().site_address}/"),
    )
    return [mail]


def _spoken_day(day: date) -> str:
    """Say a day as `05.11.2025`."""
    return f"{day:%d.%m.%Y}"

"""The mails of what the desk does, word for word: profiles, and the warning to the registry."""

from dataclasses import replace
from datetime import date

import pytest

from shared.accounts import Profile
from shared.changes import ConfirmationsDue
from shared.mail import Mail
from shared.mails import mails_for
from tests.unit.builders import ACCOUNT_ID, NOW, SITE
from tests.unit.letters import CHASE, PROFILES, html_of, profile_changed, text_of

_CALL_US = "Если Вы этого не ожидали, позвоните в регистратуру."
_RECEIVED, _CONFIRMED, _UNCONFIRMED = PROFILES
_PORTAL = ("Открыть портал", f"{SITE}/")


@pytest.mark.parametrize(
    "profile, subject, told",
    [
        (
            _RECEIVED,
            "Получено Ваше согласие",
            [
                "Мы получили согласие на отправку документов на этот адрес.",
                "Профиль подтвердят не позднее 02.12.2026.",
            ],
        ),
        (
            _CONFIRMED,
            "Профиль подтверждён",
            ["Ваш профиль подтверждён: документы, о которых Вы попросите, будут приходить сюда."],
        ),
        (
            _UNCONFIRMED,
            "Профиль больше не подтверждён",
            [
                (
                    "Согласие на отправку документов на этот адрес больше не действует, и "
                    "документы сюда приходить не будут. Чтобы снова получать их, принесите в "
                    "регистратуру новое согласие."
                )
            ],
        ),
    ],
)
def test_a_patient_is_told_what_the_desk_made_of_the_profile(
    profile: Profile, subject: str, told: list[str]
) -> None:
    said = [*told, _CALL_US]
    assert mails_for(profile_changed(profile), NOW) == [
        Mail(
            f"profile#{profile.status}#{ACCOUNT_ID}#revision-1",
            "anna@example.com",
            subject,
            text_of(said),
            html_of(subject, said),
        )
    ]


def _warning(*said: str) -> Mail:
    subject = "Профили ждут подтверждения"
    return Mail(
        "chase#2026-11-30",
        "registry@portal.example",
        subject,
        text_of(said, _PORTAL),
        html_of(subject, said, _PORTAL),
    )


def test_the_registry_is_told_how_many_profiles_wait_and_since_when() -> None:
    assert mails_for(ConfirmationsDue(CHASE), NOW) == [
        _warning(
            "До конца следующего рабочего дня нужно подтвердить профилей: 3.",
            "Из них уже просрочено: 1.",
            "Самый ранний срок: 27.11.2026.",
        )
    ]


def test_each_day_is_a_mail_of_its_own() -> None:
    later = ConfirmationsDue(replace(CHASE, day=date(2026, 12, 1)))
    (first,), (second,) = mails_for(ConfirmationsDue(CHASE), NOW), mails_for(later, NOW)
    assert first.key != second.key

"""The mails about accounts, word for word: which change calls for which, to whom, which link."""

import pytest

from shared.changes import RelativeInvited
from shared.keyring import token
from shared.mail import Mail
from shared.mails import mails_for
from tests.unit.builders import (
    ACCOUNT_ID,
    CHANGE_ID,
    EMAIL_KEY,
    NOW,
    PATIENT_ID,
    REGISTRATION_ID,
    SITE,
    STRANGER_ID,
)
from tests.unit.letters import (
    ADDRESS_CHANGED,
    ASKED_AGAIN,
    CHANGE_STARTED,
    CHANGE_STARTED_TAKEN,
    DELETED,
    INVITATION_ID,
    PASSWORD_CHANGED,
    PORTAL,
    REGISTERED,
    REGISTERED_TAKEN,
    RESEND_ID,
    RESENT,
    RESET_ID,
    RESET_REQUESTED,
    html_of,
    invited,
    text_of,
)


def _mail(
    key: str,
    to: str,
    subject: str,
    paragraphs: list[str],
    link: tuple[str, str] = PORTAL,
) -> Mail:
    """Return the mail that is expected, whole."""
    return Mail(key, to, subject, text_of(paragraphs, link), html_of(subject, paragraphs, link))


def _confirm(told: str) -> tuple[str, str]:
    return "Подтвердить адрес", f"{SITE}/confirm.html#token={told}"


def _confirmation(key: str) -> Mail:
    return _mail(
        key,
        "anna@example.com",
        "Подтвердите адрес электронной почты",
        [
            (
                "На этот адрес регистрируют личный кабинет. Чтобы подтвердить адрес, откройте "
                "ссылку и введите пароль, который Вы придумали при регистрации. "
                "Ссылка действует 24 часа."
            ),
            "Если Вы не регистрировались, ничего делать не нужно: без пароля ссылка бесполезна.",
        ],
        _confirm(token("confirm", EMAIL_KEY, REGISTRATION_ID)),
    )


def _taken(key: str, to: str = "anna@example.com") -> Mail:
    return _mail(
        key,
        to,
        "Этот адрес уже зарегистрирован",
        [
            (
                "Кто-то указал этот адрес, но у него уже есть личный кабинет. Если это были Вы, "
                "войдите с прежним паролем; если Вы его не помните, запросите новый на странице "
                "входа."
            ),
            "Если это были не Вы, ничего делать не нужно: в Вашем кабинете ничего не изменилось.",
        ],
    )


def _old_address_told() -> Mail:
    return _mail(
        f"address-change#{CHANGE_ID}",
        "anna@example.com",
        "Запрошена смена адреса",
        [
            (
                "Для Вашего личного кабинета запрошен другой адрес электронной почты. Пока новый "
                "адрес не подтверждён, действует прежний."
            ),
            (
                "Если это были не Вы, сразу запросите новый пароль: тогда новый адрес подтвердить "
                "не смогут. И позвоните в регистратуру."
            ),
        ],
    )


def _new_address_asked() -> Mail:
    return _mail(
        f"new-address#{CHANGE_ID}",
        "new@example.com",
        "Подтвердите новый адрес электронной почты",
        [
            (
                "Этот адрес указан как новый для личного кабинета. Чтобы подтвердить его, откройте "
                "ссылку и введите пароль от кабинета. Ссылка действует 24 часа."
            ),
            "Если Вы этого не просили, ничего делать не нужно: без пароля ссылка бесполезна.",
        ],
        _confirm(token("confirm", EMAIL_KEY, CHANGE_ID)),
    )


def _address_changed() -> Mail:
    return _mail(
        f"address-changed#{ACCOUNT_ID}#revision-1",
        "anna@example.com",
        "Адрес личного кабинета изменён",
        [
            (
                "У Вашего личного кабинета теперь другой адрес электронной почты; на этот адрес "
                "писем больше не будет. Если Ваш профиль был подтверждён, подтвердите его в "
                "регистратуре ещё раз."
            ),
            "Если это были не Вы, сразу позвоните в регистратуру.",
        ],
    )


def _reset() -> Mail:
    told = token("reset", EMAIL_KEY, RESET_ID)
    return _mail(
        f"reset#{RESET_ID}",
        "anna@example.com",
        "Новый пароль",
        [
            (
                "Чтобы задать новый пароль от личного кабинета, откройте ссылку. Она действует 30 "
                "минут и только один раз; следующая ссылка отменяет предыдущую."
            ),
            "Если Вы этого не просили, ничего делать не нужно: прежний пароль действует.",
        ],
        ("Задать новый пароль", f"{SITE}/reset.html#token={told}"),
    )


def _password_changed() -> Mail:
    return _mail(
        f"password-changed#{ACCOUNT_ID}#revision-1",
        "anna@example.com",
        "Пароль изменён",
        [
            "Пароль от Вашего личного кабинета изменён, и на других устройствах выполнен выход.",
            (
                "Если это были не Вы, сразу запросите новый пароль на странице входа и позвоните в "
                "регистратуру."
            ),
        ],
    )


def _deleted() -> Mail:
    return _mail(
        f"account-deleted#{ACCOUNT_ID}",
        "anna@example.com",
        "Личный кабинет удалён",
        [
            (
                "Ваш личный кабинет и его данные удалены. Предстоящие талоны возвращены, кроме "
                "талонов тех, о ком заботятся и из другого кабинета."
            ),
            "Если это были не Вы, сразу позвоните в регистратуру.",
        ],
    )


def _invitation(name: str) -> Mail:
    told = token("invite", STRANGER_ID, PATIENT_ID, INVITATION_ID)
    return _mail(
        f"invitation#{INVITATION_ID}",
        "anna@example.com",
        "Приглашение в состав семьи",
        [
            (
                f"{name} просит разрешения брать для Вас талоны и видеть Вашу запись в своём "
                "личном кабинете."
            ),
            (
                "Если Вы согласны, откройте ссылку и войдите в свой кабинет. Ссылка действует 7 "
                "дней. Разрешение можно отозвать в любое время."
            ),
            "Если Вы не согласны, ничего делать не нужно.",
        ],
        ("Ответить на приглашение", f"{SITE}/invitation.html#token={told}"),
    )


def test_a_registration_of_a_free_address_sends_the_link() -> None:
    assert mails_for(REGISTERED, NOW) == [_confirmation(f"confirmation#{REGISTRATION_ID}")]


def test_the_owner_of_a_taken_address_is_told_and_gets_no_token() -> None:
    (mail,) = mails_for(REGISTERED_TAKEN, NOW)
    assert mail == _taken(f"already-registered#{REGISTRATION_ID}")
    assert "token" not in mail.html + mail.text


def test_who_asks_for_the_confirmation_again_gets_the_same_link_in_a_mail_of_its_own() -> None:
    assert mails_for(RESENT, NOW) == [_confirmation(f"confirmation-again#{RESEND_ID}")]


def test_the_owner_of_an_address_that_is_asked_for_again_is_told_and_gets_no_token() -> None:
    assert mails_for(ASKED_AGAIN, NOW) == [_taken(f"already-confirmed#{RESEND_ID}")]


def test_of_a_new_address_the_old_one_is_told_and_the_new_one_asked() -> None:
    assert mails_for(CHANGE_STARTED, NOW) == [_old_address_told(), _new_address_asked()]


def test_of_a_new_address_that_is_taken_both_owners_are_told_and_nobody_is_asked() -> None:
    assert mails_for(CHANGE_STARTED_TAKEN, NOW) == [
        _old_address_told(),
        _taken(f"already-registered#{CHANGE_ID}", "new@example.com"),
    ]


def test_the_old_address_is_told_of_the_new_one_without_naming_it() -> None:
    (mail,) = mails_for(ADDRESS_CHANGED, NOW)
    assert mail == _address_changed()
    assert "new@example.com" not in mail.text


def test_the_old_address_is_not_told_which_one_is_asked_for() -> None:
    told_old, _ = mails_for(CHANGE_STARTED, NOW)
    assert "new@example.com" not in told_old.text + told_old.html


def test_a_new_password_is_called_for_by_a_link() -> None:
    assert mails_for(RESET_REQUESTED, NOW) == [_reset()]


def test_a_new_password_is_told_to_the_account() -> None:
    assert mails_for(PASSWORD_CHANGED, NOW) == [_password_changed()]


def test_the_end_of_an_account_is_told_to_its_address() -> None:
    assert mails_for(DELETED, NOW) == [_deleted()]


@pytest.mark.parametrize(
    "change, name",
    [(invited(), "Петров Борис"), (invited(None), "Пользователь личного кабинета")],
)
def test_an_adult_is_asked_by_the_name_that_the_register_confirms(
    change: RelativeInvited, name: str
) -> None:
    assert mails_for(change, NOW) == [_invitation(name)]

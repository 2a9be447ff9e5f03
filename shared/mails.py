"""The portal's mails: which change calls for which, and what those about accounts say.

Subjects are neutral: the very fact of a visit is a medical secret (323-FZ, article 13).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shared import changes, desk_mails, ticket_mails
from shared.accounts import AddressChange, Registration
from shared.changes import MailChange, TicketChanged
from shared.keyring import token
from shared.mail import Link, Mail, compose
from shared.settings import settings

_NOTHING_TO_DO = (
    "Если это были не Вы, ничего делать не нужно: в Вашем кабинете ничего не изменилось."
)
_CALL_US = "Если это были не Вы, сразу позвоните в регистратуру."


def mails_for(change: MailChange, now: datetime) -> list[Mail]:
    """Return the mails that a committed change calls for; `now` is when they are written."""
    if isinstance(change, TicketChanged):
        return [ticket_mails.mail_of(change, now)]
    return _WRITERS[type(change)](change)


def _page(name: str, told: str) -> str:
    """Return a page's address with a token in its fragment, which browsers send to no server."""
    return f"{settings().site_address}/{name}.html#token={told}"


def _registration(change: changes.RegistrationStarted) -> list[Mail]:
    registration = change.registration
    if registration.address_taken:
        return [_taken(f"already-registered#{registration.registration_id}", registration.email)]
    return [_confirmation(f"confirmation#{registration.registration_id}", registration)]


def _resent(change: changes.ConfirmationResent) -> list[Mail]:
    return [_confirmation(f"confirmation-again#{change.resend_id}", change.registration)]


def _asked_again(change: changes.AddressAskedAgain) -> list[Mail]:
    return [_taken(f"already-confirmed#{change.resend_id}", change.email)]


def _confirmation(key: str, registration: Registration) -> Mail:
    told = token("confirm", registration.email_key, registration.registration_id)
    return compose(
        key=key,
        to=registration.email,
        subject="Подтвердите адрес электронной почты",
        paragraphs=[
            (
                "На этот адрес регистрируют личный кабинет. Чтобы подтвердить адрес, откройте "
                "ссылку и введите пароль, который Вы придумали при регистрации. Ссылка действует "
                "24 часа."
            ),
            "Если Вы не регистрировались, ничего делать не нужно: без пароля ссылка бесполезна.",
        ],
        link=Link("Подтвердить адрес", _page("confirm", told)),
    )


def _taken(key: str, email: str) -> Mail:
    return compose(
        key=key,
        to=email,
        subject="Этот адрес уже зарегистрирован",
        paragraphs=[
            (
                "Кто-то указал этот адрес, но у него уже есть личный кабинет. Если это были Вы, "
                "войдите с прежним паролем; если Вы его не помните, запросите новый на странице "
                "входа."
            ),
            _NOTHING_TO_DO,
        ],
    )


def _address_change(started: changes.AddressChangeStarted) -> list[Mail]:
    """Ask the new address, and tell the old one."""
    change = started.change
    told_old = compose(
        key=f"address-change#{change.change_id}",
        to=started.old_email,
        subject="Запрошена смена адреса",
        paragraphs=[
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
    if change.address_taken:
        return [told_old, _taken(f"already-registered#{change.change_id}", change.email)]
    return [told_old, _new_address(change)]


def _new_address(change: AddressChange) -> Mail:
    told = token("confirm", change.email_key, change.change_id)
    return compose(
        key=f"new-address#{change.change_id}",
        to=change.email,
        subject="Подтвердите новый адрес электронной почты",
        paragraphs=[
            (
                "Этот адрес указан как новый для личного кабинета. Чтобы подтвердить его, "
                "откройте ссылку и введите пароль от кабинета. Ссылка действует 24 часа."
            ),
            "Если Вы этого не просили, ничего делать не нужно: без пароля ссылка бесполезна.",
        ],
        link=Link("Подтвердить адрес", _page("confirm", told)),
    )


def _address_changed(change: changes.AddressChanged) -> list[Mail]:
    mail = compose(
        key=f"address-changed#{change.account_id}#{change.revision}",
        to=change.old_email,
        subject="Адрес личного кабинета изменён",
        paragraphs=[
            (
                "У Вашего личного кабинета теперь другой адрес электронной почты; на этот адрес "
                "писем больше не будет. Если Ваш профиль был подтверждён, подтвердите его в "
                "регистратуре ещё раз."
            ),
            _CALL_US,
        ],
    )
    return [mail]


def _reset(change: changes.ResetRequested) -> list[Mail]:
    told = token("reset", change.email_key, change.reset_id)
    mail = compose(
        key=f"reset#{change.reset_id}",
        to=change.email,
        subject="Новый пароль",
        paragraphs=[
            (
                "Чтобы задать новый пароль от личного кабинета, откройте ссылку. Она действует "
                "30 минут и только один раз; следующая ссылка отменяет предыдущую."
            ),
            "Если Вы этого не просили, ничего делать не нужно: прежний пароль действует.",
        ],
        link=Link("Задать новый пароль", _page("reset", told)),
    )
    return [mail]


def _password_changed(change: changes.PasswordChanged) -> list[Mail]:
    mail = compose(
        key=f"password-changed#{change.account_id}#{change.revision}",
        to=change.email,
        subject="Пароль изменён",
        paragraphs=[
            "Пароль от Вашего личного кабинета изменён, и на других устройствах выполнен выход.",
            (
                "Если это были не Вы, сразу запросите новый пароль на странице входа и позвоните "
                "в регистратуру."
            ),
        ],
    )
    return [mail]


def _deleted(change: changes.AccountDeleted) -> list[Mail]:
    mail = compose(
        key=f"account-deleted#{change.account_id}",
        to=change.email,
        subject="Личный кабинет удалён",
        paragraphs=[
            (
                "Ваш личный кабинет и его данные удалены. Предстоящие талоны возвращены, кроме "
                "талонов тех, о ком заботятся и из другого кабинета."
            ),
            _CALL_US,
        ],
    )
    return [mail]


def _invitation(change: changes.RelativeInvited) -> list[Mail]:
    asking = change.asking
    name = "Пользователь личного кабинета"
    if asking is not None:
        name = " ".join(filter(None, [asking.last_name, asking.first_name, asking.middle_name]))
    told = token("invite", change.account_id, change.patient_id, change.invitation_id)
    mail = compose(
        key=f"invitation#{change.invitation_id}",
        to=change.email,
        subject="Приглашение в состав семьи",
        paragraphs=[
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
        link=Link("Ответить на приглашение", _page("invitation", told)),
    )
    return [mail]


_WRITERS: Mapping[type[MailChange], Callable[[Any], list[Mail]]] = {
    changes.RegistrationStarted: _registration,
    changes.ConfirmationResent: _resent,
    changes.AddressAskedAgain: _asked_again,
    changes.AddressChangeStarted: _address_change,
    changes.AddressChanged: _address_changed,
    changes.ResetRequested: _reset,
    changes.PasswordChanged: _password_changed,
    changes.AccountDeleted: _deleted,
    changes.RelativeInvited: _invitation,
    changes.ProfileChanged: desk_mails.profile_changed,
    changes.ConfirmationsDue: desk_mails.confirmations_due,
}

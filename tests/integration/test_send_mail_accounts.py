"""Mails about accounts: new passwords, new addresses, erasure and invitations."""

import re

import pytest

from shared import keys
from tests.integration.answers import call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_session,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    accept,
    add,
    dismiss,
    invitation,
    relatives,
    remove,
    renamed,
)
from tests.integration.rows import Rows
from tests.integration.sent_mails import Sent, deliver, send
from tests.integration.stream import Stream
from tests.integration.wire import Wire

NEW = "anna.new@example.com"
NEW_PASSWORD = "трамвай-без-рельсов"
OPEN_ACCOUNT = "Открыть личный кабинет:\nhttps://portal.example/\n\n"
SIGNATURE = "Поликлиника № 7\nРегистратура: +7 (000) 000-00-00\n"


@pytest.fixture
def stream(anna: SignedIn, rows: Rows) -> Stream:  # noqa: ARG001 - the stream begins behind her
    return Stream(rows)


def token_in(mail: Sent, page: str) -> str:
    """Return the token of the mail's link to a page of the site."""
    [told] = re.findall(rf"\nhttps://portal\.example/{page}\.html#token=(\S+)\n", mail.text)
    assert f'<a href="https://portal.example/{page}.html#token={told}">' in mail.html
    return str(told)


def ask_for_reset(email: str) -> None:
    assert call("request_reset", "POST", "/api/password-resets", {"email": email}).status == 202


def ask_for_address(who: SignedIn, email: str) -> None:
    body = {"email": email, "password": PASSWORD}
    answer = call("change_email", "PUT", "/api/account/email", body, cookie=who.cookie)
    assert answer.status == 202


def confirm(told: str) -> int:
    body = {"token": told, "password": PASSWORD}
    return call("confirm_email", "POST", "/api/email-confirmations", body).status


# ------------------------------------------------------------------------- passwords


def test_a_new_password_is_set_by_the_mailed_link_and_that_is_mailed_too(
    stream: Stream, wire: Wire
) -> None:
    ask_for_reset(ANNA.email)
    [mail] = deliver(wire, *stream.records())
    told = token_in(mail, "reset")
    assert (mail.to, mail.subject, mail.calendar) == (ANNA.email, "Новый пароль", None)
    body = {"token": told, "password": NEW_PASSWORD}
    assert call("reset_password", "PUT", "/api/password-resets", body).status == 204
    [noted] = deliver(wire, *stream.records())
    assert (noted.to, noted.subject) == (ANNA.email, "Пароль изменён")
    assert NEW_PASSWORD not in noted.text + mail.text


def test_a_reset_for_an_unknown_address_is_mailed_to_nobody(stream: Stream, wire: Wire) -> None:
    ask_for_reset("nobody@example.com")
    records = stream.records()
    assert records
    assert deliver(wire, *records) == []


def test_each_call_for_a_reset_is_a_mail_with_a_link_of_its_own(
    stream: Stream, wire: Wire, clock: Clock
) -> None:
    links = set()
    for _ in range(2):
        ask_for_reset(ANNA.email)
        records = stream.records()
        [mail] = deliver(wire, *records, *records)
        links.add(token_in(mail, "reset"))
        clock.move(minutes=2)
    assert len(links) == 2


def test_a_changed_password_is_mailed_once(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    path = "/api/account/password"
    assert call("change_password", "PUT", path, body, cookie=anna.cookie).status == 204
    records = stream.records()
    [mail] = deliver(wire, *records, *records)
    assert mail.text == (
        "Здравствуйте!\n\n"
        "Пароль от Вашего личного кабинета изменён, и на других устройствах выполнен выход.\n\n"
        "Если это были не Вы, сразу запросите новый пароль на странице входа и позвоните в "
        f"регистратуру.\n\n{OPEN_ACCOUNT}{SIGNATURE}"
    )


def test_a_sign_in_is_not_mailed(anna: SignedIn, stream: Stream, wire: Wire) -> None:
    open_session(anna)
    records = stream.records()
    assert deliver(wire, *records) == send(wire, *records) == []


# ------------------------------------------------------------------------- addresses


def test_a_new_address_is_asked_and_the_old_one_is_told_before_and_after(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    ask_for_address(anna, NEW)
    told_old, asked_new = deliver(wire, *stream.records())
    assert (told_old.to, told_old.subject) == (ANNA.email, "Запрошена смена адреса")
    assert told_old.text == (
        "Здравствуйте!\n\n"
        "Для Вашего личного кабинета запрошен другой адрес электронной почты. Пока новый адрес не "
        "подтверждён, действует прежний.\n\n"
        "Если это были не Вы, сразу запросите новый пароль: тогда новый адрес подтвердить не "
        f"смогут. И позвоните в регистратуру.\n\n{OPEN_ACCOUNT}{SIGNATURE}"
    )
    assert (asked_new.to, asked_new.subject) == (NEW, "Подтвердите новый адрес электронной почты")
    assert confirm(token_in(asked_new, "confirm")) == 201
    [changed] = deliver(wire, *stream.records())
    assert (changed.to, changed.subject) == (ANNA.email, "Адрес личного кабинета изменён")
    assert NEW not in told_old.text + changed.text


def test_a_taken_address_as_the_new_one_gets_no_link(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    attach(BORIS)
    open_account(BORIS)
    stream.records()
    ask_for_address(anna, BORIS.email)
    told_old, told_owner = deliver(wire, *stream.records())
    assert (told_old.to, told_owner.to) == (ANNA.email, BORIS.email)
    assert told_owner.subject == "Этот адрес уже зарегистрирован"
    assert "#token" not in told_owner.text + told_owner.html


def test_an_erased_account_is_told_so_at_its_last_address(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    body = {"password": PASSWORD}
    assert call("delete_account", "DELETE", "/api/account", body, cookie=anna.cookie).status == 204
    records = stream.records()
    [mail] = deliver(wire, *records, *records)
    assert (mail.to, mail.subject) == (ANNA.email, "Личный кабинет удалён")
    assert "Ваш личный кабинет и его данные удалены. Предстоящие талоны возвращены" in mail.text


# ----------------------------------------------------------------------- invitations


@pytest.fixture
def galina(anna: SignedIn, stream: Stream) -> SignedIn:  # noqa: ARG001 - the district is open
    """Open the grandmother's own account behind the stream's back."""
    attach(GALINA)
    opened = open_account(GALINA)
    stream.records()
    return opened


def test_an_adult_is_asked_by_mail_and_the_mailed_link_accepts(
    anna: SignedIn, galina: SignedIn, stream: Stream, wire: Wire
) -> None:
    add(anna, GALINA)
    records = stream.records()
    [mail] = deliver(wire, *records, *records)
    told = token_in(mail, "invitation")
    assert (mail.to, mail.subject) == (GALINA.email, "Приглашение в состав семьи")
    assert mail.text == (
        "Здравствуйте!\n\n"
        "Иванова Анна Петровна просит разрешения брать для Вас талоны и видеть Вашу запись в "
        "своём личном кабинете.\n\n"
        "Если Вы согласны, откройте ссылку и войдите в свой кабинет. Ссылка действует 7 дней. "
        "Разрешение можно отозвать в любое время.\n\n"
        "Если Вы не согласны, ничего делать не нужно.\n\n"
        f"Ответить на приглашение:\nhttps://portal.example/invitation.html#token={told}\n\n"
        f"{SIGNATURE}"
    )
    assert accept(galina, told).status == 204
    assert relatives(anna) == [galina.patient_id]
    answered = stream.records()
    assert deliver(wire, *answered) == send(wire, *answered) == []


def test_who_asks_is_named_only_where_the_register_confirms_the_name(
    galina: SignedIn, stream: Stream, wire: Wire
) -> None:
    boris = open_account(BORIS, person=renamed(BORIS, "Позвоните по номеру"))
    stream.records()
    add_relative(boris, GALINA)
    [mail] = deliver(wire, *stream.records())
    assert "\n\nПользователь личного кабинета просит разрешения" in mail.text
    assert "Позвоните" not in mail.text + mail.html
    assert mail.to == GALINA.email
    assert galina.patient_id == GALINA.patient_id


def test_an_import_asks_once_and_each_new_question_is_a_mail_of_its_own(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    add_relative(anna, GALINA)
    open_account(GALINA)
    stream.records()
    attach(GALINA)
    first = deliver(wire, *stream.records())
    for district_id in ("a1", "a2", "a1"):
        attach(GALINA, district_id)
        records = stream.records()
        assert deliver(wire, *records) == [] if records else True
    add(anna, GALINA)
    second = deliver(wire, *stream.records())
    assert [mail.subject for mail in first + second] == ["Приглашение в состав семьи"] * 2
    assert token_in(first[0], "invitation") != token_in(second[0], "invitation")


def test_nobody_is_asked_about_a_relative_who_needs_no_asking(
    anna: SignedIn, stream: Stream, wire: Wire
) -> None:
    attach(GALINA)
    add(anna, GALINA)
    records = stream.records()
    assert send(wire, *records) == []


@pytest.mark.parametrize("gone", ["asking", "asked"])
def test_nobody_is_asked_where_either_has_gone_since(
    galina: SignedIn, stream: Stream, wire: Wire, rows: Rows, gone: str
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    stream.records()
    add_relative(boris, GALINA)
    records = stream.records()
    rows.remove(keys.account(galina.account_id if gone == "asked" else boris.account_id))
    assert deliver(wire, *records) == []


def test_another_change_of_a_claim_does_not_ask_again(
    anna: SignedIn, galina: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    add(anna, GALINA)
    stream.records()
    rows.change(keys.claim(anna.account_id, galina.patient_id), policy_last4="0000")
    assert deliver(wire, *stream.records()) == []


def test_a_question_that_ended_is_not_mailed_again(
    anna: SignedIn, galina: SignedIn, stream: Stream, wire: Wire, rows: Rows
) -> None:
    add(anna, GALINA)
    deliver(wire, *stream.records())
    accept(galina, invitation(rows, anna, GALINA.patient_id))
    dismiss(galina, anna.account_id)
    remove(anna, GALINA.patient_id)
    records = stream.records()
    assert records
    assert send(wire, *records) == []

"""Mails about profiles: what the desk records, confirms or ends is told to the patient, once."""

import pytest

from tests.integration.clinic import (
    ANNA,
    BORIS,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    change_password,
    open_session,
    token_of,
)
from tests.integration.desk import Clerk, open_desk
from tests.integration.desk_profiles import confirm, record, withdraw
from tests.integration.family_people import parents_of
from tests.integration.rows import Rows
from tests.integration.sent_mails import Sent, deliver, send
from tests.integration.stream import Stream
from tests.integration.test_confirm_email import confirm as confirm_address
from tests.integration.test_delete_account import delete
from tests.integration.wire import Wire

NEW = "anna.new@example.com"
RECEIVED, CONFIRMED = "Получено Ваше согласие", "Профиль подтверждён"
UNCONFIRMED = "Профиль больше не подтверждён"
END = (
    "Если Вы этого не ожидали, позвоните в регистратуру.\n\n"
    "Открыть личный кабинет:\nhttps://portal.example/\n\n"
    "Поликлиника № 7\nРегистратура: +7 (000) 000-00-00\n"
)

pytestmark = pytest.mark.usefixtures("argon")


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


@pytest.fixture
def stream(anna: SignedIn, clerk: Clerk, rows: Rows) -> Stream:  # noqa: ARG001 - begins behind both
    return Stream(rows)


def news(stream: Stream, wire: Wire) -> list[tuple[str, str]]:
    """Hand all that happened to the mail function twice; return what was sent, to whom."""
    records = stream.records()
    return [(mail.to, mail.subject) for mail in deliver(wire, *records, *records)]


def only(stream: Stream, wire: Wire) -> Sent:
    [mail] = deliver(wire, *stream.records())
    return mail


def test_each_step_of_the_desk_is_told_in_words(
    anna: SignedIn, clerk: Clerk, stream: Stream, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    mail = only(stream, wire)
    assert (mail.to, mail.subject) == (ANNA.email, RECEIVED)
    assert mail.text == (
        "Здравствуйте!\n\nМы получили согласие на отправку документов на этот адрес.\n\n"
        f"Профиль подтвердят не позднее 26.11.2026.\n\n{END}"
    )
    confirm(clerk, anna.account_id)
    mail = only(stream, wire)
    assert (mail.to, mail.subject) == (ANNA.email, CONFIRMED)
    assert mail.text == (
        "Здравствуйте!\n\nВаш профиль подтверждён: документы, о которых Вы попросите, будут "
        f"приходить сюда.\n\n{END}"
    )
    withdraw(clerk, anna.patient_id)
    mail = only(stream, wire)
    assert (mail.to, mail.subject) == (ANNA.email, UNCONFIRMED)
    assert mail.text == (
        "Здравствуйте!\n\nСогласие на отправку документов на этот адрес больше не действует, и "
        "документы сюда приходить не будут. Чтобы снова получать их, принесите в регистратуру "
        f"новое согласие.\n\n{END}"
    )


def test_each_change_is_told_once_and_the_same_one_later_again(
    anna: SignedIn, clerk: Clerk, stream: Stream, wire: Wire
) -> None:
    for _ in range(2):
        record(clerk, anna.patient_id)
        assert news(stream, wire) == [(ANNA.email, RECEIVED)]
        withdraw(clerk, anna.patient_id)
        assert news(stream, wire) == [(ANNA.email, UNCONFIRMED)]


def test_what_leaves_the_profile_as_it_was_is_not_told(
    anna: SignedIn, clerk: Clerk, stream: Stream, wire: Wire
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    record(clerk, anna.patient_id)
    stream.records()
    record(clerk, anna.patient_id)
    record(clerk, anna.patient_id, document_number="С-18/2026")
    record(clerk, vera)
    withdraw(clerk, vera)
    open_session(anna)
    records = stream.records()
    assert deliver(wire, *records) == send(wire, *records) == []


def test_the_parent_who_loses_the_childs_consent_is_told_and_the_other_one_too(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    both = parents_of(VERA)
    record(clerk, both.child)
    stream = Stream(rows)
    record(clerk, both.child, BORIS.email)
    assert sorted(news(stream, wire)) == [(ANNA.email, UNCONFIRMED), (BORIS.email, RECEIVED)]


def test_a_new_address_is_told_as_such_and_the_lapsed_profile_with_it(
    anna: SignedIn, clerk: Clerk, stream: Stream, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    confirm(clerk, anna.account_id)
    change = ask_for_address(anna, NEW)
    stream.records()
    confirm_address(token_of(change))
    mail = only(stream, wire)
    assert (mail.to, mail.subject) == (ANNA.email, "Адрес личного кабинета изменён")
    assert "подтвердите его в регистратуре ещё раз" in mail.text
    record(clerk, anna.patient_id, NEW)
    assert news(stream, wire) == [(NEW, RECEIVED)]


def test_a_new_password_is_told_as_such(
    anna: SignedIn, clerk: Clerk, stream: Stream, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    stream.records()
    change_password(anna)
    assert news(stream, wire) == [(ANNA.email, "Пароль изменён")]


def test_an_erased_account_is_told_of_its_erasure_only(
    anna: SignedIn, clerk: Clerk, stream: Stream, wire: Wire
) -> None:
    record(clerk, anna.patient_id)
    stream.records()
    delete(anna.cookie)
    assert news(stream, wire) == [(ANNA.email, "Личный кабинет удалён")]

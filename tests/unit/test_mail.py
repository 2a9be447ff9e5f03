"""The three mails, word for word; their subjects give nothing away, and no name becomes markup."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, strategies as st

from shared.ids import TicketId
from shared.keyring import confirmation_token
from shared.mail import Change, Mail, RegistrationStarted, TicketTaken, mails_for, spoken_time
from shared.settings import settings
from tests.unit.builders import (
    ANNA,
    DOCTOR,
    EMAIL_KEY,
    PATIENT_ID,
    REGISTRATION,
    REGISTRATION_ID,
    SLOT,
    STARTS_AT,
)

BOOKED = replace(SLOT, status="booked", ticket_id=TicketId("ticket-1"), patient_id=PATIENT_ID)
ALL_CHANGES: list[Change] = [
    RegistrationStarted(REGISTRATION),
    RegistrationStarted(replace(REGISTRATION, address_taken=True)),
    TicketTaken(BOOKED, "anna@example.com", ANNA),
]


def _mail(change: Change) -> Mail:
    (mail,) = mails_for(change)
    return mail


def test_a_registration_of_a_free_address_sends_the_link() -> None:
    mail = _mail(RegistrationStarted(REGISTRATION))
    token = confirmation_token(EMAIL_KEY, REGISTRATION_ID)
    assert mail.key == f"confirmation#{REGISTRATION_ID}"
    assert mail.to == "anna@example.com"
    assert mail.subject == "Подтвердите адрес электронной почты"
    assert mail.text == (
        "Здравствуйте!\n\n"
        "На этот адрес регистрируют личный кабинет. Чтобы подтвердить адрес, откройте ссылку "
        "и введите пароль, который Вы придумали при регистрации. Ссылка действует 24 часа.\n\n"
        "Если Вы не регистрировались, ничего делать не нужно: без пароля ссылка бесполезна.\n\n"
        "Подтвердить адрес:\n"
        f"https://clinic.example/confirm.html#token={token}\n\n"
        "Поликлиника № 1\n"
        "Регистратура: +7 495 000-00-00\n"
    )


def test_the_token_stands_in_the_fragment_which_no_server_is_told() -> None:
    mail = _mail(RegistrationStarted(REGISTRATION))
    token = confirmation_token(EMAIL_KEY, REGISTRATION_ID)
    address = f"https://clinic.example/confirm.html#token={token}"
    assert f'<a href="{address}">Подтвердить адрес</a>' in mail.html
    assert mail.html.count(token) == mail.text.count(token) == 1


def test_the_owner_of_a_taken_address_is_told_and_gets_no_token() -> None:
    mail = _mail(RegistrationStarted(replace(REGISTRATION, address_taken=True)))
    assert mail.key == f"already-registered#{REGISTRATION_ID}"
    assert mail.to == "anna@example.com"
    assert mail.subject == "Этот адрес уже зарегистрирован"
    assert mail.text == (
        "Здравствуйте!\n\n"
        "Кто-то попытался зарегистрировать личный кабинет на этот адрес, но он уже занят "
        "кабинетом. Если это были Вы, войдите с прежним паролем; если Вы его не помните, "
        "позвоните в регистратуру.\n\n"
        "Если это были не Вы, ничего делать не нужно: в Вашем кабинете ничего не изменилось.\n\n"
        "Открыть личный кабинет:\n"
        "https://clinic.example/\n\n"
        "Поликлиника № 1\n"
        "Регистратура: +7 495 000-00-00\n"
    )
    assert "token" not in mail.html


def test_a_ticket_is_mailed_with_its_time_and_doctor() -> None:
    mail = _mail(TicketTaken(BOOKED, "anna@example.com", ANNA))
    assert mail.key == "ticket#ticket-1"
    assert mail.to == "anna@example.com"
    assert mail.subject == "Запись подтверждена"
    assert mail.text == (
        "Здравствуйте!\n\n"
        "Талон к участковому врачу взят.\n\nПациент: Иванова Анна Сергеевна.\n\n"
        "Когда: понедельник, 30 ноября 2026 года, 09:20 (UTC+03:00).\n\n"
        "Врач: Смирнова Ольга Ивановна, кабинет 214.\n\n"
        "Если планы изменились, позвоните в регистратуру: талон достанется другому.\n\n"
        "Открыть личный кабинет:\n"
        "https://clinic.example/\n\n"
        "Поликлиника № 1\n"
        "Регистратура: +7 495 000-00-00\n"
    )


def test_a_person_without_a_patronymic_is_named_without_a_gap() -> None:
    mail = _mail(TicketTaken(BOOKED, "anna@example.com", replace(ANNA, middle_name=None)))
    assert "Талон к участковому врачу взят.\n\nПациент: Иванова Анна.\n" in mail.text


@pytest.mark.parametrize("change", ALL_CHANGES)
def test_no_subject_says_who_sees_which_doctor_when(change: Change) -> None:
    said = _mail(change).subject
    secrets = [*vars(ANNA).values(), DOCTOR.name, "врач", "талон", "при", "поликлиник", "09:20"]
    assert [secret for secret in secrets if str(secret).lower() in said.lower()] == []


@pytest.mark.parametrize("change", ALL_CHANGES)
def test_the_text_and_the_html_of_a_mail_say_the_same(change: Change) -> None:
    mail = _mail(change)
    shown = _Reader.of(mail.html)
    for line in mail.text.splitlines():
        if not line.startswith("https://"):
            assert line.removesuffix(":") in "".join(shown.text)


def test_the_same_change_calls_for_the_same_mail_again() -> None:
    for change in ALL_CHANGES:
        assert mails_for(change) == mails_for(change)


@pytest.mark.parametrize(
    "zone, moment, spoken",
    [
        ("Europe/Moscow", STARTS_AT, "понедельник, 30 ноября 2026 года, 09:20 (UTC+03:00)"),
        ("Asia/Kolkata", STARTS_AT, "понедельник, 30 ноября 2026 года, 11:50 (UTC+05:30)"),
        (
            "Europe/Moscow",
            datetime(2026, 12, 31, 21, 5, tzinfo=UTC),
            "пятница, 1 января 2027 года, 00:05 (UTC+03:00)",
        ),
        (
            "America/St_Johns",
            datetime(2027, 1, 1, 3, 0, tzinfo=UTC),
            "четверг, 31 декабря 2026 года, 23:30 (UTC-03:30)",
        ),
        (
            "Europe/Berlin",
            datetime(2026, 7, 5, 7, 20, tzinfo=UTC),
            "воскресенье, 5 июля 2026 года, 09:20 (UTC+02:00)",
        ),
    ],
)
def test_a_time_is_said_on_the_clinics_clock_with_its_offset(
    zone: str, moment: datetime, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_TIME_ZONE", zone)
    settings.cache_clear()
    assert spoken_time(moment) == spoken


class _Reader(HTMLParser):
    """Notes the elements of a document with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text: list[str] = []

    @classmethod
    def of(cls, html: str) -> "_Reader":
        reader = cls()
        reader.feed(html)
        reader.close()
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}", []))

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", [(data, None)]))

    def handle_decl(self, decl: str) -> None:
        self.elements.append(("declaration", [(decl, None)]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


_hostile = st.text() | st.lists(
    st.sampled_from(
        ["<", ">", "&", '"', "'", "script", "<b>", "-->", "<!--", "&lt;", "]]>", "</p>"]
    )
).map("".join)


@given(_hostile, _hostile, _hostile)
def test_no_name_becomes_markup(last_name: str, first_name: str, middle_name: str) -> None:
    named = replace(ANNA, last_name=last_name, first_name=first_name, middle_name=middle_name)
    mail = _mail(TicketTaken(BOOKED, "anna@example.com", named))
    plain = _mail(TicketTaken(BOOKED, "anna@example.com", ANNA))
    shown = _Reader.of(mail.html)
    assert shown.elements == _Reader.of(plain.html).elements
    assert " ".join(filter(None, [last_name, first_name, middle_name])) in "".join(shown.text)


def test_what_the_clinic_says_of_itself_is_escaped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_NAME", "Поликлиника <b>№ 1</b>")
    monkeypatch.setenv("SITE_ADDRESS", 'https://clinic.example?"><i>')
    settings.cache_clear()
    html = _mail(RegistrationStarted(REGISTRATION)).html
    assert "<title>Подтвердите адрес электронной почты</title>" in html
    assert "Поликлиника &lt;b&gt;№ 1&lt;/b&gt;" in html
    assert "https://clinic.example?&quot;&gt;&lt;i&gt;/confirm.html#token=" in html

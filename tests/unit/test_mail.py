"""The one look of all mails, and how a time is said; nothing that is said becomes markup."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from shared.mail import Link, Mail, compose, portal, spoken_time
from shared.settings import settings
from tests.unit.builders import SITE, STARTS_AT
from tests.unit.letters import html_of, read_html, text_of

LINK = Link("Задать новый пароль", f"{SITE}/reset.html#token=a.b")


def _composed(*paragraphs: str, link: Link | None = None) -> Mail:
    return compose("key#1", "anna@example.com", "Новый пароль", paragraphs, link)


def test_a_mail_is_composed_whole_as_text_and_as_html() -> None:
    told = (LINK.label, LINK.address)
    assert _composed("Первое.", "Второе.", link=LINK) == Mail(
        key="key#1",
        to="anna@example.com",
        subject="Новый пароль",
        text=text_of(["Первое.", "Второе."], told),
        html=html_of("Новый пароль", ["Первое.", "Второе."], told),
        attachments=(),
    )


def test_a_mail_reads_like_this() -> None:
    mail = _composed("Первое.", link=LINK)
    assert mail.text == (
        "Здравствуйте!\n\n"
        "Первое.\n\n"
        "Задать новый пароль:\n"
        "https://clinic.example/reset.html#token=a.b\n\n"
        "Поликлиника № 1\n"
        "Регистратура: +7 495 000-00-00\n"
    )
    assert mail.html == (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">'
        "<title>Новый пароль</title></head>"
        '<body style="font-family:sans-serif;font-size:18px;line-height:1.5;max-width:36em">'
        "<p>Здравствуйте!</p><p>Первое.</p>"
        '<p><a href="https://clinic.example/reset.html#token=a.b">Задать новый пароль</a></p>'
        "<p>Поликлиника № 1<br>Регистратура: +7 495 000-00-00</p></body></html>"
    )


def test_without_a_link_of_its_own_a_mail_leads_to_the_portal() -> None:
    assert portal() == Link("Открыть личный кабинет", "https://clinic.example/")
    assert _composed("Первое.") == _composed("Первое.", link=portal())


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


_hostile = st.text() | st.lists(
    st.sampled_from(
        ["<", ">", "&", '"', "'", "script", "<b>", "-->", "<!--", "&lt;", "]]>", "</p>"]
    )
).map("".join)


@given(_hostile, _hostile, _hostile)
def test_nothing_that_is_said_becomes_markup(paragraph: str, label: str, path: str) -> None:
    address = f"{SITE}/{path}"
    mail = _composed(paragraph, link=Link(label, address))
    shown, plain = read_html(mail.html), read_html(_composed("Первое.", link=LINK).html)
    of_links = [("a", [("href", given)]) for given in (LINK.address, address)]
    expected = [of_links[1] if one == of_links[0] else one for one in plain.elements]
    assert shown.elements == expected
    assert shown.text == (
        f"Новый парольЗдравствуйте!{paragraph}{label}Поликлиника № 1Регистратура: +7 495 000-00-00"
    )


def test_what_the_clinic_says_of_itself_is_escaped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_NAME", "Поликлиника <b>№ 1</b>")
    monkeypatch.setenv("SITE_ADDRESS", 'https://clinic.example?"><i>')
    settings.cache_clear()
    html = _composed("Первое.").html
    assert "<title>Новый пароль</title>" in html
    assert "Поликлиника &lt;b&gt;№ 1&lt;/b&gt;" in html
    assert '<a href="https://clinic.example?&quot;&gt;&lt;i&gt;/">' in html

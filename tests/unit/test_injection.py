"""No name becomes a header, an element or a line of a calendar, in any mail that shows it."""

from datetime import date
from functools import cache

import pytest
from hypothesis import example, given, settings as profile, strategies as st
from icalendar import Timezone

from shared.changes import TicketEvent
from shared.districts import Doctor
from shared.forms import PersonForm
from shared.mail import Mail
from shared.patients import Person
from shared.settings import settings
from tests.unit.builders import ANNA, POLICY
from tests.unit.hostile import Headers, Outline, headers_of, hostile, outline, typed
from tests.unit.letters import EVENTS, EVERY_CHANGE, Mailed, invited, mails_of, ticket_changed

_thoroughly = profile(max_examples=300, deadline=None)
_names = st.tuples(typed, typed, st.none() | typed)
"""Last name, first name and patronymic: each of them anew in every example."""


@pytest.fixture(autouse=True)
def _one_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the zone's history once: it says nothing of anybody, and takes most of the time."""
    zone = Timezone.from_tzid("Europe/Moscow", first_date=date(2026, 1, 1))
    monkeypatch.setattr(Timezone, "from_tzid", lambda *_, **__: zone)


def _person(names: tuple[str, str, str | None]) -> Person:
    """Return a person of whom the form takes these names."""
    form = dict(zip(("last_name", "first_name", "middle_name"), names, strict=True))
    form |= {"policy_number": POLICY, "birth_date": str(ANNA.birth_date)}
    return PersonForm.model_validate(form).person()


def _full_name(person: Person) -> str:
    return " ".join(filter(None, [person.last_name, person.first_name, person.middle_name]))


@cache
def _harmless(change: Mailed) -> list[tuple[Outline, Headers]]:
    """Return what the mails are made of where every name is a plain one."""
    return [(outline(mail)[0], headers_of(mail)) for mail in mails_of(change)]


def _check(mail: Mail, plain: Outline, *told: str) -> None:
    """See that a mail is made like a harmless one, and says the texts as they were written."""
    found, shown = outline(mail)
    assert found == plain
    assert (mail.to + mail.subject).isprintable()
    assert [text for text in told if text not in mail.text] == []
    assert [text for text in told if text not in shown.text] == []


@_thoroughly
@given(_names, st.sampled_from(EVENTS))
def test_a_patients_names_are_names_in_every_mail_about_a_ticket(
    names: tuple[str, str, str | None], sent: TicketEvent
) -> None:
    person = _person(names)
    for event in EVENTS:
        (plain, headers), *_ = _harmless(ticket_changed(event))
        (mail,) = mails_of(ticket_changed(event, person))
        _check(mail, plain, f"Пациент: {_full_name(person)}.")
        assert event != sent or headers_of(mail) == headers


@_thoroughly
@given(_names)
def test_the_names_of_who_asks_are_names_in_an_invitation(
    names: tuple[str, str, str | None],
) -> None:
    person = _person(names)
    (plain, headers), *_ = _harmless(invited())
    (mail,) = mails_of(invited(person))
    _check(mail, plain, f"{_full_name(person)} просит разрешения брать для Вас талоны")
    assert headers_of(mail) == headers


@_thoroughly
@given(hostile, hostile, st.sampled_from(EVENTS))
@example("\r\nBEGIN:VALARM", "\x0b\x85\u2028", "taken")
def test_what_the_desk_writes_of_a_doctor_is_text_in_every_mail_and_calendar(
    name: str, room: str, sent: TicketEvent
) -> None:
    for event in EVENTS:
        (plain, headers), *_ = _harmless(ticket_changed(event))
        (mail,) = mails_of(ticket_changed(event, doctor=Doctor(name, room)))
        _check(mail, plain, f"Врач: {name}, кабинет {room}.")
        assert event != sent or headers_of(mail) == headers


@_thoroughly
@given(hostile.filter(lambda text: "\0" not in text), st.sampled_from(EVERY_CHANGE))
@example("\r\nBEGIN:VALARM", ticket_changed("taken"))
@example('";X-A=b:c\x1b\u2028', ticket_changed("cancelled"))
def test_what_the_clinic_is_called_is_text_in_every_mail_and_calendar(
    name: str, change: Mailed
) -> None:
    harmless = _harmless(change)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLINIC_NAME", name)
        settings.cache_clear()
        mails = mails_of(change)
    settings.cache_clear()
    for mail, (plain, headers) in zip(mails, harmless, strict=True):
        _check(mail, plain, name)
        assert headers_of(mail) == headers

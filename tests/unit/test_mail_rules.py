"""What holds for every mail: a neutral subject, links to the portal only, one look."""

from typing import get_args
from urllib.parse import urlsplit

import pytest

from shared.errors import ConfirmationExpired
from shared.keyring import Purpose, read_token
from tests.unit.builders import ANNA, BORIS, DISTRICT, DOCTOR, SITE
from tests.unit.letters import (
    CHANGE_STARTED_TAKEN,
    EVERY_CHANGE,
    REGISTERED_TAKEN,
    Mailed,
    invited,
    mails_of,
    read_html,
)

PAGES: dict[str, Purpose] = {
    "/confirm.html": "confirm",
    "/reset.html": "reset",
    "/invitation.html": "invite",
}
_every_change = pytest.mark.parametrize(
    "change", EVERY_CHANGE, ids=lambda change: type(change).__name__
)
_TELLING = [
    *("врач", "доктор", "талон", "приём", "прием", "поликлиник", "клиник", "больниц", "участ"),
    *("болезн", "болен", "здоров", "лечен", "диагноз", "анализ", "медиц", "пациент", "визит"),
    *("осмотр", "09:20", "ноябр", "2026", "полис"),
]


def _names() -> list[str]:
    persons = [ANNA, BORIS]
    names = [name for one in persons for name in (one.last_name, one.first_name, one.middle_name)]
    told = [*filter(None, names), *DOCTOR.name.split(), DOCTOR.room, DISTRICT.name]
    return [name.lower() for name in told]


def test_every_kind_of_change_is_among_those_that_are_looked_at() -> None:
    assert {type(change) for change in EVERY_CHANGE} == set(get_args(Mailed))


@_every_change
def test_no_subject_says_who_sees_which_doctor_where_or_why(change: Mailed) -> None:
    for mail in mails_of(change):
        said = mail.subject.lower()
        assert [word for word in [*_TELLING, *_names()] if word in said] == []
        assert mail.subject.isprintable()
        assert 3 <= len(mail.subject) <= 60


@_every_change
def test_the_text_and_the_html_of_a_mail_say_the_same(change: Mailed) -> None:
    for mail in mails_of(change):
        shown = read_html(mail.html)
        for line in mail.text.splitlines():
            if not line.startswith("https://"):
                assert line.removesuffix(":") in shown.text


@_every_change
def test_every_mail_has_one_look(change: Mailed) -> None:
    for mail in mails_of(change):
        names = [name for name, _ in read_html(mail.html).elements]
        paragraphs = mail.html.count("<p>") - 2
        assert names == [
            *("declaration", "html", "head", "meta", "title", "/title", "/head", "body"),
            *(["p", "/p"] * paragraphs),
            *("p", "a", "/a", "/p", "p", "br", "/p", "/body", "/html"),
        ]


@_every_change
def test_a_mail_links_to_the_portals_own_site_and_says_the_link_in_its_text(
    change: Mailed,
) -> None:
    for mail in mails_of(change):
        elements = read_html(mail.html).elements
        attributes = [value for _, attrs in elements for name, value in attrs if name == "href"]
        (address,) = attributes
        assert address is not None
        assert address.startswith(f"{SITE}/")
        assert f"\n{address}\n" in mail.text
        assert mail.text.count("://") == mail.html.count("://") == 1


@_every_change
def test_a_token_stands_in_the_fragment_which_no_server_is_told_and_nowhere_else(
    change: Mailed,
) -> None:
    for mail in mails_of(change):
        (line,) = [line for line in mail.text.splitlines() if "://" in line]
        link = urlsplit(line)
        assert (link.query, link.username) == ("", None)
        if link.path == "/":
            assert link.fragment == ""
            continue
        told = link.fragment.removeprefix("token=")
        assert mail.text.count(told) == mail.html.count(told) == 1
        assert told not in mail.key + mail.subject
        assert read_token(PAGES[link.path], told, ConfirmationExpired)


def test_no_two_mails_share_a_key_so_none_keeps_another_from_being_sent() -> None:
    other_ways = [invited(None), CHANGE_STARTED_TAKEN, REGISTERED_TAKEN]
    different = [change for change in EVERY_CHANGE if change not in other_ways]
    keys = [mail.key for change in different for mail in mails_of(change)]
    assert len(set(keys)) == len(keys) == 21


def test_the_same_change_calls_for_the_same_mails_again() -> None:
    for change in EVERY_CHANGE:
        assert mails_of(change) == mails_of(change)


def test_only_mails_about_tickets_and_with_documents_bring_a_file() -> None:
    brought = {
        (type(change).__name__, file.name)
        for change in EVERY_CHANGE
        for mail in mails_of(change)
        for file in mail.attachments
    }
    assert brought == {("TicketChanged", "ticket.ics"), ("DocumentDispatched", "document.pdf")}

"""The local stack's mailbox in the browser: newest first, to be clicked, and nothing is markup."""

from html.parser import HTMLParser

import pyotp
import pytest

from local import mailbox_page
from local.mails import Mail


class Text(HTMLParser):
    """What stands in a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data: str) -> None:
        self.said += [data.strip()] if data.strip() else []


def mail(to: str = "anna@example.com", subject: str = "Талон", text: str = "Ждём Вас.") -> Mail:
    return {"to": to, "subject": subject, "text": text, "html": "<p>never shown</p>"}


def test_the_newest_mail_stands_first() -> None:
    said = Text(mailbox_page.page([mail(subject="Первое"), mail(subject="Второе")], None, {})).said
    assert said.index("Второе") < said.index("Первое")


def test_a_link_can_be_clicked_and_ends_where_it_ends() -> None:
    link = "http://127.0.0.1:8000/confirm.html#token=a_b-c.d"
    text = f"Откройте:\n{link}\n\nВаша поликлиника."
    page = mailbox_page.page([mail(text=text)], None, {})
    assert link in Text(page).links
    assert {"Откройте:", link, "Ваша поликлиника."} <= set(Text(page).said)


@pytest.mark.parametrize("place", ["to", "subject", "text"])
def test_what_a_patient_typed_is_no_markup(place: str) -> None:
    typed = """<script>alert("1")</script><img src=x> &amp; 'b' http://x.example/"onclick="a"""
    one = mail() | {place: typed}
    found = Text(mailbox_page.page([one], one["to"], {}))
    assert found.tags.count("script") == found.tags.count("img") == 0
    assert typed in "".join(found.said) or place == "text"
    assert all(link.startswith(("/", "http://x.example/")) for link in found.links)


def test_the_mails_of_one_address_are_shown_alone_and_lead_back_to_all() -> None:
    mails = [mail(), mail("bob+1@example.com", "Другое")]
    everybody = Text(mailbox_page.page(mails, None, {}))
    assert "/_local/mailbox?to=bob%2B1%40example.com" in everybody.links
    alone = Text(mailbox_page.page(mails, "bob+1@example.com", {}))
    assert "Другое" in alone.said
    assert "Талон" not in alone.said
    assert mailbox_page.PATH in alone.links


def test_an_empty_mailbox_says_so() -> None:
    assert "Писем пока нет." in Text(mailbox_page.page([], None, {})).said
    assert "Писем пока нет." in Text(mailbox_page.page([mail()], "other@example.com", {})).said


def test_a_clerk_finds_how_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyotp.TOTP, "now", lambda _: "123456")
    desk = {"login": "desk", "password": "<secret>", "totp_secret": "A" * 32}
    found = Text(mailbox_page.page([], None, desk))
    assert {"desk", "<secret>", "123456"} <= set(found.said)
    assert "/desk/index.html" in found.links
    assert "A" * 32 not in found.said

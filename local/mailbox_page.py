"""The caught mails as a page, for whoever tries the portal out in a browser.

A patient's codes come by mail, and a clerk's from an application on a phone: both are here.
"""

import re
from html import escape
from urllib.parse import quote

import pyotp

from local.mails import Mail

PATH = "/_local/mailbox"

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""The mails are the portal's own, but they repeat what patients typed."""

_PAGE = """<!doctype html>
<html lang="ru">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Почтовый ящик — личный кабинет пациента</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header><a class="brand" href="/index.html">Личный кабинет пациента</a></header>
    <main>
      <h1>Почтовый ящик</h1>
      <p>
        Письма отсюда никуда не уходят: здесь все, кому бы их ни послали. Новые сверху; письмо
        приходит через несколько секунд, обновите страницу.
      </p>
{content}
    </main>
  </body>
</html>
"""

_LINK = re.compile(r"""https?://[^\s<>"'«»]+""")


def page(mails: list[Mail], to: str | None, desk: dict[str, str]) -> str:
    """Return the page of the mails, which come oldest first; `to` shows one address's only.

    `desk` is how its one user signs in, as stack.json tells it; empty until there is one.
    """
    shown = [mail for mail in reversed(mails) if to is None or mail["to"] == to]
    parts = [_way_to_the_desk(desk)] if desk else []
    parts += [] if to is None else [_filtered(to)]
    parts += [_article(mail) for mail in shown] or ["<p>Писем пока нет.</p>"]
    return _PAGE.format(content="\n".join(parts))


def _way_to_the_desk(desk: dict[str, str]) -> str:
    facts = {
        "Логин": desk["login"],
        "Пароль": desk["password"],
        "Одноразовый код": pyotp.TOTP(desk["totp_secret"]).now(),
    }
    rows = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items()
    )
    return (
        '<details class="card">\n<summary>Как войти в регистратуру</summary>\n'
        '<p>Страница <a href="/desk/index.html">для сотрудников</a>. Код действует один раз; новый '
        f"появляется каждые полминуты: обновите страницу.</p>\n<dl>{rows}</dl>\n</details>"
    )


def _filtered(to: str) -> str:
    return f'<p>Показаны письма на адрес {escape(to)}. <a href="{PATH}">Показать все</a></p>'


def _article(mail: Mail) -> str:
    to = mail["to"]
    own = f'<a href="{PATH}?to={escape(quote(to, safe=""))}">{escape(to)}</a>'
    paragraphs = re.split(r"\n\s*\n", mail["text"].strip())
    return (
        f'<article class="card">\n<h2>{escape(mail["subject"])}</h2>\n<p>Кому: {own}</p>\n'
        + "\n".join(f"<p>{_paragraph(text)}</p>" for text in paragraphs)
        + "\n</article>"
    )


def _paragraph(text: str) -> str:
    """Return a paragraph with its links to be clicked; nothing in it is markup."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<a href="{escape(found[0])}">{escape(found[0])}</a>')
        end = found.end()
    parts.append(escape(text[end:]))
    return "".join(parts).replace("\n", "<br>\n")

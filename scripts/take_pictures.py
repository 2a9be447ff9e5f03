"""Takes the README's pictures of the pages, on a fresh local stack with made-up people.

`make pictures` runs it; the pictures stand in docs/pictures.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
from playwright.sync_api import Browser, Page, ViewportSize

from local.child import Card, running_stack
from local.chromium import HOW_TO_GET_IT, chromium_path, running_chromium
from local.clinic import attachment_lines

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"

_PHONE: ViewportSize = {"width": 390, "height": 844}
_DESKTOP: ViewportSize = {"width": 1280, "height": 870}
_PASSWORD = "верблюд над рекой, 7 утра"  # noqa: S105 - opens only the pictures' accounts
_MAIL_SECONDS = 20.0
_SATURDAY = 5
_AMID_THE_DAY = "14:30:00+03:00"
_AT_THE_DESK = {"a1": 5, "c1": 2}
"""How many patients of a district have tickets that day."""
_OUTCOMES = ("arrived", "no_show")
"""What is known already of the first tickets of the day."""

Line = dict[str, str]


def main() -> int:
    """Take all pictures, and return the exit code."""
    if chromium_path() is None:
        print(HOW_TO_GET_IT, file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="patient-account-") as folder,
        running_stack(Path(folder)) as card,
        running_chromium() as chromium,
    ):
        with _visit(chromium, card, _PHONE) as page:
            _take_tickets(page, card)
        with _visit(chromium, card, _DESKTOP) as page:
            _take_day(page, card)
    return 0


@contextmanager
def _visit(chromium: Browser, card: Card, size: ViewportSize) -> Iterator[Page]:
    """Open the site in a browser of its own meanwhile."""
    with chromium.new_context(
        base_url=card.url, viewport=size, locale="ru-RU", timezone_id="Europe/Moscow"
    ) as context:
        yield context.new_page()


def _take_tickets(page: Page, card: Card) -> None:
    """Register, confirm by the mailed link, and choose who needs a ticket: then there are times."""
    line = attachment_lines()[0]
    page.goto("/register.html")
    address = "first@pictures.example"
    _ask(page, "POST /api/registrations", _typed(line, email=address, password=_PASSWORD))
    page.goto(_mailed_link(card, address))
    page.get_by_label("Пароль от личного кабинета").fill(_PASSWORD)
    page.get_by_role("button", name="Подтвердить адрес").click()
    page.get_by_text("Адрес подтверждён").wait_for()
    page.goto("/tickets.html")
    page.get_by_role("link", name=line["last_name"]).first.click()
    page.get_by_role("heading", level=1, name="Выберите время").wait_for()
    _picture(page, "tickets-phone")


def _take_day(page: Page, card: Card) -> None:
    """Sign in at the desk, give tickets for the next day of work, and show it amid that day."""
    page.goto("/desk/index.html")
    page.get_by_label("Логин").fill(card.desk["login"])
    page.get_by_label("Пароль", exact=True).fill(card.desk["password"])
    page.get_by_label("Одноразовый код").fill(pyotp.TOTP(card.desk["totp_secret"]).now())
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("heading", level=1, name="Талоны на день").wait_for()
    day = _next_day_of_work()
    for district in _ask(page, f"GET /api/desk/days/{day}")["districts"]:
        if district["district_id"] in _AT_THE_DESK:
            _fill(page, district)
    page.clock.set_fixed_time(f"{day}T{_AMID_THE_DAY}")
    page.goto("/desk/day.html", wait_until="networkidle")
    page.get_by_role("table").first.wait_for()
    _picture(page, "desk-day")


def _fill(page: Page, district: dict[str, Any]) -> None:
    """Give the times that are published that day, and the ones after them beyond the cap."""
    first, second, *_ = map(datetime.fromisoformat, district["free"])
    name = district["district_id"]
    lines = [line for line in attachment_lines() if line["district_id"] == name]
    for place, line in enumerate(lines[: _AT_THE_DESK[name]]):
        ticket = _give(page, line, first + place * (second - first))
        if place < len(_OUTCOMES):
            path = f"/api/desk/tickets/{ticket['ticket_id']}/outcome"
            _ask(page, f"POST {path}", {"outcome": _OUTCOMES[place]})


def _give(page: Page, line: Line, starts_at: datetime) -> Any:  # noqa: ANN401 - any JSON
    wanted = {"policy_number": line["policy_number"]}
    (found,) = _ask(page, "POST /api/desk/patients/search", wanted)["patients"]
    form = {"patient_id": found["patient_id"], "starts_at": starts_at.isoformat()}
    return _ask(page, "POST /api/desk/tickets", form)


def _ask(page: Page, operation: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    """Send a request from within the page, with its cookies. Whatever is refused ends it all."""
    method, path = operation.split(" ")
    status, text = page.evaluate(
        """async ([method, path, body]) => {
          const headers = { "Content-Type": "application/json" };
          const sent = body ? { method, headers, body: JSON.stringify(body) } : { method };
          const answer = await fetch(path, sent);
          return [answer.status, await answer.text()];
        }""",
        [method, path, body],
    )
    if not 200 <= status < 300:  # noqa: PLR2004 - HTTP's own bounds
        sys.exit(f"{operation} was refused: {text}")
    return json.loads(text)


def _typed(line: Line, **more: str) -> Line:
    names = ("policy_number", "last_name", "first_name", "middle_name", "birth_date")
    return {name: line[name] for name in names if line[name]} | more


def _mailed_link(card: Card, address: str) -> str:
    deadline = time.monotonic() + _MAIL_SECONDS
    while time.monotonic() < deadline:
        for mail in httpx.get(card.mail_url, trust_env=False).json():
            found = re.search(r"http\S+#token=\S+", mail["text"])
            if mail["to"] == address and found:
                return found[0]
        time.sleep(0.2)
    sys.exit(f"No mail came to {address}.")


def _next_day_of_work() -> date:
    """Return the next day that is no Saturday and no Sunday."""
    day = datetime.now().astimezone().date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


def _picture(page: Page, name: str) -> None:
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
